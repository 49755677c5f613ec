"""Calls a simulator as a C program calls fwpuclnt.dll: through addresses, with structs of its own.

The structs and functions are written from the SDK's documentation; nothing here knows wfpfast's.
"""

import ctypes as c
import uuid
from collections.abc import Callable
from typing import Any

from oracle.structs import NEWEST

from wfpfast import Simulator

FUNCTION = getattr(c, "WINFUNCTYPE", c.CFUNCTYPE)
HANDLE = c.c_void_p
OUT = c.POINTER(HANDLE)
KINDS = ("Filter", "Layer", "SubLayer", "Provider", "Callout", "ProviderContext")

SUCCESS, INVALID_HANDLE, INVALID_PARAMETER, POSSIBLE_DEADLOCK = 0, 6, 87, 1131
SERVER_UNAVAILABLE, NOT_REGISTERED = 1722, 1753
CONDITION_NOT_FOUND, NET_EVENTS_DISABLED, NULL_POINTER = 0x80320002, 0x80320013, 0x8032001C
INVALID_ENUMERATOR, INVALID_FLAGS, INVALID_INTERVAL = 0x8032001D, 0x8032001E, 0x80320021
TYPE_MISMATCH, DUPLICATE_CONDITION, STILL_ON = 0x80320027, 0x8032002A, 0x80320043


def struct(name: str, *fields: tuple[str, Any]) -> Any:
    return type(name, (c.Structure,), {"_fields_": fields})


Guid = c.c_uint8 * 16
FileTime = struct("FileTime", ("low", c.c_uint32), ("high", c.c_uint32))
Blob = struct("Blob", ("size", c.c_uint32), ("data", c.c_void_p))
Display = struct("Display", ("name", c.c_void_p), ("description", c.c_void_p))
Value = struct("Value", ("type", c.c_uint32), ("value", c.c_uint64))
Condition = struct("Condition", ("field", Guid), ("match", c.c_uint32), ("value", Value))
Template = struct(
    "Template", ("start", FileTime), ("end", FileTime), ("count", c.c_uint32),
    ("conditions", c.POINTER(Condition)))
Subscription = struct(
    "Subscription", ("template", c.POINTER(Template)), ("flags", c.c_uint32), ("session", Guid))
Header = struct(
    "Header", ("time", FileTime), ("flags", c.c_uint32), ("ip_version", c.c_uint32),
    ("protocol", c.c_uint8), ("local", c.c_uint8 * 16), ("remote", c.c_uint8 * 16),
    ("local_port", c.c_uint16), ("remote_port", c.c_uint16), ("scope", c.c_uint32),
    ("app", Blob), ("user", c.c_void_p), ("family", c.c_uint32), ("package", c.c_void_p),
    ("enterprise", c.c_void_p), ("policy", c.c_uint64), ("effective", Blob))
# Of FWPM_NET_EVENT5; an older one has a shorter header.
Event = struct("Event", ("header", Header), ("type", c.c_uint32), ("payload", c.c_void_p))
Classify = struct("Classify", ("filter_id", c.c_uint64), ("layer_id", c.c_uint16))
Filter = struct(
    "Filter", ("key", Guid), ("display", Display), ("flags", c.c_uint32), ("provider", c.c_void_p),
    ("data", Blob), ("layer", Guid), ("sublayer", Guid), ("weight", Value),
    ("n_conditions", c.c_uint32), ("conditions", c.c_void_p), ("action", c.c_uint32),
    ("callout", Guid), ("context", c.c_uint64 * 2), ("reserved", c.c_void_p), ("id", c.c_uint64),
    ("effective_weight", Value))
Layer = struct(
    "Layer", ("key", Guid), ("display", Display), ("flags", c.c_uint32), ("n_fields", c.c_uint32),
    ("fields", c.c_void_p), ("default_sublayer", Guid), ("id", c.c_uint16))
SubLayer = struct(
    "SubLayer", ("key", Guid), ("display", Display), ("flags", c.c_uint32),
    ("provider", c.c_void_p), ("data", Blob), ("weight", c.c_uint16))
Provider = struct(
    "Provider", ("key", Guid), ("display", Display), ("flags", c.c_uint32), ("data", Blob),
    ("service", c.c_void_p))
Callout = struct(
    "Callout", ("key", Guid), ("display", Display), ("flags", c.c_uint32),
    ("provider", c.c_void_p), ("data", Blob), ("layer", Guid), ("id", c.c_uint32))
Context = struct(
    "Context", ("key", Guid), ("display", Display), ("flags", c.c_uint32),
    ("provider", c.c_void_p), ("data", Blob), ("type", c.c_uint32), ("buffer", c.POINTER(Blob)),
    ("id", c.c_uint64))
Callback = FUNCTION(None, c.c_void_p, c.c_void_p)

_CREATE, _ENUM, _DESTROY = (
    (HANDLE, c.c_void_p, OUT), (HANDLE, HANDLE, c.c_uint32, OUT, c.POINTER(c.c_uint32)),
    (HANDLE, HANDLE))
PARAMETERS: dict[str, tuple[Any, ...]] = {
    "FwpmEngineOpen0": (c.c_void_p, c.c_uint32, c.c_void_p, c.c_void_p, OUT),
    "FwpmEngineClose0": (HANDLE,),
    "FwpmEngineGetOption0": (HANDLE, c.c_uint32, OUT),
    "FwpmEngineSetOption0": (HANDLE, c.c_uint32, c.POINTER(Value)),
    "FwpmFreeMemory0": (OUT,),
    "FwpmNetEventCreateEnumHandle0": _CREATE,
    **{f"FwpmNetEventEnum{n}": _ENUM for n in range(NEWEST + 1)},
    "FwpmNetEventDestroyEnumHandle0": _DESTROY,
    **{f"FwpmNetEventSubscribe{n}": (HANDLE, c.POINTER(Subscription), Callback, c.c_void_p, OUT)
       for n in range(NEWEST)},
    "FwpmNetEventUnsubscribe0": _DESTROY,
    "FwpmNetEventsGetSecurityInfo0": (HANDLE, c.c_uint32, OUT, OUT, OUT, OUT, OUT),
    **{f"Fwpm{kind}{call}": parameters for kind in KINDS for call, parameters in (
        ("CreateEnumHandle0", _CREATE), ("Enum0", _ENUM), ("DestroyEnumHandle0", _DESTROY))},
    "block_size": (c.c_void_p,),
}
_RESULTS = {"FwpmFreeMemory0": None, "block_size": c.c_uint64}


class Dll:
    """The functions of a simulator's table; `dll.FwpmEngineOpen0(...)` calls one."""

    def __init__(self, simulator: Simulator) -> None:
        self.server = simulator._address("server_name")
        self._simulator = simulator

    def __getattr__(self, name: str) -> Callable[..., int]:
        address = self._simulator._address(name)
        assert address, f"{name} is missing"
        made = FUNCTION(_RESULTS.get(name, c.c_uint32), *PARAMETERS[name])(address)
        setattr(self, name, made)
        return made

    def open(self) -> HANDLE:
        engine = HANDLE()
        assert self.FwpmEngineOpen0(self.server, 10, None, None, c.byref(engine)) == SUCCESS
        return engine

    def create(self, engine: HANDLE, wanted: Any = None, kind: str = "NetEvent") -> HANDLE:
        handle = HANDLE()
        create = getattr(self, f"Fwpm{kind}CreateEnumHandle0")
        assert create(engine, wanted and c.byref(wanted), c.byref(handle)) == SUCCESS
        return handle

    def page(
        self, engine: HANDLE, handle: HANDLE, most: int = 0xFFFFFFFF,
        function: str = f"FwpmNetEventEnum{NEWEST}",
    ) -> tuple[HANDLE, list[int]]:
        """Return a block and the pointers that it begins with."""
        block, count = HANDLE(), c.c_uint32(99)
        enum = getattr(self, function)
        assert enum(engine, handle, most, c.byref(block), c.byref(count)) == SUCCESS
        if not count.value:
            assert not block
            return block, []
        return block, list((c.c_uint64 * count.value).from_address(block.value))

    def free(self, block: HANDLE) -> None:
        self.FwpmFreeMemory0(c.byref(block))

    def subscribe(
        self, engine: HANDLE, callback: Any, *, number: int = 4, wanted: Any = None,
        context: int | None = None,
    ) -> HANDLE:
        handle = HANDLE()
        given = Subscription(wanted and c.pointer(wanted))
        subscribe = getattr(self, f"FwpmNetEventSubscribe{number}")
        assert subscribe(engine, c.byref(given), callback, context, c.byref(handle)) == SUCCESS
        return handle

    def set_option(self, engine: HANDLE, option: int, number: int, type: int = 3) -> int:
        return self.FwpmEngineSetOption0(engine, option, c.byref(Value(type, number)))

    def get_option(self, engine: HANDLE, option: int) -> tuple[int, int]:
        """Return an option's type and number."""
        block = HANDLE()
        assert self.FwpmEngineGetOption0(engine, option, c.byref(block)) == SUCCESS
        value = Value.from_address(block.value)
        found = value.type, value.value & 0xFFFFFFFF
        self.free(block)
        return found


def read_classify(event: int) -> tuple[int, int]:
    """Return the type of an FWPM_NET_EVENT5 and its filter id."""
    found = Event.from_address(event)
    return found.type, Classify.from_address(found.payload).filter_id


def text(address: int) -> str:
    """Return the NUL-terminated UTF-16 at an address."""
    units = []
    while unit := c.c_uint16.from_address(address + 2 * len(units)).value:
        units.append(unit)
    return "".join(map(chr, units))


def guid(value: str) -> Any:
    return Guid(*uuid.UUID(value).bytes_le)


def read_guid(memory: Any) -> str:
    return str(uuid.UUID(bytes_le=bytes(memory)))
