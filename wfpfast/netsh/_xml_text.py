"""Decodes the bytes of an XML file to text, piece by piece; must not know elements.

Windows writes UTF-8 with a byte-order mark, and a redirection in PowerShell UTF-16. Copies may have
lost their mark, or declare UTF-8 in UTF-16, so the declaration is ignored.
"""

import codecs
from collections.abc import Iterator
from typing import IO

CHUNK = 1 << 16
_HEAD = 1 << 10  # bytes that contain the mark and the declaration

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class BrokenText(ValueError):
    """The bytes are not valid in their encoding."""


def encoding_of(head: bytes) -> tuple[str, int]:
    """Return the encoding that the first bytes indicate, and the size of its mark."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if head[:2] == b"<\0":
        return "utf-16-le", 0
    if head[:2] == b"\0<":
        return "utf-16-be", 0
    return "utf-8", 0


def read_text(file: IO[bytes]) -> Iterator[str]:
    """Yield the text of a file without its mark and its declaration, up to the first error.

    Raises
    ------
    BrokenText
        If the bytes are no text, or end inside a character.
    TypeError
        If the file is open as text.
    """
    head = b""
    while len(head) < _HEAD and (chunk := file.read(CHUNK)):
        if isinstance(chunk, str):
            raise TypeError("the file is open as text: open it in binary mode")
        head += chunk
    if head.startswith(b"MSCF"):
        raise BrokenText("a cabinet, not XML: extract wfpdiag.xml from it")
    encoding, size = encoding_of(head)
    pieces = _decoded(file, encoding, head[size:])
    yield _without_declaration(next(pieces))
    yield from pieces


def _decoded(file: IO[bytes], encoding: str, chunk: bytes) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    while True:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            yield error.object[:error.start].decode(encoding)
            what = error.reason if chunk else "the file ends inside a character"
            raise BrokenText(f"not {encoding}: {what}") from None
        yield text
        if not chunk:
            return
        chunk = file.read(CHUNK)


def _without_declaration(text: str) -> str:
    """Remove the declaration, since a root element is put before it, but keep its lines."""
    end = text.find("?>") + 2
    if end == 1 or not text.lstrip().startswith("<?xml"):
        return text
    return "\n" * text.count("\n", 0, end) + text[end:]
