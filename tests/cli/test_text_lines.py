"""Lines of NDJSON and CSV are, byte for byte, those that pyarrow and json make."""

import csv
import io
import json
import struct
from typing import Any

import pyarrow as pa
import pytest
from cli import text_by_pyarrow as oracle
from example_events import one_of_each
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import decode, encode, lines
from wfpfast.cli._cells import csv_text, json_text
from wfpfast.cli._writers import CsvWriter

UTC = pa.timestamp("ns", "UTC")
INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(),
            pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
# Whole words of plain bytes, and every character that is special somewhere, at any place.
MARKS = [
    "abcdefgh", "\\device\\", '"', "\\", "'", "=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\x08",
    "\x0b", "\x0c", "\x1f", " ", "~", "\x7f", "\x80", "\x9f", "\xa0", "\u061b", "\u061c", "\u061d",
    "\u200d", "\u200e", "\u200f", "\u2010", "\u2027", "\u2028", "\u202e", "\u202f", "\u2065",
    "\u2066", "\u2069", "\u206a", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\uff21", "\uffff", "é",
    "文", "\U0001f600", ",",
]
TEXTS = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=12).map("".join)
ACTIONS = pa.struct([("id", pa.uint64()), ("what", pa.utf8()), ("raw", pa.binary())])


def limits(kind: pa.DataType) -> tuple[int, int]:
    bits = kind.bit_width
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if pa.types.is_signed_integer(kind) else (
        0, (1 << bits) - 1)


NS = [0, None, 1, -1, 99, 100, -(1 << 63) + 1, (1 << 63) - 1, 951_868_799_999_999_999,
      951_868_800_000_000_000, -86_400_000_000_000, 4_107_542_400_000_000_000]
SECONDS = [0, None, 1, -1, 1_590_180_893, 951_782_400, 4_107_542_399, 86_399, -86_401]
BYTES = [b"", None, b"\x00\xff", b"=1", bytes(range(256)), b"a", b"b", b"c", None]
FLOATS = [0.5, None, -1.5, 1e300, float("inf"), float("nan"), 0.0, 1.0, 2.25]
STRUCTS = [{"id": 1, "what": '=\u202e"', "raw": b"\x01"}, None,
           {"id": None, "what": None, "raw": None}] * 3
IS = pa.types
# Values of types, at least nine, nulls among them; the first that fits.
SAMPLES = [
    (IS.is_boolean, [True, None, False] * 3),
    (IS.is_timestamp, SECONDS),
    (IS.is_fixed_size_binary, [b"\x00\xff\x10", None, b"abc"] * 3),
    (IS.is_binary, BYTES),
    (IS.is_large_binary, BYTES),
    (IS.is_struct, STRUCTS),
    (IS.is_floating, FLOATS),
    (IS.is_null, [None] * 9),
]


def sample(kind: pa.DataType) -> list[Any]:
    if IS.is_dictionary(kind):
        return sample(kind.value_type)
    if IS.is_integer(kind):
        low, high = limits(kind)
        return [low, high, None, 0, 1, 9, 10, 99, 100]
    if IS.is_list(kind) or IS.is_large_list(kind):
        some = sample(kind.value_type)
        return [some, None, [], some[:1], some[1:3], some[::-1], [None], some[4:], []]
    if kind in (UTC, pa.timestamp("ns")):
        return NS
    texts = ["".join(MARKS), None, "", "=1", "''@", "plain", *MARKS]
    return next((values for fits, values in SAMPLES if fits(kind)), texts)


KINDS = [
    *INTEGERS, pa.bool_(), pa.null(), pa.utf8(), pa.large_utf8(), pa.binary(), pa.large_binary(),
    pa.binary(3), UTC, pa.timestamp("ns"), pa.timestamp("s", "UTC"), pa.timestamp("us", "CET"),
    pa.dictionary(pa.int32(), pa.utf8()), pa.dictionary(pa.uint8(), pa.large_utf8()),
    pa.dictionary(pa.int64(), pa.binary()), pa.list_(pa.utf8()), pa.list_(pa.uint64()), ACTIONS,
    pa.list_(ACTIONS), pa.list_(pa.list_(pa.bool_())), pa.list_(pa.dictionary(
        pa.int16(), pa.utf8())), pa.float64(), pa.large_list(pa.int8()), pa.dictionary(
            pa.int8(), pa.int64()),
]


def made(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
        plain = pa.array(values, pa.list_(pa.utf8()))
        codes = plain.values.dictionary_encode().cast(kind.value_type)
        return pa.ListArray.from_arrays(plain.offsets, codes, mask=plain.is_null())
    if not pa.types.is_dictionary(kind):
        return pa.array(values, kind)
    distinct = [*dict.fromkeys(values), values[0]]  # a null in it, and a value that is there twice
    codes = [distinct.index(value) if k % 5 else None for k, value in enumerate(values)]
    return pa.DictionaryArray.from_arrays(
        pa.array([*codes[:-1], len(distinct) - 1], kind.index_type),
        pa.array(distinct, kind.value_type))


def check(batch: pa.RecordBatch) -> None:
    batch.validate(full=True)
    assert b"".join(json_text(batch)).decode() == oracle.json_lines(batch)
    out = io.BytesIO()
    writer = CsvWriter(out, batch.schema)
    writer.write(batch)
    writer.finish(None)
    assert out.getvalue().decode() == oracle.csv_lines(batch)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_type(kind: pa.DataType) -> None:
    values = sample(kind)
    assert len(values) >= 9
    for name in ("a", '=\u202e"\\,'):
        whole = pa.record_batch({name: made(values, kind), "n": pa.array(range(len(values)))})
        for start, length in ((0, len(values)), (1, 5), (3, 4), (8, 1), (2, 0)):
            check(whole.slice(start, length))
    check(pa.record_batch({"a": made(values, kind).slice(2, 6), "n": pa.array(range(6))}))
    check(pa.record_batch({"a": pa.nulls(3, kind)}))


def test_parts_of_dictionaries_and_of_structs() -> None:
    """Arrow may say of each array where it begins."""
    some = pa.DictionaryArray.from_arrays(
        pa.array([1, 0, None, 1]), pa.array(["x", "a", None, "b"]).slice(1, 3))
    check(pa.record_batch({"a": some, "b": some.slice(0)}).slice(1, 3))
    structs = pa.StructArray.from_arrays([some, pa.array(range(4))], ["a", "b"]).slice(1, 2)
    assert lines.json_lines(structs) == b'{"a":"a","b":1}\n{"a":null,"b":2}\n'
    assert lines.csv_lines(structs) == b'"a",1\n,2\n'


def test_events_of_all_types() -> None:
    batch = pa.record_batch(decode(encode(one_of_each(internal=True))))
    assert batch.num_columns >= 67
    assert len(batch) >= 11
    check(batch)
    assert lines.json_lines(decode(encode(one_of_each(internal=True)))) == lines.json_lines(batch)


@given(st.lists(TEXTS | st.none(), min_size=1, max_size=8))
def test_any_text(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.utf8())
    check(pa.record_batch({
        "a": column, "b": column.dictionary_encode(), "c": pa.array([texts] * len(texts))}))


@given(st.lists(st.integers(-(1 << 63) + 1, (1 << 63) - 1), min_size=1, max_size=20))
def test_any_time(times: list[int]) -> None:
    check(pa.record_batch({"t": pa.array(times, pa.int64()).cast(UTC)}))


def test_every_character_alone_and_within_a_word() -> None:
    characters = [chr(c) for c in range(0x3000) if not 0xD800 <= c < 0xE000]
    for form in ("{}", "abcdefgh{}", "abc{}efgh123"):
        check(pa.record_batch({"a": [form.format(each) for each in characters]}))
    assert len(characters) == 0x3000


def test_long_texts_and_many_rows() -> None:
    texts = ["\x01" * 100_000, "é" * 50_001, '"' * 99_999, "a" * 200_003, None]
    check(pa.record_batch({"a": texts}))
    check(pa.record_batch({"n": pa.array(range(5_000)), "a": ["x\\y"] * 5_000}))


def without_nulls(value: Any) -> Any:
    """Return what JSON has without members that are null, and without objects that have others."""
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    if not isinstance(value, dict):
        return value
    left = {name: without_nulls(each) for name, each in value.items()}
    return {name: each for name, each in left.items() if each is not None} or None


def test_nulls_are_left_out() -> None:
    inner = pa.struct([("x", pa.int8()), ("y", pa.struct([("z", pa.utf8())]))])
    deep = [{"x": None, "y": {"z": None}}, {"x": None, "y": {"z": "t"}}, {"x": 1, "y": None}, None]
    batch = pa.record_batch({
        "a": pa.array([1, None, None, None]), "b": pa.array(["x", "y", None, None]),
        "c": pa.array([None, [None], None, []], pa.list_(pa.utf8())), "d": pa.nulls(4),
        "e": pa.array(deep, inner), "f": pa.array([deep, None, None, []], pa.list_(inner))})
    text = b"".join(json_text(batch, drop_nulls=True)).decode()
    assert text == (
        '{"a":1,"b":"x","f":[null,{"y":{"z":"t"}},{"x":1},null]}\n'
        '{"b":"y","c":[null],"e":{"y":{"z":"t"}}}\n{"e":{"x":1}}\n{"c":[],"f":[]}\n')
    assert b"".join(json_text(batch.slice(1, 2), drop_nulls=True)).decode() == (
        text[text.index("\n") + 1:text.index('{"c":[]')])
    assert b"".join(json_text(pa.record_batch({"a": pa.nulls(1)}), drop_nulls=True)) == b"{}\n"
    events = pa.record_batch(decode(encode(one_of_each(internal=True))))
    text = b"".join(json_text(events, drop_nulls=True)).decode()
    every = [json.loads(line) for line in oracle.json_lines(events).splitlines()]
    assert [json.loads(line) for line in text.splitlines()] == [without_nulls(row) for row in every]
    assert len(every) >= 11


def test_a_text_that_is_none_is_an_error() -> None:
    """Arrow promises UTF-8, and a file may break it; so with places in memory."""
    wrong, beyond = (
        pa.Array.from_buffers(pa.utf8(), 2, [
            None, pa.py_buffer(struct.pack("<3i", 0, middle, 2)), pa.py_buffer(text)])
        for middle, text in ((1, b"\xff\xc2"), (1 << 30, b"ab")))
    code = pa.DictionaryArray.from_arrays(pa.array([7], pa.int32()), pa.array(["a"]), safe=False)
    for column in (wrong, beyond, code):
        for text in (json_text, lambda batch: csv_text(batch, ",")):
            with pytest.raises(pa.ArrowInvalid):
                list(text(pa.record_batch({"a": column})))


@pytest.mark.parametrize(("rows", "what"), [
    (pa.array([1]), "rows"),
    (pa.record_batch({"a": [0.5]}), "'g'"),
    (pa.record_batch({"a": pa.array([0], pa.timestamp("s"))}), "'tss:'"),
])
def test_what_is_no_text_is_named(rows: Any, what: str) -> None:
    for function in (lines.json_lines, lines.csv_lines):
        with pytest.raises(TypeError, match=what):
            function(rows)


def test_bare_columns_are_texts_that_exist() -> None:
    rows = pa.record_batch({"a": ["[1]"], "b": [1]})
    assert lines.json_lines(rows, bare=[0]) == b'{"a":[1],"b":1}\n'
    assert lines.csv_lines(rows, bare=[0], separator="\t") == b"[1]\t1\n"
    with pytest.raises(TypeError, match="column 1"):
        lines.json_lines(rows, bare=[1])
    for number in (-1, 2):
        with pytest.raises(IndexError, match=str(number)):
            lines.csv_lines(rows, bare=[number])


def test_no_text_is_read_beyond_its_end() -> None:
    """The library itself takes any bytes for text: here the bytes behind it would change it."""
    for end, behind in (
        (b"\xc2", b"\x80"), (b"\xd8", b"\x9c"), (b"\xe2", b"\x80\x8e"), (b"\xe2\x80", b"\x8e"),
        (b"\xef", b"\xbc\x9d"), (b"\xef\xbc", b"\x9d"), (b"'", b"="), (b"", b"="),
    ):
        column = pa.Array.from_buffers(pa.utf8(), 1, [
            None, pa.py_buffer(struct.pack("<2i", 0, len(end))),
            pa.py_buffer(end + behind)])
        rows = pa.record_batch({"a": column})
        assert lines.json_lines(rows) == b'{"a":"' + end + b'"}\n'
        assert lines.csv_lines(rows) == b'"' + end + b'"\n'


def test_csv_is_read_by_another_reader() -> None:
    batch = pa.record_batch({"a": MARKS, "b": ["x"] * len(MARKS)})
    text = b"".join(csv_text(batch, ",")).decode()
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0].removeprefix("'") for row in read] == [m.removeprefix("'") for m in MARKS]
