"""Streams records out of one of netsh's XML files; must not know what a record means.

A record is an element that is an item of a list. Its elements become dicts keyed by tag, its leaves
texts; repeated tags become lists. Only one record is in memory at a time, whatever the file holds.
"""

import codecs
import os
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

CHUNK = 1 << 16
MOST_DEPTH = 64
MOST_TEXT = 1 << 24        # characters of one element
MOST_ELEMENTS = 1 << 16    # of one record

Record = dict[str, Any]
Source = str | os.PathLike[str] | IO[bytes]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NetshError(ValueError):
    """A file is not what netsh writes, or breaks off.

    Attributes
    ----------
    path : str
        The file.
    line : int
        The line, from 1.
    element : str
        The element that was being read.
    """

    def __init__(self, path: str, line: int, element: str, what: str) -> None:
        super().__init__(f"{path}: line {line}: <{element}>: {what}")
        self.path = path
        self.line = line
        self.element = element


def encoding_of(head: bytes) -> tuple[str, int]:
    """Return the encoding that the first bytes show, and how many of them are its mark.

    What the XML declaration says is not asked: copies of netsh's files say UTF-8 in UTF-16.
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    if head[:2] == b"<\0":
        return "utf-16-le", 0
    if head[:2] == b"\0<":
        return "utf-16-be", 0
    return "utf-8", 0


class BadElement(ValueError):
    """An element's text is not what it should be; the reader adds file and line."""

    def __init__(self, element: str, what: str) -> None:
        super().__init__(what)
        self.element = element


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
    """

    def __init__(
        self,
        source: Source,
        lists: dict[str, str],
        roots: tuple[str, ...],
        convert: Callable[[str, Record], Any],
    ) -> None:
        self.path = str(getattr(source, "name", source))
        self._own = isinstance(source, str | os.PathLike)
        self._file: Any = source
        if self._own:  # until close(), which read() calls at its end
            self._file = open(source, "rb")  # type: ignore[arg-type]  # noqa: SIM115
        self._lists = lists
        self._roots = roots
        self._convert = convert
        self._ready: list[Any] = []
        self._tags: list[str] = []      # open elements outside of records
        self._open: list[Record] = []   # open elements of the record, innermost last
        self._names: list[str] = []     # their tags
        self._lines: list[tuple[str, int]] = []  # its closed elements
        self._text: list[str] = []
        self._size = 0
        self._kind = ""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._watch_outside()

    def read(self) -> Iterator[Any]:
        """Yield what `convert` makes of each record; all of them before an error of the file."""
        try:
            for text in self._texts():
                self._feed(text)
                yield from self._take()
            self._feed("</netsh>", last=True)
        except NetshError:
            yield from self._take()
            raise
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._own:
            self._file.close()

    def _take(self) -> list[Any]:
        ready, self._ready = self._ready, []
        return ready

    def _texts(self) -> Iterator[str]:
        """Yield the file's text in pieces, below a root of our own and without its declaration."""
        head = self._file.read(CHUNK)
        encoding, size = encoding_of(head)
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        yield "<netsh>"
        chunk, first = head[size:], True
        while chunk or first:
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise self._error(f"not {encoding}: {error.reason}") from None
            yield self._without_declaration(text) if first else text
            chunk, first = self._file.read(CHUNK), False
        if decoder.getstate()[0]:
            raise self._error(f"the file ends inside a character of {encoding}")

    def _without_declaration(self, text: str) -> str:
        start = text.lstrip()
        if start.startswith("<?xml"):
            end = text.find("?>") + 2
            text = "\n" * text.count("\n", 0, end) + text[end:]
            start = text.lstrip()
        if start.startswith("<!DOCTYPE"):
            raise self._error("document types and entities are refused", "!DOCTYPE")
        return text

    def _feed(self, text: str, last: bool = False) -> None:
        try:
            self._parser.Parse(text, last)
        except expat.ExpatError as error:
            what = expat.errors.messages[error.code]
            if last:
                what = "the file breaks off here"
            raise self._error(what, line=error.lineno) from None

    def _error(self, what: str, element: str = "", line: int = 0) -> NetshError:
        inner = self._names or self._tags[1:] or ["file"]
        return NetshError(
            self.path, line or self._parser.CurrentLineNumber, element or inner[-1], what)

    # Outside of records: only the way to them is kept.

    def _watch_outside(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = None

    def _start(self, tag: str, _: dict[str, str]) -> None:
        tags = self._tags
        if len(tags) == 1 and tag not in self._roots:
            raise self._error(f"expected {' or '.join(self._roots)} at the root", tag)
        parent = tags[-1] if len(tags) > 1 else ""
        if tag in ("item", "netEvent") and parent in self._lists and tags:
            self._begin_record(tag, self._lists[parent])
        elif len(tags) >= MOST_DEPTH:
            raise self._error(f"elements are nested more than {MOST_DEPTH} deep", tag)
        else:
            tags.append(tag)

    def _end(self, _: str) -> None:
        self._tags.pop()

    # Inside of one.

    def _begin_record(self, tag: str, kind: str) -> None:
        self._kind = kind
        self._open = [{}]
        self._names = [tag]
        self._lines = []
        self._parser.StartElementHandler = self._start_inside
        self._parser.EndElementHandler = self._end_inside
        self._parser.CharacterDataHandler = self._characters

    def _start_inside(self, tag: str, _: dict[str, str]) -> None:
        if len(self._open) >= MOST_DEPTH or len(self._lines) >= MOST_ELEMENTS:
            raise self._error("the record has too many elements", tag)
        self._open.append({})
        self._names.append(tag)
        self._text = []
        self._size = 0

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text)
        if self._size > MOST_TEXT:
            raise self._error(f"more than {MOST_TEXT} characters of text")

    def _end_inside(self, tag: str) -> None:
        node = self._open.pop()
        if not self._open:
            self._end_record(node)
            return
        self._names.pop()
        self._lines.append((tag, self._parser.CurrentLineNumber))
        value: Any = node or "".join(self._text).strip()
        self._text = []
        parent = self._open[-1]
        if tag == "item":
            parent.setdefault(tag, []).append(value)
        elif tag in parent:
            raise self._error("the element stands twice", tag)
        else:
            parent[tag] = value

    def _end_record(self, record: Record) -> None:
        try:
            self._ready.append(self._convert(self._kind, record))
        except BadElement as error:
            lines = [line for tag, line in self._lines if tag == error.element]
            raise self._error(str(error), error.element, lines[0] if lines else 0) from None
        self._names = []
        self._watch_outside()
