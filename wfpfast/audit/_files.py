"""Reads files, a few chunks or records at a time; must not know what is in them."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar, cast

from wfpfast.audit._errors import EvtxError
from wfpfast.audit._reader import CHUNK_SIZE, AuditReader
from wfpfast.audit._shapes import Shape, shape_of

Text = TypeVar("Text")
Source = str | os.PathLike[str] | BinaryIO

MAGIC = b"ElfFile\0"
CHUNKS = 16             # that are read together
HEAD = 1 << 16          # bytes that say what a file is
_HEAD = 128             # bytes of the file's header that say something
_HEAD_SIZE = 0x28       # of the header with what follows it
_FLAGS = 0x78
_DIRTY = 1              # the file was not closed, so that sums may not agree
_MAJOR = 0x26           # version 3.0 to 3.2 are known


class Part(NamedTuple):
    """Chunks of a file.

    Attributes
    ----------
    memory : bytearray
        Where they are.
    chunks : int
        How many.
    number : int
        Of the first of them, from 0.
    dirty : bool
        Whether the file was not closed.
    cut : int
        Bytes of the last chunk that are not there, and zero.
    rooms : list of bytearray
        Where memory goes that nobody reads any more: parts that come take it from there, because
        new memory costs as much as reading a file does.
    """

    memory: bytearray
    chunks: int
    number: int
    dirty: bool
    cut: int
    rooms: list[bytearray]

    def give(self, reader: AuditReader) -> None:
        """Give the chunks to a reader."""
        reader.feed(self.memory, self.chunks, self.number, checking=self.checking)

    def release(self) -> None:
        """Let parts that come have the memory: the chunks were read."""
        self.rooms.append(self.memory)

    @property
    def checking(self) -> bool:
        """Whether its sums have to agree, which that of a chunk that breaks off cannot."""
        return not self.dirty and not self.cut

    @property
    def stats(self) -> dict[str, int]:
        """What is counted in any case."""
        return {}

    @property
    def lost(self) -> dict[str, int]:
        """What is counted if it is no fault."""
        return {"truncated_files": 1} if self.cut else {}

    @property
    def fault(self) -> EvtxError | None:
        """What is wrong behind the chunks."""
        if not self.cut:
            return None
        return EvtxError("the file breaks off", self.number + self.chunks - 1)


class _Headed(io.RawIOBase):
    """A file whose beginning was read, which comes first again."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = memoryview(head)
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes | None:
        return super().read(size) if self._head else self._file.read(size)

    def readinto(self, room: Any) -> int:
        if not self._head:
            return cast("int", self._file.readinto(room))  # type: ignore[attr-defined]
        count = min(len(room), len(self._head))
        room[:count], self._head = self._head[:count], self._head[count:]
        return count


def parts(
    source: Source, of_text: Callable[[Shape, BinaryIO], Iterator[Text]]
) -> Iterator[Part | Text]:
    """Yield what is in a file, which is closed then unless it was given open.

    Parameters
    ----------
    source : path or binary file
        The file.
    of_text : callable
        What reads a file that is no .evtx.
    """
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield from parts(file, of_text)
        return
    room = bytearray(HEAD)
    head = bytes(room[:_filled(source, memoryview(room))])
    given = cast("BinaryIO", _Headed(head, source))
    shape = None if head.startswith(MAGIC) else shape_of(head)
    yield from _chunks(given) if shape is None else of_text(shape, given)


def _chunks(source: BinaryIO) -> Iterator[Part]:
    dirty = _begin(source)
    number = 0
    rooms: list[bytearray] = []
    while True:
        room = rooms.pop() if rooms else bytearray(CHUNKS * CHUNK_SIZE)
        size = _filled(source, memoryview(room))
        if not size:
            break
        count = -(-size // CHUNK_SIZE)
        cut = count * CHUNK_SIZE - size
        room[size:size + cut] = bytes(cut)
        yield Part(room, count, number, dirty, cut, rooms)
        number += count


def _begin(file: BinaryIO) -> bool:
    """Read the header of a file; return whether it was not closed."""
    head = bytearray(_HEAD)
    size = _filled(file, memoryview(head))
    if not head.startswith(MAGIC):
        raise EvtxError(
            "is no Windows event log (.evtx), nor records of one in a form that is known")
    if size < _HEAD:
        raise EvtxError("begins as a Windows event log (.evtx), and breaks off")
    major = int.from_bytes(head[_MAJOR:_MAJOR + 2], "little")
    if major != 3:
        raise EvtxError(f"is an event log of version {major}, which wfpfast does not know")
    size = int.from_bytes(head[_HEAD_SIZE:_HEAD_SIZE + 2], "little")
    rest = bytearray(max(0, size - _HEAD))
    _filled(file, memoryview(rest))
    return bool(head[_FLAGS] & _DIRTY)


def _filled(file: BinaryIO, room: memoryview) -> int:
    """Read as many bytes as there are and as fit; return how many."""
    count = 0
    while count < len(room):
        got = file.readinto(room[count:])  # type: ignore[attr-defined]
        if not got:
            break
        count += got
    return count
