"""Opens tables of Arrow's own formats; must not know what an event means."""

import contextlib
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from wfpfast.cli._input import Input
from wfpfast.cli._source import STATS_KEY, Request, Source, checked, readable
from wfpfast.cli._stats import Stats

TABLE_BATCH = 65_536
CODED_BATCH = 65_536     # what is counted is to stay in the processor's caches


def parquet(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a Parquet file, which has to be read from its end."""
    file = stack.enter_context(given.on_disk(stack).open("rb"))
    with readable(given.name, "Parquet"):
        reader = pa.parquet.ParquetFile(file)
        coded = [field.name for field in reader.schema_arrow
                 if field.name in request.wish.coded and pa.types.is_string(field.type)]
        if coded:  # whoever counts needs little memory, if nothing is read ahead of it
            reader = pa.parquet.ParquetFile(
                file, metadata=reader.metadata, read_dictionary=coded, pre_buffer=False)
    schema = reader.schema_arrow
    names = request.names(given.name, schema.names)
    size = CODED_BATCH if coded else TABLE_BATCH
    total, seen = max(1, reader.metadata.num_rows), 0
    schema = pa.schema([schema.field(name) for name in names])
    empty = _empty(reader.metadata)
    full = [name for name in names if name not in empty] or names[:1]
    nulls = {field.name: pa.nulls(size, field.type) for field in schema if field.name not in full}

    def read() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for batch in reader.iter_batches(size, columns=full, use_threads=not coded):
            seen += len(batch)
            yield pa.record_batch([
                nulls[name].slice(0, len(batch)) if name in nulls else batch.column(name)
                for name in names], schema=schema)

    stats = _stats(reader.metadata.metadata)
    batches = checked(given.name, "Parquet", read())
    return Source(given.name, schema, batches, lambda: stats, lambda: seen / total)


def _empty(file: pa.parquet.FileMetaData) -> set[str]:
    """Return the columns that are null in all rows, as the file says: they need not be read."""
    found = {
        file.schema.column(k).path for k in range(file.num_columns)
        if file.schema.column(k).max_repetition_level == 0}
    for number in range(file.num_row_groups):
        group = file.row_group(number)
        for k in range(file.num_columns):
            column = group.column(k)
            stats = column.statistics
            if column.path_in_schema in found and (
                    stats is None or not stats.has_null_count
                    or stats.null_count != group.num_rows):
                found.discard(column.path_in_schema)
    return found


def arrow(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Read an Arrow file, or a stream that was given a file's name."""
    share = given.share
    with readable(given.name, "Arrow"):
        if given.peek(6) == b"ARROW1":
            path = given.on_disk(stack)
            file, size = stack.enter_context(path.open("rb")), path.stat().st_size
            reader = pa.ipc.open_file(file)
            numbers = range(reader.num_record_batches)
            whole = (reader.get_batch(number) for number in numbers)
            share = lambda: file.tell() / size  # noqa: E731
        else:
            reader = whole = pa.ipc.open_stream(given.file)
    names = request.names(given.name, reader.schema.names)
    schema = pa.schema([reader.schema.field(name) for name in names])
    stats = _stats(reader.schema.metadata)
    batches = checked(given.name, "Arrow", (_sound(batch.select(names)) for batch in whole))
    return Source(given.name, schema, batches, lambda: stats, share)


def _sound(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch that is as Arrow promises, which no reader of these files sees to."""
    batch.validate(full=True)
    return batch


def _stats(metadata: dict[bytes, bytes] | None) -> Stats | None:
    """Return the statistics that `convert` wrote beside a table's columns."""
    try:
        found = json.loads((metadata or {})[STATS_KEY])
        return {str(name): int(count) for name, count in found.items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
