"""What the pointers of a block lead to, for the reference decoder: texts, SIDs, subnets.

Must not know events, columns or the compiled decoder.
"""

import math
import re
import struct
import uuid
from ctypes import LittleEndianStructure, alignment, c_float, c_uint64, sizeof
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

from oracle import structs as sdk

Structure = TypeVar("Structure", bound=LittleEndianStructure)

EMPTY, UINT32, FLOAT = 0, 3, 9
INLINE_MEMBERS = {1: "uint8", 2: "uint16", 3: "uint32", 5: "int8", 6: "int16", 7: "int32",
                  9: "float32"}


class BadPointerError(Exception):
    """A pointer that cannot be followed; which member held it is known further up."""


def ipv4_text(address: int) -> str:
    return str(IPv4Address(address))


def ipv6_text(raw: bytes) -> str:
    address = IPv6Address(raw)
    if address.ipv4_mapped:  # newer Pythons print the end of these in dotted form
        return f"::ffff:{raw[12] << 8 | raw[13]:x}:{raw[14] << 8 | raw[15]:x}"
    return str(address)


def unless_zero(value: Any) -> bytes | None:
    """The bytes of a hash or a GUID; zeros stand for none."""
    return bytes(value) if any(bytes(value)) else None


def guid_text(guid: sdk.GUID) -> str | None:
    raw = unless_zero(guid)
    return str(uuid.UUID(bytes_le=raw)) if raw else None


def mac_text(raw: bytes) -> str:
    return raw.hex(":")


def float_text(number: float, *, single: bool) -> str:
    """The shortest %g form that reads back as the same float, or as the same double."""
    if math.isnan(number):
        return "nan"
    forms = (f"{number:.{digits}g}" for digits in range(1, 18))
    return next(form for form in forms
                if (c_float(float(form)).value if single else float(form)) == number)


class Memory:
    """The bytes of a block, found by the addresses that they had. NULL pointers give None."""

    def __init__(self, data: bytes, base: int) -> None:
        self.data = data
        self.base = base
        self.replaced_text = 0
        self.budget = 64 * len(data) + 2**20  # docs/columns.md

    def spend(self, size: int) -> None:
        """Everything that many pointers might make one read many times comes through here."""
        if size > self.budget:
            self.budget = 0
            raise BadPointerError("more than 64 times")
        self.budget -= size

    def offset(self, address: int, size: int, align: int) -> int:
        """Every pointer comes through here: where in the block its `size` bytes lie."""
        if not address:
            raise BadPointerError("NULL")
        if address < self.base or address + size > self.base + len(self.data):
            raise BadPointerError("outside the block")
        if address % align:
            raise BadPointerError("misaligned")
        return address - self.base

    def structure(self, kind: type[Structure], address: int) -> Structure:
        offset = self.offset(address, sizeof(kind), alignment(kind))
        return kind.from_buffer_copy(self.data, offset)

    def array(self, kind: Any, count: int, address: int) -> Any:
        offset = self.offset(address, sizeof(kind) * count, alignment(kind))
        self.spend(sizeof(kind) * count)
        return (kind * count).from_buffer_copy(self.data, offset)

    def raw(self, address: int, size: int, align: int = 1) -> bytes:
        offset = self.offset(address, size, align)
        return self.data[offset:offset + size]

    def blob(self, blob: sdk.FWP_BYTE_BLOB) -> bytes | None:
        if not blob.data:
            return None
        return self.raw(blob.data, blob.size) if blob.size else b""

    def digest(self, value: Any) -> bytes | None:
        return unless_zero(value)

    def utf16_blob(self, blob: sdk.FWP_BYTE_BLOB) -> str | None:
        raw = self.blob(blob)
        if raw is None:
            return None
        self.spend_long(len(raw))
        return self.utf16(raw).rstrip("\0")

    def spend_long(self, size: int) -> None:
        """For what an event itself points to: little costs no more than the event does."""
        if size > 256:
            self.spend(size)

    def text(self, address: int) -> str | None:
        """What a wchar_t pointer points to; it ends before the first 16-bit unit that is 0."""
        if not address:
            return None
        start = end = self.offset(address, 2, 2)
        while True:
            end = self.data.find(b"\0\0", end)
            if end < 0:
                self.spend((len(self.data) - start) // 2 * 2)
                raise BadPointerError("unterminated")
            if (end - start) % 2 == 0:
                self.spend(end - start)
                return self.utf16(self.data[start:end])
            end += 1

    def unknown_name(self, address: int) -> str:
        """What a source calls a value of an enumeration that no SDK has; it cannot be NULL."""
        self.offset(address, 2, 2)
        return f"UNKNOWN_{self.text(address)}"

    def utf16(self, raw: bytes) -> str:
        text = raw[:len(raw) & ~1].decode("utf-16-le", "surrogatepass")
        if text.isascii() and len(raw) % 2 == 0:
            return text
        if len(raw) % 2 and raw[-1]:
            text += "\ud800"  # half a unit is as bad as half a pair
        text, replaced = re.subn("[\ud800-\udfff]", "\ufffd", text)
        self.replaced_text += replaced
        return text

    def sid(self, address: int) -> str | None:
        """A SID that an event itself points to."""
        if not address:
            return None
        text, size = self._sid(address)
        self.spend_long(size)
        return text

    def inner_sid(self, address: int) -> str | None:
        """A SID that a payload's value points to."""
        if not address:
            return None
        text, size = self._sid(address)
        self.spend(size)
        return text

    def _sid(self, address: int) -> tuple[str, int]:
        offset = self.offset(address, 8, 4)
        revision, count = self.data[offset:offset + 2]
        authority = int.from_bytes(self.data[offset + 2:offset + 8], "big")
        self.offset(address, 8 + 4 * count, 4)
        parts = struct.unpack_from(f"<{count}I", self.data, offset + 8)
        name = f"{authority}" if authority < 2**32 else f"0x{authority:012x}"
        return "-".join(["S", str(revision), name, *map(str, parts)]), 8 + 4 * count

    def guid(self, address: int) -> str | None:
        return guid_text(self.structure(sdk.GUID, address)) if address else None

    def texts(self, count: int, address: int) -> list[str | None]:
        if not count:
            return []
        return [self.text(each) for each in self.array(c_uint64, count, address)]

    def terminating_filters(self, count: int, address: int) -> list[dict[str, Any]] | None:
        if not address:
            return None
        return [{"filter_id": each.filterId, "sublayer": self.text(each.subLayer),
                 "action": self.text(each.actionType)}
                for each in self.array(sdk.TERMINATING_FILTER0, count, address)]

    def condition_value(self, value: sdk.FWP_VALUE0) -> str | None:
        """A FWP_CONDITION_VALUE0 as text."""
        if value.type == EMPTY:
            return None
        follow = {256: self._v4_addr_mask, 257: self._v6_addr_mask, 258: self._range}
        if value.type not in follow:
            return self._value(value)
        return follow[value.type](value.pointer) if value.pointer else None

    def _value(self, value: sdk.FWP_VALUE0) -> str | None:
        """A FWP_VALUE0 as text: what a condition value and a bound of a range may both hold."""
        if value.type == EMPTY:
            return ""
        if value.type in INLINE_MEMBERS:
            return self._inline(value)
        follow = {4: self._uint64, 8: self._int64, 10: self._double, 11: self._byte_array16,
                  12: self._byte_blob, 13: self.inner_sid, 14: self._byte_blob,
                  15: self._token_information, 16: self._byte_blob, 17: self.text,
                  18: self._byte_array6}
        if value.type not in follow:
            return f"UNKNOWN_{value.type}"
        return follow[value.type](value.pointer) if value.pointer else None

    def _inline(self, value: sdk.FWP_VALUE0) -> str:
        number = getattr(value, INLINE_MEMBERS[value.type])
        if value.type == UINT32:
            return ipv4_text(number)
        return float_text(number, single=True) if value.type == FLOAT else str(number)

    def _uint64(self, address: int) -> str:
        return str(self._number("<Q", address))

    def _int64(self, address: int) -> str:
        return str(self._number("<q", address))

    def _double(self, address: int) -> str:
        return float_text(self._number("<d", address), single=False)

    def _number(self, format: str, address: int) -> Any:
        offset = self.offset(address, 8, 8)
        self.spend(8)
        return struct.unpack_from(format, self.data, offset)[0]

    def _spent_raw(self, address: int, size: int) -> bytes:
        raw = self.raw(address, size)
        self.spend(size)
        return raw

    def _value_structure(self, kind: type[Structure], address: int) -> Structure:
        found = self.structure(kind, address)
        self.spend(sizeof(kind))
        return found

    def _byte_array16(self, address: int) -> str:
        return ipv6_text(self._spent_raw(address, 16))

    def _byte_array6(self, address: int) -> str:
        return mac_text(self._spent_raw(address, 6))

    def _byte_blob(self, address: int) -> str | None:
        blob = self._value_structure(sdk.FWP_BYTE_BLOB, address)
        if not blob.size:
            return ""
        raw = self.blob(blob)
        if raw is None:
            return None
        self.spend(len(raw))
        return raw.hex()

    def _v4_addr_mask(self, address: int) -> str:
        subnet = self._value_structure(sdk.FWP_V4_ADDR_AND_MASK, address)
        length = subnet.mask.bit_count()
        contiguous = subnet.mask == 0xFFFFFFFF << (32 - length) & 0xFFFFFFFF
        return f"{ipv4_text(subnet.addr)}/{length if contiguous else ipv4_text(subnet.mask)}"

    def _v6_addr_mask(self, address: int) -> str:
        subnet = self._value_structure(sdk.FWP_V6_ADDR_AND_MASK, address)
        return f"{ipv6_text(bytes(subnet.addr))}/{subnet.prefixLength}"

    def _range(self, address: int) -> str | None:
        limits = self._value_structure(sdk.FWP_RANGE0, address)
        low = self._value(limits.valueLow)
        high = None if low is None else self._value(limits.valueHigh)
        return None if high is None else f"{low}-{high}"

    def _token_information(self, address: int) -> str | None:
        token = self._value_structure(sdk.FWP_TOKEN_INFORMATION, address)
        sids = self._sids(token.sidCount, token.sids)
        if sids is None:
            return None
        restricted = self._sids(token.restrictedSidCount, token.restrictedSids)
        return None if restricted is None else f"{sids}/{restricted}"

    def _sids(self, count: int, address: int) -> str | None:
        if not address:
            return None if count else "{}"
        texts = []
        for each in self.array(sdk.SID_AND_ATTRIBUTES, count, address):
            text = self.inner_sid(each.Sid)
            if text is None:
                return None
            texts.append(text)
        return "{" + ",".join(texts) + "}"
