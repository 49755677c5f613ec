"""Files of netsh, of events or of filters: rows, counts and NetshError, in pieces of any size.

A unit is a byte of options and the file.
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

from fuzz import Chance, Door
from wfpfast import netsh

DATA = Path(__file__).parents[1] / "data"
STRICT, GUESS = 1, 2
MOST_SEED = 24_000
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


def tried(unit: bytes, read: Any) -> Told:
    """Read whole and in pieces."""
    options, guess = options_of(unit)
    told = read(unit[1:], [], **options)
    assert len(told[2]) < 500
    again = read(unit[1:], sizes_of(unit), **options)
    if not guess:   # which needs as much of the file as there is
        for each in (told, again):
            for name in MENDED if told[2] else ():
                each[1].pop(name, None)
        assert again == told
    return told


def try_events(unit: bytes) -> None:
    tried(unit, read_events)


def try_filters(unit: bytes) -> None:
    tried(unit, read_filters)


def compare_events(unit: bytes) -> bool:
    """A list of events that is well-formed is read as ElementTree reads it."""
    options, guess = options_of(unit)
    try:
        text = unit[1:].decode()
        root = ET.fromstring(text)
    except (ValueError, ET.ParseError):
        try_events(unit)
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


def elements(text: bytes, chance: Chance) -> tuple[int, int]:
    """Return where an element, or a part of it, begins and ends."""
    starts = [found.start() for found in re.finditer(rb"<[a-zA-Z]", text)]
    if not starts:
        return 0, len(text)
    begin = chance.choice(starts)
    tag = re.match(rb"<([\w.]+)", text[begin:begin + 80])
    end = text.find(b"</" + tag[1] + b">", begin) if tag else -1
    if end < 0 or chance.random() < 0.2:
        end = text.find(b">", begin)
    else:
        end += len(tag[1]) + 2 if tag else 0
    return begin, end + 1 if end >= 0 else len(text)


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


EVENTS = Door(try_events, compare_events, event_seeds, mutate)
FILTERS = Door(try_filters, compare_filters, filter_seeds, mutate)
