"""Finds ranges of chunks in an event log (.evtx), and reads one; must not know Spark."""

import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from wfpfast._decode.decoder import EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.audit import EvtxError
from wfpfast.audit._files import MAGIC, parts
from wfpfast.audit._parts import read_parts, survey
from wfpfast.audit._reader import CHUNK_SIZE, AuditReader
from wfpfast.audit._shapes import listed_parts

__all__ = ["MAGIC", "events", "ranges"]
_HEAD_SIZE = slice(0x28, 0x2A)  # where the file's header says its size


def ranges(head: bytes, size: int, split: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of whole chunks of about so many bytes; the first one has the header, too."""
    begin = 0
    step = max(1, split // CHUNK_SIZE) * CHUNK_SIZE
    for end in range(_behind_header(head) + step, size, step):
        yield begin, end
        begin = end
    yield begin, size


def _behind_header(head: bytes) -> int:
    return int.from_bytes(head[_HEAD_SIZE], "little")


class _Spans(io.RawIOBase):
    """Some ranges of a file, one behind the other, as if nothing else were there."""

    def __init__(self, file: BinaryIO, *spans: tuple[int, int]) -> None:
        self._file = file
        self._spans = deque(spans)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        while self._spans:
            begin, end = self._spans[0]
            self._file.seek(begin)
            got = self._file.readinto(  # type: ignore[attr-defined]
                memoryview(room)[:max(0, end - begin)])
            if got:
                self._spans[0] = begin + got, end
                return int(got)
            self._spans.popleft()
        return 0


def events(path: str, begin: int, end: int, **options: Any) -> EventStream:
    """Return the events of the chunks in a range.

    Which end of connections is local is decided by the beginning of the file, whatever the range
    is, so that all ranges agree.
    """
    reader = AuditReader(**options)
    lenient = options.get("errors") == "null"
    return EventStream(_batches(path, begin, end, reader, lenient), decoder=reader)


def _batches(
    path: str, begin: int, end: int, reader: AuditReader, lenient: bool
) -> Iterator[EventBatch]:
    first = 0
    try:
        with Path(path).open("rb") as file:
            survey(parts(file, listed_parts), reader)
            file.seek(0)
            header = _behind_header(file.read(_HEAD_SIZE.stop)) if begin else 0
            first = (begin - header) // CHUNK_SIZE
            found = parts(_Spans(file, (0, header), (begin, end)), listed_parts)  # type: ignore[arg-type]
            yield from read_parts(found, [reader], lenient, surveyed=True)
    except EvtxError as error:
        if error.chunk is not None:
            error.chunk += first
        error.path = path
        raise
