"""The file format, decoded and made by hand from docs/recording.md, without wfpfast's own code."""

import platform
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from example_events import one_of_each

import wfpfast
from wfpfast import Block, encode
from wfpfast.recording import Recorder, Recording, RecordingError

MAGIC = bytes.fromhex("89 57 46 50 52 45 43 0A")
CREATED = 1_700_000_000_123_456_789  # 2023-11-14 22:13:20 UTC and a bit
TEXTS = ["höst", "Windows", "11", "0.1.0"]


def crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def file_header(
    version: int = 3, flags: int = 0, texts: list[bytes] | None = None, size: int | None = None
) -> bytes:
    body = b"".join(
        len(t).to_bytes(2, "little") + t for t in texts or [t.encode() for t in TEXTS])
    length = len(body) if size is None else size
    head = MAGIC + struct.pack("<HHIq", version, flags, length, CREATED)
    head += crc(head) + body
    return head + crc(head)


def record(
    data: bytes = bytes(16), *, mark: bytes = b"BLCK", flags: int = 0, time_ns: int = 5,
    dropped: int = 0, base: int = 0x1000, entries: int = 0, count: int = 2,
    size: int | None = None, version: int = 5, pointer: int = 8, tail_size: int = 0,
    end: bytes = b"END\n",
) -> bytes:
    nbytes = len(data) if size is None else size
    head = mark + struct.pack("<I", flags) + struct.pack("<q", time_ns)
    for number in (dropped, base, entries, count, nbytes):
        head += struct.pack("<Q", number)
    head += bytes([version, pointer]) + struct.pack("<H", tail_size)
    head += crc(head)
    return head + data + crc(head + data) + end


def written(path: Path, *parts: bytes) -> Path:
    path.write_bytes(b"".join(parts))
    return path


def test_a_record_decoded_by_hand(tmp_path: Path) -> None:
    block = encode(one_of_each(internal=True), version=5, base=0x7FF0_0000_1230, internal=True)
    path = tmp_path / "a.wfprec"
    before = time.time_ns()
    with Recorder(path) as recorder:
        recorder.write(block, time_ns=CREATED, dropped=17)
    raw = path.read_bytes()

    assert raw[:8] == MAGIC
    version, flags, t, created = struct.unpack("<HHIq", raw[8:24])
    assert (version, flags) == (3, 0)
    assert before <= created <= time.time_ns()
    assert raw[24:28] == crc(raw[:24])
    texts, at = [], 28
    while at < 28 + t:
        (size,) = struct.unpack("<H", raw[at : at + 2])
        texts.append(raw[at + 2 : at + 2 + size].decode())
        at += 2 + size
    assert at == 28 + t
    assert texts == [
        platform.node(), platform.system(), platform.release(), wfpfast.__version__]
    assert raw[at : at + 4] == crc(raw[:at])

    rec = raw[at + 4 :]
    n = len(block.data)
    assert len(rec) == 72 + n
    assert rec[:4] == b"BLCK"
    assert struct.unpack("<I", rec[4:8]) == (1,)
    assert struct.unpack("<q", rec[8:16]) == (CREATED,)
    assert struct.unpack("<5Q", rec[16:56]) == (
        17, 0x7FF0_0000_1230, block.entries_offset, len(block), n)
    assert rec[56:60] == bytes([5, 8, 64, 0])
    assert rec[60:64] == crc(rec[:60])
    assert rec[64 : 64 + n] == block.data
    assert rec[64 + n : 68 + n] == crc(rec[: 64 + n])
    assert rec[68 + n :] == b"END\n"


def test_a_file_made_by_hand_is_read(tmp_path: Path) -> None:
    data = bytes(range(24))
    path = written(
        tmp_path / "a", file_header(),
        record(data, flags=1, tail_size=64, time_ns=-3, dropped=2**64 - 1, base=0x2000, entries=8,
               count=2),
        record(b"", count=0, version=0))
    with Recording(path) as recording:
        assert recording.created == datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC)
        assert [recording.host, recording.system, recording.release,
                recording.wfpfast_version] == TEXTS
        first, second = recording.records()
        assert recording.cut is None
    assert (first.time_ns, first.dropped) == (-3, 2**64 - 1)
    block = first.block
    assert bytes(block.data) == data
    assert (block.version, block.base, block.count, block.entries_offset, block.tail_size) == (
        5, 0x2000, 2, 8, 64)
    assert (second.block.version, second.block.internal, len(second.block)) == (0, False, 0)


@pytest.mark.parametrize("version", [2, 3])
def test_tails_of_both_lengths_stand_in_files_of_both_versions(
    tmp_path: Path, version: int
) -> None:
    """A newer wfpfast may continue an old file; it does not write to the file's header."""
    short, long = record(flags=1), record(flags=1, tail_size=64)
    path = written(tmp_path / "a", file_header(version), short, long)
    with Recording(path) as recording:
        blocks = list(recording)
    assert [block.tail_size for block in blocks] == [48, 64]
    with Recorder(path) as recorder:
        for block in blocks:
            recorder.write(block, time_ns=5)
    assert path.read_bytes() == file_header(version) + 2 * (short + long)


START = len(file_header())
GIB = 1 << 30


@pytest.mark.parametrize(("made", "offset", "reason"), [
    (lambda: b"<?xml version='1.0'?>", 0, "this is no recording of wfpfast"),
    (lambda: b"\x89PNG", 0, "this is no recording of wfpfast"),
    (lambda: file_header(version=1), 8, "format version 1 is unknown; this wfpfast reads 2 and 3"),
    (lambda: file_header(version=4), 8, "format version 4 is unknown; this wfpfast reads 2 and 3"),
    (lambda: file_header(flags=4), 10, "flags 0x4 are unknown"),
    (lambda: file_header(size=4097), 12, "the header claims 4097 bytes of text"),
    (lambda: file_header(texts=[b"a"] * 3), 28, "a text of the header is longer"),
    (lambda: file_header(texts=[b"a"] * 5), 28 + 12, "the header's texts end before"),
    (lambda: file_header(texts=[b"a", b"b", b"c", b"\xff"]), 28, "is not UTF-8"),
])
def test_an_impossible_header(
    tmp_path: Path, made: Callable[[], bytes], offset: int, reason: str
) -> None:
    path = written(tmp_path / "a", made())
    for opening in (Recording, Recorder):
        with pytest.raises(RecordingError, match=f"^byte {offset}: .*{reason}") as caught:
            opening(path)
        assert caught.value.offset == offset
        assert path.read_bytes() == made()


@pytest.mark.parametrize(("made", "reason"), [
    (lambda: record(mark=b"BLOK"), "begins with b'BLCK', not b'BLOK'"),
    (lambda: record(flags=2), "flags 0x2 are unknown"),
    (lambda: record(flags=3), "flags 0x3 are unknown"),
    (lambda: record(tail_size=64), "tails of 64 bytes are unknown"),
    (lambda: record(flags=1, tail_size=48), "tails of 48 bytes are unknown"),
    (lambda: record(flags=1, tail_size=72), "tails of 72 bytes are unknown"),
    (lambda: record(pointer=4), "pointers of 4 bytes; only 8 can be read"),
    (lambda: record(size=GIB + 1), "claims 1073741825 bytes; 1073741824 are the limit"),
    (lambda: record(version=6), "no block: version 6"),
    (lambda: record(count=3), "no block: event 2: entries: points outside the block"),
    (lambda: record(count=2**64 - 1), "no block: event 2: entries"),
    (lambda: record(entries=2**64 - 8), "no block: event 0: entries"),
    (lambda: record(base=2**64 - 8), "no block: base 0xfffffffffffffff8"),
    (lambda: record(base=0x1001), "no block: event 0: entries: is misaligned"),
])
def test_an_impossible_record_is_named_after_those_before_it(
    tmp_path: Path, made: Callable[[], bytes], reason: str
) -> None:
    good = record(time_ns=77)
    path = written(tmp_path / "a", file_header(), good, made(), good)
    got = []
    with Recording(path) as recording, pytest.raises(RecordingError) as caught:
        got.extend(recording.records())
    assert [r.time_ns for r in got] == [77]
    assert caught.value.offset == START + len(good)
    assert reason in str(caught.value)
    kept = path.read_bytes()
    with pytest.raises(RecordingError, match=f"^byte {START + len(good)}: "):
        Recorder(path)
    assert path.read_bytes() == kept


def test_a_wrong_end_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "a", file_header(), record(end=b"END\r"))
    with Recording(path) as recording, pytest.raises(
        RecordingError, match=f"^byte {START + 64}: the data of the record at byte {START} are"
    ):
        list(recording)


@pytest.mark.parametrize(("kept", "where"), [
    (0, 60), (10, 60), (60, 60), (64 + 5, 68 + 16), (68 + 16, 68 + 16),
])
@pytest.mark.parametrize("more", [0, 100_000])
def test_zeros_to_the_end_are_a_cut(tmp_path: Path, kept: int, where: int, more: int) -> None:
    good = record(b"\1" * 16)
    torn = good[:kept].ljust(len(good), b"\0") + bytes(more)
    at = START + len(good)
    path = written(tmp_path / "a", file_header(), good, torn)
    with Recording(path) as recording:
        assert len(list(recording)) == 1
        assert recording.cut == (
            f"byte {at + where}: only zeros from here to the end of the file; the end of the"
            f" record that begins at byte {at} is missing")
    written(path, file_header(), good, torn, b"\1")
    with Recording(path) as recording, pytest.raises(RecordingError):
        list(recording)
    written(path, file_header(), good, torn)
    with Recorder(path) as recorder:
        assert recorder.cut is not None
    assert path.read_bytes() == file_header() + good


def test_a_claim_of_a_gigabyte_takes_no_memory(tmp_path: Path) -> None:
    claim = record(size=GIB)
    path = written(tmp_path / "a", file_header(), claim)
    tracemalloc.start()
    try:
        with Recording(path) as recording:
            assert list(recording) == []
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = START + len(claim)
    assert recording.cut == (  # 16 bytes of data and the 8 behind them are there
        f"byte {size}: the file ends in the record that begins at byte {START}: {GIB - 24} bytes"
        " are missing")
    assert peak < 1 << 20


def test_long_and_odd_texts_are_shortened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "node", lambda: "\U0001F525" * 5000)
    monkeypatch.setattr(platform, "system", lambda: "a\udc80b")
    with Recorder(tmp_path / "a"), Recording(tmp_path / "a") as recording:
        assert recording.host == "\U0001F525" * 255
        assert recording.system == "a?b"


def test_numbers_that_do_not_fit(tmp_path: Path) -> None:
    block = Block(b"", base=0, count=0, version=5)
    with Recorder(tmp_path / "a") as recorder:
        for options in ({"time_ns": 1 << 63}, {"dropped": -1}, {"dropped": 1 << 64}):
            with pytest.raises(ValueError, match="is no 64-bit number"):
                recorder.write(block, **options)
        recorder.write(block, time_ns=-(1 << 63), dropped=2**64 - 1)
    with Recording(tmp_path / "a") as recording:
        assert [(r.time_ns, r.dropped) for r in recording.records()] == [(-(1 << 63), 2**64 - 1)]
