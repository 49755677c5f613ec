"""Which files the commands read and write, one entry each; must not know how that is done.

A source or an output joins by its entry here: help and errors are made of these tables. What does
the work is imported when a file of the kind is opened, so that ``--help`` needs no pyarrow.
"""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wfpfast.cli._screen import Fault


class Format(NamedTuple):
    """A kind of file.

    Attributes
    ----------
    suffix : str
        How names of such files end, in lower case.
    what : str
        What it is, for ``--help``: at most 66 characters.
    work : str
        ``module:name`` within `wfpfast.cli`. Of a source, a function that takes a path, a
        `Request` and an `ExitStack`, and returns a `Source`; of an output, a class that takes a
        path and a schema, and is a `Writer`.
    decoded : bool
        Whether a `Decoder` reads it, so that ``--addresses`` and ``--errors`` mean something.
    """

    suffix: str
    what: str
    work: str
    decoded: bool = False

    def load(self) -> Any:
        """Import what does the work."""
        module, _, name = self.work.partition(":")
        return getattr(importlib.import_module(f"wfpfast.cli.{module}"), name)


SOURCES = (
    Format(".xml", "what netsh wfp writes: netevents.xml, wfpdiag.xml",
           "_open_decoded:xml", decoded=True),
    Format(".wfprec", "a recording, also while it is written",
           "_open_decoded:recording", decoded=True),
    Format(".parquet", "a table, as convert writes it", "_open_tables:parquet"),
    Format(".arrow", "likewise, an Arrow file or stream", "_open_tables:arrow"),
    Format(".csv", "likewise; columns that wfpfast does not know are text", "_open_texts:csv"),
    Format(".ndjson", "likewise; the first lines have all the columns", "_open_texts:ndjson"),
)
OUTPUTS = (
    Format(".parquet", "typed columns, zstd; polars, duckdb, pandas and pyarrow read it",
           "_writers:ParquetWriter"),
    Format(".arrow", "the same as an Arrow file, lz4", "_writers:ArrowWriter"),
    Format(".csv", "a header, then rows: text in quotes, null as nothing at all",
           "_writers:CsvWriter"),
    Format(".ndjson", "a JSON object a line: every column in each, null as null",
           "_writers:JsonWriter"),
)


def suffixes(formats: Sequence[Format], last: str = ", ") -> str:
    """Return ".a, .b, .c", or with another word before the last one."""
    *most, end = [each.suffix for each in formats]
    return last.join([", ".join(most), end]) if most else end


def described(formats: Sequence[Format]) -> str:
    """Return a line a format, as ``--help`` shows it."""
    return "\n".join(f"{each.suffix:<9} {each.what}" for each in formats)


def decoded() -> list[Format]:
    """Return the sources that a decoder reads."""
    return [each for each in SOURCES if each.decoded]


def named(path: Path, formats: Sequence[Format]) -> Format | None:
    """Return the format that the end of a name says."""
    return next((each for each in formats if each.suffix == path.suffix.lower()), None)


def source_of(path: Path) -> Format:
    """Return what a file to read is."""
    found = named(path, SOURCES)
    if found is None:
        raise Fault(f"{path}: expected a file that ends in {suffixes(SOURCES)}")
    return found


def output_of(path: Path) -> Format:
    """Return what a file to write is to become."""
    found = named(path, OUTPUTS)
    if found is None:
        raise Fault(f"{path}: expected a name that ends in {suffixes(OUTPUTS)}")
    return found
