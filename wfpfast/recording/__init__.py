"""Blocks in a file, to be decoded later or elsewhere; must not know what an event looks like.

``docs/recording.md`` describes the file byte by byte.
"""

import os
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import FileIO
from typing import Any

from wfpfast._base.closing import Closing
from wfpfast._blocks.block import Block
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.recording._format import RecordingError, pack_file_header, pack_record
from wfpfast.recording._lock import WriterLock
from wfpfast.recording._scan import Cut, FileHeader, Scan, check_regular

__all__ = ["Record", "Recorder", "Recording", "RecordingError"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Record:
    """A block with when it came and how many events were lost before it.

    Attributes
    ----------
    block : Block
        As it was recorded.
    time_ns : int
        UNIX time in nanoseconds.
    dropped : int
        How many events are missing before the block.
    """

    block: Block
    time_ns: int
    dropped: int


class Recorder(Closing):
    """Appends blocks to a file, which it makes or continues.

    Use it in a ``with`` statement, or close it. Only one recorder at a time writes a file; any
    number of `Recording` may read it meanwhile. Threads may share a recorder.

    Parameters
    ----------
    path : path
        An existing recording is read through first. An incomplete tail, as a crash leaves one, is
        cut off: see `cut`.
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
        self._mutex = threading.Lock()
        if os.path.exists(self.path):
            check_regular(self.path)
        file = FileIO(self.path, "a+")
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
        """Check what is there and cut off what is incomplete; a new file gets its header."""
        scan = Scan(file)
        self._end = scan.size()
        try:
            if self._end:
                for _ in scan.records(scan.header().nbytes):
                    pass
        except Cut as cut:
            self.cut = cut.message
            self._end = cut.whole
            file.truncate(self._end)
        if self._end == 0:
            self._append(file, pack_file_header(time.time_ns(), _here()))

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
            while rest:  # once round, but for a full disk
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
            if self._file is None:
                raise ValueError("the recorder is closed")
            self._append(self._file, data)

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
    import platform  # whoever only reads does not pay for it

    from wfpfast import __version__

    return [platform.node(), platform.system(), platform.release(), __version__]


class Recording(Closing):
    """The blocks of a file that a `Recorder` has written or is writing.

    Iterate over it for the blocks, or see `records` and `read_events`; each starts at the first
    block and ends at the last one that is whole at that moment. Use it in a ``with`` statement, or
    close it.

    Parameters
    ----------
    path : path
        The file. If it breaks off, anywhere, it is read up to there: see `cut`.

    Raises
    ------
    RecordingError
        If the file is no recording, has a format that is not known, or its header is damaged.
    OSError
        If it cannot be opened or read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file: FileIO | None = None
        self.path = os.fspath(path)
        self._cut: str | None = None
        self._header: FileHeader | None = None
        check_regular(self.path)
        file = FileIO(self.path)
        self._scan = Scan(file)
        try:
            self._read_header()
        except BaseException:
            file.close()
            raise
        self._file = file

    def _read_header(self) -> FileHeader | None:
        """The header, once it is whole: the recorder may be about to write it."""
        if self._header is None:
            try:
                self._header = self._scan.header()
            except Cut as cut:
                self._cut = cut.message
        return self._header

    @property
    def cut(self) -> str | None:
        """Where the file breaks off and what is missing there; None if it is whole.

        Known when it has been read to the end; of the header, from the beginning.
        """
        return self._cut

    @property
    def created(self) -> datetime | None:
        """When the file was made, in UTC; None if it breaks off before it says so."""
        if self._header is None:
            return None
        return _EPOCH + timedelta(microseconds=self._header.created_ns // 1000)

    @property
    def host(self) -> str:
        """The name of the computer on which it was made; empty if not known."""
        return self._header.host if self._header else ""

    @property
    def system(self) -> str:
        """The operating system there, as ``Windows``."""
        return self._header.system if self._header else ""

    @property
    def release(self) -> str:
        """Its release, as ``11``."""
        return self._header.release if self._header else ""

    @property
    def wfpfast_version(self) -> str:
        """The version of wfpfast that made the file."""
        return self._header.wfpfast_version if self._header else ""

    def records(self) -> Generator[Record, None, None]:
        """Yield the records, oldest first.

        Raises
        ------
        RecordingError
            After the records before it, if one is damaged.
        ValueError
            If the recording is closed.
        """
        if self._file is None:
            raise ValueError("the recording is closed")
        header = self._read_header()
        if header is None:
            return
        try:
            for head, block in self._scan.records(header.nbytes):
                yield Record(block, head.time_ns, head.dropped)
                if self._file is None:
                    raise ValueError("the recording is closed")
            self._cut = None
        except Cut as cut:
            self._cut = cut.message

    def __iter__(self) -> Iterator[Block]:
        return (record.block for record in self.records())

    def read_events(self, **decoder_options: Any) -> EventStream:
        """Decode the blocks, one after another, as the stream is read.

        Parameters
        ----------
        **decoder_options
            As for `Decoder`.

        Returns
        -------
        EventStream
            A batch a block; ``stats["dropped"]`` says how many events are missing. It ends where
            the file breaks off: see `cut`. The recording must stay open meanwhile.
        """
        decoder = Decoder(**decoder_options)
        return EventStream(self._batches(decoder), decoder=decoder)

    def _batches(self, decoder: Decoder) -> Iterator[EventBatch]:
        for record in self.records():
            batch = decoder.decode(record.block)
            batch.stats["dropped"] = record.dropped
            yield batch

    def close(self) -> None:
        """Close the file. Closing twice is allowed."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
