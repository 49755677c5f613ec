"""Lets plain records of a file pass by the XML parser; must not know what a record means.

A plain record is one that `Scanner` can take, five times as fast as the parser. The parser is fed
everything else, and so many line feeds as there were in what passed by: its errors name lines.
"""

import re
from collections.abc import Callable
from typing import Any

from wfpfast.netsh._scan import Scanner
from wfpfast.netsh._xml_expat import BLANKS, BadElement, ExpatReader, Record

MOST_WAITING = 1 << 17     # bytes of a record whose end has not been read

_RECORD = re.compile(rb"<(?:item|netEvent)>")


class NotPlain(Exception):
    """What was taken for a plain record is for the parser to read."""


class PlainFeeder:
    """Stands before a reader, and is fed in its place.

    Parameters
    ----------
    reader : ExpatReader
        Gets what is not plain.
    convert : callable
        As for `RecordReader`; it gets plain records as `Scanner.record` returns them.
    """

    def __init__(self, reader: ExpatReader, convert: Callable[[str, Record], Any]) -> None:
        self._reader = reader
        self._convert = convert
        self._scanner = Scanner()
        self._plain = True      # nothing has been met that could hide what looks like a record
        self._whole = True      # what the reader was fed last ends with a tag, and with whole lines
        self._last = b""        # the last byte that the reader was fed
        self._waiting = b""     # the beginning of a record, for the next piece
        self._passed = 0        # lines that the reader has not been fed

    def feed(self, data: bytes) -> None:
        """Take the plain records of what comes next, and feed the rest to the reader."""
        data = self._waiting + data
        self._waiting = b""
        position = 0
        while self._plain and (found := _RECORD.search(data, position)):
            self._feed_blanks(data[position:found.start()])
            position = found.start()
            if self._plain and self._whole and (kind := self._reader.kind) is not None:
                end, record, lines = self._scanner.record(data, position)
                if record is not None and self._converted(kind, record):
                    self._passed += lines
                    position = end
                    continue
                if end == 0 and len(data) - position <= MOST_WAITING:
                    self._waiting = data[position:]
                    return
            self._feed_reader(data[position:found.end()])
            position = found.end()
        self._feed_reader(data[position:])

    def flush(self) -> None:
        """Feed the reader what still waits, so that it knows the line where the file ends."""
        data, self._waiting = self._waiting, b""
        self._feed_reader(data)

    def _feed_blanks(self, data: bytes) -> None:
        """Feed what stands before a record; of blanks only the lines count."""
        if data.replace(b"\r\n", b"").strip(b" \t\n"):
            self._feed_reader(data)
        else:
            self._passed += data.count(b"\n")

    def _feed_reader(self, data: bytes) -> None:
        """Feed what is no plain record, and see whether one can follow."""
        if b"<!" in self._last + data or b"<?" in self._last + data:
            self._plain = False  # a comment, for one, may hold what looks like a record
        if data:
            # A return may be half of a line's end: what is counted next would be one line with it.
            ended = data.rstrip(BLANKS.encode())
            self._whole = (ended.endswith(b">") if ended else self._whole) and data[-1:] != b"\r"
        self._last = data[-1:] or self._last
        passed, self._passed = self._passed, 0
        self._reader.feed(b"\n" * passed + data)

    def _converted(self, kind: str, record: Record) -> bool:
        """Convert a plain record; whatever is wrong with it, the parser knows the line of."""
        try:
            self._reader.ready.append(self._convert(kind, record))
        except (BadElement, NotPlain):
            return False
        return True
