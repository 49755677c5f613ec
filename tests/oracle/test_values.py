"""What the twin makes of pointed-to things, against bytes laid out by hand.

Must not know the compiled package, whose oracle the twin is.
"""

import struct
from typing import Any

import pytest

from oracle import structs as sdk
from oracle.values import BadPointerError, Memory, float_text, ipv6_text

BASE = 0x1_0000_0000
SID_ADMINS = struct.pack("<BB6s2I", 1, 2, b"\0\0\0\0\0\5", 32, 544)


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def value(kind: int, raw: bytes = b"") -> bytes:
    """A FWP_VALUE0 whose union holds `raw`."""
    return struct.pack("<I4x8s", kind, raw)


def rendered(kind: int, raw: bytes, data: bytes = b"") -> str | None:
    """The text of a condition value in a block that consists of `data`."""
    return Memory(data, BASE).condition_value(sdk.FWP_VALUE0.from_buffer_copy(value(kind, raw)))


def rendered_behind(kind: int, data: bytes) -> str | None:
    """The same, of a value that points to the start of `data`."""
    return rendered(kind, struct.pack("<Q", BASE), data)


@pytest.mark.parametrize(("kind", "raw", "expected"), [
    (0, b"\1", None), (1, b"\xff\xff", "255"), (2, b"\xff\xff\xff", "65535"),
    (3, b"\4\3\2\1", "1.2.3.4"), (5, b"\xff", "-1"), (6, b"\xfe\xff", "-2"),
    (7, b"\xfd\xff\xff\xff", "-3"), (9, struct.pack("<f", 0.1), "0.1"), (19, b"", "UNKNOWN_19"),
    (255, b"", "UNKNOWN_255"), (259, b"", "UNKNOWN_259"), (17, b"", None), (258, b"", None),
])
def test_condition_values_in_place(kind: int, raw: bytes, expected: Any) -> None:
    assert rendered(kind, raw) == expected


@pytest.mark.parametrize(("kind", "data", "expected"), [
    (4, b"\xff" * 8, "18446744073709551615"),
    (8, b"\xff" * 8, "-1"),
    (10, struct.pack("<d", 1e20), "1e+20"),
    (11, bytes(15) + b"\1", "::1"),
    (12, struct.pack("<I4xQ", 0, 0), ""),
    (12, struct.pack("<I4xQ", 0, 1), ""),
    (14, struct.pack("<I4xQ", 4, 0), None),
    (16, struct.pack("<I4xQ2s", 2, BASE + 16, b"\xab\xcd"), "abcd"),
    (13, SID_ADMINS, "S-1-5-32-544"),
    (17, wide("net"), "net"),
    (18, bytes(range(6)), "00:01:02:03:04:05"),
    (256, struct.pack("<II", 0x01020304, 0xFF00FF00), "1.2.3.4/255.0.255.0"),
    (256, struct.pack("<II", 0, 0), "0.0.0.0/0"),
    (256, struct.pack("<II", 0x01020304, 0xFFFFFFFF), "1.2.3.4/32"),
    (257, bytes.fromhex("20010db8").ljust(16, b"\0") + b"\x20", "2001:db8::/32"),
    (258, value(3, b"\1\0\0\x0a") + value(3, b"\2\0\0\x0a"), "10.0.0.1-10.0.0.2"),
    (258, value(0) + value(256), "-UNKNOWN_256"),
    (258, value(1) + value(17), None),
    (258, value(17) + value(1), None),
])
def test_condition_values_behind_a_pointer(kind: int, data: bytes, expected: Any) -> None:
    assert rendered_behind(kind, data) == expected


TOKEN = "<I4xQI4xQ"
ONE_SID = struct.pack("<QI4x", BASE + 48, 7) + SID_ADMINS


@pytest.mark.parametrize(("token", "data", "expected"), [
    ((0, 0, 0, 0), b"", "{}/{}"),
    ((0, BASE, 0, BASE), b"", "{}/{}"),
    ((1, 0, 0, 0), b"", None),
    ((0, 0, 1, 0), b"", None),
    ((1, BASE + 32, 0, 0), ONE_SID, "{S-1-5-32-544}/{}"),
    ((2, BASE + 32, 1, BASE + 32),
     struct.pack("<QI4xQI4x", BASE + 64, 7, BASE + 64, 7) + SID_ADMINS,
     "{S-1-5-32-544,S-1-5-32-544}/{S-1-5-32-544}"),
    ((1, BASE + 32, 0, 0), bytes(16), None),
    ((0, 0, 1, BASE + 32), bytes(16), None),
])
def test_token_information(token: tuple[int, ...], data: bytes, expected: Any) -> None:
    assert rendered_behind(15, struct.pack(TOKEN, *token) + data) == expected


@pytest.mark.parametrize(("raw", "expected", "replaced"), [
    (wide("a\0b\0\0"), "a\0b", 0),
    (b"a\0b", "a\ufffd", 1),
    (b"a\0\0", "a", 0),
    (b"\x3d\xd8\x00\xde", "\U0001f600", 0),
    (b"\x00\xde\x3d\xd8\x3d\xd8", "\ufffd" * 3, 3),
    (b"\x3d\xd8\x3d", "\ufffd" * 2, 2),
    (b"", "", 0),
])
def test_utf16_of_a_blob(raw: bytes, expected: Any, replaced: int) -> None:
    memory = Memory(b"-" + raw, BASE)
    # A blob's bytes may lie at any address, and an empty one is not looked at.
    assert memory.utf16_blob(sdk.FWP_BYTE_BLOB(len(raw), BASE + 1 if raw else 5)) == expected
    assert memory.replaced_text == replaced
    assert memory.utf16_blob(sdk.FWP_BYTE_BLOB(len(raw), 0)) is None


@pytest.mark.parametrize(("data", "expected"), [
    (b"a\0\0\0b\0\0\0", "a"),
    (b"\0\1\1\0\0\1\0\0", "\u0100\x01\u0100"),  # two zero bytes, but of two units
    (b"a\0b\0", "unterminated"),
    (b"a\0b\0\0", "unterminated"),
    (b"a\0\0b\0", "unterminated"),
    (b"\0", "outside the block"),
])
def test_text_ends_in_the_block(data: bytes, expected: Any) -> None:
    memory = Memory(data, BASE)
    if expected in ("unterminated", "outside the block"):
        with pytest.raises(BadPointerError, match=expected):
            memory.text(BASE)
    else:
        assert memory.text(BASE) == expected


@pytest.mark.parametrize(("authority", "text"), [
    (2**32 - 1, "S-3-4294967295"), (2**32, "S-3-0x000100000000"),
    (0xABCDEF012345, "S-3-0xabcdef012345")])
def test_sid_authorities(authority: int, text: str) -> None:
    assert Memory(b"\3\0" + authority.to_bytes(6, "big"), BASE).sid(BASE) == text


@pytest.mark.parametrize("length", [0, 7, 8, 15])
def test_a_sid_lies_in_the_block_with_all_its_parts(length: int) -> None:
    with pytest.raises(BadPointerError, match="outside the block"):
        Memory(SID_ADMINS[:length], BASE).sid(BASE)


def test_floats_are_as_short_as_they_can_be() -> None:
    assert [float_text(number, single=False) for number in (
        0.1, 0.1 + 0.2, 123456789.0, -0.0, 5e-324, float("-inf"))] == [
        "0.1", "0.30000000000000004", "123456789", "-0", "5e-324", "-inf"]
    assert float_text(float("-nan"), single=True) == "nan"
    # The largest float: rounded to eight digits it is above itself, yet the nearest float.
    assert float_text(3.4028234663852886e38, single=True) == "3.4028235e+38"


@pytest.mark.parametrize("text", [
    "::", "::1", "1::", "2001:db8::1:0:0:1", "2001:0:0:1::", "1:0:2:3:4:5:6:7",
    "::ffff:102:304", "::ffff:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"])
def test_ipv6(text: str) -> None:
    before, _, after = text.partition("::")
    head, tail = before.split(":") if before else [], after.split(":") if after else []
    groups = head + ["0"] * (8 - len(head) - len(tail)) + tail
    assert ipv6_text(struct.pack(">8H", *(int(group, 16) for group in groups))) == text
