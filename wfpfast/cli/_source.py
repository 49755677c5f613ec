"""What an open source is, and what it is asked for; must not know formats."""

import contextlib
import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast import Decoder
from wfpfast.cli._screen import Fault
from wfpfast.cli._stats import Stats
from wfpfast.cli._wanted import Wish, chosen
from wfpfast.errors import SourceError

STATS_KEY = b"wfpfast.stats"


class Broken(Exception):
    """A file has a fault, or breaks off; what came before it has been read."""


def told(name: str, error: SourceError) -> str:
    """Return what is wrong with a file, which the error may name itself."""
    return str(error) if error.path else f"{name}: {error}"


def no_column(source: str, name: str, present: Sequence[str]) -> str:
    """Return what to say of a column that is not there."""
    near = difflib.get_close_matches(name, present, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"{source}: there is no column {name!r}{hint}"


@dataclass(frozen=True)
class Request:
    """What is wanted of a source.

    Attributes
    ----------
    columns : sequence of str, optional
        The columns to ask a decoder for, in their order; all by default.
    wish : Wish
        What is wanted: what a table is asked for.
    options : mapping
        As for `wfpfast.Decoder`, and what else the source takes.
    """

    columns: Sequence[str] | None = None
    wish: Wish = field(default_factory=Wish)
    options: Mapping[str, Any] = field(default_factory=dict)

    def names(self, source: str, present: Sequence[str]) -> list[str]:
        """Return which columns of a table to read, or say that these are no net events."""
        twice = [name for name, count in Counter(present).items() if count > 1]
        if twice:
            raise Fault(f"{source}: there are two columns {twice[0]!r}")
        if not set(present) & set(Decoder().column_names):
            raise Fault(f"{source}: no net events: no column has a name that wfpfast knows")
        found, missing = chosen(self.wish, present)
        if missing:
            raise Fault(no_column(source, missing[0], present))
        return found


class Source:
    """Record batches of a file, to be read once, and what its reader has to say about them.

    Parameters
    ----------
    name : str
        What messages call it.
    schema : pyarrow.Schema
        Of all the batches.
    batches : iterator of pyarrow.RecordBatch
        Pulled as the source is read.
    stats : callable
        Returns what was lost so far, or None if nobody wrote that down.
    share : callable
        Returns how much of it has been read, 0 to 1, or None if nobody can know.

    Attributes
    ----------
    hint : str
        Why there may be no events in it.
    host : str or None
        The host of all events in it, if it says so and they do not.
    table : tuple or None
        Of a Parquet file: where others find it, and its metadata.
    """

    hint = ""
    host: str | None = None
    table: tuple[Path, Any] | None = None

    def __init__(
        self,
        name: str,
        schema: pa.Schema,
        batches: Iterator[pa.RecordBatch],
        stats: Callable[[], Stats | None],
        share: Callable[[], float | None],
    ) -> None:
        self.name = name
        self.schema = schema
        self.batches = batches
        self.stats = stats
        self.share = share


@contextlib.contextmanager
def readable(name: str, kind: str) -> Iterator[None]:
    """Say of Arrow's errors which file they are about."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise Fault(f"{name}: not a readable {kind} file: {reason}") from None


def checked(
    name: str, kind: str, batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield batches; an error of Arrow is a fault of the file."""
    while True:
        with readable(name, kind):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch
