"""Nested Arrow columns as lines of JSON without what is null; must not know events."""

from typing import Any

import pyarrow as pa

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
    pieces: list[bytes] = []
    for batch in batches:
        batch.validate(full=True)       # which lines trusts in
        for start in range(0, len(batch), _ROWS):
            pieces.append(lines.json_lines(batch.slice(start, _ROWS), drop_nulls=True))
    return b"".join(pieces).decode()


def objects(structs: pa.StructArray) -> pa.Array:
    """Return structs as JSON texts without members that are null; null where nothing is left."""
    whole = pa.RecordBatch.from_struct_array(structs)
    texts = ndjson(whole).split("\n")[:-1]
    return pa.array([None if text == "{}" else text for text in texts], pa.utf8())
