"""Reads audit records from XML, with a root or without one; must not know columns.

`wevtutil qe /f:xml` and ToXml() write records one after the other, Event Viewer within <Events>.
Each is read for itself, so that one that is no XML costs nothing but itself.
"""

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from wfpfast.audit._packing import Lost, Told, noted

SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
LONGEST = 1 << 22           # characters of a record; Windows has at most 64 KiB for one
_START = re.compile(r"<Event[\s>]")
_END = "</Event>"
_BREAKS_OFF = "the record breaks off"


def recognises(head: str) -> bool:
    """Tell whether a text begins with events of Windows as XML."""
    return SPACE in head and "<System" in head and _START.search(head) is not None


def records(blocks: Iterable[str]) -> Iterator[Told | Lost]:
    """Yield the records of a text."""
    rest = ""
    for block in blocks:
        rest += block
        at = end = 0
        while (start := _START.search(rest, at)) is not None:
            if 0 <= end < start.end():  # otherwise it is known that there is none, or where
                end = rest.find(_END, start.end())
            following = _START.search(rest, start.end(), *([] if end < 0 else [end]))
            if following is not None:
                yield Lost(_BREAKS_OFF)
                at = following.start()
                continue
            if end < 0:
                break
            at = end + len(_END)
            yield record(rest[start.start():at])
        rest = rest[max(at, len(rest) - len("<Event")) if start is None else start.start():]
        if len(rest) > LONGEST:
            yield Lost(f"is longer than {LONGEST} characters")
            rest = ""
    if _START.match(rest):
        yield Lost("the file breaks off", "truncated_files")


def record(text: str) -> Told | Lost:
    """Read one record."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        return Lost(f"is no XML: {error}")
    system: dict[str, str] = {}
    data: list[tuple[str, str]] = []
    for part in root:
        kind = _name(part)
        if kind == "System":
            system = _system(part)
        elif kind == "EventData":
            data = fields(part)
    return noted(Told(system, data), text)


def fields(event_data: ElementTree.Element) -> list[tuple[str, str]]:
    """Return the names and texts of an EventData element."""
    return [
        (name, "".join(each.itertext())) for each in event_data
        if _name(each) == "Data" and (name := each.get("Name")) is not None]


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _system(element: ElementTree.Element) -> dict[str, str]:
    found: dict[str, str | None] = {}
    for each in element:
        name = _name(each)
        if name == "Provider":
            found[name] = each.get("Name")
        elif name == "TimeCreated":
            found[name] = each.get("SystemTime")
        elif name in ("EventID", "EventRecordID", "Computer"):
            found[name] = each.text
    return {name: text for name, text in found.items() if text is not None}
