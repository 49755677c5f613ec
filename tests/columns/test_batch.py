"""Batches, columns, rows and blocks as Python objects."""

import mmap
import threading

import numpy as np
import pytest
from example_events import event, one_of_each

from wfpfast import Block, Decoder, EventBatch, MalformedBlockError, NetEvent, decode, encode

EVENTS = one_of_each()[:11]  # the types of SDK 26100


def test_rows_are_light_objects() -> None:
    batch = decode(encode(EVENTS))
    row = batch[3]
    assert isinstance(row, NetEvent)
    assert row.event_type == row["event_type"] == "CLASSIFY_DROP"
    assert row.remote_address == "192.0.2.1"
    assert row == batch[-8]
    assert row != batch[4]
    assert dict(row) == row.to_dict() == batch.to_pylist()[3]
    assert "remote_port=443" in repr(row)
    assert "spi" not in repr(row)
    assert [r.event_type for r in batch] == batch["event_type"].to_pylist()
    with pytest.raises(AttributeError, match="no column 'nope'"):
        _ = row.nope
    with pytest.raises(IndexError, match="row 11 of 11"):
        batch[11]
    with pytest.raises(KeyError, match="no column 'nope'"):
        batch["nope"]
    with pytest.raises(TypeError, match="a column name, a row number, a slice, or a mask"):
        batch[1.5]


def test_columns_as_asked_in_the_order_asked() -> None:
    names = ["remote_port", "timestamp", "spi"]
    batch = decode(encode(EVENTS), columns=names)
    assert batch.column_names == names == Decoder(columns=names).column_names
    assert list(batch.to_pylist()[0]) == names
    with pytest.raises(KeyError):
        batch["app_path"]


@pytest.mark.parametrize(("options", "message"), [
    ({"columns": ["remote_prt"]}, "there is no column 'remote_prt'; did you mean remote_port"),
    ({"columns": ["spi", "spi"]}, "'spi' is asked for twice"),
    ({"columns": "spi"}, "expected a sequence of names"),
    ({"addresses": "bytes"}, "expected 'text' or 'binary'"),
    ({"errors": "ignore"}, "expected 'raise' or 'null'"),
])
def test_wrong_options_are_named(options, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Decoder(**options)


def test_column_types_and_dictionaries() -> None:
    batch = decode(encode(EVENTS))
    kinds = {name: batch[name].type for name in batch.column_names}
    assert kinds["timestamp"] == "timestamp[ns, UTC]"
    assert kinds["end_cert_hash"] == "fixed_size_binary(20)"
    assert kinds["effective_name"] == kinds["vswitch_id"] == "dict"
    assert kinds["terminating_filters"] == (
        "list<struct<filter_id: uint64, sublayer: utf8, action: utf8>>")
    assert batch["direction"].dictionary == ["INBOUND", "OUTBOUND", "FORWARD", "BIDIRECTIONAL"]
    with pytest.raises(TypeError, match="not a dictionary"):
        _ = batch["spi"].dictionary
    with pytest.raises(TypeError, match="comes from a batch"):
        type(batch["spi"])()
    with pytest.raises(TypeError, match="comes from Decoder"):
        EventBatch()


def test_buffer_protocol() -> None:
    batch = decode(encode(EVENTS))
    ports = memoryview(batch["remote_port"])
    assert (ports.format, ports.itemsize, ports.readonly) == ("H", 2, True)
    assert ports.tolist() == [443] * 11
    hashes = memoryview(batch["end_cert_hash"])
    assert hashes.shape == (11, 20)
    assert bytes(hashes[0:1]) == bytes(range(20))
    for name in ("app_path", "local_address", "is_loopback", "local_groups"):
        with pytest.raises(BufferError, match="only fixed-width"):
            memoryview(batch[name])


def test_to_numpy() -> None:
    batch = decode(encode(EVENTS))
    ports = batch["remote_port"].to_numpy()
    assert ports.dtype == np.uint16
    assert ports.tolist() == [443] * 11
    spi = batch["spi"].to_numpy()
    assert isinstance(spi, np.ma.MaskedArray)
    assert spi.tolist() == [None] * 4 + [0x1234] + [None] * 5 + [77]
    times = batch["timestamp"].to_numpy()
    assert times.dtype == np.dtype("datetime64[ns]")
    assert times[0] == np.datetime64("2020-05-21T20:51:30.123456700")
    loopback = batch["is_loopback"].to_numpy()
    assert loopback.tolist() == [None, None, None, True, None, None, True, False, True, True, None]
    assert batch["app_path"].to_numpy().dtype == object
    early = decode(encode([event(3, timeStamp=0), event(3)]))
    assert np.isnat(early["timestamp"].to_numpy()).tolist() == [True, False]
    assert early.stats["timestamps_out_of_range"] == 1


def test_column_indexing() -> None:
    batch = decode(encode(EVENTS))
    assert batch["spi"][4] == 0x1234
    assert batch["spi"][-1] == 77
    assert batch["spi"][0] is None
    assert list(batch["flags"]) == [0x3FFF] * 11
    with pytest.raises(IndexError):
        batch["spi"][11]


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, np.frombuffer.__call__])
def test_block_takes_any_bytes(make) -> None:
    source = encode(EVENTS)
    data = np.frombuffer(source.data, np.uint8) if make is not bytes else bytes(source.data)
    block = Block(data, base=source.base, count=11, version=5,
                  entries_offset=source.entries_offset)
    assert decode(block).to_pylist() == decode(source).to_pylist()
    assert block.nbytes == len(block.data) == source.nbytes
    assert len(block) == 11
    assert "11 FWPM_NET_EVENT5" in repr(block)


@pytest.mark.parametrize("shift", range(1, 9))
def test_image_at_another_alignment_than_its_base(shift: int) -> None:
    source = encode(EVENTS)
    padded = memoryview(bytes(shift) + bytes(source.data))[shift:]
    block = Block(padded, base=source.base, count=11, version=5,
                  entries_offset=source.entries_offset)
    assert decode(block).to_pylist() == decode(source).to_pylist()


def test_block_of_an_anonymous_mapping() -> None:
    source = encode(EVENTS)
    with mmap.mmap(-1, source.nbytes) as mapping:
        mapping[:] = bytes(source.data)
        block = Block(mapping, base=source.base, count=11, version=5,
                      entries_offset=source.entries_offset)
        rows = decode(block).to_pylist()
        del block
    assert rows == decode(source).to_pylist()


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ({"version": 6}, ValueError, "version 6: FWPM_NET_EVENT0 to 5"),
    ({"version": -1}, ValueError, "version -1"),
    ({"count": -1}, ValueError, "negative"),
    ({"count": 3}, MalformedBlockError, "event 2: entries: points outside"),
    ({"base": -8}, ValueError, "address space"),
    ({"base": 2**64 - 8}, ValueError, "address space"),
    ({"base": 4}, MalformedBlockError, "misaligned"),
    ({"entries_offset": 32, "count": 1}, MalformedBlockError, "event 0: entries"),
    ({"entries_offset": 2**70, "count": 1}, MalformedBlockError, "event 0: entries"),
])
def test_block_refuses(arguments, error, message: str) -> None:
    options = {"base": 0x1000, "count": 1, "version": 5, **arguments}
    with pytest.raises(error, match=message):
        Block(bytes(16), **options)


def test_one_decoder_in_many_threads() -> None:
    decoder = Decoder()
    expected = {}
    blocks = []
    for k in range(8):
        block = encode([event(3, appId=f"\\{k}-{i % 50}") for i in range(2_000)])
        expected[k] = [f"\\{k}-{i % 50}" for i in range(2_000)]
        blocks.append(block)
    seen: dict[int, list[bool]] = {k: [] for k in range(8)}
    start = threading.Barrier(8)

    def work(k: int) -> None:
        start.wait()
        for _ in range(10):
            seen[k].append(decoder.decode(blocks[k])["app_path"].to_pylist() == expected[k])

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {k: [True] * 10 for k in range(8)}
