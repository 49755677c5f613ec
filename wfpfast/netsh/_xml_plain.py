"""Reads plain records of a file without the XML parser; must not know what a record means.

A plain record is one that `Scanner` can read, five times as fast as the parser. The parser is fed
everything else, and a line feed for each line of the plain records, so that its errors name the
right lines.
"""

import re
from collections.abc import Callable
from typing import Any

from wfpfast.netsh._scan import Scanner
from wfpfast.netsh._xml_expat import BLANKS, BadElement, ExpatReader, Record

MAX_WAITING = 1 << 17      # bytes of a record whose end has not been read

_RECORD = re.compile(rb"<(?:item|netEvent)>")


class NotPlain(Exception):
    """A record that was read as plain turned out not to be; the parser must read it."""


class PlainFeeder:
    """Feeds a reader, except for plain records, which it converts itself.

    Parameters
    ----------
    reader : ExpatReader
        Is fed everything that is not plain.
    convert : callable
        As for `RecordReader`; gets plain records as `Scanner.record` returns them.
    """

    def __init__(self, reader: ExpatReader, convert: Callable[[str, Record], Any]) -> None:
        self._reader = reader
        self._convert = convert
        self._scanner = Scanner()
        self._plain = True      # no comment, or the like, was seen: it could hide a false record
        self._whole = True      # the bytes fed so far end with a tag, and not inside a line end
        self._last = b""        # the last byte fed to the reader
        self._waiting = b""     # the incomplete record at the end of the last piece
        self._passed = 0        # lines that were read here and not fed to the reader yet

    def feed(self, data: bytes) -> None:
        """Convert the plain records of the next piece, and feed the rest to the reader."""
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
                if end == 0 and len(data) - position <= MAX_WAITING:
                    self._waiting = data[position:]
                    return
            self._feed_reader(data[position:found.end()])
            position = found.end()
        self._feed_reader(data[position:])

    def flush(self) -> None:
        """Feed the reader the incomplete record, so that it knows the line where the file ends."""
        data, self._waiting = self._waiting, b""
        self._feed_reader(data)

    def _feed_blanks(self, data: bytes) -> None:
        """Feed what precedes a record; of blanks, only count the lines."""
        if data.replace(b"\r\n", b"").strip(b" \t\n"):
            self._feed_reader(data)
        else:
            self._passed += data.count(b"\n")

    def _feed_reader(self, data: bytes) -> None:
        """Feed what is not plain, and note whether a plain record can follow."""
        if b"<!" in self._last + data or b"<?" in self._last + data:
            self._plain = False  # a comment, for example, may contain what looks like a record
        if data:
            # A carriage return may be half of a line end, whose line feed would count again.
            ended = data.rstrip(BLANKS.encode())
            self._whole = (ended.endswith(b">") if ended else self._whole) and data[-1:] != b"\r"
        self._last = data[-1:] or self._last
        passed, self._passed = self._passed, 0
        self._reader.feed(b"\n" * passed + data)

    def _converted(self, kind: str, record: Record) -> bool:
        """Convert a plain record; False if it is wrong, so that the parser reads it again."""
        try:
            self._reader.ready.append(self._convert(kind, record))
        except (BadElement, NotPlain):
            return False
        return True
