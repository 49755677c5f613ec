"""The questions of the command line as SQL for any engine; must not know engines or files.

`QUESTIONS` has the texts by name, over a view ``events`` in the lake profile. Each runs unchanged
in duckdb, polars and Spark, and gives the same rows in the same order: docs/spark.md shows it.
`hunting` makes such questions of Sigma rules; it is a module, which needs pySigma.
"""

from wfpfast.queries._questions import COLUMNS, QUESTIONS

__all__ = ["COLUMNS", "QUESTIONS"]
