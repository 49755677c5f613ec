"""Streams records out of one of netsh's XML files; must not know what a record means.

A record is an element that is an item of a list. Its elements become dicts keyed by tag, its leaves
texts; repeated tags become lists, and those of items always are. Only one record is in memory at a
time, whatever the file holds.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from wfpfast._netsh_scan import Scanner
from wfpfast._xml_text import BrokenText, read_text
from wfpfast.errors import SourceError

MOST_DEPTH = 64
MOST_TEXT = 1 << 22        # characters of one record, bytes of one tag or comment
MOST_ELEMENTS = 1 << 16    # of one record
MOST_NAMES = 1 << 14       # of elements and attributes: the parser keeps each

MOST_WAITING = 1 << 17     # bytes of a record whose end has not been read

_BLANKS = " \t\r\n"       # of XML; other spaces are part of a text
_RECORD = re.compile(rb"<(?:item|netEvent)>")

Record = dict[str, Any]
Source = str | os.PathLike[str] | IO[bytes]


class NetshError(SourceError):
    """A file is not what netsh writes, or breaks off.

    Attributes
    ----------
    path : str
        The file; of a file without a name, its type.
    line : int
        The line, from 1.
    element : str
        The element that was being read.
    """

    def __init__(self, path: str, line: int, element: str, what: str) -> None:
        # All four go to ValueError, so that the exception can be pickled and copied.
        super().__init__(path, line, element, what)
        self.path = path
        self.line = line
        self.element = element
        self._what = what

    def __str__(self) -> str:
        return f"{self.path}: line {self.line}: <{self.element}>: {self._what}"


class BadElement(ValueError):
    """An element is not what it should be; the reader adds file and line.

    `inside` names the element of the record that it is in, where its own name may occur twice.
    """

    def __init__(self, element: str, what: str, inside: str = "") -> None:
        super().__init__(what)
        self.element = element
        self.inside = inside


class NotPlain(Exception):
    """What was taken for a plain record is for the parser to read."""


class RecordReader:
    """Pulls records from a file, which may have several root elements, as wfpstate.xml has.

    Parameters
    ----------
    source : path or binary file
        What to read.
    lists : mapping of str to str
        Tags of lists whose items are records, and the kind of record. ``""`` stands for the file
        itself: a record may be a root.
    roots : sequence of str
        What a root element may be.
    convert : callable
        Makes of a kind and a record what `read` yields; raises `BadElement`.
    plain : bool
        Whether records that `Scanner.record` can take pass by the parser; `convert` gets them as
        that returns them, and may raise `NotPlain`.
    """

    def __init__(
        self,
        source: Source,
        lists: dict[str, str],
        roots: tuple[str, ...],
        convert: Callable[[str, Record], Any],
        *,
        plain: bool = False,
    ) -> None:
        self._file: Any = source
        self._own = isinstance(source, str | os.PathLike)
        if isinstance(source, str | os.PathLike):
            self.path = os.fspath(source)
            self._file = open(source, "rb")  # noqa: SIM115 -- until close(), at the end of read()
        elif hasattr(source, "read"):
            self.path = str(getattr(source, "name", type(source).__name__))
        else:
            raise TypeError(f"expected a path or a binary file, not {type(source).__name__}")
        self._lists = lists
        self._roots = roots
        self._convert = convert
        self._ready: list[Any] = []
        self._tags: list[str] = []      # open elements outside of records
        self._open: list[Record] = []   # open elements of the record, innermost last
        self._names: list[str] = []     # their tags
        self._lines: list[tuple[str, int]] = []  # its elements so far, and where they begin
        self._text: list[str] = []
        self._size = 0                  # of the record's text
        self._kind = ""
        self._rooted = False            # a root element has begun
        self._fed = 0                   # bytes
        self._plain = plain
        self._scanner = Scanner()
        self._whole = True              # what was fed last ends with a tag, and no line with half
        self._last = b""                # byte that was fed
        self._waiting = b""             # the beginning of a record, for the next piece
        self._passed = 0                # lines that the parser has not seen
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._watch_outside()

    def read(self) -> Iterator[Any]:
        """Yield what `convert` makes of each record; all of them before an error of the file."""
        try:
            self._feed(b"<netsh>")  # the root that XML asks for
            for text in read_text(self._file):
                self._feed_piece(text.encode())
                yield from self._take()
            self._feed(self._waiting)
            self._feed(b"</netsh>", last=True)
            if not self._rooted:
                raise self._error(self._nothing())
        except NetshError:
            yield from self._take()
            raise
        except BrokenText as error:
            self._feed(self._waiting)  # so that the line is known
            raise self._error(str(error)) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._own:
            self._file.close()

    def _take(self) -> list[Any]:
        ready, self._ready = self._ready, []
        return ready

    # Plain records pass by the parser, which only counts their lines.

    def _feed_piece(self, data: bytes) -> None:
        data = self._waiting + data
        self._waiting = b""
        at = 0
        while self._plain and (found := _RECORD.search(data, at)):
            between = data[at:found.start()]
            if between.replace(b"\r\n", b"").strip(b" \t\n"):
                self._feed_between(between)
            else:
                self._passed += between.count(b"\n")
            at = found.start()
            if self._plain and self._whole and not self._open and self._in_list():
                end, record, lines = self._scanner.record(data, at)
                if record is not None and self._converted(record):
                    self._passed += lines
                    at = end
                    continue
                if end == 0 and len(data) - at <= MOST_WAITING:
                    self._waiting = data[at:]
                    return
            self._feed_between(data[at:found.end()])
            at = found.end()
        self._feed_between(data[at:])

    def _feed_between(self, data: bytes) -> None:
        """Feed what is no plain record, and see whether another one can follow."""
        if b"<!" in self._last + data or b"<?" in self._last + data:
            self._plain = False  # a comment, say, may hold what looks like a record
        if data:
            # A return may be half of a line's end: what is counted next would be one line with it.
            ended = data.rstrip(_BLANKS.encode())
            self._whole = (ended.endswith(b">") if ended else self._whole) and data[-1:] != b"\r"
        self._last = data[-1:] or self._last
        self._feed(data)

    def _in_list(self) -> bool:
        return len(self._tags) > 1 and self._tags[-1] in self._lists

    def _converted(self, record: Record) -> bool:
        """Convert a plain record; whatever is wrong with it, the parser knows the line of."""
        try:
            self._ready.append(self._convert(self._lists[self._tags[-1]], record))
        except (BadElement, NotPlain):
            return False
        return True

    def _feed(self, data: bytes, last: bool = False) -> None:
        data, self._passed = b"\n" * self._passed + data, 0
        start, self._fed = self._fed, self._fed + len(data)
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            near = data[max(0, self._parser.ErrorByteIndex - start - 16):][:32]
            what = expat.errors.messages[error.code]
            if b"<!DOCTYPE" in near or b"<!ENTITY" in near:
                what = "document types and entities are refused"
            elif last:
                what = "the file breaks off here" if self._rooted else self._nothing()
            elif not self._rooted:
                what = "this is not XML"
            raise self._error(what, line=error.lineno) from None
        if self._fed - self._parser.CurrentByteIndex > MOST_TEXT:
            raise self._error(f"a tag or comment of more than {MOST_TEXT} bytes")
        if len(self._parser.intern) > MOST_NAMES:
            raise self._error(f"more than {MOST_NAMES} names of elements and attributes")

    def _nothing(self) -> str:
        return f"expected {' or '.join(self._roots)}, found no element"

    def _error(self, what: str, element: str = "", line: int = 0) -> NetshError:
        inner = self._names or self._tags[1:] or ["file"]
        return NetshError(
            self.path, line or self._parser.CurrentLineNumber, (element or inner[-1])[:100], what)

    # Outside of records: only the way to them is kept.

    def _watch_outside(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters_outside

    def _start(self, tag: str, _: dict[str, str]) -> None:
        tags = self._tags
        if len(tags) == 1 and tag not in self._roots:
            raise self._error(f"expected {' or '.join(self._roots)} at the root", tag)
        self._rooted = bool(tags)
        parent = tags[-1] if len(tags) > 1 else ""
        if tag in ("item", "netEvent") and parent in self._lists and tags:
            self._begin_record(tag, self._lists[parent])
        elif len(tags) >= MOST_DEPTH:
            raise self._error(f"elements are nested more than {MOST_DEPTH} deep", tag)
        else:
            tags.append(tag)

    def _end(self, _: str) -> None:
        self._tags.pop()

    def _characters_outside(self, text: str) -> None:
        if len(self._tags) == 1 and not text.isspace():
            raise self._error("text where an element belongs: this is not netsh's XML")

    # Inside of one.

    def _begin_record(self, tag: str, kind: str) -> None:
        self._kind = kind
        self._open = [{}]
        self._names = [tag]
        self._lines = []
        self._size = 0
        self._parser.StartElementHandler = self._start_inside
        self._parser.EndElementHandler = self._end_inside
        self._parser.CharacterDataHandler = self._characters

    def _start_inside(self, tag: str, _: dict[str, str]) -> None:
        if len(self._open) >= MOST_DEPTH or len(self._lines) >= MOST_ELEMENTS:
            raise self._error("the record has too many elements", tag)
        self._open.append({})
        self._names.append(tag)
        self._lines.append((tag, self._parser.CurrentLineNumber))
        self._text = []

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text)
        if self._size > MOST_TEXT:
            raise self._error(f"more than {MOST_TEXT} characters of text in a record")

    def _end_inside(self, tag: str) -> None:
        node = self._open.pop()
        if not self._open:
            self._end_record(node)
            return
        self._names.pop()
        value: Any = node or "".join(self._text).strip(_BLANKS)
        self._text = []
        parent = self._open[-1]
        if tag == "item":
            parent.setdefault(tag, []).append(value)
        elif tag not in parent:
            parent[tag] = value
        elif isinstance(parent[tag], list):
            parent[tag].append(value)
        else:
            parent[tag] = [parent[tag], value]

    def _end_record(self, record: Record) -> None:
        try:
            self._ready.append(self._convert(self._kind, record))
        except BadElement as error:
            raise self._error(str(error), error.element, self._line_of(error)) from None
        self._names = []
        self._watch_outside()

    def _line_of(self, error: BadElement) -> int:
        """Return where an element begins; 0, which is here, if the record does not have it."""
        lines = iter(self._lines)
        if error.inside:
            next((line for tag, line in lines if tag == error.inside), 0)
        return next((line for tag, line in lines if tag == error.element), 0)
