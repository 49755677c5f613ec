"""Damaged recordings: what is left out is named and counted, and all else is read."""

import pickle
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from example_events import one_of_each

from wfpfast import Block, decode, encode
from wfpfast.recording import Damage, Record, Recorder, Recording, RecordingError

# Blocks without bytes that look like those of a record's header, and of sizes that align nothing.
BLOCKS = [b"\x01" * 8 + b"abc", b"\x02" * 8 + b"de", b"\x03" * 8 + b"fghij", b"\x04" * 8 + b"k"]
HEAD, TRAILER = 64, 8  # of a record, docs/recording.md


def written(path: Path) -> tuple[bytes, list[int]]:
    """Write a recording; return its bytes, and where its records begin."""
    with Recorder(path) as recorder:
        for number, data in enumerate(BLOCKS, 1):
            recorder.write(Block(data, base=0x1000, count=1, version=5), number, number * 10)
    raw = path.read_bytes()
    start = len(raw) - sum(HEAD + len(data) + TRAILER for data in BLOCKS)
    starts = [start]
    for data in BLOCKS[:-1]:
        starts.append(starts[-1] + HEAD + len(data) + TRAILER)
    assert [raw[at:at + 4] for at in starts] == [b"BLCK"] * 4
    return raw, starts


def read(path: Path) -> tuple[list[int], list[Damage], str | None]:
    """Return the numbers of the records that were read, what was left out, and the cut."""
    with Recording(path, salvage=True) as recording:
        parts = list(recording.parts())
        records = [part.time_ns for part in parts if isinstance(part, Record)]
        assert [record.time_ns for record in recording.records()] == records
        assert [bytes(block.data) for block in recording] == [BLOCKS[n - 1] for n in records]
        return records, [part for part in parts if isinstance(part, Damage)], recording.cut


def test_any_damaged_byte_costs_its_record_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    ends = [*starts[1:], len(raw)]
    seen = 0
    for at in range(starts[0], len(raw)):
        (number,) = [n for n in range(4) if starts[n] <= at < ends[n]]
        damaged = bytearray(raw)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        records, damage, cut = read(path)
        assert records == [n + 1 for n in range(4) if n != number]
        assert cut is None
        (left_out,) = damage
        where = (left_out.record, left_out.offset, left_out.nbytes)
        assert where == (number + 1, starts[number], ends[number] - starts[number])
        told = at >= starts[number] + HEAD  # a header that is good says what it is of
        assert (left_out.events, left_out.dropped) == (told, told * (number * 10 + 10))
        seen += 1
    assert seen == len(raw) - starts[0] > 300


def test_what_was_left_out_says_what_and_where(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    damaged = bytearray(raw)
    damaged[starts[1] + HEAD] ^= 1
    damaged[starts[2]] ^= 1
    path.write_bytes(damaged)
    first, second = read(path)[1]
    assert str(first) == (
        f"record 2, byte {starts[1]}: the data of the record at byte {starts[1]} are damaged:"
        " wrong checksum, or no end mark; left out: 82 bytes, events in them: 1")
    assert str(second) == (
        f"record 3, byte {starts[2]}: the record's header has a wrong checksum; left out: 85 bytes")
    assert pickle.loads(pickle.dumps(first)) == first


def test_a_stream_counts_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a"
    blocks = [encode(one_of_each()[:6]), encode(one_of_each()[6:11]), encode(one_of_each()[:2])]
    with Recorder(path) as recorder:
        for number, block in enumerate(blocks):
            recorder.write(block, dropped=10 ** number)
    raw = bytearray(path.read_bytes())
    raw[-50 - len(blocks[2].data) - HEAD - TRAILER] ^= 1  # within the data of the second
    path.write_bytes(raw)
    with Recording(path, salvage=True) as recording:
        stream = recording.read_events()
        rows = [row for batch in stream for row in batch.to_pylist()]
        stats = stream.stats
    assert rows == [*decode(blocks[0]).to_pylist(), *decode(blocks[2]).to_pylist()]
    assert (stats["damaged_records"], stats["lost_events"], stats["dropped"]) == (1, 5, 111)
    with Recording(path) as recording, pytest.raises(RecordingError, match="are damaged"):
        list(recording.read_events())


def test_a_whole_recording_has_nothing_left_out(tmp_path: Path) -> None:
    written(tmp_path / "a")
    assert read(tmp_path / "a") == ([1, 2, 3, 4], [], None)
    with Recording(tmp_path / "a", salvage=True) as recording:
        stream = recording.read_events(errors="null")
        assert sum(len(batch) for batch in stream) == 4
    assert not {"damaged_records", "lost_events"} & set(stream.stats)


def test_what_lies_between_good_records_is_one_damage(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    for junk in (b"", b"BLCK" * 50_000, bytes(70_000), raw[starts[0]:starts[0] + HEAD - 1]):
        path.write_bytes(raw[:starts[1]] + junk + raw[starts[1] + 1:])  # a byte is gone, too
        records, damage, cut = read(path)
        assert (records, cut) == ([1, 3, 4], None)
        size = len(junk) + starts[2] - starts[1] - 1
        assert [(each.record, each.offset, each.nbytes) for each in damage] == [
            (2, starts[1], size)]


@pytest.mark.parametrize("short", [1, 3, 4, 40, 63, 64])
def test_a_record_may_begin_at_any_byte_of_what_is_searched(tmp_path: Path, short: int) -> None:
    """It is searched by 65,536 bytes: a header may lie across the end of such a piece."""
    path = tmp_path / "a"
    raw, starts = written(path)
    junk = b"\xff" * ((1 << 16) + 1 - short)
    path.write_bytes(raw[:starts[1]] + junk + raw[starts[2]:])
    assert read(path)[0] == [1, 3, 4]


def test_a_header_without_an_end_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    like = raw[starts[2]:starts[2] + HEAD]
    path.write_bytes(raw[:starts[1]] + b"????" + like * 3 + raw[starts[2]:])
    records, (damage,), _ = read(path)
    assert (records, damage.nbytes) == ([1, 3, 4], 4 + 3 * HEAD)


def test_damage_up_to_the_end_is_left_out_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    path.write_bytes(raw[:starts[2]] + b"\xff" * 200_000)
    records, (damage,), cut = read(path)
    assert (records, damage.nbytes, cut) == ([1, 2], 200_000, None)


def test_a_cut_behind_damage_is_a_cut(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    damaged = bytearray(raw[:-1])
    damaged[starts[1] + HEAD] ^= 1
    path.write_bytes(damaged)
    records, damage, cut = read(path)
    assert records == [1, 3]
    assert [each.record for each in damage] == [2]
    assert cut is not None
    assert f"begins at byte {starts[3]}: 1 bytes are missing" in cut


def test_the_header_of_the_file_may_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    seen = 0
    for at in range(starts[0]):
        damaged = bytearray(raw)
        damaged[at] ^= 0x10
        path.write_bytes(damaged)
        if at < 10:  # the mark of all recordings, and the version of the format
            with pytest.raises(RecordingError):
                Recording(path, salvage=True)
            continue
        records, (left_out,), cut = read(path)
        assert (records, cut) == ([1, 2, 3, 4], None)
        assert (left_out.record, left_out.offset, left_out.nbytes) == (0, 0, starts[0])
        assert str(left_out).startswith("the file's header, byte 0: ")
        seen += 1
    assert seen == starts[0] - 10
    with Recording(path, salvage=True) as recording:
        assert (recording.created, recording.host) == (None, "")


def test_a_count_that_cannot_be_is_not_believed(tmp_path: Path) -> None:
    """A good checksum is no promise: anybody can compute one."""
    path = tmp_path / "a"
    raw, starts = written(path)
    header = bytearray(raw[starts[1]:starts[1] + HEAD - 4])
    struct.pack_into("<Q", header, 40, 2**64 - 1)
    header += struct.pack("<I", zlib.crc32(header))
    path.write_bytes(raw[:starts[1]] + header + raw[starts[1] + HEAD:])
    records, (damage,), _ = read(path)
    assert (records, damage.events) == ([1, 3, 4], 1)  # 10 bytes have room for one pointer


def test_work_does_not_grow_faster_than_the_file(tmp_path: Path, monkeypatch: Any) -> None:
    """Headers that are good and lead on to others, with data that are not: each byte read twice."""
    from wfpfast.recording import _scan

    amounts = []
    for count in (200, 400):
        path = tmp_path / f"{count}"
        raw, starts = written(path)
        size = 300 * count
        head = raw[:starts[0]]
        fakes = bytearray()
        while len(fakes) < size:
            header = bytearray(raw[starts[0]:starts[0] + HEAD - 4])
            struct.pack_into("<Q", header, 48, size)
            fakes += header + struct.pack("<I", zlib.crc32(header)) + b"-" * 28
        path.write_bytes(head + fakes + b"END\n" * (size // 4 + 50))
        took = 0
        real = _scan.Scan._read

        def counting(self: Any, offset: int, nbytes: int, real: Any = real) -> bytes:
            nonlocal took
            data: bytes = real(self, offset, nbytes)
            took += len(data)
            return data

        with monkeypatch.context() as patch:
            patch.setattr(_scan.Scan, "_read", counting)
            with Recording(path, salvage=True) as recording:
                assert len(list(recording.parts())) >= 1
        assert took > size
        amounts.append(took)
    assert amounts[1] < 2.5 * amounts[0]


def test_a_recorder_says_what_to_do_with_damage(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw, starts = written(path)
    damaged = bytearray(raw)
    damaged[starts[1] + HEAD] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(RecordingError) as caught:
        Recorder(path)
    assert caught.value.offset == starts[1] + HEAD
    assert str(caught.value).endswith(
        "; a damaged file is not continued: write to another one, and read this one with"
        " Recording(..., salvage=True), or --salvage")
    assert path.read_bytes() == damaged
