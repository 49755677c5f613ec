"""Converts the texts of netsh's XML to values for `encode`; must not know events or files.

A converter takes what an element holds: its text, its elements keyed by tag, or a list of these if
the element is repeated. It returns a value for `encode`, or None if netsh prints no value there. It
raises ValueError with a text that says what is wrong.
"""

import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from wfpfast import names
from wfpfast.names import (
    EM_FAILURE_FLAGS,
    ENUMS,
    EVENT_TYPES,
    MM_FAILURE_FLAGS,
    NET_EVENT_FLAGS,
)

Convert = Callable[[Any], Any]

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))")
_NUMBER = re.compile(r"(-?(?:0[xX][0-9A-Fa-f]{1,16}|[0-9]{1,20}))(?: ?\(([A-Za-z0-9_]+)\))?")
_ENUMERATOR = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_SID = re.compile(r"S-([0-9]{1,3})-(0x[0-9A-Fa-f]{1,12}|[0-9]{1,15})((?:-[0-9]{1,10}){0,255})")
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_REST = re.compile(r"[0-9A-Fa-f]{8}")
# BIDIRECTIONAL is what the manifest of Microsoft-Windows-WFP calls 0x3903; no file shows the name
# that netsh has for it.
_DIRECTIONS = {
    **ENUMS["MS_FWP_DIRECTION"], **ENUMS["FWP_DIRECTION"], "MS_FWP_DIRECTION_BIDIRECTIONAL": 0x3903}
_FILETIME_EPOCH = datetime(1601, 1, 1)


class Unknown:
    """What a later Windows may have added to an enumeration or to a set of bits.

    Attributes
    ----------
    value : int or None
        The bits that are known; None for an enumerator.
    names : list of str
        The names that nobody knows.
    """

    __slots__ = ("names", "value")

    def __init__(self, names: list[str], value: int | None = None) -> None:
        self.names = names
        self.value = value


class Named(int):
    """A code for which only the file has a name."""

    name = ""


def shown(text: str) -> str:
    """Return a text as errors show it."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def text_of(value: Any) -> str:
    """Return the text of an element that holds only a text."""
    if isinstance(value, str):
        return value
    raise ValueError("stands twice" if isinstance(value, list) else "holds elements, not a text")


def part_of(value: Any, tag: str) -> Any:
    """Return what the element `tag` inside this one holds."""
    if not isinstance(value, dict):
        raise ValueError(f"expected elements, <{tag}> among them")
    if tag not in value:
        raise ValueError(f"has no <{tag}>")
    return value[tag]


def number(bits: int, signed: bool = False) -> Convert:
    """Return a converter of numbers, decimal or hexadecimal, also as ``0 (ERROR_SUCCESS)``.

    Numbers of 32 bits may be signed or unsigned, whatever the member is: no sample shows how netsh
    prints failures, and people write codes in both ways.
    """
    low, high = -(1 << bits - 1) if bits == 32 else 0, (1 << bits) - 1

    def convert(value: Any) -> int:
        text = text_of(value)
        if text.isascii() and text.isdigit() and len(text) < 20:
            found = int(text)
        elif match := _NUMBER.fullmatch(text):
            found = int(match[1], 16 if "x" in match[1].lower() else 10)
        else:
            raise ValueError(f"{shown(value)} is not a number")
        if not low <= found <= high:
            raise ValueError(f"{shown(value)} does not fit {bits} bits")
        if signed:
            return found - (1 << bits) if found >= -low else found
        return found % (1 << bits)

    return convert


def code(signed: bool = False) -> Convert:
    """Return a converter of an error's code, with netsh's name for it if there is no other."""
    convert = number(32, signed)

    def converted(value: Any) -> int:
        found = int(convert(value))
        match = _NUMBER.fullmatch(value)
        if match and match[2] and names.error(found).startswith("UNKNOWN_"):
            found = Named(found)
            found.name = match[2]
        return found

    return converted


u8, u16, u32, u64 = number(8), number(16), number(32), number(64)
i32 = number(32, signed=True)
error, status = code(), code(signed=True)


def enumerator(
    name: str, values: dict[str, int] | None = None, grows: bool = True
) -> Convert:
    """Return a converter of an SDK enumerator's name, or of its number.

    Windows adds names to what `grows`: there, what looks like an enumerator is no error.
    """
    known = ENUMS[name] if values is None else values

    def convert(value: Any) -> int | Unknown:
        text = text_of(value)
        if text in known:
            return known[text]
        if grows and _ENUMERATOR.fullmatch(text):
            return Unknown([text])
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{shown(text)} is no {name}")
        return int(u32(text))

    return convert


# What an address of an unknown family would look like, nobody knows.
ip_version = enumerator("FWP_IP_VERSION", grows=False)
direction = enumerator("FWP_DIRECTION", _DIRECTIONS)
# A 0 there says that nobody filled it, so these two names cannot stand for their own numbers.
ms_direction = enumerator("MS_FWP_DIRECTION", {
    **_DIRECTIONS, "FWP_DIRECTION_INBOUND": 0x3900, "FWP_DIRECTION_OUTBOUND": 0x3901})
event_type = enumerator("FWPM_NET_EVENT_TYPE", EVENT_TYPES)


def ticks(value: Any) -> int:
    """Return a FILETIME: 100 ns from 1601."""
    match = _TIME.fullmatch(text_of(value))
    if not match:
        raise ValueError(f"{shown(value)} is no time of the form 2020-05-22T20:54:53.499Z")
    seconds = _seconds(match[1])
    ticks = seconds * 10_000_000 + int((match[2] or "0")[:7].ljust(7, "0"))
    if match[3]:
        zone = (int(match[4]) * 60 + int(match[5])) * 600_000_000
        ticks += -zone if match[3] == "+" else zone
    if ticks < 0:
        raise ValueError(f"{value} is before 1601")
    return ticks


@lru_cache(256)
def _seconds(moment: str) -> int:
    elapsed = datetime.fromisoformat(moment) - _FILETIME_EPOCH
    return elapsed.days * 86_400 + elapsed.seconds


def ipv4(value: Any) -> int:
    """Return an IPv4 address as a number in host order."""
    try:
        return int(ipaddress.IPv4Address(text_of(value)))
    except ipaddress.AddressValueError:
        raise ValueError(f"{shown(value)} is no IPv4 address") from None


def ipv6(value: Any) -> bytes:
    """Return an IPv6 address in network order, without its scope, which is in another element."""
    try:
        return ipaddress.IPv6Address(text_of(value).partition("%")[0]).packed
    except ipaddress.AddressValueError:
        raise ValueError(f"{shown(value)} is no IPv6 address") from None


# The forms of texts that need no converter, and the largest number.
EASY: dict[Convert, tuple[str, int]] = {
    u8: ("number", (1 << 8) - 1), u16: ("number", (1 << 16) - 1), u32: ("number", (1 << 32) - 1),
    u64: ("number", (1 << 64) - 1), i32: ("number", (1 << 31) - 1),
    error: ("number", (1 << 32) - 1), status: ("number", (1 << 31) - 1),
    ipv4: ("ipv4", 0), ipv6: ("ipv6", 0), ticks: ("time", 0),
}


def _bytes_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not hexadecimal") from None


def blob(value: Any) -> bytes | None:
    """Return the bytes of ``<data>``; without it, the text of ``<asString>`` as UTF-16.

    ``<asString>`` has a character a byte, and a dot for each that netsh cannot print. It is all
    that some people leave in what they show.
    """
    if not value:
        return None
    if isinstance(value, dict) and "data" not in value and "asString" in value:
        text = text_of(value["asString"])
        if set(text[1::2]) == {"."}:
            text = text[::2].rstrip(".") if text.endswith("...") else text[::2]
        return (text + "\0").encode("utf-16-le", "replace") if text else None
    return _bytes_of(text_of(part_of(value, "data")))


def hexadecimal(size: int) -> Convert:
    """Return a converter of `size` bytes in hexadecimal, with or without separators."""

    def convert(value: Any) -> bytes | None:
        if isinstance(value, dict):
            value = value.get("data", value.get("byteArray6", value))
        text = text_of(value)
        raw = _bytes_of(text.replace(":", "").replace("-", ""))
        if raw and len(raw) != size:
            raise ValueError(f"{len(raw)} bytes where {size} belong")
        return raw or None

    return convert


mac, cert_hash = hexadecimal(6), hexadecimal(20)


def boolean(value: Any) -> bool:
    """Return the bool of ``true`` or ``false``."""
    text = text_of(value)
    if text not in ("true", "false"):
        raise ValueError(f"{shown(text)} is neither true nor false")
    return text == "true"


def text_or_none(value: Any) -> str | None:
    """Return the text, or None if it is empty: netsh prints a NULL pointer so."""
    return text_of(value) or None


def sid(value: Any) -> str | None:
    """Return the text of a SID after checking it."""
    text = text_of(value)
    match = _SID.fullmatch(text)
    if not match:
        if text:
            raise ValueError(f"{shown(text)} is no SID")
        return None
    authority = int(match[2], 16 if match[2].startswith("0x") else 10)
    parts = [int(part) for part in match[3].split("-")[1:]]
    if int(match[1]) >= 1 << 8 or authority >= 1 << 48 or any(part >= 1 << 32 for part in parts):
        raise ValueError(f"{shown(text)} is no SID: a number in it is too large")
    return text


def guid(value: Any) -> uuid.UUID | None:
    """Return a GUID; None for a well-known one, for which netsh prints a symbol."""
    text = text_of(value)
    if not text or text.startswith("FWPM_"):
        return None
    if not _GUID.fullmatch(text):
        raise ValueError(f"{shown(text)} is no GUID")
    return uuid.UUID(text)


def items(value: Any) -> list[Any]:
    """Return the items of a list; netsh prints an empty element if there are none."""
    if value == "":
        return []
    if not isinstance(value, dict) or "item" not in value:
        raise ValueError("expected a list of <item>")
    return list(value["item"])


def texts(value: Any) -> list[str]:
    """Return the items of a list of texts."""
    return [text_of(item) for item in items(value)]


def bits_of(known: dict[str, int], what: str) -> Convert:
    """Return a converter of named bits; one hexadecimal item may hold the bits without a name."""

    def convert(value: Any) -> int | Unknown:
        bits = 0
        strange = []
        for name in [] if value == "0" else texts(value):
            if name in known:
                bits |= known[name]
            elif _REST.fullmatch(name):
                bits |= int(name, 16)
            elif _ENUMERATOR.fullmatch(name):
                strange.append(name)
            else:
                raise ValueError(f"{shown(name)} is no flag of {what}")
        return Unknown(strange, bits) if strange else bits

    return convert


flags = bits_of(NET_EVENT_FLAGS, "a net event")
mm_flags = bits_of(MM_FAILURE_FLAGS, "a main mode failure")
em_flags = bits_of(EM_FAILURE_FLAGS, "an extended mode failure")


def addr_mask_v4(value: Any) -> dict[str, int]:
    """Return FWP_V4_ADDR_AND_MASK."""
    return {"addr": ipv4(part_of(value, "addr")), "mask": ipv4(part_of(value, "mask"))}


def addr_mask_v6(value: Any) -> dict[str, Any]:
    """Return FWP_V6_ADDR_AND_MASK."""
    length = u8(part_of(value, "prefixLength"))
    return {"addr": ipv6(part_of(value, "addr")), "prefixLength": length}


def v4_or_number(value: Any) -> int:
    """Return a UINT32, which netsh may print as an IPv4 address."""
    return ipv4(value) if "." in text_of(value) else int(u32(value))


# By data type: the tag, which is the union's arm, and its converter. A range consists of _VALUES.
_VALUES: dict[str, tuple[str, Convert]] = {
    "FWP_UINT8": ("uint8", u8),
    "FWP_UINT16": ("uint16", u16),
    "FWP_UINT32": ("uint32", v4_or_number),
    "FWP_UINT64": ("uint64", u64),
    "FWP_BYTE_ARRAY16_TYPE": ("byteArray16", ipv6),
    "FWP_BYTE_BLOB_TYPE": ("byteBlob", blob),
    "FWP_SID": ("sid", sid),
    "FWP_UNICODE_STRING_TYPE": ("unicodeString", text_of),
    "FWP_BYTE_ARRAY6_TYPE": ("byteArray6", mac),
}
_CONDITIONS = _VALUES | {
    "FWP_V4_ADDR_MASK": ("v4AddrMask", addr_mask_v4),
    "FWP_V6_ADDR_MASK": ("v6AddrMask", addr_mask_v6),
    "FWP_RANGE_TYPE": ("rangeValue", lambda value: {
        end: _typed(part_of(value, end), _VALUES) for end in ("valueLow", "valueHigh")}),
}


def _typed(value: Any, known: dict[str, tuple[str, Convert]]) -> tuple[int, Any]:
    kind = text_of(part_of(value, "type"))
    if kind == "FWP_EMPTY":
        return 0, None
    if kind not in known:
        raise ValueError(f"values of type {shown(kind)} are not read")
    tag, convert = known[kind]
    return ENUMS["FWP_DATA_TYPE"][kind], convert(part_of(value, tag))


def condition(value: Any) -> tuple[int, Any] | None:
    """Return an FWP_CONDITION_VALUE0 as its type and value; netsh prints it as in filters."""
    return _typed(value, _CONDITIONS) if value else None


def terminating_filters(value: Any) -> list[dict[str, Any]]:
    """Return the filters that decided, each with its sublayer and action."""
    return [
        {
            "filterId": u64(part_of(item, "filterId")),
            "subLayer": text_or_none(item.get("subLayer", "")),
            "actionType": text_or_none(item.get("actionType", "")),
        }
        for item in items(value)
    ]
