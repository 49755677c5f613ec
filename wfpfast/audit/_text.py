"""Reads a file as text, a block at a time; must not know what the text says.

The encoding is what the mark or the zeros at the beginning say, and UTF-8 if there are none: that
is what Windows and collectors write. Bytes that are none of it become U+FFFD.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

BLOCK = 1 << 20

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def encoding_of(head: bytes) -> tuple[str, int]:
    """Return the encoding of a text, and how long its mark is."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    if head[1:2] == b"\0":
        return "utf-16-le", 0
    return ("utf-16-be", 0) if head[:1] == b"\0" else ("utf-8", 0)


def text_of(head: bytes) -> str:
    """Return the beginning of a text."""
    name, size = encoding_of(head)
    return head[size:].decode(name, "replace")


def blocks(file: BinaryIO) -> Iterator[str]:
    """Yield a text in blocks."""
    return decoded(*_coded(file))


def blocks_of_utf8(file: BinaryIO) -> Iterator[bytes]:
    """Yield a text in blocks of UTF-8, which has the faults that the file has."""
    name, pieces = _coded(file)
    return pieces if name == "utf-8" else (text.encode() for text in decoded(name, pieces))


def decoded(name: str, pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield what pieces of an encoding say."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    for data in pieces:
        yield decoder.decode(data)
    if rest := decoder.decode(b"", final=True):
        yield rest


def _coded(file: BinaryIO) -> tuple[str, Iterator[bytes]]:
    """Return the encoding of a text, and its bytes in blocks, without the mark."""
    data = file.read(BLOCK)
    name, size = encoding_of(data)
    return name, chain([data[size:]], iter(lambda: file.read(BLOCK), b""))
