"""Converts the texts of netsh's XML to values for `encode`; must not know events or files.

A converter raises ValueError, KeyError or TypeError with a text that says what is wrong.
"""

import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from wfpfast.names import ENUMS, EVENT_TYPES, NET_EVENT_FLAGS

Convert = Callable[[str], Any]

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z")
_DIRECTIONS = {**ENUMS["MS_FWP_DIRECTION"], **ENUMS["FWP_DIRECTION"]}
_FILETIME_EPOCH = datetime(1601, 1, 1)


def number(bits: int, signed: bool = False) -> Callable[[str], int]:
    """Return a converter of decimal numbers, also in the form ``0 (ERROR_SUCCESS)``."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)

    def convert(text: str) -> int:
        digits = text.partition(" (")[0]
        if not digits.lstrip("-").isascii() or not digits.lstrip("-").isdigit():
            raise ValueError(f"{text[:40]!r} is not a number")
        if not low <= (value := int(digits)) <= high:
            raise ValueError(f"{text[:40]} does not fit {bits} bits")
        return value

    return convert


def enumerator(name: str, values: dict[str, int] | None = None) -> Callable[[str], int]:
    """Return a converter of an SDK enumerator, or of its number."""
    known = ENUMS[name] if values is None else values

    def convert(text: str) -> int:
        if text in known:
            return known[text]
        if not text.isdigit():
            raise ValueError(f"{text[:60]!r} is no {name}")
        return number(32)(text)

    return convert


def ticks(text: str) -> int:
    """Return a FILETIME: 100 ns from 1601."""
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:40]!r} is no time of the form 2020-05-22T20:54:53.499Z")
    elapsed = datetime.fromisoformat(match[1]) - _FILETIME_EPOCH
    seconds = elapsed.days * 86_400 + elapsed.seconds
    return max(0, seconds * 10_000_000 + int((match[2] or "0").ljust(7, "0")))


def ipv4(text: str) -> int:
    """Return an IPv4 address as a number in host order."""
    return int(ipaddress.IPv4Address(text))


def ipv6(text: str) -> bytes:
    """Return an IPv6 address in network order."""
    return ipaddress.IPv6Address(text.partition("%")[0]).packed


def blob(value: Any) -> bytes | None:
    """Return the bytes of ``<data>``; ``<asString>`` has lost what it cannot print."""
    if not value:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("data", ""), str):
        raise ValueError("expected <data> in hexadecimal")
    return bytes.fromhex(value.get("data", ""))


def hexadecimal(size: int) -> Convert:
    """Return a converter of so many bytes in hexadecimal, with or without separators."""

    def convert(value: Any) -> bytes:
        text = value.get("data", "") if isinstance(value, dict) else value
        raw = bytes.fromhex(text.replace(":", "").replace("-", ""))
        if len(raw) != size:
            raise ValueError(f"{len(raw)} bytes where {size} belong")
        return raw

    return convert


mac, cert_hash = hexadecimal(6), hexadecimal(20)


def boolean(text: str) -> bool:
    """Return what ``true`` and ``false`` say."""
    if text not in ("true", "false"):
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return text == "true"


def text_or_none(text: str) -> str | None:
    """Return the text; an empty element is how netsh prints a NULL pointer."""
    return text or None


def sid(text: str) -> str | None:
    """Return a SID's text."""
    if text and not re.fullmatch(r"S-\d+(-(0x[0-9A-Fa-f]+|\d+))+", text):
        raise ValueError(f"{text[:60]!r} is no SID")
    return text or None


def guid(text: str) -> uuid.UUID | None:
    """Return a GUID; a well-known one that netsh prints by its symbol is not resolved."""
    return uuid.UUID(text) if text else None


def items(value: Any) -> list[Any]:
    """Return the items of a list, which netsh leaves out where there are none."""
    return value.get("item", []) if isinstance(value, dict) else []


def flags(value: Any) -> int:
    """Return the bits of named flags and of the unnamed hexadecimal rest."""
    bits = 0
    for name in items(value):
        if name in NET_EVENT_FLAGS:
            bits |= NET_EVENT_FLAGS[name]
        elif isinstance(name, str) and re.fullmatch(r"[0-9A-Fa-f]{8}", name):
            bits |= int(name, 16)
        else:
            raise ValueError(f"{str(name)[:60]!r} is no flag of a net event")
    return bits


u16, u32, u64 = number(16), number(32), number(64)
i32 = number(32, signed=True)
ip_version = enumerator("FWP_IP_VERSION")
direction = enumerator("FWP_DIRECTION", _DIRECTIONS)
event_type = enumerator("FWPM_NET_EVENT_TYPE", EVENT_TYPES)


def addr_mask_v4(value: Any) -> dict[str, int]:
    """Return FWP_V4_ADDR_AND_MASK."""
    return {"addr": ipv4(value["addr"]), "mask": ipv4(value["mask"])}


def addr_mask_v6(value: Any) -> dict[str, Any]:
    """Return FWP_V6_ADDR_AND_MASK."""
    return {"addr": ipv6(value["addr"]), "prefixLength": number(8)(value["prefixLength"])}


# By data type: the tag that holds the value, and its converter. UINT32 is printed as an address.
_CONDITIONS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "FWP_UINT8": ("uint8", number(8)),
    "FWP_UINT16": ("uint16", u16),
    "FWP_UINT32": ("uint32", lambda text: ipv4(text) if "." in text else u32(text)),
    "FWP_UINT64": ("uint64", u64),
    "FWP_BYTE_ARRAY16_TYPE": ("byteArray16", ipv6),
    "FWP_BYTE_BLOB_TYPE": ("byteBlob", blob),
    "FWP_SID": ("sid", sid),
    "FWP_UNICODE_STRING_TYPE": ("unicodeString", str),
    "FWP_V4_ADDR_MASK": ("v4AddrMask", addr_mask_v4),
    "FWP_V6_ADDR_MASK": ("v6AddrMask", addr_mask_v6),
    "FWP_RANGE_TYPE": ("rangeValue", lambda value: {
        "valueLow": condition(value["valueLow"]), "valueHigh": condition(value["valueHigh"])}),
}


def condition(value: Any) -> tuple[int, Any]:
    """Return an FWP_CONDITION_VALUE0, printed as in filters: a type and a value beside it."""
    if not isinstance(value, dict) or value.get("type", "FWP_EMPTY") == "FWP_EMPTY":
        return 0, None
    kind = value["type"]
    code = enumerator("FWP_DATA_TYPE")(kind)
    if kind not in _CONDITIONS:
        raise ValueError(f"values of type {kind[:40]} are not read")
    tag, convert = _CONDITIONS[kind]
    return code, convert(value[tag])


def terminating_filters(value: Any) -> list[dict[str, Any]]:
    """Return the filters that decided, each with its sublayer and what it did."""
    return [
        {
            "filterId": u64(item["filterId"]),
            "subLayer": text_or_none(item.get("subLayer", "")),
            "actionType": text_or_none(item.get("actionType", "")),
        }
        for item in items(value)
    ]
