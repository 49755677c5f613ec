"""Makes valid UTF-8 of a file's bytes, piece by piece, in any encoding; must not know elements.

Windows writes UTF-8 with a byte-order mark, a redirection in PowerShell UTF-16, and one in cmd.exe
the code page of the console. Copies may have lost their mark, or have several; a file that grew by
redirections may change its encoding. The declaration says UTF-8 in each, so it is no more than a
hint.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import IO

from wfpfast.netsh._codepages import guess
from wfpfast.netsh._utf8 import from_utf16, mend, valid_prefix

PIECE = 1 << 20
_ENOUGH = 16            # bytes that show marks
_HEAD = 1 << 10         # bytes that show a declaration, or UTF-16 without a mark

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNICODE = ("utf-8", "utf-16-le", "utf-16-be")
# What Windows means by the names that stand in declarations.
_SUPERSETS = {
    "iso8859-1": "cp1252", "shift_jis": "cp932", "gb2312": "gbk", "euc_kr": "cp949",
    "big5": "cp950",
}
_DECLARED = re.compile(rb"<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
# Where UTF-16 begins inside other text: with a mark, or as four ASCII characters.
_WIDE = re.compile(
    rb"\xff\xfe(?=[\t\n\r -~]\0)|\xfe\xff(?=\0[\t\n\r -~])|(?:[\t\n\r -~]\0){4}")
_NARROW = (b"<?xm", codecs.BOM_UTF8 + b"<")   # where UTF-8 begins inside UTF-16
_LOST = re.compile("(?<=[^>\\s\0])\0+(?=[^<\\s\0])")  # NULs between letters
_ASCII = bytes(range(0x20, 0x7F))


class BrokenText(ValueError):
    """The bytes end inside a character, or are no text."""


class TextReader:
    """Iterates over a file's text in pieces of valid UTF-8, which end between two characters.

    What is no character becomes U+FFFD: invalid bytes, unpaired surrogates, and NULs between
    letters. NULs elsewhere, and byte-order marks at the beginning, are left out. A text that is not
    UTF-8 and has no mark is in the code page that it declares, or else in the one that `guess`
    finds most likely; with few bad bytes among many good characters it is UTF-8.

    Parameters
    ----------
    file : binary file
        Is read with ``read1`` if its class has that, so that a live pipe flows.
    encoding : str, optional
        A name that Python knows. Marks still say in which order UTF-16 is.

    Attributes
    ----------
    encoding : str
        What the text is, or was last, in Python's spelling. UTF-8 until it is known better.
    guessed : bool
        Whether a part is neither Unicode nor in a code page that the file declares.
    replaced : int
        How many U+FFFD were put.

    Raises
    ------
    BrokenText
        At the end, if the text ends inside a character, what precedes came before; or at the
        beginning, if this is a cabinet.
    TypeError
        If the file is open as text.
    ValueError
        If Python does not know the encoding.
    """

    def __init__(self, file: IO[bytes], encoding: str | None = None) -> None:
        self.encoding = "utf-8"
        self.guessed = False
        self.replaced = 0
        self._read = _read_of(file)
        self._given = None if encoding is None else _known(encoding)
        self._head = b""
        self._rest = b""        # of a piece: the beginning of a character
        self._before = 0        # the last byte of the text so far
        self._characters = 0    # valid ones that are not ASCII, in UTF-8
        self._settled = self._given is not None     # no code page needs to be looked for
        self._decoder: codecs.IncrementalDecoder | None = None

    def __iter__(self) -> Iterator[bytes]:
        data = more = self._bytes()
        while more and len(data) < _ENOUGH:
            more = self._bytes()
            data += more
        if data.startswith(b"MSCF"):
            raise BrokenText("a cabinet, not XML: extract wfpdiag.xml from it")
        self._head = data[:_HEAD]
        at = self._begin(data, 0)
        while more:
            yield from self._pieces(data, at, last=False)
            more = self._bytes()
            self._head = (self._head + more)[:_HEAD] if len(self._head) < _HEAD else self._head
            data, at = self._rest + more, 0
        yield from self._pieces(data, at, last=True)
        # An odd NUL is padding, unless it is the first half of a character.
        if self._rest.strip(b"" if self.encoding == "utf-16-be" else b"\0"):
            raise BrokenText(f"not {self.encoding}: the file ends inside a character")

    def _bytes(self) -> bytes:
        data = self._read(PIECE)
        if isinstance(data, str):
            raise TypeError("the file is open as text: open it in binary mode")
        return data

    def _pieces(self, data: bytes, at: int, *, last: bool) -> Iterator[bytes]:
        """Yield the text of some bytes, and keep those that need more after them."""
        end = at
        while at < len(data):
            stop = self._change(data, at)
            text, end = self._converted(data, at, stop, last or stop < len(data))
            if end < stop and data.startswith(_NARROW, end):
                stop = end
            if end < stop < len(data):
                text += b"\xef\xbf\xbd"
                self.replaced += 1
            if text:
                self._before = text[-1]
                yield text
            if stop == len(data):
                break
            at = end = self._begin(data, stop)
        self._rest = data[end:]

    def _begin(self, data: bytes, at: int) -> int:
        """Find out in which Unicode a text begins, and return where it does: after its marks."""
        encoding = ""
        marks = [(mark, name) for mark, name in _MARKS if name.startswith(self._given or "utf")]
        while found := next((each for each in marks if data.startswith(each[0], at)), None):
            at += len(found[0])
            encoding = found[1]
        if not encoding and self._given is None:
            if _WIDE.match(data, at):
                encoding = "utf-16-le"
            elif at == 0:
                encoding = _unmarked(data)
        elif encoding == "utf-8":
            self._settled = True
        self._enter(encoding or self._given or "utf-8")
        return at

    def _enter(self, encoding: str) -> None:
        self.encoding = "utf-16-le" if encoding == "utf-16" else encoding
        self._decoder = None
        if self.encoding not in _UNICODE:
            self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def _change(self, data: bytes, at: int) -> int:
        """Return where UTF-16 begins in other text.

        A place that two pieces share is not seen. To hold bytes back would stop live pipes.
        """
        if self.encoding != "utf-8" or self._given is not None or data.find(b"\0", at) < 0:
            return len(data)
        wide = _WIDE.search(data, at)
        return wide.start() if wide else len(data)

    def _converted(self, data: bytes, at: int, stop: int, final: bool) -> tuple[bytes, int]:
        """Return the text of some bytes, and where it ends: a character may be cut off."""
        if self._decoder is not None:
            return self._of_page(self._decoder, data[at:stop], stop)
        if self.encoding != "utf-8":
            text, end, replaced = from_utf16(
                data, at, stop, big=self.encoding == "utf-16-be", before=self._before, final=final,
                mixed=self._given is None)
            self.replaced += replaced
            return text, end
        end, characters = valid_prefix(data, at, stop)
        self._characters += characters
        if end == stop:
            return data[at:stop], stop
        before = data[end - 1] if end > at else self._before
        mended, upto, replaced, characters = mend(data, end, stop, before=before, final=final)
        if replaced > self._characters + characters and not self._settled:
            if not final and stop - end < _HEAD and data.find(b"<", end, stop) < 0:
                return data[at:end], end    # a word of which more comes tells more
            if self._enters_page(data[at:stop]):
                return self._converted(data, at, stop, final)
        self._characters += characters
        self.replaced += replaced
        return data[at:end] + mended, upto

    def _enters_page(self, sample: bytes) -> bool:
        """Tell whether the text is in a code page; without need for one it never will be."""
        if sample.isascii():
            return False
        self._settled = True
        declared = _DECLARED.search(self._head)
        page = _page_declared(declared[1].decode()) if declared else None
        if page is None:
            page = guess(sample)
            self.guessed = page is not None
        if page is not None:
            self._enter(page)
        return page is not None

    def _of_page(
        self, decoder: codecs.IncrementalDecoder, data: bytes, stop: int
    ) -> tuple[bytes, int]:
        text = decoder.decode(data)
        pending, state = decoder.getstate()
        decoder.setstate((b"", state))
        if "\0" in text:
            text = _LOST.sub("\ufffd", text).replace("\0", "")
        self.replaced += text.count("\ufffd")
        return text.encode("utf-8", "replace"), stop - len(pending)


def _read_of(file: IO[bytes]) -> Callable[[int], bytes]:
    """Return ``read1``, which does not wait for more than a pipe has, or else ``read``.

    A class that defines its own ``read`` only, on top of another, has no use for ``read1``.
    """
    name = "read"
    for each in type(file).__mro__:
        if "read1" in vars(each) or "read" in vars(each):
            name = "read1" if "read1" in vars(each) else "read"
            break
    method: Callable[[int], bytes] = getattr(file, name)
    return method


def _known(encoding: str) -> str:
    """Return Python's name of an encoding."""
    try:
        "<".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError) as error:
        raise ValueError(str(error)) from None


def _page_declared(name: str) -> str | None:
    """Return the code page of a declaration, if it declares one and Python knows it."""
    try:
        page = _known(name)
        page = _SUPERSETS.get(page, page)
        is_page = page != "ascii" and _ASCII.decode(page) == _ASCII.decode()
    except ValueError:
        return None
    return page if is_page and not page.startswith("utf") else None


def _unmarked(head: bytes) -> str:
    """Return the UTF-16 of a file without a mark, by the zeros of its ASCII, or nothing.

    The first characters need not be ASCII; but if they are, and narrow, UTF-16 begins later.
    """
    if head[:4].isascii() and 0 not in head[:4]:
        return ""
    even, odd = head[:_HEAD:2].count(0), head[1:_HEAD:2].count(0)
    if max(even, odd) * 8 < min(len(head), _HEAD):
        return ""
    return "utf-16-le" if even * 8 < odd else "utf-16-be" if odd * 8 < even else ""
