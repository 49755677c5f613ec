"""Combinations of Arrow columns are counted as Python's Counter counts the same rows."""

import random
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import Decoder, EventBatch, encode
from wfpfast.counting import Numbers, Rows, Tally, Values, best
from wfpfast.simulator.synthetic import Mix

TIMES = pa.timestamp("ns", "UTC")
TEXTS = ["", "a", "b" * 15, "b" * 16, "c" * 40, "c" * 39 + "d", "\u00e4" * 100, "x" * 300, None]
COLUMNS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "uint8": (pa.uint8(), [0, 1, 255, None]), "int8": (pa.int8(), [-128, 0, 127, None]),
    "uint16": (pa.uint16(), [0, 65535, 4096, None]), "int16": (pa.int16(), [-1, 0, 1, None]),
    "uint32": (pa.uint32(), [0, 2**32 - 1, 4096, 8192]), "int32": (pa.int32(), [-2**31, 0, None]),
    "uint64": (pa.uint64(), [0, 2**64 - 1, 2**63, None]),
    "int64": (pa.int64(), [-2**63, 0, 2**63 - 1, None]),
    "bool": (pa.bool_(), [True, False, None]), "text": (pa.utf8(), TEXTS),
    "large": (pa.large_utf8(), TEXTS), "coded": (pa.dictionary(pa.int32(), pa.utf8()), TEXTS),
    "narrow": (pa.dictionary(pa.int8(), pa.large_utf8()), TEXTS),
    "bytes": (pa.binary(), [b"", b"\0", b"\xff" * 20, None]),
    "fixed": (pa.binary(16), [bytes(16), b"\1" * 16, None]),
    "null": (pa.null(), [None]), "time": (TIMES, [0, -1, 10**18, None]),
}


def counted(batches: list[pa.RecordBatch], keys: list[str]) -> tuple[Tally, list[Values]]:
    values = [Values() for _ in keys]
    tally = Tally(values)
    for batch in batches:
        rows = Rows(batch)
        tally.add([each.number(rows, key) for each, key in zip(values, keys, strict=True)])
    return tally, values


def as_counter(tally: Tally) -> Counter[tuple[Any, ...]]:
    return Counter({
        tuple(tally.row(entry)): tally.count(entry) for entry in range(1, len(tally) + 1)})


def expected(batches: list[pa.RecordBatch], keys: list[str]) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for batch in batches:
        columns = [
            (batch.column(key).cast(pa.int64()) if batch.column(key).type == TIMES
             else batch.column(key)).to_pylist() for key in keys]
        found.update(zip(*columns, strict=True))
    return found


def random_batches(seed: int, rows: int) -> list[pa.RecordBatch]:
    """Return slices, so that rows begin anywhere in their memory; each with its own dictionary."""
    draw = random.Random(seed)
    batches = []
    for _ in range(3):
        batch = pa.record_batch({
            name: pa.array(draw.choices(values, k=rows), kind)
            for name, (kind, values) in COLUMNS.items()})
        batches.append(batch.slice(draw.randrange(min(rows, 20)), draw.randrange(rows)))
    return batches


@pytest.mark.parametrize("name", COLUMNS)
def test_each_type_alone(name: str) -> None:
    batches = random_batches(1, 300)
    tally, values = counted(batches, [name])
    assert as_counter(tally) == expected(batches, [name])
    assert len(values[0]) == 1 + len({
        key for key, in expected(batches, [name]) if key is not None})


@given(st.integers(0, 2**32), st.lists(st.sampled_from(sorted(COLUMNS)), min_size=2, max_size=5,
                                       unique=True), st.sampled_from([2, 40, 500]))
def test_combinations(seed: int, keys: list[str], rows: int) -> None:
    batches = random_batches(seed, rows)
    tally, _ = counted(batches, keys)
    found, wanted = as_counter(tally), expected(batches, keys)
    assert found == wanted
    folded = tally.project([1, 0])
    swapped: Counter[tuple[Any, ...]] = Counter()
    for key, count in wanted.items():
        swapped[key[1], key[0]] += count
    assert as_counter(folded) == swapped


def test_many_values_and_many_combinations() -> None:
    draw = random.Random(2)
    batches = [
        pa.record_batch({
            "a": pa.array([draw.randrange(20_000) * 2**40 for _ in range(10_000)], pa.uint64()),
            "b": pa.array([f"text {draw.randrange(9_000)}" for _ in range(10_000)])})
        for _ in range(4)]
    tally, values = counted(batches, ["a", "b"])
    assert as_counter(tally) == expected(batches, ["a", "b"])
    assert len(tally) > 30_000
    assert 15_000 < len(values[0]) <= 20_001


def test_the_best_are_the_most_frequent_in_the_order_of_their_values() -> None:
    batches = random_batches(3, 400)
    keys = ["uint64", "coded", "bool"]
    tally, values = counted(batches, keys)
    rows = expected(batches, keys)

    def order(row: tuple[Any, ...]) -> list[Any]:    # null is last
        return [-rows[row], *((cell is None, cell or 0 if key != "coded" else (cell or "").encode())
                              for key, cell in zip(keys, row, strict=True))]

    for most in (None, 0, 1, 7, 10**6):
        total, distinct, found = best(tally, most)
        wanted = sorted(rows, key=order)[:most]
        assert [tuple(tally.row(entry)) for entry in found] == wanted
        assert (total, distinct) == (rows.total(), len(rows))
    number = values[1].find("a")
    mine = {row: count for row, count in rows.items() if row[1] == "a"}
    total, distinct, found = best(tally, 3, {1: number})
    assert (total, distinct, len(found)) == (sum(mine.values()), len(mine), 3)
    assert tuple(tally.row(found[0])) == min(mine, key=order)
    assert best(tally, None, {1: values[1].find("nowhere")}) == (0, 0, [])


def test_counts_of_a_combination_and_spans() -> None:
    batch = pa.record_batch({
        "key": pa.array(["a", "b", "a", "a", "c"]),
        "time": pa.array([5, None, -3, None, 2**63 - 1], TIMES)})
    rows, values = Rows(batch), Values()
    tally = Tally([values])
    tally.add([values.number(rows, "key")], rows, "time")
    assert [tally.count_of([values.find(text)]) for text in "abcd"] == [3, 1, 1, 0]
    assert [tally.span(entry) for entry in (1, 2, 3)] == [(-3, 5), None, (2**63 - 1, 2**63 - 1)]
    with pytest.raises(IndexError):
        tally.row(0)
    with pytest.raises(IndexError):
        tally.count(4)


def test_chosen_rows() -> None:
    batch = pa.record_batch({
        "a": pa.array([None, 1, 2, 3, None, 5], pa.int16()), "b": pa.array(list("uvwxyz")),
        "t": pa.array([1, 2, 3, 4, 5, 6], TIMES)})
    rows, a, b = Rows(batch), Values(), Values()
    known = rows.known("a")
    assert known.to_list() == [0, 1, 1, 1, 0, 1]
    assert known.bits() == bytes([0b101110])
    chosen = rows.where(known)
    assert (len(rows), len(chosen), "a" in chosen, "c" in chosen) == (6, 4, True, False)
    texts = b.number(chosen, "b")
    assert [b[number] for number in texts.to_list()] == list("vwxz")
    assert [b[number] for number in texts.spread(chosen, 6).to_list()] == [
        None, "v", "w", "x", None, "z"]
    fewer = chosen.where(a.number(chosen, "a").mapped(bytes([0, 1, 0, 0, 1])))
    assert [b[number] for number in b.number(fewer, "b").to_list()] == ["v", "z"]
    assert fewer.ends("t") == (2, 6)
    assert fewer.where(Numbers(2)).ends("t") is None
    assert known.either(Numbers(6)).to_list() == known.to_list()


@pytest.mark.parametrize("step", [1, 7, 10**9, 28 * 86_400 * 10**9])
def test_steps_of_time_are_those_below(step: int) -> None:
    draw = random.Random(step)
    ends = [-2**63, 2**63 - 1, -2**63, 0, -1, 1, step, -step, step - 1, -step - 1, None]
    times = ends + [draw.randrange(-3 * step, 3 * step) for _ in range(200)]
    rows, values = Rows(pa.record_batch({"t": pa.array(times, TIMES)})), Values()
    found = [values[number] for number in values.steps(rows, "t", step).to_list()]
    assert found == [None if time is None else time // step for time in times]


def test_batches_of_a_decoder_need_no_other_library() -> None:
    batch = Decoder().decode(encode(list(Mix().events(2_000))))
    assert isinstance(batch, EventBatch)
    keys = ["event_type", "remote_address", "filter_id", "direction"]
    values = [Values() for _ in keys]
    tally, rows = Tally(values), Rows(batch)
    tally.add([each.number(rows, key) for each, key in zip(values, keys, strict=True)])
    assert as_counter(tally) == expected([pa.record_batch(batch)], keys)
    assert best(tally)[0] == 2_000


def test_what_cannot_be_counted_is_named() -> None:
    batch = pa.record_batch({
        "lists": pa.array([[1], None]), "text": pa.array(["a", "b"]), "n": pa.array([1, 2])})
    rows, values = Rows(batch), Values()
    with pytest.raises(TypeError, match="lists has no values"):
        values.number(rows, "lists")
    with pytest.raises(KeyError):
        values.number(rows, "nothing")
    values.number(rows, "text")
    with pytest.raises(TypeError, match="two kinds"):
        values.number(rows, "n")
    with pytest.raises(TypeError, match="expected rows"):
        Rows(pa.array([1]))
    with pytest.raises(TypeError, match="n is no time"):
        rows.ends("n")
    with pytest.raises(ValueError, match="1 columns of 2"):
        Tally([Values(), Values()]).add([Numbers(1)])
    with pytest.raises(ValueError, match="2 rows and 1"):
        Tally([Values(), Values()]).add([Numbers(1), Numbers(2)])
    with pytest.raises(ValueError, match="0 columns"):
        Tally([])
    with pytest.raises(IndexError, match="number 1 of 1"):
        rows.known("n").mapped(b"\0")


def test_a_code_outside_its_dictionary_is_an_error() -> None:
    codes = pa.array([0, 7], pa.int32())
    bad = pa.DictionaryArray.from_arrays(codes, pa.array(["a"]), safe=False)
    for batch in (pa.record_batch({"a": bad}), pa.record_batch({"a": bad}).slice(1)):
        with pytest.raises(ValueError, match="a: a code that is not in its dictionary"):
            Values().number(Rows(batch), "a")


def test_texts_that_are_not_utf_8_are_shown_all_the_same() -> None:
    data = pa.py_buffer(b"a\xffb")
    array = pa.Array.from_buffers(pa.utf8(), 1, [None, pa.py_buffer(b"\0\0\0\0\3\0\0\0"), data])
    values = Values()
    number = values.number(Rows(pa.record_batch({"a": array})), "a").to_list()
    assert [values[each] for each in number] == ["a\ufffdb"]
    assert values.kind == "plain"
