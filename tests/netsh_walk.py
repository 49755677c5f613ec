"""What a netsh file should be read as, by ElementTree and a walk over dictionaries.

It shares the tables of elements and their converters with the reader, and nothing else: not how
XML is read, nor how values get into an event's memory, remembered or not.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

from wfpfast import decode, encode
from wfpfast._tables.enums import NET_EVENT_FLAGS
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast._tables.members import MEMBERS
from wfpfast.netsh import _events as tables
from wfpfast.netsh import _values as v

KINDS = {kind.number: kind for kind in EVENT_KINDS.values()}
ARMS = {kind.arm: kind.number for kind in EVENT_KINDS.values()}
ARMS |= {alias: ARMS[arm] for alias, arm in tables._ALIASES.items()}
UNREAD = {"internalFields": tables._UNREAD, "header": ()}
BLANKS = " \t\r\n"


class Lost(Exception):
    """A record is no event."""


def value_of(element: ET.Element) -> Any:
    """An element's text; or its elements by tag, lists if repeated or if they are items."""
    if not len(element):
        return (element.text or "").strip(BLANKS)
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(child.tag, []).append(value_of(child))
    return {tag: held if tag == "item" or len(held) > 1 else held[0] for tag, held in found.items()}


class Walk:
    """Reads one record."""

    def __init__(self, record: ET.Element) -> None:
        self.stats: Counter[str] = Counter()
        self.mapping: dict[str, Any] = {}
        # By "header", "payload", "event" or "tail", and the member's name.
        self.given: set[tuple[str, str]] = set()
        self.named: dict[tuple[str, str], str] = {}     # names that nobody knows
        parts = {tag: self.one(record, tag) for tag in ("header", "type", "internalFields")}
        if parts["header"] is None or not len(parts["header"]):
            raise Lost(self.stats["malformed"])     # that something in it stands twice
        number = self.type(parts["type"])
        body = self.body(number, [child for child in record if child.tag not in parts])
        if number is None:
            number = ARMS[body.tag] if body is not None else 0xFFFFFFFF
        header = self.section(parts["header"], "header", tables.HEADER)
        self.flags(header)
        self.mapping |= {"header": header, "type": number}
        if body is not None:
            kind = KINDS[number]
            self.mapping[kind.arm] = self.section(body, kind.arm, tables._PAYLOADS[kind.name])
            if not len(body):
                self.mapping[kind.arm] = {}
        if parts["internalFields"] is not None:
            tail = self.section(parts["internalFields"], "internalFields", tables._TAIL)
            if "terminatingFilters" in tail:
                tail["terminatingFiltersInfo"] = tail.pop("terminatingFilters")
            self.mapping["internalFields"] = tail

    def one(self, record: ET.Element, tag: str) -> Any:
        found = record.findall(tag)
        self.stats["malformed"] += max(0, len(found) - 1)
        return found[0] if found else None

    def type(self, element: Any) -> int | None:
        try:
            found = v.event_type("" if element is None else value_of(element))
        except ValueError:
            self.stats["malformed"] += 1
            return None
        self.given.add(("event", "type"))
        if isinstance(found, v.Unknown):
            self.name(("event", "type"), found)
            return None
        return int(found)

    def name(self, member: tuple[str, str], found: v.Unknown) -> None:
        self.stats["unknown_names"] += len(found.names)
        if found.value is None:
            self.named[member] = found.names[0]

    def body(self, number: int | None, others: list[ET.Element]) -> Any:
        body = None
        for child in others:
            kind = ARMS.get(child.tag)
            if kind is None or (number is not None and number not in KINDS):
                self.stats[f"unknown_element:event/{child.tag}"] += 1
            elif body is None and number in (None, kind):
                body, number = child, kind
            else:
                self.stats["malformed"] += 1
        return body

    def section(
        self, element: ET.Element, section: str, members: dict[str, tables.Member]
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        part = {"header": "header", "internalFields": "tail"}.get(section, "payload")
        if not len(element):
            self.stats["malformed"] += value_of(element) != ""
            return made
        seen: set[str] = set()
        arms = []
        for child in element:
            entry = members.get(child.tag)
            if entry is None:
                if child.tag not in (*UNREAD.get(section, ("reserved",)),):
                    self.stats[f"unknown_element:{section}/{child.tag}"] += 1
            elif entry.name in seen:
                self.stats["malformed"] += 1
            elif entry.family is not None:
                arms.append((entry, child))
            else:
                self.member(part, entry, child, made)
            seen.add(child.tag if entry is None else entry.name)
        family = made.get("ipVersion")
        for entry, child in arms:
            if family is None and "ipVersion" not in seen:
                family = made["ipVersion"] = entry.family
                self.given.add((part, "ipVersion"))
            if family == entry.family:
                self.member(part, entry, child, made)
            elif family in (0, 1):
                self.stats["malformed"] += 1
        return made

    def member(
        self, part: str, entry: tables.Member, child: ET.Element, made: dict[str, Any]
    ) -> None:
        try:
            found = entry.convert(value_of(child))
        except ValueError:
            self.stats["malformed"] += 1
            return
        if isinstance(found, v.Unknown):
            self.name((part, entry.name), found)
            if found.value is None:
                self.given.add((part, entry.name))
            found = found.value
        if found is not None:
            made[entry.name] = found
            self.given.add((part, entry.name))

    def flags(self, header: dict[str, Any]) -> None:
        """Without flags, what is printed counts."""
        if "flags" in header:
            return
        self.stats["no_flags"] += 1
        header["flags"] = 0
        for row in MEMBERS:
            if row.section == "header" and row.flag and set(row.members) & header.keys():
                header["flags"] |= NET_EVENT_FLAGS[f"FWPM_NET_EVENT_FLAG_{row.flag}_SET"]

    def cells(self, **options: Any) -> dict[str, Any]:
        """The event's row."""
        row: dict[str, Any] = decode(encode([self.mapping]), **options)[0].to_dict()
        for each in MEMBERS:
            members = {(each.section, name) for name in each.members}
            names = [name for member, name in self.named.items() if member in members]
            if names or not members & self.given:
                row |= dict.fromkeys(each.columns)
            if names:
                row[each.columns[0]] = f"UNKNOWN_{names[0]}"
        return row


def walk(text: str) -> tuple[list[dict[str, Any] | None], Counter[str], int | None]:
    """The rows of a document, None for those that are lost; statistics; the first bad record."""
    rows: list[dict[str, Any] | None] = []
    stats: Counter[str] = Counter()
    first = None
    root = ET.fromstring(text)
    for record in root if root.tag != "wfpdiag" else root.find("events") or ():
        try:
            found = Walk(record)
        except Lost as error:
            rows.append(None)
            stats += Counter(lost_events=1, malformed=error.args[0])
        else:
            rows.append(found.cells())
            stats += found.stats
        bad = rows[-1] is None or found.stats["malformed"]
        if bad and first is None:
            first = len(rows) - 1
    return rows, stats, first
