"""NDJSON and CSV of record batches by pyarrow and json, as `convert` wrote them before it had C.

An oracle: it must not know wfpfast.
"""

import io
import json
import math
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

STEERING = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
FORMULA = "'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def json_lines(batch: pa.RecordBatch) -> str:
    parts: list[Any] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        parts += [f"{',' if parts else '{'}{_json_value(name)}:", _json_cells(column)]
    return "".join(pc.binary_join_element_wise(*parts, "}\n", "").to_pylist())


def csv_lines(batch: pa.RecordBatch) -> str:
    columns = [_csv_column(column) for column in batch.columns]
    names = _guarded(pa.array(batch.schema.names, pa.utf8())).to_pylist()
    out = io.BytesIO()
    pa.csv.write_csv(pa.record_batch(columns, names=names), out)
    return out.getvalue().decode()


def _each(array: pa.Array, render: Callable[[Any], str]) -> pa.Array:
    texts = [None if value is None else render(value) for value in array.to_pylist()]
    return pa.array(texts, pa.utf8())


def _json_value(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"),
                      default=lambda each: each.hex() if isinstance(each, bytes) else str(each))
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _json_cells(array: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(array.type):
        text = pc.binary_join_element_wise('"', _timestamps(array), '"', "")
    else:
        text = _each(array, _json_value)
    return pc.fill_null(text, "null")


def _timestamps(array: pa.Array) -> pa.Array:
    text = array.cast(pa.timestamp("ns", array.type.tz)).cast(pa.timestamp("ns")).cast(pa.utf8())
    text = pc.binary_replace_slice(text, 10, 11, "T")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(text, 0, 27), "Z", "")


def _csv_column(array: pa.Array) -> pa.Array:
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if pa.types.is_timestamp(array.type):
        return _timestamps(array)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or (
            pa.types.is_fixed_size_binary(kind)):
        return _each(array, bytes.hex)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _guarded(_each(array, str))
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    plain = pa.types.is_integer(kind) or pa.types.is_boolean(kind)
    return array if plain else _each(array, _json_value)


def _guarded(texts: Any) -> Any:
    return pc.replace_substring_regex(texts, pattern=rf"\A({FORMULA})", replacement=r"'\1")
