"""Reads records from XML with expat, within limits; must not know what a record means.

A record is an element that is an item of a list. Its elements become dicts keyed by tag, and its
leaves texts; repeated tags become lists, and ``item`` always does. Only one record is in memory at
a time.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from wfpfast.errors import SourceError

MAX_DEPTH = 64
MAX_TEXT = 1 << 22        # characters of one record, bytes of one tag or comment
MAX_ELEMENTS = 1 << 16    # of one record
MAX_NAMES = 1 << 14        # of elements and attributes, since the parser keeps all of them

BLANKS = " \t\r\n"         # of XML; other spaces are part of a text

Element = str | bytes | dict[str, Any] | list[Any]
"""What an element of a record holds.

Its text; or its elements by tag; or a list of these if it is repeated, and always for ``item``. In
a record that `Scanner` has read it may also be bytes: the XML between its tags, which
`Scanner.divide` divides into elements.
"""
Record = dict[str, Element]
"""The elements of a record, each an `Element`, by tag."""


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
    """An element has a wrong value; the reader adds file and line.

    `inside` is the tag of the section that has the element: other sections may have one, too.
    """

    def __init__(self, element: str, what: str, inside: str = "") -> None:
        super().__init__(what)
        self.element = element
        self.inside = inside


class ExpatReader:
    """Parses the bytes it is fed; the file may have several root elements, as wfpstate.xml does.

    Parameters
    ----------
    path : str
        The name of the file in errors.
    lists, roots, convert
        As for `RecordReader`.

    Attributes
    ----------
    ready : list
        What `convert` has made of the records so far; `take` empties it.
    """

    def __init__(
        self,
        path: str,
        lists: dict[str, str],
        roots: tuple[str, ...],
        convert: Callable[[str, Record], Any],
    ) -> None:
        self.ready: list[Any] = []
        self._path = path
        self._lists = lists
        self._roots = roots
        self._convert = convert
        self._tags: list[str] = []      # open elements outside of records
        self._open: list[Record] = []   # open elements of the record, innermost last
        self._names: list[str] = []     # the tags of these
        self._lines: list[tuple[str, int]] = []  # tag and line of the record's elements so far
        self._text: list[str] = []      # of the innermost element
        self._size = 0                  # characters of the record's text
        self._kind = ""
        self._rooted = False            # a root element has begun
        self._fed = 0                   # bytes
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._watch_outside()
        self.feed(b"<netsh>")           # the single root that XML requires

    @property
    def kind(self) -> str | None:
        """The kind of record that can begin here; None inside a record and outside of lists."""
        if self._open or len(self._tags) < 2:
            return None
        return self._lists.get(self._tags[-1])

    def take(self) -> list[Any]:
        """Return what is ready, and forget it."""
        ready, self.ready = self.ready, []
        return ready

    def end(self) -> None:
        """End the parse: the file has no more bytes."""
        self.feed(b"</netsh>", last=True)
        if not self._rooted:
            raise self.error(self._nothing())

    def feed(self, data: bytes, last: bool = False) -> None:
        """Parse the next bytes."""
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
            raise self.error(what, line=error.lineno) from None
        if self._fed - self._parser.CurrentByteIndex > MAX_TEXT:
            raise self.error(f"a tag or comment of more than {MAX_TEXT} bytes")
        if len(self._parser.intern) > MAX_NAMES:
            raise self.error(f"more than {MAX_NAMES} names of elements and attributes")

    def _nothing(self) -> str:
        return f"expected {' or '.join(self._roots)}, found no element"

    def error(self, what: str, element: str = "", line: int = 0) -> NetshError:
        """Return an error at the parser's current position, if `line` is not given."""
        inner = self._names or self._tags[1:] or ["file"]
        return NetshError(
            self._path, line or self._parser.CurrentLineNumber, (element or inner[-1])[:100], what)

    # Outside of records only the tags of the open elements are kept.

    def _watch_outside(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters_outside

    def _start(self, tag: str, _: dict[str, str]) -> None:
        tags = self._tags
        if len(tags) == 1 and tag not in self._roots:
            raise self.error(f"expected {' or '.join(self._roots)} at the root", tag)
        self._rooted = bool(tags)
        parent = tags[-1] if len(tags) > 1 else ""
        if tag in ("item", "netEvent", "filter") and parent in self._lists and tags:
            self._begin_record(tag, self._lists[parent])
        elif len(tags) >= MAX_DEPTH:
            raise self.error(f"elements are nested more than {MAX_DEPTH} deep", tag)
        else:
            tags.append(tag)

    def _end(self, _: str) -> None:
        self._tags.pop()

    def _characters_outside(self, text: str) -> None:
        if len(self._tags) == 1 and not text.isspace():
            raise self.error("text where an element belongs: this is not netsh's XML")

    # Inside a record.

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
        if len(self._open) >= MAX_DEPTH or len(self._lines) >= MAX_ELEMENTS:
            raise self.error("the record has too many elements", tag)
        self._open.append({})
        self._names.append(tag)
        self._lines.append((tag, self._parser.CurrentLineNumber))
        self._text = []

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text)
        if self._size > MAX_TEXT:
            raise self.error(f"more than {MAX_TEXT} characters of text in a record")

    def _end_inside(self, tag: str) -> None:
        node = self._open.pop()
        if not self._open:
            self._end_record(node)
            return
        self._names.pop()
        value: Element = node or "".join(self._text).strip(BLANKS)
        self._text = []
        parent = self._open[-1]
        found = parent.get(tag)
        if isinstance(found, list):
            found.append(value)
        elif found is not None:
            parent[tag] = [found, value]
        else:
            parent[tag] = [value] if tag == "item" else value

    def _end_record(self, record: Record) -> None:
        try:
            self.ready.append(self._convert(self._kind, record))
        except BadElement as error:
            raise self.error(str(error), error.element, self._line_of(error)) from None
        self._names = []
        self._watch_outside()

    def _line_of(self, error: BadElement) -> int:
        """Return the line where an element begins; 0 if the record does not have it."""
        lines = iter(self._lines)
        if error.inside:
            next((line for tag, line in lines if tag == error.inside), 0)
        return next((line for tag, line in lines if tag == error.element), 0)
