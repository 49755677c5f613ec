"""Batches in the hands of the libraries that people use: the same values everywhere, no copies."""

import datetime
import gc
import json
import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from example_events import event, one_of_each

from wfpfast import Decoder, EventStream, Table, decode, encode
from wfpfast._base.memory import live_buffers

DOCUMENT = Path(__file__).parents[2] / "docs/columns.md"
EVENTS = one_of_each(internal=True)[:11]  # the types of SDK 26100


def test_pyarrow_sees_a_valid_batch() -> None:
    batch = decode(encode(EVENTS))
    record_batch = pa.record_batch(batch)
    record_batch.validate(full=True)
    assert record_batch.schema.names == Decoder().column_names
    assert record_batch.num_rows == 11


TYPES = {  # as docs/columns.md has them
    "timestamp[ns, UTC]": pa.timestamp("ns", "UTC"), "bool": pa.bool_(), "utf8": pa.utf8(),
    "dict": pa.dictionary(pa.int32(), pa.utf8()),
    "uint8": pa.uint8(), "uint16": pa.uint16(), "uint32": pa.uint32(), "uint64": pa.uint64(),
    "int32": pa.int32(), "fixed_size_binary(20)": pa.binary(20), "list<utf8>": pa.list_(pa.utf8()),
    "list<struct<filter_id: uint64, sublayer: utf8, action: utf8>>": pa.list_(pa.struct([
        ("filter_id", pa.uint64()), ("sublayer", pa.utf8()), ("action", pa.utf8())])),
}


def test_schema_types_are_those_of_the_document() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", DOCUMENT.read_text("utf-8"), re.M)
    assert len(rows) >= 67
    schema = pa.schema(decode(encode(EVENTS)))
    assert [(field.name, field.type) for field in schema] == [
        (name, TYPES[kind]) for name, kind in rows]
    binary = pa.schema(Decoder(addresses="binary"))
    for name in ("local_address", "remote_address", "public_host", "internal_host"):
        assert binary.field(name).type == pa.binary(16)
    for name in ("local_mac", "remote_mac"):
        assert binary.field(name).type == pa.binary(6)


def test_every_library_reads_the_same_table() -> None:
    batch = decode(encode(EVENTS))
    arrow = pa.table(pa.record_batch(batch))
    ours = [
        {**row, "timestamp": int(row["timestamp"].timestamp())} for row in batch.to_pylist()]
    for rows in (
        pl.DataFrame(batch).to_arrow().to_pylist(),
        duckdb.sql("select * from arrow").to_arrow_table().to_pylist(),
        arrow.to_pylist(),
    ):
        seen = [{**row, "timestamp": int(row["timestamp"].timestamp())} for row in rows]
        assert seen == ours
    frame = pd.DataFrame.from_arrow(batch)
    assert list(frame["event_type"]) == batch["event_type"].to_pylist()
    assert list(frame["remote_port"]) == batch["remote_port"].to_pylist()


def test_timestamp_keeps_a_hundred_nanoseconds() -> None:
    """FILETIME 132345678901234567 - 116444736000000000 = 15900942901234567 ticks of 100 ns."""
    batch = decode(encode(EVENTS))
    assert pa.record_batch(batch)["timestamp"].cast(pa.int64())[0].as_py() == 1590094290123456700
    assert memoryview(batch["timestamp"])[0] == 1590094290123456700
    # 1590094290 is 2020-05-21 20:51:30 UTC; Python's datetime ends at microseconds.
    expected = datetime.datetime(2020, 5, 21, 20, 51, 30, 123456, datetime.UTC)
    assert batch[0].timestamp == expected


def test_export_shares_the_memory_of_the_batch() -> None:
    batch = decode(encode(EVENTS))
    address = np.asarray(batch["filter_id"]).__array_interface__["data"][0]
    record_batch = pa.record_batch(batch)
    assert record_batch["filter_id"].buffers()[1].address == address
    assert pa.record_batch(batch)["filter_id"].buffers()[1].address == address


def test_exports_outlive_batch_and_decoder() -> None:
    gc.collect()  # what a test before has left
    before = live_buffers()
    decoder = Decoder()
    record_batch = pa.record_batch(decoder.decode(encode(EVENTS)))
    rows = record_batch.to_pylist()
    column = record_batch["app_path"]
    del decoder, record_batch
    gc.collect()
    assert column.to_pylist() == [row["app_path"] for row in rows]
    del column
    gc.collect()
    assert live_buffers() == before


def test_capsules_that_nobody_takes_free_themselves() -> None:
    batch = decode(encode(EVENTS))
    before = live_buffers()
    for _ in range(10):
        batch.__arrow_c_schema__()
        batch.__arrow_c_array__()
    gc.collect()
    assert live_buffers() - before in (0, 1)  # the batch's own zeros for untouched columns


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 130])
def test_batches_of_any_length_are_valid(count: int) -> None:
    events = (EVENTS * 12)[:count]
    batch = decode(encode(events))
    record_batch = pa.record_batch(batch)
    record_batch.validate(full=True)
    assert len(batch) == count
    assert record_batch["spi"].null_count == sum(e["type"] not in (4, 10) for e in events)


def test_untouched_columns_are_null_everywhere() -> None:
    batch = decode(encode([event(10)] * 70, version=0))
    record_batch = pa.record_batch(batch)
    record_batch.validate(full=True)
    for name in ("spi", "package_sid", "terminating_filters", "local_groups", "is_loopback"):
        assert batch[name].null_count == 70
        assert record_batch[name].to_pylist() == [None] * 70
        assert batch[name].to_pylist() == [None] * 70


def test_stream_reaches_pyarrow_polars_and_duckdb() -> None:
    def stream() -> EventStream:
        decoder = Decoder()
        blocks = [encode(EVENTS[:4]), encode(EVENTS[4:])]
        return EventStream((decoder.decode(block) for block in blocks), decoder=decoder)

    table = pa.table(stream())
    assert table.num_rows == 11
    assert table["event_type"].to_pylist() == decode(encode(EVENTS))["event_type"].to_pylist()
    assert pl.DataFrame(stream()).height == 11
    connection = duckdb.connect()
    connection.register("events", pa.RecordBatchReader.from_stream(stream()))
    assert connection.sql("select count(*) from events").fetchall() == [(11,)]


def test_stream_error_reaches_the_consumer() -> None:
    def batches():
        yield decode(encode(EVENTS))
        raise RuntimeError("the source broke")

    stream = EventStream(batches(), decoder=Decoder())
    with pytest.raises(Exception, match="RuntimeError: the source broke"):
        pa.table(stream)


def test_stream_closes_once_and_counts() -> None:
    closed = []
    decoder = Decoder()
    stream = EventStream(
        iter([decoder.decode(encode(EVENTS))]), decoder=decoder, close=lambda: closed.append(1))
    with stream:
        assert [len(batch) for batch in stream] == [11]
        assert stream.stats["events"] == 11
    stream.close()
    assert closed == [1]


def test_a_stream_that_was_read_says_so() -> None:
    """Nothing would be an answer, too, and a wrong one."""
    decoder = Decoder()
    stream = EventStream(iter([decoder.decode(encode(EVENTS))]), decoder=decoder)
    assert len(pl.DataFrame(stream)) == 11
    for read in (list, iter, pl.DataFrame, pa.table):
        with pytest.raises(ValueError, match="this stream has been read to its end"):
            read(stream)
    assert next(stream, None) is None
    closed = EventStream(iter([decoder.decode(encode(EVENTS))]), decoder=decoder)
    closed.close()
    assert list(closed) == []


def test_table_of_lists() -> None:
    columns = {
        "id": ("uint64", [1, None, 2**64 - 1]),
        "name": ("utf8", ["a", None, "ü"]),
        "flags": ("list<utf8>", [["x", None], None, []]),
    }
    table = Table(columns)
    arrow = pa.record_batch(table)
    arrow.validate(full=True)
    expected = [
        {"id": 1, "name": "a", "flags": ["x", None]},
        {"id": None, "name": None, "flags": None},
        {"id": 2**64 - 1, "name": "ü", "flags": []},
    ]
    assert arrow.to_pylist() == table.to_pylist() == expected == pa.table(table).to_pylist()
    assert table["flags"].type == "list<utf8>"
    assert json.dumps(table[0]) == '{"id": 1, "name": "a", "flags": ["x", null]}'


@pytest.mark.parametrize(("columns", "message"), [
    ({"a": ("int8", [])}, "unknown type 'int8'"),
    ({"a": ("utf8", ["x"]), "b": ("utf8", [])}, "different lengths"),
])
def test_table_refuses(columns, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Table(columns)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 64, 65, 200])
def test_table_of_bools(length: int) -> None:
    values = [(True, False, None)[n * n % 3 if n % 5 else n % 3] for n in range(length)]
    table = Table({"on": ("bool", values)}, {"malformed": 2})
    arrow = pa.record_batch(table)
    arrow.validate(full=True)
    assert arrow.schema.field("on").type == pa.bool_()
    assert arrow["on"].to_pylist() == table["on"].to_pylist() == values
    assert (table.stats, Table({}).stats) == ({"malformed": 2}, {})
