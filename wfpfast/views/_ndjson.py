"""Nested Arrow columns as lines of JSON without what is null; must not know events."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import lines

_ROWS = 1_024       # that are text at a time


def ndjson(events: Any) -> str:
    """Return rows as one JSON object a line, without members that are null.

    Parameters
    ----------
    events : pyarrow.RecordBatch or pyarrow.Table
        Such as `ecs` returns.

    Returns
    -------
    str
        A line for each row, each with its end. Times are ISO 8601 in UTC with 7 decimals, bytes
        hexadecimal. What might steer a terminal is escaped.
    """
    batches = events.to_batches() if isinstance(events, pa.Table) else [pa.record_batch(events)]
    return b"".join(piece for batch in batches for piece in _pieces(batch)).decode()


def _pieces(batch: pa.RecordBatch) -> Iterator[bytes]:
    batch.validate(full=True)       # which lines trusts in
    for start in range(0, len(batch), _ROWS):
        yield lines.json_lines(batch.slice(start, _ROWS), drop_nulls=True)


def objects(structs: pa.StructArray) -> pa.Array:
    """Return structs as JSON texts without members that are null; null where nothing is left."""
    whole = pa.RecordBatch.from_struct_array(structs)
    parts = [
        pc.split_pattern(pa.array([piece.removesuffix(b"\n")], pa.utf8()), "\n").flatten()
        for piece in _pieces(whole)]
    texts = pa.concat_arrays([pa.array([], pa.utf8()), *parts])
    return pc.if_else(pc.equal(texts, "{}"), pa.scalar(None, pa.utf8()), texts)
