"""encode()'s values, one kind of member after another, against bytes written down by hand."""

import enum
import math
import struct
import uuid
from typing import Any

import pytest
from block_view import View

from wfpfast import encode

GUID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
SYSTEM = bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0])


class Index:
    """An int by protocol only, as NumPy's are."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


class Layer(enum.IntEnum):
    CONNECT = 48


class Path(str):
    __slots__ = ()


def header(**members: Any) -> tuple[View, int]:
    view = View(encode([{"header": members}]))
    return view, view.entries[0]


def subnet(value: Any) -> tuple[View, int]:
    """Encode a condition value and return its address."""
    view = View(encode([{"ikeQmFailure": {"localSubNet": value}}]))
    (payload,) = view.unpack(view.entries[0] + 144, "Q")
    return view, payload + 24


@pytest.mark.parametrize(("value", "expected"), [
    (b"abc", b"abc"), (b"\0", b"\0"), (bytearray(b"ab"), b"ab"), (memoryview(b"abcd")[::2], b"ac"),
    ("x", b"x\0\0\0"), ("", b"\0\0"), ("é", b"\xe9\0\0\0"), (Path("p"), b"p\0\0\0"),
    ("\udc80\ud800", b"\x80\xdc\x00\xd8\0\0"), ("\U0001f600", b"\x3d\xd8\x00\xde\0\0"),
    ("a\0b", b"a\0\0\0b\0\0\0"), ({"data": b"xy"}, b"xy"),
])
def test_blob(value: Any, expected: bytes) -> None:
    view, event = header(appId=value)
    size, data = view.unpack(event + 64, "I4xQ")
    assert view.raw(data, size) == expected
    assert view.data[data - view.base:] == expected


@pytest.mark.parametrize(("value", "size", "has_data"), [
    (None, 0, False), (b"", 0, True), ({}, 0, False), ({"size": 9}, 9, False),
    ({"size": 0xFFFFFFFF, "data": b"ab"}, 0xFFFFFFFF, True), ({"data": b""}, 0, True),
    ({"size": 0, "data": b"ab"}, 0, True), ({"size": 3, "data": None}, 3, False),
    ({"data": b"abc", "size": 1}, 1, True),
])
def test_blob_size_and_pointer(value: Any, size: int, has_data: bool) -> None:
    view, event = header(appId=value)
    given, data = view.unpack(event + 64, "I4xQ")
    assert (given, data != 0) == (size, has_data)


@pytest.mark.parametrize(("value", "expected"), [
    ("S-1-5-18", SYSTEM),
    ("s-1-5-18", SYSTEM),
    ("S-1-5", bytes([1, 0, 0, 0, 0, 0, 0, 5])),
    ("S-255-4294967296-4294967295", bytes([255, 1, 0, 1, 0, 0, 0, 0, 255, 255, 255, 255])),
    ("S-1-281474976710655", b"\x01\x00" + b"\xff" * 6),
    ("S-1-0x0123456789aB", b"\x01\x00\x01\x23\x45\x67\x89\xab"),
    ("S-1-0X5-18", SYSTEM),
    ("S-1-15" + "-7" * 255, b"\x01\xff\0\0\0\0\0\x0f" + b"\x07\0\0\0" * 255),
    (b"\x01\x05", b"\x01\x05"),
    (b"", b""),
])
def test_sid(value: Any, expected: bytes) -> None:
    view, event = header(userId=value)
    (sid,) = view.unpack(event + 80, "Q")
    assert view.data[sid - view.base:] == expected


@pytest.mark.parametrize("text", [
    "", "S", "S-", "S-1", "S-1-", "S-1-5-", "S-1-5-18-", "S-1-5--18", "X-1-5-18", "S-256-5",
    "S-1-281474976710656", "S-1-0x1234567890abc", "S-1-0x", "S-1-0xg", "S-1-5-4294967296",
    "S-1-5-99999999999999999999", "S-1-5-18 ", " S-1-5-18", "S-1-5-0x12", "S-1-5-18\0", "S-1-5-é",
    "S-1-15" + "-7" * 256, "S-1-+5", "S--1-5", "S-1-0x\x10\x11", "S-1-\udc80",
])
def test_what_is_no_sid(text: str) -> None:
    with pytest.raises(ValueError, match=r"^event 0: header\.userId: .* is not a SID$") as caught:
        encode([{"header": {"userId": text}}])
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("value", [
    GUID, str(GUID), "{00112233-4455-6677-8899-AABBCCDDEEFF}", GUID.bytes_le])
def test_guid(value: Any) -> None:
    expected = bytes.fromhex("33221100554477668899aabbccddeeff")
    view = View(encode([{"ikeQmFailure": {"mmProviderContextKey": value}},
                        {"ikeMmFailure": {"providerContextKey": value}}]))
    (embedded,) = view.unpack(view.entries[0] + 144, "Q")
    assert view.raw(embedded + 72, 16) == expected
    (payload,) = view.unpack(view.entries[1] + 144, "Q")
    (pointer,) = view.unpack(payload + 112, "Q")
    assert view.raw(pointer, 16) == expected


def test_no_guid() -> None:
    view = View(encode([{"ikeQmFailure": {"mmProviderContextKey": None}}]))
    (embedded,) = view.unpack(view.entries[0] + 144, "Q")
    assert view.raw(embedded + 72, 16) == bytes(16)


@pytest.mark.parametrize(("value", "expected"), [
    (Index(443), 443), (Layer.CONNECT, 48), (True, 1), (65535, 65535), (0, 0)])
def test_what_counts_as_an_int(value: Any, expected: int) -> None:
    view, event = header(localPort=value)
    assert view.unpack(event + 52, "H") == (expected,)


INLINE: list[tuple[int, Any, bytes]] = [
    (0, None, b""), (7, Index(-3), b"\xfd\xff\xff\xff"), (1, 255, b"\xff"),
    (2, 65535, b"\xff\xff"), (3, 1 << 31, b"\0\0\0\x80"),
    (5, -128, b"\x80"), (6, -2, b"\xfe\xff"), (7, -(2**31), b"\0\0\0\x80"), (7, 5, b"\x05"),
    (9, 0.1, struct.pack("<f", 0.1)), (9, 2, struct.pack("<f", 2)),
    (9, math.inf, struct.pack("<f", math.inf)), (9, -3.4028235e38, b"\xff\xff\x7f\xff"),
    (19, None, b""), (20, 2**64 - 1, b"\xff" * 8), (255, 0, b""), (0xFFFFFFFF, 258, b"\x02\x01"),
]


@pytest.mark.parametrize(("kind", "value", "expected"), INLINE)
def test_condition_values_in_place(kind: int, value: Any, expected: bytes) -> None:
    view, at = subnet((kind, value))
    assert view.raw(at, 16) == struct.pack("<I4x8s", kind, expected)


POINTED: list[tuple[int, Any, bytes]] = [
    (4, 2**64 - 1, b"\xff" * 8), (8, -2, b"\xfe" + b"\xff" * 7), (10, 0.1, struct.pack("<d", 0.1)),
    (10, 3, struct.pack("<d", 3)), (11, b"0123456789abcdef", b"0123456789abcdef"),
    (13, "S-1-5-18", SYSTEM), (13, b"sid", b"sid"), (17, "ab", b"a\0b\0\0\0"), (17, b"a", b"a"),
    (18, b"123456", b"123456"), (256, {"addr": 1, "mask": 2}, struct.pack("<II", 1, 2)),
    (256, {}, bytes(8)), (257, {"addr": b"v" * 16, "prefixLength": 128}, b"v" * 16 + b"\x80"),
    (257, {"prefixLength": 255}, bytes(16) + b"\xff"),
]


@pytest.mark.parametrize(("kind", "value", "expected"), POINTED)
def test_condition_values_behind_a_pointer(kind: int, value: Any, expected: bytes) -> None:
    view, at = subnet((kind, value))
    given, pointer = view.unpack(at, "I4xQ")
    assert given == kind
    assert view.data[pointer - view.base:] == expected


@pytest.mark.parametrize("kind", [12, 14, 16])
@pytest.mark.parametrize(("value", "size", "expected"), [
    (b"abc", 3, b"abc"), ({"size": 2, "data": b"abc"}, 2, b"abc")])
def test_condition_values_that_are_blobs(
    kind: int, value: Any, size: int, expected: bytes
) -> None:
    view, at = subnet([kind, value])
    (pointer,) = view.unpack(at + 8, "Q")
    given, data = view.unpack(pointer, "I4xQ")
    assert (given, view.data[data - view.base:]) == (size, expected)


@pytest.mark.parametrize("kind", [4, 8, *range(10, 19), 256, 257, 258])
def test_condition_values_that_are_null(kind: int) -> None:
    view, at = subnet((kind, None))
    assert view.unpack(at, "I4xQ") == (kind, 0)
    assert view.data[at + 64 - view.base:] == b""  # the payload is the last object


def test_no_condition_value_is_an_empty_one() -> None:
    view, at = subnet(None)
    assert view.raw(at, 16) == bytes(16)


def test_range() -> None:
    view, at = subnet((258, {"valueLow": (4, 7), "valueHigh": (256, 9)}))
    (bounds,) = view.unpack(at + 8, "Q")
    low, low_pointer, high, high_raw = view.unpack(bounds, "I4xQI4xQ")
    assert (low, high, high_raw) == (4, 256, 9)  # a bound has no arm for masks: 9 is its bytes
    assert view.unpack(low_pointer, "Q") == (7,)
    view, at = subnet((258, {"valueHigh": (258, None)}))
    (bounds,) = view.unpack(at + 8, "Q")
    assert view.unpack(bounds, "I4xQI4xQ") == (0, 0, 258, 0)


def test_token_information() -> None:
    view, at = subnet((15, {"sids": ["S-1-5-18", None], "restrictedSids": []}))
    (token,) = view.unpack(at + 8, "Q")
    count, sids, restricted_count, restricted = view.unpack(token, "I4xQI4xQ")
    assert (count, restricted_count, restricted != 0) == (2, 0, True)
    first, first_attributes, second, second_attributes = view.unpack(sids, "QIxxxxQI")
    assert (view.raw(first, 12), first_attributes) == (SYSTEM, 0)
    assert (second, second_attributes) == (0, 0)
    view, at = subnet((15, {"sidCount": 3, "restrictedSidCount": 4, "restrictedSids": ["S-1-1"]}))
    (token,) = view.unpack(at + 8, "Q")
    assert view.unpack(token, "I4xQI") == (3, 0, 4)
