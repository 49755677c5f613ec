"""Opens tables of Arrow's own formats; must not know what an event means."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from wfpfast.cli._host_from import Filled
from wfpfast.cli._hosts import HOST
from wfpfast.cli._input import Input
from wfpfast.cli._source import STATS_KEY, Request, Source, checked, readable
from wfpfast.cli._stats import Stats
from wfpfast.dataset.files import listed

HOST_KEY, PROFILE_KEY = b"wfpfast.host", b"wfpfast.profile"
TABLE_BATCH = 65_536
CODED_BATCH = 65_536     # what is counted is to stay in the processor's caches


def parquet(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a Parquet file, which has to be read from its end."""
    path = given.on_disk(stack)
    file = stack.enter_context(path.open("rb"))
    with readable(given.name, "Parquet"):
        reader = pa.parquet.ParquetFile(file)
        coded = [field.name for field in reader.schema_arrow
                 if field.name in request.wish.coded and pa.types.is_string(field.type)]
        if coded:  # whoever counts needs little memory, if nothing is read ahead of it
            reader = pa.parquet.ParquetFile(
                file, metadata=reader.metadata, read_dictionary=coded, pre_buffer=False)
    schema, add_host = reader.schema_arrow, None
    if (filled := _with_host(reader)) is not None:
        schema, add_host = filled.on(given.name, schema)
    names = request.names(given.name, schema.names)
    size = CODED_BATCH if coded else TABLE_BATCH
    total, seen = max(1, reader.metadata.num_rows), 0
    schema = pa.schema([schema.field(name) for name in names])
    there = [name for name in names if name in reader.schema_arrow.names]
    nulls = {name: pa.nulls(size, schema.field(name).type) for name in there}

    def read() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for groups, full in _runs(reader.metadata, there):
            for batch in reader.iter_batches(
                    size, columns=full, row_groups=groups, use_threads=not coded):
                seen += len(batch)
                found = pa.RecordBatch.from_arrays([
                    batch.column(name) if name in full else nulls[name].slice(0, len(batch))
                    for name in there], there)
                yield (found if add_host is None else add_host(found)).select(names)

    stats = _stats(reader.metadata.metadata)
    batches = checked(given.name, "Parquet", read())
    found = Source(given.name, schema, batches, lambda: stats, lambda: seen / total)
    if add_host is None:    # else others who read the file do not have its host
        found.table = path, reader.metadata
    return found


def _runs(
    file: pa.parquet.FileMetaData, names: Sequence[str]
) -> Iterator[tuple[list[int], list[str]]]:
    """Yield row groups one after another that have values in the same columns, and these columns.

    What a file says to be null throughout need not be read.
    """
    first = names[:1]   # without a column, nobody would say how many rows there are
    flat = {
        file.schema.column(k).path: k for k in range(file.num_columns)
        if file.schema.column(k).max_repetition_level == 0}
    together: list[int] = []
    before: list[str] = []
    for number in range(file.num_row_groups):
        group = file.row_group(number)
        full = [name for name in names if name not in flat or not _is_null(
            group.column(flat[name]).statistics, group.num_rows)] or list(first)
        if together and full != before:
            yield together, before
            together = []
        together, before = [*together, number], full
    if together:
        yield together, before


def _is_null(stats: pa.parquet.Statistics | None, rows: int) -> bool:
    return stats is not None and stats.has_null_count and stats.null_count == rows


def _with_host(reader: Any) -> Filled | None:
    """Return what adds the host to a file of a dataset, where only its folder has it."""
    about = reader.metadata.metadata or {}
    if HOST in reader.schema_arrow.names or about.get(PROFILE_KEY) != b"lake":
        return None
    hosts = listed(about.get(HOST_KEY, b"").decode())
    host = hosts[0] if len(hosts) == 1 else None
    return Filled(HOST, lambda _: host)


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
