"""Records that pass by the XML parser are what it would have made of them, whatever is in the file.

The parser, which reads everything if records may not pass by it, is the oracle.
"""

import io
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from netsh_xml import drop, netevents

from wfpfast.netsh._events import EventReader
from wfpfast.netsh._xml import RecordReader
from wfpfast.netsh._xml_expat import ExpatReader, NetshError

LISTS = {"": "event", "netEvents": "event", "events": "event"}
ROOTS = ("netEvents", "wfpdiag", "netEvent", "item")
# What a file may be spoilt with: each is a thing of XML, or of the way to read it.
PIECES = [
    "", " ", "\r", "\n", "\r\n\t", "x", "é", "&amp;", "&lt;", "&#65;", "&", "<", ">", "]]>",
    "<!-- <item> -->", "<!--", "-->", "<![CDATA[<item>]]>", "<?pi?>", "<item>", "</item>",
    "<item/>", "<netEvent>", "</netEvent>", "<header>", "</header>", "<x/>", "<x a='1'/>",
    '<x a="1" b="2"/>', '<x a="<"/>', '<x a="1" a="2"/>', "<x>\r\n</x>", "<x>a\r\nb</x>", "<1/>",
    "<x:y/>", "\x01", "\x7f", "</netEvents>", "<netEvents>", "<type>3</type>",
    "<localPort>7</localPort>", "<appId><data>00</data></appId>", "<a><b></a></b>",
]
FILE = netevents(
    drop(), drop({"localPort": "7", "remotePort": "65536"}), drop({"localPort": "8"}),
    {"header": {"timeStamp": "2026-11-02T03:04:05Z"}, "type": "FWPM_NET_EVENT_TYPE_X"},
    drop({"appId": {"data": "6100"}}, internalFields={"processId": "5"}))
# Where the lines of the second and of the third record begin.
SECOND = FILE.index("\n\t<item>", FILE.index("\n\t</item>")) + 1
THIRD = FILE.index("\n\t<item>", SECOND) + 1
SPOILT = st.lists(
    st.tuples(st.integers(0, len(FILE)), st.integers(0, 12), st.sampled_from(PIECES)), max_size=3)


NO_NETSH = "no netsh file"
OUTSIDE = ("this is not XML", "text where an element belongs", "at the root")


class Pieces(io.RawIOBase):
    """A file that is read in pieces of given sizes, and then as a whole."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._file = io.BytesIO(data)
        self._sizes = [1 << 10, *sizes]

    def read(self, _: int = -1) -> bytes:
        return self._file.read(self._sizes.pop(0) if self._sizes else 1 << 20)


def outcome(data: bytes, sizes: list[int], errors: str, *, plain: bool) -> list[Any]:
    reader = RecordReader(
        Pieces(data, sizes), LISTS, ROOTS, EventReader(errors).convert, plain=plain)
    made: list[Any] = []
    try:
        made.extend(reader.read())
    except NetshError as error:
        outside = any(each in str(error) for each in OUTSIDE)
        made.append(NO_NETSH if outside else str(error))
    return made


@settings(max_examples=400)
@given(SPOILT, st.lists(st.integers(1, 4000), max_size=12), st.sampled_from(["raise", "null"]))
@example([], [], "raise")
@example([(THIRD, 0, "-->"), (SECOND, 0, "<!-- a>")], [], "null")
@example([(THIRD, 0, "-->"), (SECOND, 0, "<!-- a>")], [SECOND - 1023, 1], "null")
@example([(THIRD, 0, "?>"), (SECOND, 0, "<?pi a>")], [], "null")
@example([(SECOND, 0, "</netEvents")], [], "null")
@example([(THIRD, 0, "</item>"), (SECOND, 0, "<item>&amp;")], [], "null")
@example([(1000, 0, "\r")], [], "null")
@example([(82, 8, "<item>")], [], "raise")
@example([], [1, 1, 1223], "raise")
@example([(len(FILE) - 2, 0, "<![CDATA[<item>]]>]]>")], [], "null")
def test_the_parser_would_have_said_the_same(
    spoilt: list[tuple[int, int, str]], sizes: list[int], errors: str
) -> None:
    text = FILE
    for at, length, piece in spoilt:
        text = text[:at] + piece + text[at + length:]
    data = text.encode()
    expected = outcome(data, sizes, errors, plain=False)
    made = outcome(data, sizes, errors, plain=True)
    if NO_NETSH in (expected[-1], made[-1]):
        # Outside of records there may be several faults in one place: which of them is met first
        # depends on where the pieces end.
        assert isinstance(expected.pop(), str)
        assert isinstance(made.pop(), str)
    assert made == expected


def test_an_unspoilt_file_does_pass_by(monkeypatch: Any) -> None:
    """Otherwise the test above would compare the parser with itself."""
    seen: list[str] = []
    start = ExpatReader._begin_record
    monkeypatch.setattr(
        ExpatReader, "_begin_record", lambda *args: (seen.append("parser"), start(*args)))
    assert len(outcome(FILE.encode(), [100] * 20, "null", plain=True)) == 5
    assert seen == []
    assert len(outcome(FILE.encode(), [], "null", plain=False)) == 5
    assert seen == ["parser"] * 5
