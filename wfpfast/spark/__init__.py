"""Lets Apache Spark read recordings, netsh's XML and Security logs; must not know their formats.

`register` gives a session the format ``wfpfast``; `views` lets it query a dataset of Parquet files
under the names that the files have. docs/spark.md has both.
"""

from wfpfast.spark._session import register, views

__all__ = ["register", "views"]
