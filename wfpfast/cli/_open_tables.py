"""Opens tables of Arrow's own formats; must not know what an event means."""

import contextlib
import json
from collections.abc import Iterator
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
CODED_BATCH = 131_072    # what only counts codes takes more at a time


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
    schema, add_host = reader.schema_arrow, None
    if (filled := _with_host(reader)) is not None:
        schema, add_host = filled.on(given.name, schema)
    names = request.names(given.name, schema.names)
    size = CODED_BATCH if coded else TABLE_BATCH
    total, seen = max(1, reader.metadata.num_rows), 0

    def read() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for batch in reader.iter_batches(size, columns=names, use_threads=not coded):
            seen += len(batch)
            whole = batch if add_host is None else add_host(batch)
            # Whether they come in this order or in the file's is up to the reader.
            yield whole.select(names)

    schema = pa.schema([schema.field(name) for name in names])
    stats = _stats(reader.metadata.metadata)
    batches = checked(given.name, "Parquet", read())
    return Source(given.name, schema, batches, lambda: stats, lambda: seen / total)


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
    batches = checked(given.name, "Arrow", (batch.select(names) for batch in whole))
    return Source(given.name, schema, batches, lambda: stats, share)


def _stats(metadata: dict[bytes, bytes] | None) -> Stats | None:
    """Return the statistics that `convert` wrote beside a table's columns."""
    try:
        found = json.loads((metadata or {})[STATS_KEY])
        return {str(name): int(count) for name, count in found.items()}
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
