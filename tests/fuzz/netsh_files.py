"""Files of netsh, of events or of filters: rows, counts and NetshError, in pieces of any size.

An input is a byte of options and the file.
"""

import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netsh_inputs import documents, values
from netsh_pieces import Pieces
from netsh_spoil import document, event
from netsh_walk import walk

from fuzz import Chance, Door, Step, one_by_one, stays
from wfpfast import netsh

DATA = Path(__file__).parents[1] / "data"
STRICT, GUESS = 1, 2
MOST_SAID = 1_000   # an error may quote 400 bytes of what stands outside of elements
MOST_SEED = 4_000
# What is counted while text is mended depends on the pieces where reading ends in an error.
MENDED = ("mended_text",)
PIECES = (
    b"<", b">", b"/", b"&", b'"', b"'", b"=", b"\0", b"\xff", b"\r", b"]]>", b"-->", b"<item>",
    b"</item>", b"<header>", b"</header>", b"<netEvents>", b"</netEvents>", b"<item/>", b"</",
    b"<x a='", b"<!--", b"<![CDATA[", b"<?", b"&#0;", b"&amp;", b"&#x110000;", b"<!DOCTYPE",
    b"<type>3</type>", b"<flags/>", b"FWP_EMPTY", b"18446744073709551616", b"-1", b"0x", b"a" * 300,
    b"<filters>", b"<filterId>", b"FWPM_", b"\xef\xbb\xbf", b"\xff\xfe", b"<a>" * 70)
Told = tuple[list[Any], dict[str, int], str]


def options_of(unit: bytes) -> tuple[dict[str, Any], bool]:
    """Return the options of a reader, and whether it may guess the encoding."""
    first = unit[0] if unit else 0
    guess = bool(first & GUESS)
    return {"errors": "raise" if first & STRICT else "null",
            **({} if guess else {"encoding": "utf-8"})}, guess


def sizes_of(unit: bytes) -> list[int]:
    chance = Chance(zlib.crc32(unit))
    most = chance.choice([2, 30, 1000])
    return [chance.randrange(1, most) for _ in range(100)]


def read_events(data: bytes, sizes: list[int], **options: Any) -> Told:
    rows: list[Any] = []
    said = ""
    with netsh.read_events(Pieces(data, sizes), batch_size=3, **options) as stream:
        try:
            for batch in stream:
                rows += [row.to_dict() for row in batch]
        except netsh.NetshError as error:
            said = str(error)
        stats = {name: count for name, count in stream.stats.items() if count}
    assert stats.get("events", 0) == len(rows)
    assert len(rows) + stats.get("lost_events", 0) <= data.count(b"<") + 1
    return rows, stats, said


def read_filters(data: bytes, sizes: list[int], **options: Any) -> Told:
    try:
        table = netsh.read_filters(Pieces(data, sizes), **options)
    except netsh.NetshError as error:
        return [], {}, str(error)
    rows = list(table)
    assert len(rows) <= data.count(b"<")
    assert all(row["filter_id"] is not None for row in rows)
    return rows, dict(table.stats), ""


def tried(data: bytes, read: Any, *, pieces: bool = True) -> Told:
    """Read whole, and in pieces."""
    options, guess = options_of(data)
    told = read(data[1:], [], **options)
    assert len(told[2]) < MOST_SAID
    if not pieces:
        return told
    again = read(data[1:], sizes_of(data), **options)
    if not guess:   # which needs as much of the file as there is
        for each in (told, again):
            for name in MENDED if told[2] else ():
                each[1].pop(name, None)
        assert again == told
    return told


def try_events(data: bytes, known: dict[str, Any]) -> None:
    tried(data, read_events, pieces=in_pieces(data, known))


def try_filters(data: bytes, known: dict[str, Any]) -> None:
    tried(data, read_filters, pieces=in_pieces(data, known))


def in_pieces(data: bytes, known: dict[str, Any]) -> bool:
    """Return whether to read in pieces, too: the first of a unit, and some of the others."""
    first = not known
    known["first"] = True
    return first or not zlib.crc32(data) % 8


def compare_events(unit: bytes) -> bool:
    """A list of events that is well-formed is read as ElementTree reads it."""
    options, guess = options_of(unit)
    try:
        text = unit[1:].decode()
        root = ET.fromstring(text)
    except (ValueError, ET.ParseError):
        tried(unit, read_events)
        return False
    told = tried(unit, read_events)
    if root.tag != "netEvents" or {child.tag for child in root} != {"item"} or guess:
        return False
    if any(not len(child) or child[0].tag != "header" for child in root):
        return False
    rows, _, first = walk(text)
    if options["errors"] == "null":
        assert told[0] == [row for row in rows if row is not None]
        assert not told[2]
    else:
        assert told[0] == (rows if first is None else rows[:first])
    return True


def compare_filters(unit: bytes) -> bool:
    """What is read strictly without an error is read leniently as well, and nothing is lost."""
    options, _ = options_of(unit)
    told = tried(unit, read_filters)
    strict = read_filters(unit[1:], [], **{**options, "errors": "raise"})
    if strict[2]:
        return False
    lenient = told if options["errors"] == "null" else read_filters(
        unit[1:], [], **{**options, "errors": "null"})
    assert strict[0] == lenient[0]
    assert not {"malformed", "lost_records", "filters_without_id"} & lenient[1].keys()
    return True


def event_seeds() -> Iterator[bytes]:
    for name in ("netevents.xml", "wfpdiag.xml"):
        yield b"\0" + (DATA / name).read_bytes()[:MOST_SEED]
    for given in [*values.INPUTS, *documents.INPUTS]:
        if len(given.data) < MOST_SEED:
            yield bytes([STRICT * (len(given.data) % 2) | GUESS * (given.encoding is None)])[
                :1] + given.data
    for seed in range(60):
        yield bytes([seed % 2]) + document(
            Chance(seed), event, 1 + seed % 3, 0.03 * (seed % 4)).encode()[:MOST_SEED]


def filter_seeds() -> Iterator[bytes]:
    for name in ("filters.xml", "wfpstate.xml", "wfpdiag.xml", "missing_driver.xml"):
        data = (DATA / name).read_bytes()
        for options in (0, STRICT, GUESS):
            yield bytes([options]) + data[:MOST_SEED]
        for found in list(re.finditer(rb"<item>\s*<(?:filter|layer|callout|provider|subLayer)Key>"
                                      rb".*?</item>\s*(?=<item>)", data, re.S))[:12]:
            yield b"\0<filters>" + found[0] + b"</filters>"


def starts_of(text: bytes) -> list[int]:
    return [found.start() for found in re.finditer(rb"<[a-zA-Z]", text)]


def end_of(text: bytes, begin: int, *, tag_only: bool) -> int:
    """Return where an element, or a tag, ends that begins there."""
    tag = re.compile(rb"<([\w.]+)").match(text, begin, begin + 80)
    end = text.find(b"</" + tag[1] + b">", begin) if tag and not tag_only else -1
    if end < 0 or tag is None:
        end = text.find(b">", begin)
    else:
        end += len(tag[1]) + 2
    return end + 1 if end >= 0 else len(text)


def elements(text: bytes, chance: Chance) -> tuple[int, int]:
    """Return where an element, or a part of it, begins and ends."""
    starts = starts_of(text)
    if not starts:
        return 0, len(text)
    begin = chance.choice(starts)
    return begin, end_of(text, begin, tag_only=chance.random() < 0.2)


def walked(data: bytes, steps: list[Step]) -> Iterator[bytes]:
    options, text = data[:1] or b"\0", data[1:]
    starts = starts_of(text) or [0]
    for step in steps:
        if step[1] & 15 == 15:
            yield bytes([options[0] ^ (STRICT, GUESS)[step[2] & 1]]) + text
            continue
        new = stepped(text, starts, step)
        yield options + new
        if stays(step[1]) and len(new) < 1 << 14:
            text, starts = new, starts_of(new) or [0]


def stepped(text: bytes, starts: list[int], step: Step) -> bytes:
    """Return the text with an element left out, doubled or moved, or with something odd in it."""
    where, how, which, number = step
    kind = how & 15
    begin = starts[where % len(starts)]
    end = end_of(text, begin, tag_only=which < 50)
    if kind < 2:
        return text[:begin] + text[end:]
    if kind < 6:
        other = starts[number % len(starts)]
        last = other if kind < 4 else end_of(text, other, tag_only=which < 50)
        return text[:other] + text[begin:end] + text[last:]
    odd = PIECES[number % len(PIECES)]
    if kind < 12:   # the first text at or after the element
        begin = text.find(b">", begin) + 1
        end = text.find(b"<", begin)
        if end < 0:
            return text
        inside = text[begin:end]
        odd = (odd, odd, inside * 2, inside[:-1], inside[1:], inside + odd, b"",
               b"%d" % (number >> 8))[which & 7]
        return text[:begin] + odd + text[end:]
    at = number % (len(text) + 1)
    return text[:at] + odd + text[at + (0, 0, 1, 5)[which & 3]:]


def mutate(unit: bytes, chance: Chance) -> bytes:
    """Leave out, double or move elements, change a text, or put in what is odd."""
    options, text = unit[:1] or b"\0", unit[1:]
    way = chance.randrange(7)
    begin, end = elements(text, chance)
    if way == 0:
        return bytes([options[0] ^ chance.choice([STRICT, STRICT, GUESS])]) + text
    if way == 1:
        text = text[:begin] + text[end:]
    elif way == 2:
        at = elements(text, chance)[0]
        text = text[:at] + text[begin:end] + text[at:]
    elif way == 3:      # the content of one in another
        other, last = elements(text, chance)
        text = text[:other] + text[begin:end] + text[last:]
    elif way == 4:
        inside = text[begin:end]
        found = list(re.finditer(rb">([^<]+)<", inside))
        if found:
            chosen = chance.choice(found)
            new = chance.choice([*PIECES, chosen[1] * 2, chosen[1][:-1], b""])
            text = text[:begin + chosen.start(1)] + new + text[begin + chosen.end(1):]
    else:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(PIECES) + text[at + chance.choice([0, 0, 1, 5]):]
    return options + text[:1 << 16]


EVENTS = Door(one_by_one(try_events, walked), walked, compare_events, event_seeds, mutate)
FILTERS = Door(one_by_one(try_filters, walked), walked, compare_filters, filter_seeds, mutate)
