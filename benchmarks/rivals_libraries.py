"""The same with cffi, construct and dissect.cstruct, each imported when it is asked for.

Must not know time.
"""

import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import library
from benchmarks.rivals import (
    APP_SET,
    CAPABILITIES,
    COMMON,
    DIRECTION_NAMES,
    EVENT_TYPES,
    FIXED,
    LOCAL_PORT_SET,
    LOCAL_SET,
    NO_PAYLOAD,
    PACKAGE_SET,
    PROTOCOL_SET,
    REMOTE_PORT_SET,
    REMOTE_SET,
    UNIX_EPOCH,
    USER_SET,
    VERSION_SET,
    Cache,
    Lists,
    Names,
    Payload,
    address_text,
    image,
    path_text,
    sid_text,
)
from wfpfast import Block

# Pointers are numbers: they say where things were when the block was taken. The unions of
# addresses are bytes and the blobs are flat, so the padding before them is spelt out.
STRUCTS = """
typedef struct {
    uint64_t timeStamp; uint32_t flags; uint32_t ipVersion; uint8_t ipProtocol;
    char padding[3]; char localAddr[16]; char remoteAddr[16];
    uint16_t localPort; uint16_t remotePort; uint32_t scopeId; char padding2[4];
    uint32_t appIdSize; uint64_t appIdData; uint64_t userId;
    uint32_t addressFamily; uint64_t packageSid; uint64_t enterpriseId; uint64_t policyFlags;
    uint32_t effectiveNameSize; uint64_t effectiveNameData;
    uint32_t type; uint64_t payload;
} EVENT5;
typedef struct {
    uint64_t filterId; uint16_t layerId; uint32_t reauthReason; uint32_t originalProfile;
    uint32_t currentProfile; uint32_t msFwpDirection; int32_t isLoopback;
} CLASSIFY;
typedef struct {
    char localMacAddr[6]; char remoteMacAddr[6]; uint32_t mediaType; uint32_t ifType;
    uint16_t etherType; uint32_t ndisPortNumber; uint32_t reserved; uint16_t vlanTag;
    uint64_t ifLuid; uint64_t filterId; uint16_t layerId; uint32_t reauthReason;
    uint32_t originalProfile; uint32_t currentProfile; uint32_t msFwpDirection;
    int32_t isLoopback;
} CLASSIFY_MAC;
typedef struct { uint32_t networkCapabilityId; uint64_t filterId; int32_t isLoopback; } CAPABILITY;
typedef struct {
    int32_t failureStatus; uint32_t direction; uint32_t spi; uint64_t filterId; uint16_t layerId;
} KERNEL_DROP;
typedef struct {
    uint32_t ipVersion; char publicHost[16]; char internalHost[16];
    int32_t failureStatus; uint32_t direction;
} DOSP_DROP;
typedef struct { uint32_t spi; } PACKET_ARRIVAL;
"""


def classify_cells(drop: Any) -> Payload:
    return (drop.filterId, drop.layerId, DIRECTION_NAMES[drop.msFwpDirection],
            bool(drop.isLoopback), None, None, None)


def capability_cells(drop: Any) -> Payload:
    return (drop.filterId, None, None, bool(drop.isLoopback),
            CAPABILITIES[drop.networkCapabilityId], None, None)


def kernel_drop_cells(drop: Any) -> Payload:
    filter_id = drop.filterId or None
    return (filter_id, drop.layerId if filter_id else None, DIRECTION_NAMES[drop.direction], None,
            None, drop.spi, drop.failureStatus)


def dosp_drop_cells(drop: Any) -> Payload:
    return None, None, DIRECTION_NAMES[drop.direction], None, None, None, drop.failureStatus


def packet_arrival_cells(arrival: Any) -> Payload:
    return None, None, None, None, None, arrival.spi, None


# By event type: the payload's structure, and its cells of PAYLOAD. IKE failures have none.
ARMS: dict[int, tuple[str, Callable[[Any], Payload]]] = {
    3: ("CLASSIFY", classify_cells),
    4: ("KERNEL_DROP", kernel_drop_cells),
    5: ("DOSP_DROP", dosp_drop_cells),
    6: ("CLASSIFY", classify_cells),
    7: ("CAPABILITY", capability_cells),
    8: ("CAPABILITY", capability_cells),
    9: ("CLASSIFY_MAC", classify_cells),
    10: ("PACKET_ARRIVAL", packet_arrival_cells),
}


def lists(columns: Names, rows: list[tuple[Any, ...]]) -> Lists:
    return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))


class CffiRival:
    """cffi structures over the block's own bytes."""

    name = "cffi, dicts"
    columns: Names = COMMON
    slow = False

    def __init__(self) -> None:
        self._ffi = library("cffi").FFI()
        self._ffi.cdef(STRUCTS)
        self._event = self._ffi.typeof("EVENT5 *")
        self._bytes = self._ffi.typeof("char *")
        self._octets = self._ffi.typeof("uint8_t *")
        self._arms = {kind: (self._ffi.typeof(f"{name} *"), cells)
                      for kind, (name, cells) in ARMS.items()}
        self._addresses = Cache(address_text)
        self._paths = Cache(path_text)
        self._sids = Cache(sid_text)

    def decode(self, block: Block) -> Lists:
        cast = self._ffi.cast
        data = self._ffi.from_buffer(image(block))
        # What to add to a pointer of the block to find what it points to where it is now.
        shift = int(cast("uintptr_t", data)) - block.base
        entries = cast("uint64_t *", data + block.entries_offset)
        rows = [self._row(cast(self._event, address + shift), shift)
                for address in self._ffi.unpack(entries, block.count)]
        return lists(COMMON, rows)

    def _row(self, event: Any, shift: int) -> tuple[Any, ...]:
        flags, kind = event.flags, event.type
        size = 16 if event.ipVersion else 4
        if not flags & VERSION_SET:
            flags &= ~(LOCAL_SET | REMOTE_SET)
        unpack = self._ffi.unpack
        return (
            (event.timeStamp - UNIX_EPOCH) * 100,
            EVENT_TYPES[kind],
            event.ipProtocol if flags & PROTOCOL_SET else None,
            self._addresses[unpack(event.localAddr, size)] if flags & LOCAL_SET else None,
            self._addresses[unpack(event.remoteAddr, size)] if flags & REMOTE_SET else None,
            event.localPort if flags & LOCAL_PORT_SET else None,
            event.remotePort if flags & REMOTE_PORT_SET else None,
            self._paths[self._raw(event.appIdData + shift, event.appIdSize)]
            if flags & APP_SET else None,
            self._sid(event.userId + shift) if flags & USER_SET else None,
            self._sid(event.packageSid + shift) if flags & PACKAGE_SET else None,
            *self._payload(kind, event.payload + shift),
        )

    def _payload(self, kind: int, address: int) -> Payload:
        if kind not in self._arms:
            return NO_PAYLOAD
        structure, cells = self._arms[kind]
        return cells(self._ffi.cast(structure, address))

    def _raw(self, address: int, size: int) -> Any:
        return self._ffi.unpack(self._ffi.cast(self._bytes, address), size)

    def _sid(self, address: int) -> str:
        return self._sids[self._raw(address, 8 + 4 * self._ffi.cast(self._octets, address)[1])]


class _Parser:
    """Reads fixed members through `parsers`: structure's name -> what parses its bytes."""

    columns: Names = FIXED
    slow = True
    parsers: dict[str, tuple[int, Callable[[bytes], Any]]]

    def decode(self, block: Block) -> Lists:
        data, base = image(block), block.base
        entries = struct.unpack_from(f"<{block.count}Q", data, block.entries_offset)
        return lists(FIXED, [self._row(data, base, address) for address in entries])

    def _parse(self, name: str, data: bytes, at: int) -> Any:
        size, parse = self.parsers[name]
        return parse(data[at:at + size])

    def _row(self, data: bytes, base: int, address: int) -> tuple[Any, ...]:
        event = self._parse("EVENT5", data, address - base)
        flags = event.flags
        payload = NO_PAYLOAD
        if event.type in ARMS:
            name, cells = ARMS[event.type]
            payload = cells(self._parse(name, data, event.payload - base))
        return (
            (event.timeStamp - UNIX_EPOCH) * 100,
            EVENT_TYPES[event.type],
            event.ipProtocol if flags & PROTOCOL_SET else None,
            event.localPort if flags & LOCAL_PORT_SET else None,
            event.remotePort if flags & REMOTE_PORT_SET else None,
            *payload,
        )


class DissectRival(_Parser):
    """dissect.cstruct, which compiles its readers."""

    name = "dissect.cstruct, fixed members"

    def __init__(self) -> None:
        parser = library("dissect.cstruct").cstruct().load(STRUCTS, align=True)
        names = {"EVENT5", *(name for name, _ in ARMS.values())}
        self.parsers = {name: (len(kind), kind)
                        for name in names for kind in [getattr(parser, name)]}


class ConstructRival(_Parser):
    """construct, compiled."""

    name = "construct, fixed members"

    def __init__(self) -> None:
        construct = library("construct")
        self.parsers = {}
        for body, name in re.findall(r"typedef struct {(.*?)} (\w+);", STRUCTS, re.DOTALL):
            structure = construct.Struct(*_fields(construct, body))
            self.parsers[name] = structure.sizeof(), structure.compile().parse


# C type: size, which is its alignment too, and construct's name.
NUMBERS = {
    "uint8_t": (1, "Int8ul"),
    "uint16_t": (2, "Int16ul"),
    "uint32_t": (4, "Int32ul"),
    "int32_t": (4, "Int32sl"),
    "uint64_t": (8, "Int64ul"),
}


def _fields(construct: Any, body: str) -> Iterator[Any]:
    """The members of a C structure in construct's words, with the padding that C leaves."""
    end = 0
    for kind, name, length in re.findall(r"(\w+) (\w+)(?:\[(\d+)\])?;", body):
        if length:
            end += int(length)
            yield name / construct.Bytes(int(length))
            continue
        size, number = NUMBERS[kind]
        if gap := -end % size:
            yield construct.Padding(gap)
        end += gap + size
        yield name / getattr(construct, number)
