"""Opens what a command reads: netsh XML, Parquet, Arrow; must not know what is done with it."""

import contextlib
import difflib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from wfpfast import Decoder, EventBatch, EventStream, netsh
from wfpfast._schema import EVENT_COLUMNS
from wfpfast.cli._gather import Gather
from wfpfast.cli._screen import Fault

if TYPE_CHECKING:
    from wfpfast.recording import Recording

DECODED = (".xml", ".wfprec")   # those that a Decoder reads
READABLE = (*DECODED, ".parquet", ".arrow")
STATS_KEY = b"wfpfast.stats"
XML_BATCH = 8_192
TABLE_BATCH = 65_536

Stats = dict[str, int]


class Broken(Exception):
    """A file has a fault, or breaks off; what came before it has been read."""


class Source:
    """Record batches of a file, to be read once, and what its reader has to say about them.

    Parameters
    ----------
    path : Path
        The file.
    schema : pyarrow.Schema
        Of all the batches.
    batches : iterator of pyarrow.RecordBatch
        Pulled as the source is read.
    stats : callable
        Returns what was lost so far, or None if nobody wrote that down.
    share : callable
        Returns how much of the file has been read, 0 to 1.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        batches: Iterator[pa.RecordBatch],
        stats: Callable[[], Stats | None],
        share: Callable[[], float],
    ) -> None:
        self.path = path
        self.schema = schema
        self.batches = batches
        self.stats = stats
        self.share = share


@contextlib.contextmanager
def opened(
    path: Path, columns: Sequence[str] | None = None, *, strict: bool = True, **options: Any
) -> Iterator[Source]:
    """Open a file of net events by the end of its name.

    Parameters
    ----------
    path : Path
        A file whose name ends in one of `READABLE`.
    columns : sequence of str, optional
        The columns wanted, in their order; all by default.
    strict : bool
        Whether a table without one of the columns is a fault; if not, the column is left out.
    **options
        As for `wfpfast.Decoder`; XML and recordings only.
    """
    kind = path.suffix.lower()
    if kind not in READABLE:
        raise Fault(f"{path}: expected a file that ends in {', '.join(READABLE)}")
    if kind not in DECODED and options:
        raise Fault(f"{path}: --{' and --'.join(options)}: for {' and '.join(DECODED)} only")
    with contextlib.ExitStack() as stack:
        if kind == ".wfprec":
            yield _recording(path, columns, options, stack)
            return
        file = stack.enter_context(path.open("rb"))
        if kind == ".xml":
            yield _xml(path, file, columns, options, stack)
            return
        with _readable(path):
            source = (_parquet if kind == ".parquet" else _arrow)(
                path, file, _Wanted(path, columns, strict))
        yield source


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say of Arrow's errors which file they are about."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        kind = path.suffix[1:].title()
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise Fault(f"{path}: not a readable {kind} file: {reason}") from None


def _checked(path: Path, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    while True:
        with _readable(path):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


def _xml(
    path: Path, file: Any, columns: Sequence[str] | None, options: Any, stack: contextlib.ExitStack
) -> Source:
    size = max(1, os.fstat(file.fileno()).st_size)
    try:
        stream = netsh.read_events(file, batch_size=XML_BATCH, columns=columns, **options)
    except ValueError as error:  # a column that does not exist
        raise Fault(str(error)) from None
    stack.enter_context(stream)
    return Source(
        path, pa.schema(stream), _decoded(path, stream), lambda: stream.stats,
        lambda: file.tell() / size)


def _decoded(path: Path, stream: EventStream) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = next(stream, None)
        except netsh.NetshError as error:
            raise Broken(str(error)) from None
        except (ValueError, OSError) as error:
            raise Fault(f"{path}: {error}") from None
        if batch is None:
            return
        yield pa.record_batch(batch)


def _recording(
    path: Path, columns: Sequence[str] | None, options: Any, stack: contextlib.ExitStack
) -> Source:
    from wfpfast.recording import Recording, RecordingError  # few need it

    try:
        recording = stack.enter_context(Recording(path))
        decoder = Decoder(columns=columns, **options)
    except RecordingError as error:
        raise Fault(f"{path}: {error}") from None
    except ValueError as error:  # a column that does not exist
        raise Fault(str(error)) from None
    size, seen = max(1, path.stat().st_size), 0

    def batches() -> Iterator[EventBatch]:
        nonlocal seen
        for record in recording.records():
            seen += record.block.nbytes
            batch = decoder.decode(record.block)
            batch.stats["dropped"] = record.dropped
            yield batch

    stream = EventStream(batches(), decoder=decoder)
    return Source(
        path, pa.schema(decoder), _recorded(path, stream, recording), lambda: stream.stats,
        lambda: seen / size)


def _recorded(
    path: Path, stream: EventStream, recording: "Recording"
) -> Iterator[pa.RecordBatch]:
    """Yield the events of a recording; then say what is wrong with it, if something is."""
    from wfpfast.recording import RecordingError

    gather, fault = Gather(), None
    try:
        for batch in stream:
            yield from gather.add(pa.record_batch(batch))
    except RecordingError as error:
        fault = str(error)
    except ValueError as error:
        raise Fault(f"{path}: {error}") from None
    yield from gather.rest()
    fault = fault or recording.cut
    if fault is not None:
        raise Broken(f"{path}: {fault}")


class _Wanted:
    """Which columns of a table are wanted."""

    def __init__(self, path: Path, columns: Sequence[str] | None, strict: bool) -> None:
        self.path = path
        self.columns = columns
        self.strict = strict

    def of(self, present: Sequence[str]) -> list[str]:
        """Return the names to read, or say that these are no net events."""
        twice = [name for name, count in Counter(present).items() if count > 1]
        if twice:
            raise Fault(f"{self.path}: there are two columns {twice[0]!r}")
        if not set(present) & set(EVENT_COLUMNS):
            raise Fault(f"{self.path}: no net events: no column has a name that wfpfast knows")
        if self.columns is None:
            return list(present)
        missing = [name for name in self.columns if name not in present]
        if missing and self.strict:
            near = difflib.get_close_matches(missing[0], present, 3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise Fault(f"{self.path}: there is no column {missing[0]!r}{hint}")
        return [name for name in self.columns if name in present]


def _parquet(path: Path, file: Any, wanted: _Wanted) -> Source:
    reader = pa.parquet.ParquetFile(file)
    schema = reader.schema_arrow
    names = wanted.of(schema.names)
    total, seen = max(1, reader.metadata.num_rows), 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for batch in reader.iter_batches(batch_size=TABLE_BATCH, columns=names):
            seen += len(batch)
            # Whether they come in this order or in the file's is up to the reader.
            yield batch.select(names)

    schema = pa.schema([schema.field(name) for name in names])
    stats = _stats(reader.metadata.metadata)
    return Source(path, schema, _checked(path, batches()), lambda: stats, lambda: seen / total)


def _arrow(path: Path, file: Any, wanted: _Wanted) -> Source:
    """Read an Arrow file, or a stream that was given a file's name."""
    head = file.read(6)
    file.seek(0)
    size = max(1, os.fstat(file.fileno()).st_size)
    if head == b"ARROW1":
        reader = pa.ipc.open_file(file)
        numbers = range(reader.num_record_batches)
        whole = (reader.get_batch(number) for number in numbers)
    else:
        reader = whole = pa.ipc.open_stream(file)
    names = wanted.of(reader.schema.names)
    schema = pa.schema([reader.schema.field(name) for name in names])
    stats = _stats(reader.schema.metadata)
    batches = _checked(path, (batch.select(names) for batch in whole))
    return Source(path, schema, batches, lambda: stats, lambda: file.tell() / size)


def _stats(metadata: dict[bytes, bytes] | None) -> Stats | None:
    """Return the statistics that `convert` wrote beside a table's columns."""
    try:
        found = json.loads((metadata or {})[STATS_KEY])
        return {str(name): int(count) for name, count in found.items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
