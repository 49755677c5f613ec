"""Takes records out of XML with expat, within limits; must not know what a record means.

A record is an element that is an item of a list. Its elements become dicts keyed by tag, its leaves
texts; repeated tags become lists, and those of items always are. Only one record is in memory at a
time, whatever the file holds.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from wfpfast.errors import SourceError

MOST_DEPTH = 64
MOST_TEXT = 1 << 22        # characters of one record, bytes of one tag or comment
MOST_ELEMENTS = 1 << 16    # of one record
MOST_NAMES = 1 << 14       # of elements and attributes: the parser keeps each

BLANKS = " \t\r\n"        # of XML; other spaces are part of a text

Element = str | bytes | dict[str, Any] | list[Any]
"""What an element of a record holds.

Its text; or its elements by tag; or, if it stands more than once and always for ``item``, a list of
these. Of a record that passes by the parser it may be bytes: the XML between its tags, which
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
    """An element is not what it should be; the reader adds file and line.

    `inside` names the element of the record that it is in, where its own name may occur twice.
    """

    def __init__(self, element: str, what: str, inside: str = "") -> None:
        super().__init__(what)
        self.element = element
        self.inside = inside


class ExpatReader:
    """Is fed the bytes of a file, which may have several root elements, as wfpstate.xml has.

    Parameters
    ----------
    path : str
        What errors call the file.
    lists, roots, convert
        As for `RecordReader`.

    Attributes
    ----------
    ready : list
        What `convert` made of the records so far, for `take`.
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
        self._names: list[str] = []     # their tags
        self._lines: list[tuple[str, int]] = []  # its elements so far, and where they begin
        self._text: list[str] = []
        self._size = 0                  # of the record's text
        self._kind = ""
        self._rooted = False            # a root element has begun
        self._fed = 0                   # bytes
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._watch_outside()
        self.feed(b"<netsh>")           # the root that XML asks for

    @property
    def kind(self) -> str | None:
        """The kind of record that may begin here; None inside of one and outside of lists."""
        if self._open or len(self._tags) < 2:
            return None
        return self._lists.get(self._tags[-1])

    def take(self) -> list[Any]:
        """Return what is ready; it is given once."""
        ready, self.ready = self.ready, []
        return ready

    def end(self) -> None:
        """Say that the file has no more bytes."""
        self.feed(b"</netsh>", last=True)
        if not self._rooted:
            raise self.error(self._nothing())

    def feed(self, data: bytes, last: bool = False) -> None:
        """Parse what comes next."""
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
        if self._fed - self._parser.CurrentByteIndex > MOST_TEXT:
            raise self.error(f"a tag or comment of more than {MOST_TEXT} bytes")
        if len(self._parser.intern) > MOST_NAMES:
            raise self.error(f"more than {MOST_NAMES} names of elements and attributes")

    def _nothing(self) -> str:
        return f"expected {' or '.join(self._roots)}, found no element"

    def error(self, what: str, element: str = "", line: int = 0) -> NetshError:
        """Return an error of the place that the parser is at."""
        inner = self._names or self._tags[1:] or ["file"]
        return NetshError(
            self._path, line or self._parser.CurrentLineNumber, (element or inner[-1])[:100], what)

    # Outside of records: only the way to them is kept.

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
        if tag in ("item", "netEvent") and parent in self._lists and tags:
            self._begin_record(tag, self._lists[parent])
        elif len(tags) >= MOST_DEPTH:
            raise self.error(f"elements are nested more than {MOST_DEPTH} deep", tag)
        else:
            tags.append(tag)

    def _end(self, _: str) -> None:
        self._tags.pop()

    def _characters_outside(self, text: str) -> None:
        if len(self._tags) == 1 and not text.isspace():
            raise self.error("text where an element belongs: this is not netsh's XML")

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
            raise self.error("the record has too many elements", tag)
        self._open.append({})
        self._names.append(tag)
        self._lines.append((tag, self._parser.CurrentLineNumber))
        self._text = []

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._size += len(text)
        if self._size > MOST_TEXT:
            raise self.error(f"more than {MOST_TEXT} characters of text in a record")

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
        """Return where an element begins; 0, which is here, if the record does not have it."""
        lines = iter(self._lines)
        if error.inside:
            next((line for tag, line in lines if tag == error.inside), 0)
        return next((line for tag, line in lines if tag == error.element), 0)
