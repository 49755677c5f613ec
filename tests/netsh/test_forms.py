"""Texts of an easy form are written to memory without Python: it is what the oracles say.

The oracles are int, `ipaddress` and `datetime`; what none of the forms fits is left to the
converters, which have tests of their own.
"""

from ctypes import sizeof
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from xml.sax.saxutils import escape

import pytest
from block_view import View
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import structs

from wfpfast.netsh import _values as v
from wfpfast.netsh._document import Document
from wfpfast.netsh._events import HEADS, LISTS, event_writer

EPOCH = datetime(1601, 1, 1)
# By the name of the form: its converter, an element of that form, and how to find the member.
FORMS: dict[str, tuple[v.Convert, str]] = {
    "u8": (v.u8, "ipProtocol"), "u16": (v.u16, "localPort"), "u32": (v.u32, "scopeId"),
    "u64": (v.u64, "policyFlags"), "i32": (v.i32, "failureStatus"), "ipv4": (v.ipv4, "localAddrV4"),
    "ipv6": (v.ipv6, "localAddrV6"), "ticks": (v.ticks, "timeStamp"),
}
VERSIONS = {"ipv4": "<ipVersion>FWP_IP_VERSION_V4</ipVersion>",
            "ipv6": "<ipVersion>FWP_IP_VERSION_V6</ipVersion>"}
MALFORMED = object()


def written(name: str, *texts: str) -> list[Any]:
    """The member in memory of one event for each text."""
    tag = FORMS[name][1]
    document = Document("file", LISTS, HEADS, True)
    writer = event_writer(document, True)
    for text in texts:
        held = f"<{tag}>{escape(text)}</{tag}>"
        header, body = (held, "") if name != "i32" else ("<scopeId>1</scopeId>", held)
        document.feed(
            f"<item><header>{VERSIONS.get(name, '')}{header}</header><type>4</type>"
            f"<ipsecDrop>{body}</ipsecDrop></item>".encode())
    document.end()
    malformed = []
    found = []
    for _ in texts:
        assert writer.fill(1)
        block, stats = writer.take()
        malformed.append(stats["malformed"])
        found.append(member(name, View(block)))
    assert not writer.fill(1)
    assert set(malformed) <= {0, 1}
    return [MALFORMED if bad else value for bad, value in zip(malformed, found, strict=True)]


def member(name: str, view: View) -> Any:
    (at,) = view.entries
    event = structs.FWPM_NET_EVENT3.from_buffer_copy(view.raw(at, sizeof(structs.FWPM_NET_EVENT3)))
    if name == "i32":
        size = sizeof(structs.IPSEC_KERNEL_DROP0)
        return structs.IPSEC_KERNEL_DROP0.from_buffer_copy(
            view.raw(event.payload, size)).failureStatus
    header = event.header
    if name == "ticks":
        return header.timeStamp.dwHighDateTime << 32 | header.timeStamp.dwLowDateTime
    if name == "ipv4":
        return header.localAddr.v4
    return bytes(header.localAddr.v6) if name == "ipv6" else getattr(header, FORMS[name][1])


def taken(name: str, text: str) -> Any:
    (value,) = written(name, text)
    return value


def of_time(ticks: int, digits: int) -> tuple[str, int]:
    """Return a time of so many digits behind the second, and the FILETIME that it says."""
    ticks -= ticks % 10 ** (7 - digits)
    at = EPOCH + timedelta(seconds=ticks // 10_000_000)
    return f"{at.isoformat()}.{ticks % 10_000_000:07}"[:20 + digits] + "Z", ticks


@given(st.integers(0, 2**64 - 1) | st.integers(-300, 70_000), st.sampled_from(
    ["u8", "u16", "u32", "u64", "i32"]))
@example(255, "u8")
@example(256, "u8")
@example(2**31, "i32")
@example(-2**31, "i32")
@example(2**32 - 1, "i32")
@example(2**32, "i32")
@example(-1, "u32")
@example(-2**31 - 1, "u32")
@example(10**19 - 1, "u64")
@example(10**19, "u64")
def test_numbers(value: int, name: str) -> None:
    bits = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "i32": 32}[name]
    fits = (-2**31 if bits == 32 else 0) <= value < 2**bits
    expected: Any = value % 2**bits if fits else MALFORMED
    if fits and name == "i32" and expected >= 2**31:
        expected -= 2**32
    sign = "-" if value < 0 else ""
    assert written(name, f"{value}", f" {value}\r\n", f"{value} (NAME)", f"{value}\u2003",
                   f"{sign}{abs(value):#x}") == [
        expected, expected, expected, MALFORMED, expected]


@given(st.ip_addresses(v=4))
def test_ipv4(address: IPv4Address) -> None:
    assert taken("ipv4", str(address)) == int(address)


@given(st.ip_addresses(v=6))
@example(IPv6Address("::"))
@example(IPv6Address("::1"))
@example(IPv6Address("1::"))
@example(IPv6Address("1:2:3:4:5:6:7:0"))
def test_ipv6(address: IPv6Address) -> None:
    for text in (str(address), address.exploded, str(address).upper()):
        assert taken("ipv6", text) == address.packed


@given(st.integers(0, 2650467743999999999), st.integers(1, 7))
@example(133_800_000_000_085_392, 3)
@example(0, 7)
def test_times(ticks: int, digits: int) -> None:
    text, expected = of_time(ticks, digits)
    assert taken("ticks", text) == expected


WHOLE = [
    "", "0", "00", "007", "256", "65536", "4294967296", "-1", "+1", "1_0", "٣", "1\ufffd", "1.2.3",
    "1.2.3.4", "1.2.3.4.", "01.2.3.4", "1.2.3.256", "1.2.3.4444", "1..3.4", ":", "::", ":::",
    "::1::", "1::2::3", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "12345::", "g::", "::1.2.3.4",
    "fe80::1%3", "1::\ufffd", "2024-02-28T00:00:00.1Z", "2024-02-29T00:00:00.1Z",
    "2023-02-29T00:00:00.1Z",
    "2024-02-30T00:00:00.1Z", "2024-04-31T00:00:00.1Z", "2024-13-01T00:00:00.1Z",
    "2024-00-01T00:00:00.1Z", "2024-01-00T00:00:00.1Z", "2024-01-01T24:00:00.1Z",
    "2024-01-01T00:60:00.1Z", "2024-01-01T00:00:60.1Z", "1600-12-31T23:59:59.9Z",
    "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.12345678Z",
    "2024-01-01T00:00:00.1z", "2024-01-01T00:00:00.1Z ", "2024-1-01T00:00:00.1Z",
    "9999-12-31T23:59:59.9Z",
]
TEXTS = st.sampled_from(WHOLE) | st.text("0123456789abxF:.-+TZ% \ufffd\u00e9", max_size=30)


def converted(name: str, text: str) -> Any:
    try:
        return FORMS[name][0](text.strip(" \t\r\n"))
    except ValueError:
        return MALFORMED


@pytest.mark.parametrize("name", FORMS)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_whatever_is_taken_is_right(name: str, texts: list[str]) -> None:
    assert written(name, *texts) == [converted(name, text) for text in texts]


@pytest.mark.parametrize("name", FORMS)
def test_each_odd_text(name: str) -> None:
    for text, found in zip(WHOLE, written(name, *WHOLE), strict=True):
        assert found == converted(name, text), text
    assert {found is MALFORMED for found in written(name, *WHOLE)} == {True, False}
