"""The recorder when things go wrong: full disks, second writers, other programs, forgetting."""

import errno
import gc
import mmap
import os
import threading
import time
from io import FileIO
from pathlib import Path
from types import SimpleNamespace

import pytest

from wfpfast import Block
from wfpfast.recording import Recorder, Recording, RecordingError, _recorder
from wfpfast.recording import _lock as _recording_lock

BLOCK = Block(b"0123456789", base=0, count=0, version=5)
RECORD = 72 + 10


def times(path: Path) -> list[int]:
    with Recording(path) as found:
        got = [record.time_ns for record in found.records()]
        assert found.cut is None
    return got


class Disk(FileIO):
    """A file on a disk with little room, or that is slow, or sick."""

    room = 1 << 30
    most = 1 << 30
    sick = False

    def write(self, data) -> int:
        size = os.fstat(self.fileno()).st_size
        if size >= Disk.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data[: min(Disk.most, Disk.room - size)])

    def truncate(self, size=None) -> int:
        if Disk.sick:
            raise OSError(errno.EIO, "Input/output error")
        return super().truncate(size)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> type[Disk]:
    monkeypatch.setattr(_recorder, "FileIO", Disk)
    for name in ("room", "most", "sick"):
        monkeypatch.setattr(Disk, name, getattr(Disk, name))  # put back at the end
    return Disk


def test_a_full_disk(tmp_path: Path, disk: type[Disk]) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        recorder.write(BLOCK, 1)
        size = path.stat().st_size
        for room in (0, 1, RECORD - 1):
            disk.room = size + room
            with pytest.raises(OSError, match="No space left"):
                recorder.write(BLOCK, 2)
            assert path.stat().st_size == size
            assert times(path) == [1]
        disk.room = size + RECORD
        recorder.write(BLOCK, 3)
        assert times(path) == [1, 3]


def test_a_disk_too_full_for_the_header(tmp_path: Path, disk: type[Disk]) -> None:
    disk.room = 5
    with pytest.raises(OSError, match="No space left"):
        Recorder(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""
    disk.room = 1 << 30
    with Recorder(tmp_path / "a") as recorder:  # nothing holds the lock
        assert recorder.cut is None


def test_a_write_in_many_pieces(tmp_path: Path, disk: type[Disk]) -> None:
    disk.most = 7
    with Recorder(tmp_path / "a") as recorder:
        recorder.write(BLOCK, 1)
        recorder.write(BLOCK, 2)
    assert times(tmp_path / "a") == [1, 2]


def test_a_disk_that_does_not_even_take_back(tmp_path: Path, disk: type[Disk]) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        recorder.write(BLOCK, 1)
        size = path.stat().st_size
        disk.room, disk.sick = size + 20, True
        for _ in range(2):
            with pytest.raises(OSError, match="Input/output"):
                recorder.write(BLOCK, 2)
            assert path.stat().st_size == size + 20
        disk.room, disk.sick = 1 << 30, False
        recorder.write(BLOCK, 3)
        assert path.stat().st_size == size + RECORD
    assert times(path) == [1, 3]


def test_sync_reaches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(os.fstat(fd).st_size))
    with Recorder(path, sync=True) as recorder:
        header = path.stat().st_size
        recorder.write(BLOCK, 1)
        assert synced == [header, header + RECORD]

        def fail(fd: int) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="Input/output"):
            recorder.write(BLOCK, 2)
    with Recorder(path) as recorder:
        recorder.write(BLOCK, 3)
    assert times(path) == [1, 3]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit of file sizes")
def test_a_real_limit_of_the_system(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "a"
    block = Block(bytes(1 << 20), base=0, count=0, version=5)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Recorder(path) as recorder:
        recorder.write(block, 1)
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 300_000, hard))
        try:
            with pytest.raises(OSError, match="too large"):
                recorder.write(block, 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.stat().st_size == size
        recorder.write(block, 3)
    assert times(path) == [1, 3]


def test_a_block_beyond_the_limit(tmp_path: Path) -> None:
    with mmap.mmap(-1, (1 << 30) + mmap.PAGESIZE) as memory, Recorder(tmp_path / "a") as recorder:
        size = (tmp_path / "a").stat().st_size
        big = Block(memory, base=0, count=0, version=5)
        with pytest.raises(ValueError, match="1073741824 are the limit"):
            recorder.write(big)
        del big
        assert (tmp_path / "a").stat().st_size == size


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        for _ in range(3):
            with pytest.raises(BlockingIOError, match="another recorder is writing to this file"):
                Recorder(path)
        with Recording(path) as reading:  # closing it must not take the lock along
            assert list(reading) == []
        with pytest.raises(BlockingIOError):
            Recorder(path)
        recorder.write(BLOCK, 1)
    with Recorder(path) as recorder:
        recorder.write(BLOCK, 2)
    assert times(path) == [1, 2]


def test_threads_share_a_recorder(tmp_path: Path) -> None:
    with Recorder(tmp_path / "a") as recorder:
        def work(first: int) -> None:
            for i in range(50):
                recorder.write(BLOCK, first + i)

        threads = [threading.Thread(target=work, args=(100 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    got = times(tmp_path / "a")
    assert sorted(got) == [100 * n + i for n in range(4) for i in range(50)]
    for n in range(4):
        assert [t for t in got if t // 100 == n] == list(range(100 * n, 100 * n + 50))


@pytest.mark.parametrize("change", [-1, 1])
def test_another_program_changes_the_file(tmp_path: Path, change: int) -> None:
    path = tmp_path / "a"
    with Recorder(path) as recorder:
        recorder.write(BLOCK, 1)
        size = path.stat().st_size
        os.truncate(path, size + change)
        with pytest.raises(
            RecordingError, match=f"^byte {size + min(0, change)}: something else .* changed"
        ):
            recorder.write(BLOCK, 2)
        assert path.stat().st_size == size + change


def test_a_refused_file_is_released_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a letter to my aunt")
    os.utime(path, (1_000, 1_000))
    for _ in range(2):
        with pytest.raises(RecordingError, match="this is no recording of wfpfast"):
            Recorder(path)
    gc.collect()  # a file left open would be a ResourceWarning, which is an error here
    assert path.read_bytes() == b"a letter to my aunt"
    assert path.stat().st_mtime == 1_000


def test_the_time_is_now_by_default(tmp_path: Path) -> None:
    before = time.time_ns()
    with Recorder(tmp_path / "a") as recorder:
        recorder.write(BLOCK)
    (when,) = times(tmp_path / "a")
    assert before <= when <= time.time_ns()


def test_close(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a")
    recorder.close()
    recorder.close()
    with pytest.raises(ValueError, match="the recorder is closed"):
        recorder.write(BLOCK)
    with pytest.raises(KeyError), Recorder(tmp_path / "a"):
        raise KeyError
    Recorder(tmp_path / "a").close()


def test_a_forgotten_recorder_says_so(tmp_path: Path) -> None:
    kept = [Recorder(tmp_path / "a")]
    with pytest.warns(ResourceWarning, match=r"unclosed recorder of .*a'$"):
        kept.clear()
    Recorder(tmp_path / "a").close()


class FakeMsvcrt(SimpleNamespace):
    """Windows' byte lock: on a descriptor's position, held until the file is closed."""

    LK_NBLCK = 2
    error = 0

    def locking(self, descriptor: int, mode: int, nbytes: int) -> None:
        self.call = (os.lseek(descriptor, 0, os.SEEK_CUR), mode, nbytes)
        if self.error:
            raise OSError(self.error, os.strerror(self.error))


def test_the_lock_where_there_is_no_flock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeMsvcrt()
    monkeypatch.setattr(_recording_lock, "_fcntl", None)
    monkeypatch.setattr(_recording_lock, "_msvcrt", fake)
    beside = tmp_path / "a.lock"
    with Recorder(tmp_path / "a") as recorder:
        recorder.write(BLOCK, 1)
        assert fake.call == (0, 2, 1)
        assert beside.read_bytes() == b""
    assert not beside.exists()
    (tmp_path / "letter").write_bytes(b"a letter to my aunt")
    with pytest.raises(RecordingError):
        Recorder(tmp_path / "letter")
    assert not (tmp_path / "letter.lock").exists()
    fake.error = errno.EACCES
    with pytest.raises(BlockingIOError, match="another recorder is writing"):
        Recorder(tmp_path / "a")
    fake.error = errno.EIO
    with pytest.raises(OSError, match="Input/output") as caught:
        Recorder(tmp_path / "a")
    assert not isinstance(caught.value, BlockingIOError)
    gc.collect()
    assert times(tmp_path / "a") == [1]


def test_the_lock_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_recording_lock, "_fcntl", None)
    monkeypatch.setattr(_recording_lock, "_msvcrt", None)
    with Recorder(tmp_path / "a") as recorder:
        recorder.write(BLOCK, 1)
    assert times(tmp_path / "a") == [1]
