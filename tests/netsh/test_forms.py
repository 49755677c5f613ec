"""What is converted in C is what the converters in Python would have made of it, or left to them.

The oracles are int, `ipaddress` and `datetime`.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wfpfast.netsh import _values as v
from wfpfast.netsh._take import Member, take_easy

EPOCH = datetime(1601, 1, 1)
CONVERTERS = {"u8": v.u8, "u16": v.u16, "u32": v.u32, "u64": v.u64, "i32": v.i32, "ipv4": v.ipv4,
              "ipv6": v.ipv6, "ticks": v.ticks}
NOT_EASY = object()


def taken(name: str, text: str) -> Any:
    convert = CONVERTERS[name]
    built: dict[str, Any] = {}
    rest = take_easy({"tag": text}, {"tag": Member("member", convert, **v.EASY[convert])}, built)
    assert rest == ([] if built else [("tag", text)])
    return built.get("member", NOT_EASY)


def of_time(ticks: int, digits: int) -> tuple[str, int]:
    """Return a time of so many digits behind the second, and the FILETIME that it says."""
    ticks -= ticks % 10 ** (7 - digits)
    at = EPOCH + timedelta(seconds=ticks // 10_000_000)
    return f"{at.isoformat()}.{ticks % 10_000_000:07}"[:20 + digits] + "Z", ticks


@given(st.integers(0, 2**64 - 1), st.sampled_from(["u8", "u16", "u32", "u64", "i32"]))
@example(255, "u8")
@example(256, "u8")
@example(2**31, "i32")
@example(10**19 - 1, "u64")
@example(10**19, "u64")
def test_numbers(value: int, name: str) -> None:
    most = {"u8": 2**8, "u16": 2**16, "u32": 2**32, "u64": 10**19, "i32": 2**31}[name]
    assert taken(name, str(value)) == (value if value < most else NOT_EASY)


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
    if "-02-29T" in text:
        assert taken("ticks", text) is NOT_EASY
    else:
        assert taken("ticks", text) == expected


WHOLE = [
    "", "0", "00", "007", "256", "65536", "4294967296", "-1", "+1", "1_0", "٣", "1\0", "1.2.3",
    "1.2.3.4", "1.2.3.4.", "01.2.3.4", "1.2.3.256", "1.2.3.4444", "1..3.4", ":", "::", ":::",
    "::1::", "1::2::3", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "12345::", "g::", "::1.2.3.4",
    "fe80::1%3", "1::\0", "2024-02-28T00:00:00.1Z", "2024-02-29T00:00:00.1Z",
    "2023-02-29T00:00:00.1Z",
    "2024-02-30T00:00:00.1Z", "2024-04-31T00:00:00.1Z", "2024-13-01T00:00:00.1Z",
    "2024-00-01T00:00:00.1Z", "2024-01-00T00:00:00.1Z", "2024-01-01T24:00:00.1Z",
    "2024-01-01T00:60:00.1Z", "2024-01-01T00:00:60.1Z", "1600-12-31T23:59:59.9Z",
    "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.12345678Z",
    "2024-01-01T00:00:00.1z", "2024-01-01T00:00:00.1Z ", "2024-1-01T00:00:00.1Z",
    "9999-12-31T23:59:59.9Z",
]
TEXTS = st.sampled_from(WHOLE) | st.text("0123456789abF:.-TZ% \0é", max_size=30)


@pytest.mark.parametrize("name", CONVERTERS)
@given(TEXTS)
def test_whatever_is_taken_is_right(name: str, text: str) -> None:
    found = taken(name, text)
    if found is not NOT_EASY:
        assert found == CONVERTERS[name](text)


@pytest.mark.parametrize("name", CONVERTERS)
def test_each_odd_text(name: str) -> None:
    for text in WHOLE:
        found = taken(name, text)
        if found is not NOT_EASY:
            assert found == CONVERTERS[name](text), text
