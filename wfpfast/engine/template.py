"""Templates: which events are wanted, checked before Windows sees it; must not know the engine."""

import ipaddress
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from wfpfast._blocks.encode_values import sid_to_bytes
from wfpfast._tables.enums import ENUMS
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.abi.events import UNIX_EPOCH
from wfpfast.engine._session import NativeTemplate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = (1 << 63) - 1  # Windows refuses later FILETIMEs

Operand = tuple[str, int | bytes]  # the name of its FWP_DATA_TYPE, and what NativeTemplate takes
Convert = Callable[[str, Any], Operand]


class Template:
    """Which events an enumeration or a subscription gives: those for which all of it is true.

    Parameters
    ----------
    start, end : datetime or int, optional
        The time of the event, both ends included: with a time zone, or as nanoseconds since 1970 in
        UTC, as the column ``timestamp`` has them.
    ip_protocol : int
        As ``17`` for UDP.
    local_address, remote_address : str, address or network of `ipaddress`
        One address, or all of a network: ``"10.0.0.0/8"``, ``"2001:db8::/32"``.
    local_port, remote_port : int
        In ICMP events, the message's type and code.
    app_path : str
        The device path that the column has, as ``\\\\device\\\\harddiskvolume3\\\\app.exe``; its
        letters are made small, as Windows keeps them.
    user_sid : str
        As ``"S-1-5-18"``.
    event_type : str or int
        As ``"CLASSIFY_DROP"`` or 3.

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
        self._start = 0 if start is None else _filetime("start", start)
        self._end = _filetime("end", end) if end is not None else 0 if start is None else _LAST
        if end is not None and self._start > self._end:
            raise ValueError(f"start {start} is after end {end}")
        self.conditions = conditions
        self._native: list[tuple[bytes, int, int | bytes]] = []
        for name, value in conditions.items():
            if name not in CONDITIONS:
                known = ", ".join(CONDITIONS)
                raise TypeError(f"no condition {name!r}: templates have start, end, {known}")
            field, convert = CONDITIONS[name]
            data_type, operand = convert(name, value)
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


def _address(name: str, value: Any) -> Operand:
    try:
        network = ipaddress.ip_network(value)  # strict: bits behind the prefix are a mistake
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
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a path, not {value!r}")
    if not value.startswith("\\") or "\0" in value:
        raise ValueError(
            f"{name}: {value!r} is not a device path, such as \\device\\harddiskvolume3\\app.exe")
    return "FWP_BYTE_BLOB_TYPE", (value.lower() + "\0").encode("utf-16-le", "surrogatepass")


def _sid(name: str, value: Any) -> Operand:
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a SID as text, not {value!r}")
    try:
        return "FWP_SID", sid_to_bytes(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _event_type(name: str, value: Any) -> Operand:
    if isinstance(value, str):
        short = value.removeprefix("FWPM_NET_EVENT_TYPE_")
        if short not in EVENT_KINDS:
            raise ValueError(f"{name}: {value!r} is not one of {', '.join(EVENT_KINDS)}")
        return "FWP_UINT32", EVENT_KINDS[short].number
    return _number(32)(name, value)


# The conditions that FWPM_NET_EVENT_ENUM_TEMPLATE0 takes: the GUID of the SDK's FWPM_CONDITION_*,
# and how a value becomes an operand. SCOPE_ID is documented, too, but no header has a GUID for it.
CONDITIONS: dict[str, tuple[str, Convert]] = {
    "ip_protocol": ("3971ef2b-623e-4f9a-8cb1-6e79b806b9a7", _number(8)),
    "local_address": ("d9ee00de-c1ef-4617-bfe3-ffd8f5a08957", _address),
    "remote_address": ("b235ae9a-1d64-49b8-a44c-5ff3d9095045", _address),
    "local_port": ("0c1ba1af-5765-453f-af22-a8f791ac775b", _number(16)),
    "remote_port": ("c35a604d-d22b-4e1a-91b4-68f674ee674b", _number(16)),
    "app_path": ("d78e1e87-8644-4ea5-9437-d809ecefc971", _app_path),
    "user_sid": ("af043a0a-b34d-4f86-979c-c90371af6e66", _sid),
    "event_type": ("206e9996-490e-40cf-b831-b38641eb6fcb", _event_type),
}
