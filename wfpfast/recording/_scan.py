"""Reads the records of a file that may be cut, damaged or still growing; must not write.

The file is read and not mapped, so that a truncation meanwhile is no crash.
"""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from typing import NamedTuple, TypeVar

from wfpfast._base.forking import fork_lock
from wfpfast._blocks.block import Block
from wfpfast.recording._format import (
    CHECKSUM,
    END_MARK,
    POINTER_SIZE,
    PREAMBLE_BYTES,
    RECORD_BYTES,
    RECORD_MARK,
    TRAILER,
    RecordHeader,
    RecordingError,
    check_start,
    checksum,
    pack_trailer,
    parse_block,
    parse_preamble,
    parse_record,
    parse_texts,
)
from wfpfast.recording._state import MARK, MAX_STATE_BYTES

_TEXTS = 4
_PIECE = 1 << 16
_ZEROS = bytes(_PIECE)
_NOTHING = Block(b"", base=0, count=0, version=0)
_Content = TypeVar("_Content")


class FileHeader(NamedTuple):
    """The header of a file; `nbytes` is its size, after which the records begin."""

    created_ns: int
    host: str
    system: str
    release: str
    wfpfast_version: str
    nbytes: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a file that is damaged, and was left out.

    Attributes
    ----------
    record : int
        Which record it is, counted from 1; 0 for the header of the file.
    offset, nbytes : int
        The byte of the file at which it begins, and how many bytes were left out. If its header is
        damaged, too, nobody knows where it ended: the next record that looks whole ends it.
    reason : str
        What is wrong.
    events, dropped : int
        How many events it held, and how many were lost before them, as far as its header says it.
    """

    record: int
    offset: int
    nbytes: int
    reason: str
    events: int = 0
    dropped: int = 0

    @property
    def block(self) -> Block:
        """A block without events, in the place of the one that is lost."""
        return _NOTHING

    @property
    def stats(self) -> dict[str, int]:
        """What it adds to the statistics of a stream."""
        stats = {"damaged_records": 1, "lost_events": self.events, "dropped": self.dropped}
        return {name: count for name, count in stats.items() if count}

    def __str__(self) -> str:
        what = f"record {self.record}" if self.record else "the file's header"
        lost = f", events in them: {self.events:,}" if self.events else ""
        return (f"{what}, byte {self.offset}: {self.reason}; left out:"
                f" {self.nbytes:,} bytes{lost}")


class Cut(Exception):
    """The file ends inside the part that begins at `whole`; everything before it is complete."""

    def __init__(self, whole: int, message: str) -> None:
        super().__init__(whole, message)
        self.whole = whole
        self.message = message


def check_regular(path: str) -> None:
    """Raise RecordingError for a pipe or a device: opening or reading it could block."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise RecordingError(0, "this is no regular file")


class Scan:
    """Reads a recording by offset, so that several readers can share one open file."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._lock = fork_lock()

    def size(self) -> int:
        """Return how many bytes the file has now."""
        return os.fstat(self._file.fileno()).st_size

    def _read(self, offset: int, nbytes: int) -> bytes:
        """Return `nbytes`, or fewer if the file ends; allocate no more than the file has."""
        wanted = min(nbytes, max(0, self.size() - offset))
        parts: list[bytes] = []
        with self._lock:
            self._file.seek(offset)
            while wanted and (part := self._file.read(wanted)):
                parts.append(part)
                wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _read_whole(self, offset: int, nbytes: int, whole: int, what: str) -> bytes:
        """Return all of `nbytes` or raise Cut; they belong to the part that begins at `whole`."""
        there = self.size() - offset
        if there >= nbytes:
            data = self._read(offset, nbytes)
            if len(data) == nbytes:
                return data
            there = len(data)
        raise Cut(whole, f"byte {offset + there}: the file ends in {what} that begins at byte"
                         f" {whole}: {nbytes - there} bytes are missing")

    def _check_zeros(self, offset: int, whole: int) -> None:
        """Raise Cut if there are only zeros from `offset` on: space for unwritten data.

        A file system may extend a file before it writes the data: after a power failure, or at that
        moment, there are zeros.
        """
        position = offset
        while data := self._read(position, len(_ZEROS)):
            if data != _ZEROS[: len(data)]:
                return
            position += len(data)
        raise Cut(whole, f"byte {offset}: only zeros from here to the end of the file; the end of"
                         f" the record that begins at byte {whole} is missing")

    def header(self) -> FileHeader:
        """Read the file's header, or raise Cut or RecordingError."""
        start = self._read(0, PREAMBLE_BYTES)
        check_start(start)
        preamble = self._read_whole(0, PREAMBLE_BYTES, 0, "the file header")
        nbytes, created_ns = parse_preamble(preamble)
        rest = self._read_whole(PREAMBLE_BYTES, nbytes + CHECKSUM.size, 0, "the file header")
        body = rest[:nbytes]
        if checksum(preamble + body) != rest[nbytes:]:
            raise RecordingError(PREAMBLE_BYTES, "the file header's texts have a wrong checksum")
        host, system, release, version = parse_texts(body, _TEXTS)
        return FileHeader(
            created_ns, host, system, release, version, PREAMBLE_BYTES + len(rest))

    def records(
        self, offset: int, *, salvage: bool = False
    ) -> Iterator[tuple[RecordHeader, Block] | Damage]:
        """Yield the records from `offset` on; raise Cut where the file ends within one.

        A damaged record is an error, or with `salvage` a part of its own.
        """
        return self._each(self._record, offset, salvage=salvage)

    def states(
        self, offset: int, *, salvage: bool = False
    ) -> Iterator[tuple[int, RecordHeader, bytes]]:
        """Yield where each record begins, its header, and its bytes if it is a state.

        Blocks of events are neither read nor checked. Otherwise as `records`; damaged records are
        left out.
        """
        for part in self._each(self._state, offset, salvage=salvage):
            if not isinstance(part, Damage):
                header, (at, data) = part
                yield at, header, data

    def _each(
        self, read: Callable[[int], tuple[RecordHeader, _Content]], offset: int, *, salvage: bool
    ) -> Iterator[tuple[RecordHeader, _Content] | Damage]:
        number = 0
        while offset != self.size():  # the size is smaller if the file was truncated meanwhile
            number += 1
            try:
                header, content = read(offset)
            except RecordingError as error:
                if not salvage:
                    raise
                damage = self._left_out(number, offset, error.reason)
                yield damage
                offset += damage.nbytes
            else:
                yield header, content
                offset += _size_of(header)

    def damaged_header(self, reason: str) -> Damage:
        """Return what is left out for a damaged header of a file that is a recording."""
        check_start(self._read(0, PREAMBLE_BYTES))
        return Damage(0, 0, self._next_whole(PREAMBLE_BYTES), reason)

    def _left_out(self, number: int, offset: int, reason: str) -> Damage:
        """Return what is left out for a damaged record: only a good header says where it ends."""
        try:
            header = parse_record(self._read(offset, RECORD_BYTES), offset)
        except RecordingError:
            return Damage(number, offset, self._next_whole(offset + 1) - offset, reason)
        # No event without a pointer to it: more are not believed.
        events = min(header.events, header.nbytes // POINTER_SIZE)
        return Damage(number, offset, _size_of(header), reason, events, header.dropped)

    def _next_whole(self, position: int) -> int:
        """Return where the next record begins that has a header and an end, or the file's size."""
        while len(piece := self._read(position, _PIECE)) >= RECORD_BYTES:
            at = piece.find(RECORD_MARK)
            while 0 <= at <= len(piece) - RECORD_BYTES:
                if self._looks_whole(piece[at : at + RECORD_BYTES], position + at):
                    return position + at
                at = piece.find(RECORD_MARK, at + 1)
            position += len(piece) - RECORD_BYTES + 1
        return self.size()

    def _looks_whole(self, raw: bytes, offset: int) -> bool:
        try:
            end = offset + _size_of(parse_record(raw, offset))
        except RecordingError:
            return False
        return self._read(end - len(END_MARK), len(END_MARK)) == END_MARK

    def _record(self, offset: int) -> tuple[RecordHeader, Block]:
        raw, header = self._header(offset)
        return header, parse_block(header, self._data(raw, header, offset), offset)

    def _state(self, offset: int) -> tuple[RecordHeader, tuple[int, bytes]]:
        raw, header = self._header(offset)
        data = b""
        if header.may_be_state:
            data = self._read(offset + RECORD_BYTES, min(header.nbytes, len(MARK)))
            if data != MARK:
                return header, (offset, b"")
            if header.nbytes <= MAX_STATE_BYTES:    # of others nobody reads more than the mark
                data = self._data(raw, header, offset)
        return header, (offset, data)

    def _header(self, offset: int) -> tuple[bytes, RecordHeader]:
        what = "the record"
        raw = self._read_whole(offset, RECORD_BYTES, offset, f"the header of {what}")
        try:
            header = parse_record(raw, offset)
        except RecordingError:
            self._check_zeros(offset + RECORD_BYTES - CHECKSUM.size, offset)
            raise
        return raw, header

    def _data(self, raw: bytes, header: RecordHeader, offset: int) -> bytes:
        what = "the record"
        start = offset + RECORD_BYTES
        data = self._read_whole(start, header.nbytes, offset, what)
        end = start + header.nbytes
        trailer = self._read_whole(end, TRAILER.size, offset, what)
        if trailer != pack_trailer(raw, data):
            self._check_zeros(end + TRAILER.size - len(END_MARK), offset)
            raise RecordingError(start, f"the data of the record at byte {offset} are damaged:"
                                     " wrong checksum, or no end mark")
        return data


def _size_of(header: RecordHeader) -> int:
    return RECORD_BYTES + header.nbytes + TRAILER.size
