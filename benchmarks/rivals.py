"""The other ways to read a block that need no library, and the check that they do read it.

Must not know time.
"""

import struct
from collections.abc import Callable
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Any, Protocol

import oracle
from oracle.structs import COLUMNS, DIRECTIONS, ENUMERATIONS

from wfpfast import Block, Decoder

Names = tuple[str, ...]
Lists = dict[str, list[Any]]

PAYLOAD = ("filter_id", "layer_id", "direction", "is_loopback", "network_capability", "spi",
           "failure_status")
FIXED = ("timestamp", "event_type", "ip_protocol", "local_port", "remote_port", *PAYLOAD)
COMMON = ("timestamp", "event_type", "ip_protocol", "local_address", "remote_address",
          "local_port", "remote_port", "app_path", "user_sid", "package_sid", *PAYLOAD)

PROTOCOL_SET, LOCAL_SET, REMOTE_SET, LOCAL_PORT_SET, REMOTE_PORT_SET = 0x1, 0x2, 0x4, 0x8, 0x10
APP_SET, USER_SET, VERSION_SET, PACKAGE_SET = 0x20, 0x40, 0x100, 0x400
UNIX_EPOCH = 116444736000000000  # as FILETIME


class MismatchError(Exception):
    """A rival reads something else than wfpfast: no point in its time."""


class Rival(Protocol):
    """Somebody else who makes columns of a block, as plain lists with None for null."""

    name: str
    columns: Names
    slow: bool  # a million events would take it minutes in all

    def decode(self, block: Block) -> Lists: ...


def check(rival: Rival, block: Block) -> None:
    """Compare every cell that a rival makes with wfpfast's."""
    theirs = rival.decode(block)
    if tuple(theirs) != rival.columns:
        raise MismatchError(f"{rival.name} makes {', '.join(theirs)}")
    batch = Decoder(columns=rival.columns).decode(block)
    for name in rival.columns:
        ours = memoryview(batch[name]).tolist() if name == "timestamp" else batch[name].to_pylist()
        if theirs[name] == ours:
            continue
        if len(theirs[name]) != len(ours):
            raise MismatchError(f"{rival.name}, {name}: {len(theirs[name])} rows of {len(ours)}")
        row = next(k for k, cell in enumerate(ours) if theirs[name][k] != cell)
        raise MismatchError(
            f"{rival.name}, {name}, event {row}: {theirs[name][row]!r}, not {ours[row]!r}")


def image(block: Block) -> bytes:
    """The block's bytes themselves: slices of a memoryview would slow the rivals down."""
    data = block.data.obj
    if not isinstance(data, bytes):
        raise TypeError(f"the block's image is {type(data).__name__}")
    return data


class Cache(dict[Any, str]):
    """Texts that are made once; it grows for as long as it lives, as a warm decoder's do."""

    def __init__(self, make: Callable[[Any], str], known: dict[int, str] | None = None) -> None:
        super().__init__(known or {})
        self._make = make

    def __missing__(self, key: Any) -> str:
        text = self[key] = self._make(key)
        return text


def names_cache(known: dict[int, str]) -> Cache:
    return Cache("UNKNOWN_{}".format, known)


def address_text(raw: bytes) -> str:
    """Four bytes are an IPv4 address in host order, as the header has it."""
    return inet_ntoa(raw[::-1]) if len(raw) == 4 else inet_ntop(AF_INET6, raw)


def path_text(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace").rstrip("\0")


def sid_text(raw: bytes) -> str:
    authority = int.from_bytes(raw[2:8], "big")
    parts = struct.unpack_from(f"<{raw[1]}I", raw, 8)
    return "-".join(map(str, ("S", raw[0], authority, *parts)))


EVENT_TYPES = names_cache(ENUMERATIONS["event_type"])
CAPABILITIES = names_cache(ENUMERATIONS["network_capability"])
DIRECTION_NAMES = names_cache(DIRECTIONS)


class Twin:
    """wfpfast's own readable decoder: ctypes structures, every pointer checked, all columns."""

    name = "ctypes (oracle)"
    columns: Names = COLUMNS
    slow = True

    def decode(self, block: Block) -> Lists:
        return oracle.decode(block)


# FWPM_NET_EVENT5 as far as COMMON needs it, and the payloads.
EVENT5 = struct.Struct("<QIIB3x16s16sHH8xI4xQQ8xQ32xI4xQ")
CLASSIFY = struct.Struct("<QH14xIi")
CLASSIFY_IN_MAC = 48  # where CLASSIFY_DROP_MAC0 goes on like CLASSIFY_DROP2
CAPABILITY = struct.Struct("<I4xQi")
KERNEL_DROP = struct.Struct("<iII4xQH")
DOSP_DROP = struct.Struct("<iI")
DOSP_STATUS = 36
SPI = struct.Struct("<I")

Payload = tuple[Any, ...]  # the cells of PAYLOAD
NO_PAYLOAD: Payload = (None,) * len(PAYLOAD)


class StructRival:
    """struct.unpack_from with dicts that remember texts: the fast way in plain Python."""

    name = "struct.unpack_from, dicts"
    columns: Names = COMMON
    slow = False

    def __init__(self) -> None:
        self._addresses = Cache(address_text)
        self._paths = Cache(path_text)
        self._sids = Cache(sid_text)

    def decode(self, block: Block) -> Lists:
        data, base = image(block), block.base
        entries = struct.unpack_from(f"<{block.count}Q", data, block.entries_offset)
        rows = [self._row(data, base, address) for address in entries]
        return dict(zip(COMMON, map(list, zip(*rows, strict=True)), strict=True))

    def _row(self, data: bytes, base: int, event: int) -> tuple[Any, ...]:
        (ticks, flags, version, protocol, local, remote, local_port, remote_port, size, path, user,
         package, kind, payload) = EVENT5.unpack_from(data, event - base)
        if not flags & VERSION_SET:
            flags &= ~(LOCAL_SET | REMOTE_SET)
        elif not version:
            local, remote = local[:4], remote[:4]
        path -= base
        return (
            (ticks - UNIX_EPOCH) * 100,
            EVENT_TYPES[kind],
            protocol if flags & PROTOCOL_SET else None,
            self._addresses[local] if flags & LOCAL_SET else None,
            self._addresses[remote] if flags & REMOTE_SET else None,
            local_port if flags & LOCAL_PORT_SET else None,
            remote_port if flags & REMOTE_PORT_SET else None,
            self._paths[data[path:path + size]] if flags & APP_SET else None,
            self._sid(data, user - base) if flags & USER_SET else None,
            self._sid(data, package - base) if flags & PACKAGE_SET else None,
            *payload_cells(data, kind, payload - base),
        )

    def _sid(self, data: bytes, at: int) -> str:
        return self._sids[data[at:at + 8 + 4 * data[at + 1]]]


def payload_cells(data: bytes, kind: int, at: int) -> Payload:
    """The cells of PAYLOAD."""
    if kind in (3, 6, 9):  # CLASSIFY_DROP, CLASSIFY_ALLOW, CLASSIFY_DROP_MAC
        if kind == 9:
            at += CLASSIFY_IN_MAC
        filter_id, layer, direction, loopback = CLASSIFY.unpack_from(data, at)
        return filter_id, layer, DIRECTION_NAMES[direction], bool(loopback), None, None, None
    if kind in (7, 8):  # CAPABILITY_DROP, CAPABILITY_ALLOW
        capability, filter_id, loopback = CAPABILITY.unpack_from(data, at)
        return filter_id, None, None, bool(loopback), CAPABILITIES[capability], None, None
    if kind == 4:  # IPSEC_KERNEL_DROP
        status, direction, spi, filter_id, layer = KERNEL_DROP.unpack_from(data, at)
        return (filter_id or None, layer if filter_id else None, DIRECTION_NAMES[direction], None,
                None, spi, status)
    if kind == 5:  # IPSEC_DOSP_DROP
        status, direction = DOSP_DROP.unpack_from(data, at + DOSP_STATUS)
        return None, None, DIRECTION_NAMES[direction], None, None, None, status
    if kind == 10:  # LPM_PACKET_ARRIVAL
        return None, None, None, None, None, SPI.unpack_from(data, at)[0], None
    return NO_PAYLOAD
