"""Audit records, as Windows writes them to the Security log, to be put into event logs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evtx_file import (
    FILETIME, HEX64, PROVIDER, SID, TEXT, UINT8, UINT16, UINT32, UINT64, XML, Element, Fragment,
    Gap, Record, Value,
)  # fmt: skip

EPOCH = 116444736000000000  # FILETIME of 1970
MOMENT = 132_500_000_000_000_001
APP = r"\device\harddiskvolume2\windows\system32\svchost.exe"

# The types that the provider's manifest has; what is not here is text.
TYPES = {
    "ProcessId": UINT64, "ProcessID": UINT64, "Protocol": UINT32, "FilterRTID": UINT64,
    "LayerRTID": UINT64, "RemoteUserID": SID, "RemoteMachineID": SID, "InterfaceIndex": UINT32,
    "LocalKeyModPort": UINT32, "RemoteKeyModPort": UINT32, "LocalPort": UINT32,
    "RemotePort": UINT32, "MMFilterID": UINT64, "QMFilterID": UINT64, "MMSAID": UINT64,
    "MessageID": UINT32, "TunnelId": UINT64, "TrafficSelectorId": UINT64,
}

FIELDS: dict[str, dict[str, Any]] = {
    "bind": {
        "ProcessId": 1280, "Application": APP, "SourceAddress": "0.0.0.0", "SourcePort": "55355",
        "Protocol": 17, "FilterRTID": 0, "LayerName": "%%14608", "LayerRTID": 36},
    "packet": {
        "ProcessId": 4, "Application": "System", "Direction": "%%14593",
        "SourceAddress": "10.0.0.5", "SourcePort": "52001", "DestAddress": "192.0.2.7",
        "DestPort": "443", "Protocol": 6, "FilterRTID": 70412, "LayerName": "%%14597",
        "LayerRTID": 13},
    "connection": {
        "ProcessID": 820, "Application": APP, "Direction": "%%14593",
        "SourceAddress": "fe80::80ac:4126:fa58:1b81", "SourcePort": "546",
        "DestAddress": "ff02::1:2", "DestPort": "547", "Protocol": 17, "FilterRTID": 65865,
        "LayerName": "%%14611", "LayerRTID": 50, "RemoteUserID": "S-1-0-0",
        "RemoteMachineID": "S-1-0-0"},
}


class Audit(NamedTuple):
    """An audit record.

    Attributes
    ----------
    literal : bool
        Whether the computer's name is part of the template; Windows writes it so.
    template : bool
        Whether there is a template.
    """

    event_id: int
    fields: Mapping[str, Any]
    record_id: int = 1
    host: str = "pc1.example.com"
    time: int = MOMENT
    provider: str = PROVIDER
    types: Mapping[str, int] = {}
    literal: bool = True
    template: bool = True


def data_fragment(audit: Audit) -> Fragment:
    """Return the EventData of an audit."""
    types = {**TYPES, **audit.types}
    root = Element("EventData", (), tuple(
        Element("Data", (("Name", name),), (Gap(k, types.get(name, TEXT), False),))
        for k, name in enumerate(audit.fields)))
    values = [
        None if value is None else Value(types.get(name, TEXT), value)
        for name, value in audit.fields.items()]
    return Fragment(root, values)


def record(audit: Audit) -> Record:
    """Return an audit as a record of a log."""
    if not audit.template:
        return Record(audit.record_id, Fragment(_written_out(audit), None), audit.time)
    host = audit.host if audit.literal else Gap(18, TEXT)
    values = [
        Value(UINT8, 0), Value(UINT8, 0), Value(UINT16, 12810), Value(UINT16, audit.event_id),
        None, Value(HEX64, 0x8020 << 48), Value(FILETIME, audit.time), None, Value(UINT32, 4),
        Value(UINT32, 56), Value(UINT64, audit.record_id), Value(UINT8, 1), None, None,
        Value(TEXT, audit.provider), None, Value(TEXT, "Security"),
        Value(XML, data_fragment(audit)), None if audit.literal else Value(TEXT, audit.host)]
    return Record(1, Fragment(Element("Event", (
        ("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"),), (
        _system(host), Gap(17, XML))), values), audit.time)


def _system(host: "str | Gap") -> Element:
    def one(name: str, number: int, kind: int) -> Element:
        return Element(name, (), (Gap(number, kind),))

    return Element("System", (), (
        Element("Provider", (("Name", Gap(14, TEXT)), ("Guid", Gap(15, 15)))),
        Element("EventID", (("Qualifiers", Gap(4, UINT16)),), (Gap(3, UINT16),)),
        one("Version", 11, UINT8), one("Level", 0, UINT8), one("Task", 2, UINT16),
        one("Opcode", 1, UINT8), one("Keywords", 5, HEX64),
        Element("TimeCreated", (("SystemTime", Gap(6, FILETIME)),)),
        one("EventRecordID", 10, UINT64),
        Element("Correlation", (("ActivityID", Gap(7, 15)),)),
        Element("Execution", (("ProcessID", Gap(8, UINT32)), ("ThreadID", Gap(9, UINT32)))),
        one("Channel", 16, TEXT), Element("Computer", (), (host,)),
        Element("Security", (("UserID", Gap(12, SID)),))))


def _written_out(audit: Audit) -> Element:
    """Return an audit without gaps: every value is text."""
    from datetime import UTC, datetime, timedelta

    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=(audit.time - EPOCH) // 10)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{audit.time % 10_000_000:07d}Z"
    return Element("Event", (), (
        Element("System", (), (
            Element("Provider", (("Name", audit.provider),)),
            Element("EventID", (), (str(audit.event_id),)),
            Element("TimeCreated", (("SystemTime", stamp),)),
            Element("EventRecordID", (), (str(audit.record_id),)),
            Element("Channel", (), ("Security",)), Element("Computer", (), (audit.host,)))),
        Element("EventData", (), tuple(
            Element("Data", (("Name", name),), () if value is None else (str(value),))
            for name, value in audit.fields.items()))))


def records(audits: Sequence[Audit]) -> list[Record]:
    """Return audits as records; the heads of exported logs count from 1."""
    return [record(audit)._replace(number=k) for k, audit in enumerate(audits, 1)]
