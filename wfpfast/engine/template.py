"""Templates: which events are wanted, checked before Windows sees it; must not know the engine."""

import ipaddress
import re
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from wfpfast._blocks.encode_values import sid_to_bytes
from wfpfast._columns.batch import nearest
from wfpfast._tables.enums import ENUMS, INTERNAL_EVENT_TYPES
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast._tables.protocols import PROTOCOLS
from wfpfast.abi.events import UNIX_EPOCH
from wfpfast.engine import _names_here
from wfpfast.engine._session import NativeTemplate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = (1 << 63) - 1  # Windows refuses later FILETIMEs
# The application of what the kernel does itself, such as SMB and HTTP.sys, as real captures have
# it: Windows keeps paths in small letters, but not this.
_KERNEL = "System"
_TYPE_PREFIX = "FWPM_NET_EVENT_TYPE_"
_TYPES_IN_SHORT = {"DROP": "CLASSIFY_DROP", "ALLOW": "CLASSIFY_ALLOW"}
_PROTOCOL_NUMBERS = {"icmpv6": 58, **{name: number for number, name in PROTOCOLS.items()}}

Operand = tuple[str, int | bytes]  # the name of its FWP_DATA_TYPE, and what NativeTemplate takes
Convert = Callable[[str, Any], Operand]


class Template:
    """Which events an enumeration or a subscription gives: those for which all of it is true.

    Parameters
    ----------
    start, end : datetime or int, optional
        The time of the event, both ends included: with a time zone, or as nanoseconds since 1970 in
        UTC, as the column ``timestamp`` has them. By default all times.
    ip_protocol : int or str
        As ``17`` or ``"udp"``.
    local_address, remote_address : str, address or network of `ipaddress`
        One address, or all of a network: ``"10.0.0.0/8"``, ``"2001:db8::/32"``. A host in a network
        stands for the network: ``"10.0.0.5/8"`` is ``"10.0.0.0/8"``.
    local_port, remote_port : int
        In ICMP events, the message's type and code.
    app_path : str
        A device path, as the column has it: ``\\device\\harddiskvolume3\\app.exe``, in letters
        of any case; what has no path, as ``System``, letter for letter. On Windows also the path of
        a file that exists, as ``C:\\Windows\\System32\\svchost.exe``.
    user_sid : str
        As ``"S-1-5-18"``, ``"SYSTEM"`` or ``"NT AUTHORITY\\LOCAL SERVICE"``. On Windows any account
        that it knows.
    event_type : str or int
        One type: ``"CLASSIFY_DROP"`` with or without the SDK's prefixes, in letters of any case,
        ``"drop"`` and ``"allow"`` for CLASSIFY_DROP and CLASSIFY_ALLOW, or a number.

    Raises
    ------
    TypeError, ValueError
        If a condition is unknown or its value cannot be one, or if `start` is after `end`.
    """

    def __init__(
        self,
        start: datetime | int | None = None,
        end: datetime | int | None = None,
        **conditions: Any,
    ) -> None:
        # The documented meaning is a period. Zeros for all times were seen to work, too, but are in
        # no document.
        self._start = 0 if start is None else _filetime("start", start)
        self._end = _LAST if end is None else _filetime("end", end)
        if end is not None and self._start > self._end:
            raise ValueError(f"start {start} is after end {end}")
        self.conditions = conditions
        self._native: list[tuple[bytes, int, int | bytes]] = []
        self.event_type: int | None = None
        for name, value in conditions.items():
            if name not in CONDITIONS:
                known = ("start", "end", *CONDITIONS)
                raise TypeError(
                    f"no condition {name!r}{nearest(name, known)}: templates have"
                    f" {', '.join(known)}")
            field, convert = CONDITIONS[name]
            data_type, operand = convert(name, value)
            if name == "event_type" and isinstance(operand, int):
                self.event_type = operand
            self._native.append(
                (UUID(field).bytes_le, ENUMS["FWP_DATA_TYPE"][data_type], operand))

    def native(self) -> NativeTemplate:
        """Return the template in the memory that Windows reads."""
        return NativeTemplate(self._start, self._end, self._native)

    def __repr__(self) -> str:
        text = ", ".join(f"{name}={value!r}" for name, value in self.conditions.items())
        return f"<wfpfast.Template {self._start} to {self._end}: {text or 'all events'}>"


def _filetime(name: str, value: datetime | int) -> int:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name}: {value} has no time zone")
        ticks = (value - _EPOCH) // timedelta(microseconds=1) * 10 + UNIX_EPOCH
    elif isinstance(value, int) and not isinstance(value, bool):
        ticks = value // 100 + UNIX_EPOCH
    else:
        raise TypeError(f"{name}: expected a datetime or nanoseconds, not {type(value).__name__}")
    if not 0 < ticks <= _LAST:
        raise ValueError(f"{name}: {value} is beyond the times that a FILETIME has")
    return ticks


def _number(bits: int) -> Convert:
    def convert(name: str, value: Any) -> Operand:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name}: expected a number, not {value!r}")
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name}: {value} does not fit {bits} bits")
        return f"FWP_UINT{bits}", value

    return convert


def _protocol(name: str, value: Any) -> Operand:
    if isinstance(value, str):
        if value.lower() not in _PROTOCOL_NUMBERS:
            raise ValueError(f"{name}: no protocol {value!r}: give its number")
        value = _PROTOCOL_NUMBERS[value.lower()]
    return _number(8)(name, value)


def _address(name: str, value: Any) -> Operand:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    first = network.network_address
    if isinstance(network, ipaddress.IPv4Network):
        if network.prefixlen == network.max_prefixlen:
            return "FWP_UINT32", int(first)
        return "FWP_V4_ADDR_MASK", struct.pack("<II", int(first), int(network.netmask))
    if network.prefixlen == network.max_prefixlen:
        return "FWP_BYTE_ARRAY16_TYPE", first.packed
    return "FWP_V6_ADDR_MASK", first.packed + bytes([network.prefixlen])


def _app_path(name: str, value: Any) -> Operand:
    """Return an application id, which Windows compares byte for byte."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a path, not {value!r}")
    path = value.removeprefix("\\\\?\\")
    if "\0" in path or not path:
        raise ValueError(f"{name}: {value!r} is no path")
    if re.match(r"[A-Za-z]:[\\/]|\\\\", path):
        try:
            return "FWP_BYTE_BLOB_TYPE", _names_here.app_id(path.replace("/", "\\"))
        except LookupError as error:
            raise ValueError(
                f"{name}: {value}: {error}; give the device path, as the column app_path has it:"
                " \\device\\harddiskvolume3\\app.exe") from None
    if path.startswith("\\"):
        path = path.lower()
    elif re.search(r"[\\/:%]|\.exe$", path, re.I):
        raise ValueError(f"{name}: {value} is not a whole path, such as C:\\app.exe or"
                         " \\device\\harddiskvolume3\\app.exe")
    elif path.lower() == _KERNEL.lower():
        path = _KERNEL
    return "FWP_BYTE_BLOB_TYPE", (path + "\0").encode("utf-16-le", "surrogatepass")


def _sid(name: str, value: Any) -> Operand:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a SID or an account, not {value!r}")
    try:
        if re.match(r"S-\d", value, re.I):
            return "FWP_SID", sid_to_bytes(value)
        known = _names_here.well_known_sid(value)
        return "FWP_SID", sid_to_bytes(known) if known else _names_here.account_sid(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    except LookupError as error:
        raise ValueError(
            f"{name}: {value}: {error}; give its SID, such as S-1-5-21-1-2-3-1001") from None


def _event_type(name: str, value: Any) -> Operand:
    return _number(32)(name, event_type_number(value) if isinstance(value, str) else value)


def event_type_number(text: str) -> int:
    """Return the number of a type by one of the names that it has, in any case.

    Raises
    ------
    ValueError
        If no type is called so.
    """
    name = text.upper().replace("-", "_").removeprefix(_TYPE_PREFIX).removeprefix("PUBLIC_")
    name = _TYPES_IN_SHORT.get(name, name)
    if name in EVENT_KINDS:
        return EVENT_KINDS[name].number
    if _TYPE_PREFIX + name in INTERNAL_EVENT_TYPES:
        return INTERNAL_EVENT_TYPES[_TYPE_PREFIX + name]
    if re.fullmatch(r"UNKNOWN_\d+", name):  # as the column has it
        return int(name.removeprefix("UNKNOWN_"))
    raise ValueError(f"event_type: {text!r} is not one of {', '.join(EVENT_KINDS)}")


# The conditions that FWPM_NET_EVENT_ENUM_TEMPLATE0 takes: the GUID of the SDK's FWPM_CONDITION_*,
# and how a value becomes an operand. SCOPE_ID is documented, too, but no header has a GUID for it.
CONDITIONS: dict[str, tuple[str, Convert]] = {
    "ip_protocol": ("3971ef2b-623e-4f9a-8cb1-6e79b806b9a7", _protocol),
    "local_address": ("d9ee00de-c1ef-4617-bfe3-ffd8f5a08957", _address),
    "remote_address": ("b235ae9a-1d64-49b8-a44c-5ff3d9095045", _address),
    "local_port": ("0c1ba1af-5765-453f-af22-a8f791ac775b", _number(16)),
    "remote_port": ("c35a604d-d22b-4e1a-91b4-68f674ee674b", _number(16)),
    "app_path": ("d78e1e87-8644-4ea5-9437-d809ecefc971", _app_path),
    "user_sid": ("af043a0a-b34d-4f86-979c-c90371af6e66", _sid),
    "event_type": ("206e9996-490e-40cf-b831-b38641eb6fcb", _event_type),
}
