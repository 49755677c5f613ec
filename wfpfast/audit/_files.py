"""Reads event logs from files, a few chunks at a time; must not know what is in a chunk."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from wfpfast.audit._errors import EvtxError
from wfpfast.audit._reader import CHUNK_SIZE

Source = str | os.PathLike[str] | BinaryIO

MAGIC = b"ElfFile\0"
CHUNKS = 16             # that are read together
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
    """

    memory: bytearray
    chunks: int
    number: int
    dirty: bool
    cut: int


def parts(source: Source) -> Iterator[Part]:
    """Yield the chunks of a file, which is closed then unless it was given open."""
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield from parts(file)
        return
    dirty = _begin(source)
    number = 0
    while size := _filled(source, memoryview(room := bytearray(CHUNKS * CHUNK_SIZE))):
        count = -(-size // CHUNK_SIZE)
        yield Part(room, count, number, dirty, count * CHUNK_SIZE - size)
        number += count


def _begin(file: BinaryIO) -> bool:
    """Read the header of a file; return whether it was not closed."""
    head = bytearray(_HEAD)
    size = _filled(file, memoryview(head))
    if not head.startswith(MAGIC):
        raise EvtxError("is no Windows event log (.evtx)")
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
