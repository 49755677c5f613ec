"""Blocks written to a file and read back: whole, cut, damaged, and while being written."""

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from example_events import one_of_each
from hypothesis import given
from hypothesis import strategies as st

import wfpfast
from wfpfast import Block, MalformedBlockError, decode, encode
from wfpfast.recording import Record, Recorder, Recording, RecordingError

# Small blocks with no zero at their end, and sizes that align nothing.
SMALL = [
    (b"\x01" * 8 + b"abc", {"base": 0x1000, "count": 1, "version": 5}, 1_000, 0),
    (b"", {"base": 0, "count": 0, "version": 0}, 2_000, 3),
    (b"xyz45678\x02\x03", {"base": 0x8, "count": 1, "version": 2, "internal": True}, 3_000, 4),
]
RECORD_BYTES = 72  # a record without its data, docs/recording.md


def facts(record: Record) -> tuple[object, ...]:
    block = record.block
    return (bytes(block.data), block.base, block.count, block.version, block.entries_offset,
            block.internal, record.time_ns, record.dropped)


EXPECTED = [
    (data, o["base"], o["count"], o["version"], 0, o.get("internal", False), time_ns, dropped)
    for data, o, time_ns, dropped in SMALL
]


def write_small(path: Path) -> bytes:
    with Recorder(path) as recorder:
        for data, options, time_ns, dropped in SMALL:
            recorder.write(Block(data, **options), time_ns, dropped)
    return path.read_bytes()


def read(path: Path) -> tuple[list[tuple[object, ...]], str | None, RecordingError | None]:
    """The records, where the file is cut, and the error."""
    got: list[tuple[object, ...]] = []
    try:
        with Recording(path) as recording:
            got.extend(map(facts, recording.records()))
            return got, recording.cut, None
    except RecordingError as error:
        return got, None, error


def ends(raw: bytes) -> list[int]:
    """Where the header and each of the records ends."""
    sizes = [len(data) + RECORD_BYTES for data, *_ in SMALL]
    return [len(raw) - sum(sizes[i:]) for i in range(len(sizes) + 1)]


def test_blocks_come_back_as_they_were(tmp_path: Path) -> None:
    raw = write_small(tmp_path / "a.wfprec")
    assert read(tmp_path / "a.wfprec") == (EXPECTED, None, None)
    # Opened again, it goes on where it was.
    assert write_small(tmp_path / "a.wfprec") == raw + raw[ends(raw)[0]:]
    with Recording(str(tmp_path / "a.wfprec")) as recording:
        for _ in range(2):
            assert [bytes(block.data) for block in recording] == [d for d, *_ in SMALL] * 2
        first, second = recording.records(), recording.records()
        assert [facts(a) == facts(b) for a, b in zip(first, second, strict=True)] == [True] * 6


@pytest.mark.parametrize("version", range(6))
def test_events_are_those_of_the_blocks(tmp_path: Path, version: int) -> None:
    blocks = [encode(one_of_each()[:6], version=version, base=0x1238),
              encode(one_of_each()[6:11] if version > 4 else one_of_each()[:2], version=version)]
    with Recorder(tmp_path / "a", sync=True) as recorder:
        recorder.write(blocks[0], dropped=5)
        recorder.write(blocks[1], dropped=37)
    with Recording(tmp_path / "a") as recording:
        stream = recording.read_events(addresses="binary", columns=["timestamp", "local_address"])
        assert stream.column_names == ["timestamp", "local_address"]
        rows = [batch.to_pylist() for batch in stream]
        assert stream.stats["dropped"] == 42
    assert rows == [
        decode(b, addresses="binary", columns=["timestamp", "local_address"]).to_pylist()
        for b in blocks]
    assert rows[0][3]["local_address"] == bytes.fromhex("00" * 10 + "ffff" + "7f000001")


def test_a_block_that_is_malformed_inside_is_the_decoders_affair(tmp_path: Path) -> None:
    write_small(tmp_path / "a")  # its pointers lead nowhere
    with Recording(tmp_path / "a") as recording:
        with pytest.raises(MalformedBlockError, match="event 0"):
            list(recording.read_events())
        stream = recording.read_events(errors="null")
        assert [len(batch) for batch in stream] == [1, 0, 1]
        assert (stream.stats["malformed"], stream.stats["dropped"]) == (2, 7)


def test_a_file_cut_at_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw = write_small(path)
    whole_at = ends(raw)
    assert len(raw) > 250
    for size in range(len(raw)):
        path.write_bytes(raw[:size])
        got, cut, error = read(path)
        whole = sum(end <= size for end in whole_at) - 1  # of the records; -1: not even the header
        assert error is None
        assert got == EXPECTED[:max(0, whole)]
        begin = whole_at[whole] if whole >= 0 else 0
        if size == begin and whole >= 0:
            assert cut is None
        else:
            assert cut is not None
            assert cut.startswith(f"byte {size}: the file ends in the ")
            assert f"begins at byte {begin}: " in cut
        continue_and_check(path, size, begin if whole >= 0 else 0, raw)


def continue_and_check(path: Path, size: int, begin: int, raw: bytes) -> None:
    """A recorder cuts the tail off, says so, and appends."""
    with Recorder(path) as recorder:
        assert (recorder.cut is None) == (size == begin)
        assert begin == 0 or path.read_bytes() == raw[:begin]
        recorder.write(Block(b"new", base=0, count=0, version=1), 9, 9)
    got, cut, error = read(path)
    assert (cut, error) == (None, None)
    assert got[-1] == (b"new", 0, 0, 1, 0, False, 9, 9)
    assert got[:-1] == EXPECTED[:len(got) - 1]


def test_what_a_cut_says(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw = write_small(path)
    begin = ends(raw)[0]
    for size, message in [
        (0, "byte 0: the file ends in the file header that begins at byte 0: 28 bytes are missing"),
        (30, f"byte 30: the file ends in the file header that begins at byte 0: {begin - 30} bytes"
             " are missing"),
        (begin + 1, f"byte {begin + 1}: the file ends in the header of the record that begins at"
                    f" byte {begin}: 63 bytes are missing"),
        (begin + 70, f"byte {begin + 70}: the file ends in the record that begins at byte {begin}:"
                     " 5 bytes are missing"),
        (begin + 75, f"byte {begin + 75}: the file ends in the record that begins at byte {begin}:"
                     " 8 bytes are missing"),
    ]:
        path.write_bytes(raw[:size])
        assert read(path)[1] == message
    with Recording(path) as recording:
        assert recording.cut is None  # not known before it has been read
        assert recording.created is not None
        path.write_bytes(raw)
        assert len(list(recording)) == 3
        assert recording.cut is None


def test_a_header_that_comes_later(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw = write_small(path)
    path.write_bytes(raw[:20])
    with Recording(path) as recording:
        assert recording.cut is not None
        assert (recording.host, recording.created) == ("", None)
        assert (recording.system, recording.release, recording.wfpfast_version) == ("", "", "")
        assert list(recording) == []
        path.write_bytes(raw)
        assert list(map(facts, recording.records())) == EXPECTED
        assert (recording.cut, recording.created is None) == (None, False)


def test_every_byte_flipped(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw = write_small(path)
    for at in range(len(raw)):
        for flip in (0x01, 0x80, 0xFF):
            damaged = bytearray(raw)
            damaged[at] ^= flip
            path.write_bytes(damaged)
            got, cut, error = read(path)
            assert cut is None
            assert error is not None
            whole = max(0, sum(end <= at for end in ends(raw)) - 1)
            assert got == EXPECTED[:whole]
            assert 0 <= error.offset <= at
        with pytest.raises(RecordingError):
            Recorder(path)
        assert path.read_bytes() == damaged


@given(junk=st.binary(min_size=1), behind=st.booleans())
def test_random_bytes(tmp_path_factory: pytest.TempPathFactory, junk: bytes, behind: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "junk"
    path.unlink(missing_ok=True)
    raw = write_small(path)
    # A magic number or a record that is only begun is a cut; these are neither.
    junk = (junk if behind else b"<" + junk) + b"\xff" * RECORD_BYTES
    path.write_bytes(raw * behind + junk)
    got, cut, error = read(path)
    assert (got, cut) == (EXPECTED if behind else [], None)
    assert error is not None
    assert error.offset == len(raw) * behind
    with pytest.raises(RecordingError):
        Recorder(path)
    assert path.read_bytes() == raw * behind + junk


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    for opening in (Recording, Recorder):
        with pytest.raises(RecordingError, match="no regular file"):
            opening(tmp_path)
    with pytest.raises(FileNotFoundError):
        Recording(tmp_path / "absent")
    with pytest.raises(FileNotFoundError):
        Recorder(tmp_path / "absent" / "a")
    assert list(tmp_path.iterdir()) == []


def test_errors_can_be_pickled_and_copied() -> None:
    error = RecordingError(7, "it is odd")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (str(twin), twin.offset, twin.reason) == ("byte 7: it is odd", 7, "it is odd")
    assert isinstance(error, ValueError)


def test_a_file_truncated_under_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "a"
    raw = write_small(path)
    with Recording(path) as recording:
        records = recording.records()
        next(records)
        with path.open("r+b") as file:
            file.truncate(40)
        assert list(records) == []
        begin = ends(raw)[1]
        assert recording.cut == (
            f"byte 40: the file ends in the header of the record that begins at byte {begin}:"
            f" {begin + 64 - 40} bytes are missing")


def test_a_closed_recording(tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    with Recording(tmp_path / "a") as recording:
        records = recording.records()
        next(records)
        assert recording.host
    recording.close()
    with pytest.raises(ValueError, match="the recording is closed"):
        next(records)
    with pytest.raises(ValueError, match="the recording is closed"):
        list(recording)


WRITER = """
import sys
from wfpfast import Block
from wfpfast.recording import Recorder

with Recorder(sys.argv[1]) as recorder:
    for i in range(int(sys.argv[2])):
        recorder.write(Block(bytes([i % 256]) * 5000, base=0, count=0, version=5), i, 1)
        print(i, flush=True)
        if sys.argv[3] == "wait":
            sys.stdin.readline()
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Stops what a test has started."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start(path: Path, blocks: int, mode: str) -> subprocess.Popen[str]:
    place = str(Path(wfpfast.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WRITER, str(path), str(blocks), mode], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": place})


def test_reading_step_by_step_what_another_process_writes(
    tmp_path: Path, writer: list[subprocess.Popen[str]]
) -> None:
    process = start(tmp_path / "a", 4, "wait")
    writer.append(process)
    assert process.stdin
    assert process.stdout
    process.stdout.readline()
    with Recording(tmp_path / "a") as recording:
        for i in range(4):
            assert [r.time_ns for r in recording.records()] == list(range(i + 1))
            assert recording.cut is None
            with pytest.raises(BlockingIOError, match="another recorder is writing") as caught:
                Recorder(tmp_path / "a")
            assert caught.value.filename == str(tmp_path / "a")
            process.stdin.write("\n")
            process.stdin.flush()
            process.stdout.readline()
    assert process.wait(20) == 0
    Recorder(tmp_path / "a").close()


def test_reading_while_another_process_writes_as_fast_as_it_can(
    tmp_path: Path, writer: list[subprocess.Popen[str]]
) -> None:
    process = start(tmp_path / "a", 3000, "run")
    writer.append(process)
    assert process.stdout
    process.stdout.readline()
    reads = 0
    with Recording(tmp_path / "a") as recording:
        done = threading.Event()
        drain = threading.Thread(target=lambda: (process.stdout.read(), done.set()))
        drain.start()
        while not done.is_set():
            for i, record in enumerate(recording.records()):
                assert record.time_ns == i
                assert bytes(record.block.data) == bytes([i % 256]) * 5000
            reads += 1
        drain.join()
        assert process.wait(20) == 0
        assert [r.time_ns for r in recording.records()] == list(range(3000))
        assert recording.cut is None
    assert reads > 0


def test_a_killed_process_loses_nothing_written(
    tmp_path: Path, writer: list[subprocess.Popen[str]]
) -> None:
    process = start(tmp_path / "a", 100_000, "run")
    writer.append(process)
    assert process.stdout
    for _ in range(50):
        process.stdout.readline()
    process.kill()
    told = 50 + len(process.communicate()[0].split())
    with Recorder(tmp_path / "a"), Recording(tmp_path / "a") as recording:
        times = [r.time_ns for r in recording.records()]
    assert times == list(range(len(times)))
    assert len(times) >= told - 1  # the last line may be torn
