"""Reads a file as text, a block at a time; must not know what the text says.

The encoding is what the mark or the zeros at the beginning say, and UTF-8 if there are none: that
is what Windows and collectors write. Bytes that are none of it become U+FFFD.
"""

import codecs
from collections.abc import Iterator
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
    data = file.read(BLOCK)
    name, size = encoding_of(data)
    decoder = codecs.getincrementaldecoder(name)("replace")
    yield decoder.decode(data[size:])
    while data := file.read(BLOCK):
        yield decoder.decode(data)
    if rest := decoder.decode(b"", final=True):
        yield rest
