"""Opens tables of Arrow's own formats; must not know what an event means."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from wfpfast.cli._source import STATS_KEY, Request, Source, Stats, checked, readable

TABLE_BATCH = 65_536


def parquet(path: Path, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a Parquet file."""
    file = stack.enter_context(path.open("rb"))
    with readable(path, "Parquet"):
        reader = pa.parquet.ParquetFile(file)
    schema = reader.schema_arrow
    names = request.names(path, schema.names)
    total, seen = max(1, reader.metadata.num_rows), 0

    def read() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for batch in reader.iter_batches(batch_size=TABLE_BATCH, columns=names):
            seen += len(batch)
            # Whether they come in this order or in the file's is up to the reader.
            yield batch.select(names)

    schema = pa.schema([schema.field(name) for name in names])
    stats = _stats(reader.metadata.metadata)
    batches = checked(path, "Parquet", read())
    return Source(path, schema, batches, lambda: stats, lambda: seen / total)


def arrow(path: Path, request: Request, stack: contextlib.ExitStack) -> Source:
    """Read an Arrow file, or a stream that was given a file's name."""
    file = stack.enter_context(path.open("rb"))
    size = max(1, os.fstat(file.fileno()).st_size)
    with readable(path, "Arrow"):
        head = file.read(6)
        file.seek(0)
        if head == b"ARROW1":
            reader = pa.ipc.open_file(file)
            numbers = range(reader.num_record_batches)
            whole = (reader.get_batch(number) for number in numbers)
        else:
            reader = whole = pa.ipc.open_stream(file)
    names = request.names(path, reader.schema.names)
    schema = pa.schema([reader.schema.field(name) for name in names])
    stats = _stats(reader.schema.metadata)
    batches = checked(path, "Arrow", (batch.select(names) for batch in whole))
    return Source(path, schema, batches, lambda: stats, lambda: file.tell() / size)


def _stats(metadata: dict[bytes, bytes] | None) -> Stats | None:
    """Return the statistics that `convert` wrote beside a table's columns."""
    try:
        found = json.loads((metadata or {})[STATS_KEY])
        return {str(name): int(count) for name, count in found.items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
