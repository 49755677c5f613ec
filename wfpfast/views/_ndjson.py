"""Nested Arrow columns as lines of JSON without what is null; must not know events.

A column becomes text as a whole, its children first. Null is left out, and so is a struct of
which nothing is left; an empty list stays.
"""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_ROWS = 8_192       # at a time: Arrow's texts have room for 2 GiB


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
    lines: list[str] = []
    for batch in batches:
        for start in range(0, len(batch), _ROWS):
            rows = batch.slice(start, _ROWS)
            texts = pc.fill_null(members(rows.schema.names, rows.columns, len(rows)), "{}")
            lines += pc.binary_join_element_wise(texts, "\n", "").to_pylist()
    return "".join(lines)


def members(names: list[str], columns: list[pa.Array], count: int) -> pa.Array:
    """Return JSON objects of columns; null where all of them are."""
    parts = [
        pc.binary_join_element_wise(f"{json.dumps(name)}:", cells(column), ",", "")
        for name, column in zip(names, columns, strict=True)]
    parts = [pc.fill_null(part, "") for part in parts]
    joined = pc.utf8_rtrim(
        pc.binary_join_element_wise(pa.repeat(pa.scalar(""), count), *parts, ""), ",")
    empty = pc.equal(joined, "")
    return pc.if_else(
        empty, pa.scalar(None, pa.utf8()), pc.binary_join_element_wise("{", joined, "}", ""))


def cells(array: pa.Array) -> pa.Array:
    """Return each value as JSON text; null stays null."""
    kind = array.type
    if pa.types.is_struct(kind):
        names = [field.name for field in kind]
        children = [pc.struct_field(array, [place]) for place in range(len(names))]
        return members(names, children, len(array))
    if pa.types.is_list(kind):
        return _lists(array)
    if pa.types.is_timestamp(kind):
        return pc.binary_join_element_wise('"', _times(array), '"', "")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return array.cast(pa.utf8())
    coded = array.dictionary_encode()
    texts = [None if each is None else _text(each) for each in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.utf8()).take(coded.indices)


def _lists(array: pa.Array) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    ends = pc.cumulative_sum(lengths)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends.cast(pa.int32())])
    items = pc.fill_null(cells(array.flatten()), "null")
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, items), ",")
    texts = pc.binary_join_element_wise("[", joined, "]", "")
    return pc.if_else(pc.is_valid(array), texts, pa.scalar(None, pa.utf8()))


def _times(array: pa.Array) -> pa.Array:
    # Casts, because strftime() needs a time zone database, which Windows does not have.
    text = array.cast(pa.timestamp("ns", array.type.tz)).cast(pa.timestamp("ns")).cast(pa.utf8())
    text = pc.binary_replace_slice(text, 10, 11, "T")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 27), "Z", "")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.hex()
    return json.dumps(value, ensure_ascii=not (isinstance(value, str) and value.isprintable()))
