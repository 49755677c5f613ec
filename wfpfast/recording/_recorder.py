"""Writes blocks to a file as they come; must not know what an event looks like."""

import os
import time
import warnings
from collections.abc import Mapping
from io import FileIO
from typing import Any

from wfpfast._base.closing import Closing
from wfpfast._base.forking import fork_lock
from wfpfast._blocks.block import Block
from wfpfast.recording._format import RecordingError, pack_file_header, pack_record
from wfpfast.recording._lock import WriterLock
from wfpfast.recording._scan import Cut, Scan, check_regular
from wfpfast.recording._state import Kept, pack_state

_WAY_OUT = ("a damaged file is not continued: write to another one, and read this one with"
            " Recording(..., salvage=True), or --salvage")


def _private(path: str, flags: int) -> int:
    """Open a file that, if it is new, is for its owner: it will hold paths, SIDs, addresses."""
    return os.open(path, flags, 0o600)


class Recorder(Closing):
    """Appends blocks to a file, which it creates or continues.

    Use it in a ``with`` statement, or close it. Only one recorder at a time writes a file; any
    number of `Recording` may read it meanwhile. Threads may share a recorder.

    Parameters
    ----------
    path : path
        An existing recording is read through first. An incomplete tail, as a crash leaves one, is
        cut off: see `cut`. A new one is for its owner to read and write, mode 0600.
    sync : bool
        Whether every block is to be on the disk before `write` returns: then it survives a power
        failure, too. Without it, it survives the end of the process.

    Attributes
    ----------
    cut : str or None
        What was cut off an existing file: which byte, and what was missing.

    Raises
    ------
    RecordingError
        If the file exists and is no recording, or a damaged one. It is not changed.
    BlockingIOError
        If another recorder is writing to it.
    OSError
        If it cannot be opened or written.
    """

    def __init__(self, path: str | os.PathLike[str], *, sync: bool = False) -> None:
        self._file: FileIO | None = None
        self.path = os.fspath(path)
        self.cut: str | None = None
        self._sync = sync
        self._torn = False
        self._kept = Kept()
        self._mutex = fork_lock()
        if os.path.exists(self.path):
            check_regular(self.path)
        file = FileIO(self.path, "a+", opener=_private)
        try:
            self._lock = WriterLock(file, self.path)
            try:
                self._resume(file)
            except BaseException:
                self._lock.release()
                raise
        except BaseException:
            file.close()
            raise
        self._file = file

    def _resume(self, file: FileIO) -> None:
        """Check the file and cut off an incomplete tail; a new file gets its header."""
        scan = Scan(file)
        self._end = scan.size()
        try:
            if self._end:
                self._check(scan)
        except Cut as cut:
            self.cut = cut.message
            self._end = cut.whole
            file.truncate(self._end)
        if self._end == 0:
            self._append(file, pack_file_header(time.time_ns(), _here()))

    @staticmethod
    def _check(scan: Scan) -> None:
        """Read the file to its end, whose last record may be cut."""
        start = scan.header().nbytes
        try:
            for _ in scan.records(start):
                pass
        except RecordingError as error:
            raise RecordingError(error.offset, f"{error.reason}; {_WAY_OUT}") from None

    def _append(self, file: FileIO, data: bytes) -> None:
        """Write all of `data`, or nothing and raise."""
        if self._torn:
            self._restore(file)
        size = os.fstat(file.fileno()).st_size
        if size != self._end:
            raise RecordingError(
                min(size, self._end), "something else than this recorder changed the file")
        rest = memoryview(data)
        try:
            while rest:  # a single write is enough unless the disk is full
                rest = rest[file.write(rest):]
            if self._sync:
                os.fsync(file.fileno())
        except BaseException:
            self._torn = True
            self._restore(file)
            raise
        self._end += len(data)

    def _restore(self, file: FileIO) -> None:
        file.truncate(self._end)
        self._torn = False

    def write(self, block: Block, time_ns: int | None = None, dropped: int = 0) -> None:
        """Append a block.

        Parameters
        ----------
        block : Block
            As an engine, a subscription or `encode` gave it.
        time_ns : int, optional
            When it came, UNIX time in nanoseconds; now by default.
        dropped : int
            How many events were lost before it.

        Raises
        ------
        OSError
            If it cannot be written, as when the disk is full. The file ends with the last whole
            record then, and one may try again.
        RecordingError
            If another program has changed the length of the file.
        ValueError
            If the recorder is closed, the block is larger than 1 GiB, or a number does not fit.
        """
        data = pack_record(block, time_ns, dropped)
        with self._mutex:
            self._append(self._opened(), data)

    def write_state(
        self,
        *,
        filters: Any = None,
        volumes: Mapping[str, str] | None = None,
        accounts: Mapping[str, str] | None = None,
        looked_ns: int | None = None,
        time_ns: int | None = None,
    ) -> bool:
        """Append what names the numbers of the events, as far as it is new since the last call.

        Call it before the first block, and whenever something may have changed.

        Parameters
        ----------
        filters : Table or iterable of mappings, optional
            All that there are now, as `Engine.filters` returns them.
        volumes : mapping, optional
            Drive letters by volumes, ``{"HarddiskVolume3": "C:"}``.
        accounts : mapping, optional
            Names of accounts by SIDs.
        looked_ns, time_ns : int, optional
            When it was begun to ask for the filters, and when they were there: UNIX time in
            nanoseconds; now by default.

        Returns
        -------
        bool
            Whether anything was new. Errors are those of `write`; 32 MiB are the limit.
        """
        looked = time.time_ns() if looked_ns is None else looked_ns
        with self._mutex:
            file = self._opened()
            changed, kept = self._kept.changed(
                filters, looked, volumes=volumes, accounts=accounts)
            if changed:
                block = Block(pack_state(changed), base=0, count=0, version=0)
                self._append(file, pack_record(block, time_ns, 0))
            self._kept = kept
        return bool(changed)

    def _opened(self) -> FileIO:
        if self._file is None:
            raise ValueError("the recorder is closed")
        return self._file

    def close(self) -> None:
        """Close the file and let the next recorder write. Closing twice is allowed."""
        with self._mutex:
            file, self._file = self._file, None
            if file is not None:
                try:
                    self._lock.release()
                finally:
                    file.close()

    def __del__(self) -> None:
        if self._file is not None:
            warnings.warn(f"unclosed recorder of {self.path!r}", ResourceWarning, 2, source=self)
            self.close()


def _here() -> list[str]:
    import platform  # slow to load, and only a new file needs it

    from wfpfast import __version__

    return [platform.node(), platform.system(), platform.release(), __version__]
