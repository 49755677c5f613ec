"""Files with bytes that were cut, put in, or doubled: what is not damaged is read as it was."""

import random
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from netsh_pieces import Pieces
from netsh_xml import DROP, HEADER, Tree, element

from wfpfast import netsh

COUNT = 7
# Each is known by its filter, which no other event has.
EVENTS: list[dict[str, Tree]] = [
    {"header": HEADER | {"localPort": str(50_000 + k)}, "type": "FWPM_NET_EVENT_TYPE_CLASSIFY_DROP",
     "classifyDrop": DROP | {"filterId": str(990_001 + k)},
     "internalFields": {"processId": str(700 + k), "terminatingFiltersInfo": [
         {"filterId": str(990_001 + k), "subLayer": "FWPP_A", "actionType": "FWP_ACTION_BLOCK"}]}}
    for k in range(COUNT)]
PARTS = ['<?xml version="1.0"?>\r\n<netEvents numItems="7">\r\n',
         *[element("item", event, 1) for event in EVENTS], "</netEvents>\r\n"]
FILE = "".join(PARTS).encode()
# Where each event begins and ends.
SPANS = [(len("".join(PARTS[:k + 1])), len("".join(PARTS[:k + 2]))) for k in range(COUNT)]
PIECES = [
    b"<", b">", b"/", b"&", b'"', b"'", b"=", b"\0", b"\xff", b"\r", b"]]>", b"-->", b"<item>",
    b"</item>", b"<header>", b"</header>", b"<netEvents>", b"</netEvents>", b"<item/>", b"</",
    b"<x a='", b'<x a="', b"<type>", b"</type>", b"<flags>", b"&#0;", b"<?xml version='1.0'?>",
    b"<item><header>", b"</item></item>", b"<x>", b"</x>", b"\xc3\x28", b"<<", b"<a>" * 70,
]
# What hides all that follows, as XML has it, if it is not ended.
HIDING = [b"<!--", b"<![CDATA[", b"<?", b"<? "]
PLACES = st.integers(SPANS[0][0], SPANS[-1][1] - 1)
Rows = list[dict[str, Any]]


def read(data: bytes, sizes: list[int], errors: str) -> tuple[Rows, dict[str, int], str]:
    rows: Rows = []
    said = ""
    # What encoding is guessed, if bytes are no UTF-8, depends on how much of the file is there.
    source = Pieces(data, sizes)
    with netsh.read_events(source, errors=errors, batch_size=2, encoding="utf-8") as stream:
        try:
            for batch in stream:
                rows += [row.to_dict() for row in batch]
        except netsh.NetshError as error:
            said = str(error)
        stats = {name: count for name, count in stream.stats.items() if count}
    assert stats.get("events", 0) == len(rows)
    return rows, stats, said


WHOLE, _, _ = read(FILE, [], "raise")


def edges(first: int, last: int) -> tuple[int, int]:
    """How many events end before a place, and which is the first that begins behind another."""
    return (sum(end <= first for _, end in SPANS),
            next((k for k, (begin, _) in enumerate(SPANS) if begin >= last), COUNT))


@settings(max_examples=100)
@given(PLACES, st.integers(0, 40) | st.integers(0, 3000), st.sampled_from([b"", *PIECES]),
       st.lists(st.integers(1, 3000), max_size=12))
@example(SPANS[2][1] - 9, 7, b"", [])            # its end is gone
@example(SPANS[2][0], 7, b"", [])                # its beginning is gone
@example(SPANS[2][0] + 2, 0, b"item>", [])
@example(SPANS[2][0] + 7, 0, b"<item/>", [])
@example(SPANS[2][0] + 7, 0, b"<netEvents>", [])
@example(FILE.index(b"numItems=", SPANS[3][0]) + 12, 1, b"", [])     # a quote is gone
@example(FILE.index(b"<localPort>", SPANS[3][0]) + 10, 0, b"'", [])
def test_what_is_not_damaged_is_read(at: int, gone: int, put: bytes, sizes: list[int]) -> None:
    gone = min(gone, SPANS[-1][1] - at)
    before, after = edges(at, at + gone)
    data = FILE[:at] + put + FILE[at + gone:]
    rows, stats, error = read(data, [], "null")
    hides = re.search(rb"<!--|<!\[CDATA\[|<\?(?!xml )", data)
    refused = "are refused" in error
    assert rows[:before] == WHOLE[:before]
    if not hides and not refused:
        assert rows[len(rows) - (COUNT - after):] == WHOLE[after:]
        assert error == "" or (put == b"<netEvents>" and "breaks off here" in error)
        damaged = after - before
        found = len(rows) - before - (COUNT - after)
        assert found <= damaged
        if gone < 2400:     # else whole events are gone, of which nothing can be known
            assert not damaged or found + stats.get("lost_events", 0)
    assert read(data, sizes, "null") == (rows, stats, error)
    strict, counts, said = read(data, sizes, "raise")
    assert strict == rows[:len(strict)]
    assert strict[:before] == WHOLE[:before]
    if not said:
        assert (strict, counts) == (rows, stats)
        assert not {"lost_events", "malformed"} & stats.keys()


@given(st.integers(0, len(FILE)), st.integers(0, len(FILE)), st.integers(0, len(FILE)))
def test_a_part_that_stands_twice(at: int, begin: int, end: int) -> None:
    """As when files are put together wrongly."""
    data = FILE[:at] + FILE[min(begin, end):max(begin, end)] + FILE[at:]
    before, after = edges(at, at)
    rows, stats, _ = read(data, [], "null")
    assert rows[:before] == WHOLE[:before]
    if data.count(b"<?") == data.count(b"?>"):      # else all that follows is an instruction
        assert rows[len(rows) - (COUNT - after):] == WHOLE[after:]
    assert read(data, [1000] * 100, "null")[:2] == (rows, stats)


@pytest.mark.parametrize("mark", HIDING)
def test_a_mark_that_is_not_ended_hides_what_follows(mark: bytes) -> None:
    at = FILE.index(b"<localPort>", SPANS[3][0])
    rows, stats, error = read(FILE[:at] + mark + FILE[at:], [], "null")
    assert rows == WHOLE[:3]
    assert stats == {"events": 3}
    assert "breaks off here" in error


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from(["raise", "null"]))
def test_much_damage_is_no_crash(seed: int, errors: str) -> None:
    chance = random.Random(seed)
    data = bytearray(FILE)
    for _ in range(chance.choice([2, 10, 100, 1000])):
        at = chance.randrange(len(data))
        data[at:at + chance.choice([0, 0, 1, 1, 5, 100])] = chance.choice(
            [*PIECES, *HIDING, bytes([chance.randrange(256)]), b"<!DOCTYPE", b"</netEvent>"])
    rows, stats, error = read(bytes(data), [], errors)
    assert len(rows) + stats.get("lost_events", 0) <= data.count(b"<") + 1
    assert len(error) < 500
    sizes = [chance.randrange(1, 500) for _ in range(100)]
    again, counts, said = read(bytes(data), sizes, errors)
    if error:       # text is mended piece by piece, also behind the error
        stats.pop("mended_text", None)
        counts.pop("mended_text", None)
    assert (again, counts, said) == (rows, stats, error)


def test_what_stands_outside_is_quoted_the_same_in_pieces_of_any_size() -> None:
    text = b"\r\n  Data collection successful; output = C:\\net.xml\r\nDone & <more\r\n"
    said = set()
    for size in (1, 2, 7, 51, 52, 53, 54, 1000):
        with pytest.raises(netsh.NetshError, match="on the screen") as caught:
            list(netsh.read_events(Pieces(text, [size] * 100), errors="null", encoding="utf-8"))
        said.add(str(caught.value))
    (only,) = said
    assert only.endswith(" in the file C:\\net.xml")
