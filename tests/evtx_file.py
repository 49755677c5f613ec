"""Writes event logs (.evtx) from records that are given as XML trees and values.

From libevtx's description of the format, not from the reader. Names and templates are written where
they are first used in a chunk, as Windows does it, and referred to from then on.
"""

import struct
import uuid
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

CHUNK = 65536
FIRST = 512
PROVIDER = "Microsoft-Windows-Security-Auditing"
TEXT, UINT8, UINT16, UINT32, UINT64, BOOL = 1, 4, 6, 8, 10, 13
GUID, FILETIME, SID, HEX32, HEX64, XML = 15, 17, 19, 20, 21, 33
_WIDTHS = {UINT8: 1, UINT16: 2, UINT32: 4, UINT64: 8, BOOL: 4, FILETIME: 8, HEX32: 4, HEX64: 8}


class Gap(NamedTuple):
    """A place for a value of the record."""

    number: int
    type: int
    optional: bool = True


class Element(NamedTuple):
    """An element, whose attributes and children may be texts or gaps."""

    name: str
    attributes: Sequence[tuple[str, "str | Gap"]] = ()
    children: Sequence["str | Gap | Element"] = ()


class Value(NamedTuple):
    """A value of a record; of XML, another fragment."""

    type: int
    value: Any


class Fragment(NamedTuple):
    """An element with gaps, and the values for them; without values it is written in place."""

    root: Element
    values: Sequence[Value | None] | None


class Record(NamedTuple):
    """A record; its number is that of its head."""

    number: int
    fragment: Fragment
    time: int = 0


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def sid_bytes(text: str) -> bytes:
    revision, authority, *parts = [int(part) for part in text.split("-")[1:]]
    return struct.pack(
        "<BB6s", revision, len(parts), authority.to_bytes(6, "big")
    ) + struct.pack(f"<{len(parts)}I", *parts)


class Full(Exception):
    """A record does not fit the chunk."""


class Chunk:
    """A chunk that is being written."""

    def __init__(self) -> None:
        self.data = bytearray(FIRST)
        self.names: dict[str, int] = {}
        self.templates: dict[Element, int] = {}
        self.numbers: list[int] = []

    def add(self, record: Record) -> None:
        """Write a record, or raise Full and be as before."""
        start = len(self.data)
        self.data += struct.pack("<IIQQ", 0x2A2A, 0, record.number, record.time)
        self._fragment(record.fragment, dependencies=True)
        size = len(self.data) + 4 - start
        self.data += struct.pack("<I", size)
        self.data[start + 4:start + 8] = struct.pack("<I", size)
        if len(self.data) > CHUNK:
            del self.data[start:]
            self.names = {k: at for k, at in self.names.items() if at < start}
            self.templates = {k: at for k, at in self.templates.items() if at < start}
            raise Full
        self.numbers.append(record.number)

    def image(self, *, sums: bool = True) -> bytes:
        """Return the 64 KiB of the chunk."""
        first, last = (self.numbers[0], self.numbers[-1]) if self.numbers else (1, 0)
        end = len(self.data)
        data = bytearray(bytes(self.data).ljust(CHUNK, b"\0"))
        data[:128] = struct.pack(
            "<8sQQQQIIII64xII", b"ElfChnk\0", first, last, first, last, 128, FIRST, end,
            zlib.crc32(data[FIRST:end]) if sums else 1, 0, 0)
        head = zlib.crc32(data[128:512], zlib.crc32(data[:120]))
        data[124:128] = struct.pack("<I", head if sums else 1)
        return bytes(data)

    def _fragment(self, fragment: Fragment, *, dependencies: bool) -> None:
        self.data += b"\x0f\1\1\0"
        if fragment.values is None:
            self._element(fragment.root, dependencies)
            self.data += b"\0"
            return
        self.data += struct.pack("<BBI", 0x0C, 1, zlib.crc32(repr(fragment.root).encode()))
        known = self.templates.get(fragment.root)
        self.data += struct.pack("<I", len(self.data) + 4 if known is None else known)
        if known is None:
            self._template(fragment.root)
        self._values(fragment.values)
        self.data += b"\0"

    def _template(self, root: Element) -> None:
        start = self.templates[root] = len(self.data)
        self.data += struct.pack("<I16sI", 0, repr(root).encode()[:16].ljust(16), 0)
        self.data += b"\x0f\1\1\0"
        self._element(root, True)
        self.data += b"\0"
        self.data[start + 20:start + 24] = struct.pack("<I", len(self.data) - start - 24)

    def _values(self, values: Sequence[Value | None]) -> None:
        at = len(self.data) + 4
        self.data += struct.pack("<I", len(values)) + bytes(4 * len(values))
        for value in values:
            start = len(self.data)
            if value is not None and value.type == XML:
                self._fragment(value.value, dependencies=False)
            elif value is not None:
                self.data += encoded(value)
            self.data[at:at + 4] = struct.pack(
                "<HBB", len(self.data) - start, 0 if value is None else value.type, 0)
            at += 4

    def _name(self, name: str) -> None:
        known = self.names.get(name)
        self.data += struct.pack("<I", len(self.data) + 4 if known is None else known)
        if known is None:
            self.names[name] = len(self.data)
            hashed = 0
            for character in name:
                hashed = (hashed * 65599 + ord(character)) & 0xFFFFFFFF
            self.data += struct.pack("<IHH", 0, hashed & 0xFFFF, len(name)) + utf16(name) + b"\0\0"

    def _element(self, element: Element, dependencies: bool) -> None:
        more = 0x40 if element.attributes else 0
        self.data += bytes([0x01 | more]) + (b"\xff\xff" if dependencies else b"") + bytes(4)
        start = len(self.data)
        self._name(element.name)
        if more:
            self.data += bytes(4)
            listed = len(self.data)
            for number, (name, content) in enumerate(element.attributes, 1):
                self.data.append(0x06 if number == len(element.attributes) else 0x46)
                self._name(name)
                self._content(content)
            self.data[listed - 4:listed] = struct.pack("<I", len(self.data) - listed)
        if element.children:
            self.data.append(0x02)
            for child in element.children:
                if isinstance(child, Element):
                    self._element(child, dependencies)
                else:
                    self._content(child)
            self.data.append(0x04)
        else:
            self.data.append(0x03)
        self.data[start - 4:start] = struct.pack("<I", len(self.data) - start)

    def _content(self, content: str | Gap) -> None:
        if isinstance(content, Gap):
            self.data += struct.pack(
                "<BHB", 0x0E if content.optional else 0x0D, content.number, content.type)
        else:
            self.data += struct.pack("<BBH", 0x05, 1, len(utf16(content)) // 2) + utf16(content)


def encoded(value: Value) -> bytes:
    """Return a value as records have it."""
    if value.type == TEXT:
        return utf16(value.value)
    if value.type == SID and isinstance(value.value, str):
        return sid_bytes(value.value)
    if value.type == GUID and isinstance(value.value, str):
        return uuid.UUID(value.value).bytes_le
    if value.type in _WIDTHS:
        return int(value.value).to_bytes(_WIDTHS[value.type], "little")
    return bytes(value.value)


def chunks(records: Iterable[Record]) -> list[Chunk]:
    """Write records to as many chunks as they need."""
    found = [Chunk()]
    for record in records:
        try:
            found[-1].add(record)
        except Full:
            found.append(Chunk())
            found[-1].add(record)
    return found


def file_head(count: int, last: int = 0, *, dirty: bool = False) -> bytes:
    head = bytearray(4096)
    head[:120] = struct.pack(
        "<8sQQQIHHHH76x", b"ElfFile\0", 0, max(0, count - 1), last + 1, 128, 1, 3, 4096,
        count & 0xFFFF)
    head[120:128] = struct.pack("<II", int(dirty), zlib.crc32(head[:120]))
    return bytes(head)


def evtx(records: Iterable[Record], *, dirty: bool = False, sums: bool = True) -> bytes:
    """Return a file with these records."""
    made = chunks(records)
    last = max([0, *(number for chunk in made for number in chunk.numbers)])
    return file_head(len(made), last, dirty=dirty) + b"".join(
        chunk.image(sums=sums) for chunk in made)
