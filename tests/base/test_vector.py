"""What the vector unit does, its portable twin does, and a few lines of Python."""

import ipaddress
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wfpfast import decode, encode
from wfpfast._base.vector import (
    hash_192,
    hexadecimal,
    narrow_16,
    plain_16,
    same_192,
    transpose,
)

WORDS = st.integers(0, 2**64 - 1) | st.integers(0, 63).map(lambda k: 1 << k) | st.just(0)
TWINS = pytest.mark.parametrize("portable", [False, True])


def by_hand(rows: list[int]) -> list[int]:
    return [sum((row >> c & 1) << r for r, row in enumerate(rows)) for c in range(64)]


def turned(rows: list[int], *, portable: bool) -> list[int]:
    image = transpose(b"".join(row.to_bytes(8, "little") for row in rows), portable=portable)
    return [int.from_bytes(image[8 * k:8 * k + 8], "little") for k in range(64)]


@TWINS
@given(st.lists(WORDS, min_size=64, max_size=64))
def test_transposition(portable: bool, rows: list[int]) -> None:
    assert turned(rows, portable=portable) == by_hand(rows)


@TWINS
def test_each_bit_has_its_place(portable: bool) -> None:
    for row in range(64):
        for column in range(64):
            rows = [0] * 64
            rows[row] = 1 << column
            expected = [0] * 64
            expected[column] = 1 << row
            assert turned(rows, portable=portable) == expected


@TWINS
@given(st.binary(min_size=16, max_size=16))
@example(bytes(range(16)))
@example(bytes(range(0, 256, 16)))
def test_hexadecimal(portable: bool, data: bytes) -> None:
    digits = data.hex()
    others = sum((digit != "0") << k for k, digit in enumerate(digits))
    assert hexadecimal(data, portable=portable) == (digits.encode(), others)


UNITS = st.integers(1, 0x7F) | st.sampled_from([0, 0x80, 0xFF, 0x100, 0x7F00, 0x8000, 0xFFFF])


@TWINS
@pytest.mark.parametrize("order", ["little", "big"])
@given(st.lists(UNITS, min_size=16, max_size=16))
@example([0x7F] * 16)
@example([1] * 15 + [0])
@example([1] * 15 + [0x80])
@example([0x8000] + [1] * 15)
def test_narrowing(portable: bool, order: Any, units: list[int]) -> None:
    data = b"".join(unit.to_bytes(2, order) for unit in units)
    expected = bytes(units) if all(0 < unit < 0x80 for unit in units) else None
    assert narrow_16(data, order == "big", portable=portable) == expected


@TWINS
@given(st.lists(UNITS.map(lambda unit: unit & 0xFF), min_size=16, max_size=16),
       st.integers(0, 15), st.sampled_from(list(b'"\\\x1f\x00\x80\xff')))
def test_plain_text(portable: bool, text: list[int], at: int, other: int) -> None:
    """A byte that is not plain is found wherever it is, and no other is."""
    text = [0x61 if byte < 0x20 or byte > 0x7F or byte in b'"\\' else byte for byte in text]
    assert plain_16(bytes(text), portable=portable) == 16
    text[at] = other
    assert plain_16(bytes(text), portable=portable) == at


def nh(text: bytes, secrets: bytes) -> int:
    """RFC 4418, section 5.2.2, over pairs of neighbours, in blocks of 32 clipped to the text."""
    total = 0
    for k in range(0, 192, 32):
        at = min(k, len(text) - 32)
        words = [
            (int.from_bytes(text[at + w:at + w + 4], "little")
             + int.from_bytes(secrets[k + w:k + w + 4], "little")) % 2**32
            for w in range(0, 32, 4)]
        total += sum(a * b for a, b in zip(words[::2], words[1::2], strict=True))
    return total % 2**64


@TWINS
@given(st.binary(min_size=32, max_size=192), st.binary(min_size=192, max_size=192))
@example(b"\xff" * 192, b"\xff" * 192)
@example(bytes(range(33)), bytes(range(192)))
def test_hash(portable: bool, text: bytes, secrets: bytes) -> None:
    assert hash_192(text, secrets, portable=portable) == nh(text, secrets)


@TWINS
@pytest.mark.parametrize("size", range(16, 193))
def test_same(portable: bool, size: int) -> None:
    """Each byte counts, the first and the last of each piece too."""
    text = bytes(range(size))
    assert same_192(text, bytes(range(size)), portable=portable)
    for k in range(size):
        other = text[:k] + bytes([text[k] ^ 0x80]) + text[k + 1:]
        assert not same_192(text, other, portable=portable), k


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="7 bytes are not 64 rows"):
        transpose(b"rows...", portable=False)
    with pytest.raises(ValueError, match="15 bytes are not 16"):
        hexadecimal(bytes(15), portable=False)
    for text, secrets in ((31, 192), (193, 192), (32, 191)):
        with pytest.raises(ValueError, match=f"{text} and {secrets} bytes"):
            hash_192(bytes(text), bytes(secrets), portable=False)
    for text, other in ((15, 15), (193, 193), (40, 41)):
        with pytest.raises(ValueError, match=f"{text} and {other} bytes"):
            same_192(bytes(text), bytes(other), portable=False)


def texts(addresses: list[bytes | int]) -> list[str]:
    events = []
    for address in addresses:
        v6 = isinstance(address, bytes)
        events.append({"type": 3, "header": {
            "flags": 0x106, "ipVersion": int(v6), ("localAddrV6" if v6 else "localAddrV4"): address,
            ("remoteAddrV6" if v6 else "remoteAddrV4"): bytes(16) if v6 else 0}})
    return decode(encode(events), columns=["local_address"])["local_address"].to_pylist()


def test_every_pattern_of_zero_groups() -> None:
    """RFC 5952 section 4.2: `::` for the first of the longest runs of two and more."""
    addresses = [
        b"".join(b"\0\0" if zeros >> k & 1 else group for k in range(8))
        for zeros in range(256) for group in (b"\0\x01", b"\0\xab", b"\x0c\xde", b"\xf0\0")]
    # Python writes ::ffff:0:0/96 with dots; we are always hexadecimal. No such one is here.
    assert texts(addresses) == [str(ipaddress.IPv6Address(a)) for a in addresses]


def test_every_octet_in_every_place() -> None:
    numbers = [value << shift for value in range(256) for shift in (0, 8, 16, 24)]
    numbers += random.Random(7).choices(range(2**32), k=500)
    assert texts(numbers) == [str(ipaddress.IPv4Address(n)) for n in numbers]
