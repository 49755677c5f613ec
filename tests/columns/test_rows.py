"""Rows that are chosen by slices and masks, against what Arrow chooses from the same batch."""

import datetime
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from example_events import one_of_each
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import events

import wfpfast
from wfpfast import EventBatch, decode, encode

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]


def batch_of(given: list[Any], **options: Any) -> EventBatch:
    return decode(encode(given, version=5), errors="null", **options)


@given(st.lists(events(5), max_size=20), st.data(), st.sampled_from(["text", "binary"]))
def test_the_rows_of_a_mask_are_those_that_arrow_takes(
    given: list[Any], data: st.DataObject, addresses: str
) -> None:
    batch = batch_of(given, addresses=addresses)
    mask = data.draw(st.lists(st.booleans(), min_size=len(batch), max_size=len(batch)))
    ours = pa.record_batch(batch.filter(mask))
    ours.validate(full=True)
    assert ours.to_pylist() == pa.record_batch(batch).filter(pa.array(mask, pa.bool_())).to_pylist()
    again = batch.filter(mask).filter([True] * sum(mask))
    assert again.to_pylist() == batch.filter(mask).to_pylist()


@given(st.lists(events(5), max_size=20), st.slices(12))
def test_a_slice_is_what_a_list_would_give(given: list[Any], span: slice) -> None:
    batch = batch_of(given)
    part = batch[span]
    assert part.to_pylist() == batch.to_pylist()[span]
    assert part.stats["events"] == len(part) == len(range(len(batch))[span])
    assert [type(row) for row in part] == [wfpfast.NetEvent] * len(part)


def test_many_rows_keep_their_values() -> None:
    """More than a chunk of 64 rows, and lists that are not at the beginning."""
    batch = batch_of(one_of_each(internal=True) * 30)
    part = batch[200:20:-3]
    assert part.to_pylist() == batch.to_pylist()[200:20:-3]
    pa.record_batch(part).validate(full=True)
    assert sum(row["terminating_filters"] is not None for row in part.to_pylist()) > 20


@pytest.mark.parametrize("name", [
    "remote_port", "failure_status", "interface_luid", "ip_protocol", "remote_address",
    "app_path", "is_loopback", "timestamp", "direction"])
@settings(max_examples=10)
@given(st.lists(events(5), max_size=12), st.data())
def test_a_comparison_is_that_of_each_cell(
    name: str, given: list[Any], data: st.DataObject
) -> None:
    batch = batch_of(given + one_of_each())
    cells = batch[name].to_pylist()
    value = data.draw(st.sampled_from([cell for cell in cells if cell is not None]))
    given_as = value
    if name == "timestamp":  # cells are cut to microseconds, the column is not
        cells = pa.record_batch(batch)[name].cast("int64").to_pylist()
        value = (value - EPOCH) // datetime.timedelta(microseconds=1) * 1000
    for compare in OPERATORS:
        expected = [cell is not None and compare(cell, value) for cell in cells]
        assert list(compare(batch[name], given_as)) == expected


def test_numbers_that_no_cell_can_hold_compare_all_the_same() -> None:
    batch = batch_of(one_of_each())
    for name in ("remote_port", "failure_status", "interface_luid"):
        valid = [cell is not None for cell in batch[name].to_pylist()]
        assert any(valid)
        for value, below in ((-2**70, False), (2**70, True), (-1 - 2**63, False)):
            assert list(batch[name] < value) == [v and below for v in valid]
            assert list(batch[name] >= value) == [v and not below for v in valid]
            assert list(batch[name] == value) == [False] * len(batch)
            assert list(batch[name] != value) == valid


def test_masks_are_joined() -> None:
    batch = batch_of(one_of_each() * 3)
    tcp, port = batch["ip_protocol"] == 6, batch["remote_port"] == batch["remote_port"][0]
    one, other = np.asarray(tcp), np.asarray(port)
    assert (one.dtype, len(one)) == (np.dtype(bool), len(batch))
    for ours, theirs in ((tcp & port, one & other), (tcp | port, one | other),
                         (tcp ^ port, one ^ other), (~tcp, ~one)):
        assert list(ours) == theirs.tolist()
        assert ours.count() == theirs.sum()
    null = batch["app_path"].is_null()
    assert list(null) == [cell is None for cell in batch["app_path"].to_pylist()]
    kinds = ["CLASSIFY_DROP", "IKEEXT_MM_FAILURE", "no such type"]
    assert list(batch["event_type"].isin(kinds)) == [
        cell in kinds for cell in batch["event_type"].to_pylist()]
    assert len(batch[batch["event_type"] == "CLASSIFY_DROP"]) == 3
    for mask in (one, pa.array(one), one.tolist(), tcp):
        assert batch.filter(mask).to_pylist() == batch[tcp].to_pylist()


def test_what_is_no_mask_is_refused() -> None:
    batch = batch_of(one_of_each())
    tcp = batch["ip_protocol"] == 6
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(tcp)
    with pytest.raises(TypeError, match="neither true nor false"):
        _ = tcp and tcp
    with pytest.raises(ValueError, match=r"a mask of 3 rows for a batch of 11"):
        batch.filter([True] * 3)
    with pytest.raises(TypeError, match=r"not 1; rows by number are batch\[3:7\]"):
        batch.filter([1] * 11)
    with pytest.raises(ValueError, match="not of one batch"):
        tcp & (batch[:3]["ip_protocol"] == 6)
    for nonsense in (False, True, 1.0, None):
        with pytest.raises(TypeError, match="a column name, a row number, a slice, or a mask"):
            batch[nonsense]
    with pytest.raises(TypeError, match="rows are numbers, not bool"):
        batch["spi"][True]


@pytest.mark.parametrize(("name", "value", "message"), [
    ("remote_port", "443", r"remote_port is uint16: == does not take '443'"),
    ("remote_port", True, r"== does not take True"),
    ("remote_port", None, r"rows without a value are is_null\(\)"),
    ("app_path", b"x", r"app_path is dict: a text is expected, not b'x'"),
    ("app_path", None, r"rows without a value are is_null\(\)"),
    ("is_loopback", 1, r"is_loopback is bool: == does not take 1"),
    ("timestamp", "2024-01-01", r"== does not take '2024-01-01'"),
    ("timestamp", datetime.datetime(2024, 1, 1), r"has no time zone; use datetime.UTC"),
    ("terminating_filters", 1, r"does not take 1"),
])
def test_a_value_of_another_type_is_an_error(name: str, value: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        _ = batch_of(one_of_each())[name] == value


def test_a_name_that_is_nearly_right_is_named() -> None:
    batch = batch_of(one_of_each())
    for wrong, right in (("filterid", "filter_id"), ("filterId", "filter_id"),
                         ("remoteAddr", "remote_address")):
        with pytest.raises(KeyError, match=f"did you mean {right}"):
            batch[wrong]
        with pytest.raises(KeyError, match=f"did you mean {right}"):
            batch[0][wrong]
        with pytest.raises(AttributeError, match=f"did you mean {right}"):
            getattr(batch[0], wrong)


def test_a_table_has_rows_as_well() -> None:
    table = wfpfast.Table({
        "filter_id": ("uint64", [1, None, 3]), "name": ("utf8", ["a", "b", None]),
        "on": ("bool", [True, False, None]), "flags": ("list<utf8>", [["x"], [], None])})
    assert table[1:].to_pylist() == table.to_pylist()[1:]
    assert table[table["name"] == "b"].to_pylist() == [table.to_pylist()[1]]
    assert len(table.filter([False] * 3)) == 0
