"""Turns Arrow columns into text; must not know files or events.

Timestamps are ISO 8601 in UTC with 7 decimals, the 100 ns of a FILETIME. Bytes are hexadecimal.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import lines

PIECE = 1_024       # rows that are text at a time
MOST_SHOWN = 60     # characters of a text that is wrong
# What may steer a terminal or an editor, beside the controls that JSON forbids: DEL, C1, what ends
# lines, and Unicode's Bidi_Control.
_STEERING = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# A cell that begins so is a formula for a spreadsheet (OWASP, CSV injection). A quote in front
# makes it a text; what looks as if it had one gets one more, so that reading can take it away.
# `wfpfast.lines` does so with cells.
_FORMULA = "'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def each(array: pa.Array, render: Callable[[Any], str]) -> pa.Array:
    """Render each value by a Python function, equal ones only once; null stays null."""
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.utf8())
    if pa.types.is_nested(array.type):
        return pa.array([None if v is None else render(v) for v in array.to_pylist()], pa.utf8())
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    values = array.dictionary.to_pylist()
    texts = pa.array([None if value is None else render(value) for value in values], pa.utf8())
    return texts.take(array.indices)


def is_binary(kind: pa.DataType) -> bool:
    """Tell whether values of a type are bytes that are not text."""
    if pa.types.is_dictionary(kind):
        return is_binary(kind.value_type)
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def timestamps(array: pa.Array) -> pa.Array:
    """Render timestamps as ``2020-05-22T20:54:53.4990000Z``."""
    # Casts, because strftime() needs a time zone database, which Windows does not have.
    text = array.cast(pa.timestamp("ns", array.type.tz)).cast(pa.timestamp("ns")).cast(pa.utf8())
    text = pc.binary_replace_slice(text, 10, 11, "T")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 27), "Z", "")


def _json_value(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null"  # which JSON has no word for
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_other)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _json_other(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _is_known(kind: pa.DataType) -> bool:
    """Tell whether `wfpfast.lines` makes text of a type; of the others Python does."""
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type) or is_binary(kind.value_type)
    if pa.types.is_list(kind):
        return _is_known(kind.value_type)
    if pa.types.is_struct(kind):
        return all(_is_known(field.type) for field in kind)
    return bool(_is_plain(kind) or _is_text(kind) or is_binary(kind) or pa.types.is_null(kind))


def _prepared(
    batch: pa.RecordBatch, render: Callable[[pa.Array], pa.Array]
) -> tuple[pa.RecordBatch, list[int]]:
    """Return a batch that `wfpfast.lines` can write, and which columns are rendered already."""
    batch.validate(full=True)   # which files are not when they are read, and lines trusts in
    columns, bare = [], []
    for k, column in enumerate(batch.columns):
        if pa.types.is_timestamp(column.type):
            columns.append(column.cast(pa.timestamp("ns", column.type.tz)))
        elif _is_known(column.type):
            columns.append(column)
        else:
            columns.append(render(column))
            bare.append(k)
    return pa.record_batch(columns, names=batch.schema.names), bare


def json_text(batch: pa.RecordBatch, *, drop_nulls: bool = False) -> Iterator[bytes]:
    """Render rows as one JSON object a line, all columns in each, or those that are not null."""
    prepared, bare = _prepared(batch, lambda column: each(column, _json_value))
    for start in range(0, len(batch), PIECE):
        yield lines.json_lines(
            prepared.slice(start, PIECE), bare=bare, drop_nulls=drop_nulls)


def json_lines(batch: pa.RecordBatch, *, drop_nulls: bool = False) -> str:
    """Return rows as one JSON object a line, all columns in each, or those that are not null."""
    return b"".join(json_text(batch, drop_nulls=drop_nulls)).decode()


def csv_text(batch: pa.RecordBatch, separator: str) -> Iterator[bytes]:
    """Render rows as CSV, no text of which is a formula."""
    prepared, bare = _prepared(batch, _csv_column)
    for start in range(0, len(batch), PIECE):
        yield lines.csv_lines(prepared.slice(start, PIECE), bare=bare, separator=separator)


def _csv_column(array: pa.Array) -> pa.Array:
    """Render a column of a type that events do not have."""
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode().cast(pa.utf8())
    return each(array, lambda value: quoted(_json_value(value)))


def quoted(text: str) -> str:
    """Return a text as a cell of CSV."""
    return '"' + text.replace('"', '""') + '"'


def guarded(text: str) -> str:
    """Return a text that begins no formula."""
    return f"'{text}" if re.match(_FORMULA, text) else text


def unguarded(array: Any) -> Any:
    """Return texts as they were before they were guarded; an array of anything else as it is."""
    if isinstance(array, pa.DictionaryArray) and _is_text(array.dictionary.type):
        values = unguarded(array.dictionary)
        if values.equals(array.dictionary):
            return array
        return values.take(array.indices).dictionary_encode()
    if not _is_text(array.type):
        return array
    return pc.replace_substring_regex(
        array, pattern=rf"\A'({_FORMULA})", replacement=r"\1")


class BadCell(ValueError):
    """A text is not what its column's type is written as; `place` is that of the first such one."""

    def __init__(self, what: str, place: int) -> None:
        super().__init__(what)
        self.place = place


def of_texts(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the column of a type that is written as these texts."""
    if array.type == kind:
        return array
    coded = array.dictionary_encode()
    binary = is_binary(kind)
    if pa.types.is_dictionary(kind) and not binary:
        return coded
    value_type = kind.value_type if pa.types.is_dictionary(kind) else kind
    values = []
    for number, text in enumerate(coded.dictionary.to_pylist()):
        try:
            value = bytes.fromhex(text) if binary else json.loads(text)
            values.append(pa.scalar(value, value_type))
        except (ValueError, TypeError, OverflowError, RecursionError):
            what = "hexadecimal" if binary else "JSON"
            shown = repr(text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "...")
            place = pc.index(coded.indices, pa.scalar(number, pa.int32())).as_py()
            raise BadCell(f"{shown} is not {value_type} as {what}", place) from None
    parsed = pa.array(values, value_type)
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(coded.indices, parsed)
    return parsed.take(coded.indices)
