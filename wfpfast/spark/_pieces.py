"""Cuts files into pieces that tasks read on their own; must not know Spark, nor columns."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wfpfast._decode.stream import EventStream
from wfpfast.audit import recognises
from wfpfast.opening import HEAD
from wfpfast.opening import open as open_any
from wfpfast.spark import _logs, _recordings

RECORDING, LOG, TEXT, NETSH = "recording", "log", "text", "netsh"
AUDITS = (LOG, TEXT)


@dataclass(frozen=True)
class Piece:
    """A file, or a part of it.

    Attributes
    ----------
    path : str
        The file.
    kind : str
        `RECORDING`, `LOG` for .evtx, `TEXT` for records of a log as text, `NETSH`.
    begin, end : int
        Its first byte, and the one behind it; of what cannot be split, all of the file.
    host : str or None
        Whose events these are, as the file says for all of them.
    """

    path: str
    kind: str
    begin: int = 0
    end: int = 0
    host: str | None = None


def pieces(path: str, split: int) -> Iterator[Piece]:
    """Yield the pieces of a file, of about so many bytes where it can be split."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    size = os.path.getsize(path)
    if head.startswith(_recordings.MAGIC):
        host, start = _recordings.begun(path)
        for begin, end in _recordings.ranges(path, start, size, split):
            yield Piece(path, RECORDING, begin, end, host)
    elif head.startswith(_logs.MAGIC):
        for begin, end in _logs.ranges(head, size, split):
            yield Piece(path, LOG, begin, end)
    else:
        yield Piece(path, TEXT if recognises(_unpacked(path, head)) else NETSH, 0, size)


def _unpacked(path: str, head: bytes) -> bytes:
    if not head.startswith(b"\x1f\x8b"):
        return head
    import gzip

    with gzip.open(path) as file:
        return file.read(HEAD)


def opened(piece: Piece, **options: Any) -> EventStream:
    """Return the events of a piece.

    Parameters
    ----------
    piece : Piece
        What to read.
    **options
        ``columns``, all of them such that the kind has, and ``errors``.
    """
    if piece.kind == RECORDING:
        return _recordings.events(piece.path, piece.begin, piece.end, **options)
    if piece.kind == LOG:
        return _logs.events(piece.path, piece.begin, piece.end, **options)
    return open_any(piece.path, **options)
