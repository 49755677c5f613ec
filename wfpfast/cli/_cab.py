"""Reads the members of a cabinet, as netsh wfp capture leaves one; must not know what they are.

Memory holds one block of 32 KiB. That is why no library does this: cabarchive, the one that is kept
and runs everywhere, unpacks all of a file at once. Layout and MSZIP are those of Microsoft's
[MS-CAB] and [MS-MCI]. Members that are not stored or MSZIP, or go on in another cabinet, are
refused: Windows' ``expand`` reads them all.
"""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wfpfast.cli._input import Pieces

_HEADER = struct.Struct("<4s4xI4xI4xBBHHHHH")
_RESERVE = struct.Struct("<HBB")
_FOLDER = struct.Struct("<IHH")
_FILE = struct.Struct("<IIHHHH")
_DATA = struct.Struct("<IHH")
_HAS_PREVIOUS, _HAS_NEXT, _HAS_RESERVE = 1, 2, 4
_STORED, _MSZIP = 0, 1
_UTF8_NAME = 0x80
_NAME = 257  # bytes of a name, with its end
_HISTORY = 1 << 15
_MOST = 100


class BadCabinet(EOFError):
    """A cabinet is damaged, or is of a kind that is not read."""


class _Member(NamedTuple):
    size: int
    start: int  # in what its folder unpacks to
    folder: int


class Cabinet:
    """The members of a cabinet file, each to be read from its beginning."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._folders: list[tuple[int, int, int]] = []
        self._members: dict[str, _Member] = {}
        try:
            self._read()
        except BaseException:
            self._file.close()
            raise

    def _read(self) -> None:
        head = _HEADER.unpack(_exactly(self._file, _HEADER.size))
        (_, _, files_at, _, _, folders, files, flags, _, _) = head
        reserved = (0, 0, 0)
        if flags & _HAS_RESERVE:
            reserved = _RESERVE.unpack(_exactly(self._file, _RESERVE.size))
            _exactly(self._file, reserved[0])
        self._spare = reserved[2]
        for _ in range(2 * bool(flags & _HAS_PREVIOUS) + 2 * bool(flags & _HAS_NEXT)):
            _text(self._file)
        for _ in range(folders):
            self._folders.append(_FOLDER.unpack(_exactly(self._file, _FOLDER.size)))
            _exactly(self._file, reserved[1])
        if files > _MOST:  # each is looked for from the beginning of its folder
            raise BadCabinet(f"has more than {_MOST} files: Windows' expand unpacks it")
        self._file.seek(files_at)
        for _ in range(files):
            size, start, folder, _, _, kind = _FILE.unpack(_exactly(self._file, _FILE.size))
            name = _text(self._file).decode("utf-8" if kind & _UTF8_NAME else "cp437", "replace")
            self._members[name] = _Member(size, start, folder)

    def names(self) -> dict[str, int]:
        """Return the members, and how many bytes each has."""
        return {name: member.size for name, member in self._members.items()}

    def open(self, name: str) -> io.BufferedReader:
        """Open a member."""
        member = self._members[name]
        if member.folder >= len(self._folders):
            raise BadCabinet("goes on in another cabinet: expand reads both")
        return io.BufferedReader(Pieces(_cut(self._blocks(member.folder), member)))

    def _blocks(self, folder: int) -> Iterator[bytes]:
        """Yield what a folder unpacks to, block by block."""
        position, count, kind = self._folders[folder]
        if kind & 0xF not in (_STORED, _MSZIP):
            raise BadCabinet("is packed by LZX or Quantum: Windows' expand unpacks it")
        history = b""
        for _ in range(count):
            self._file.seek(position)
            _, packed, size = _DATA.unpack(_exactly(self._file, _DATA.size))
            _exactly(self._file, self._spare)
            data = _exactly(self._file, packed)
            position = self._file.tell()
            if kind & 0xF == _MSZIP:
                data = _inflated(data, size, history)
                history = (history + data)[-_HISTORY:]
            if len(data) != size:
                raise BadCabinet("a block of the cabinet is damaged")
            yield data

    def __enter__(self) -> "Cabinet":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _cut(blocks: Iterator[bytes], member: _Member) -> Iterator[bytes]:
    """Yield the bytes of one member out of its folder's."""
    skip, left = member.start, member.size
    for block in blocks:
        piece = block[skip:skip + left]
        skip, left = max(0, skip - len(block)), left - len(piece)
        if piece:
            yield piece
        if not left:
            return
    raise BadCabinet("the cabinet ends within it")


def _inflated(data: bytes, size: int, history: bytes) -> bytes:
    """Return a block of MSZIP, which begins with CK; a bomb in it is not unpacked."""
    if data[:2] != b"CK":
        raise BadCabinet("a block of the cabinet is damaged")
    return zlib.decompressobj(-zlib.MAX_WBITS, zdict=history).decompress(data[2:], size + 1)


def _exactly(file: Any, count: int) -> bytes:
    data: bytes = file.read(count)
    if len(data) < count:
        raise BadCabinet("the cabinet breaks off")
    return data


def _text(file: Any) -> bytes:
    """Read a text up to its zero byte."""
    start = file.tell()
    text, end, _ = file.read(_NAME).partition(b"\0")
    if not end:
        raise BadCabinet("a name in the cabinet does not end")
    file.seek(start + len(text) + 1, os.SEEK_SET)
    return bytes(text)
