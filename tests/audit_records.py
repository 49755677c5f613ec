"""Audit records, as Windows writes them to the Security log, to be put into event logs."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from evtx_file import (
    FILETIME,
    HEX64,
    PROVIDER,
    SID,
    TEXT,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    XML,
    Element,
    Fragment,
    Gap,
    Record,
    Value,
    evtx,
)  # fmt: skip

from wfpfast import audit

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


def data_fragment(one: Audit) -> Fragment:
    """Return the EventData of an audit."""
    types = {**TYPES, **one.types}
    root = Element("EventData", (), tuple(
        Element("Data", (("Name", name),), (Gap(k, types.get(name, TEXT), False),))
        for k, name in enumerate(one.fields)))
    values = [
        None if value is None else Value(types.get(name, TEXT), value)
        for name, value in one.fields.items()]
    return Fragment(root, values)


def record(one: Audit) -> Record:
    """Return an audit as a record of a log."""
    if not one.template:
        return Record(one.record_id, Fragment(_written_out(one), None), one.time)
    host = one.host if one.literal else Gap(18, TEXT)
    values = [
        Value(UINT8, 0), Value(UINT8, 0), Value(UINT16, 12810), Value(UINT16, one.event_id),
        None, Value(HEX64, 0x8020 << 48), Value(FILETIME, one.time), None, Value(UINT32, 4),
        Value(UINT32, 56), Value(UINT64, one.record_id), Value(UINT8, 1), None, None,
        Value(TEXT, one.provider), None, Value(TEXT, "Security"),
        Value(XML, data_fragment(one)), None if one.literal else Value(TEXT, one.host)]
    return Record(1, Fragment(Element("Event", (
        ("xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"),), (
        _system(host), Gap(17, XML))), values), one.time)


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


def _written_out(one: Audit) -> Element:
    """Return an audit without gaps: every value is text."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=(one.time - EPOCH) // 10)
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{one.time % 10_000_000:07d}Z"
    return Element("Event", (), (
        Element("System", (), (
            Element("Provider", (("Name", one.provider),)),
            Element("EventID", (), (str(one.event_id),)),
            Element("TimeCreated", (("SystemTime", stamp),)),
            Element("EventRecordID", (), (str(one.record_id),)),
            Element("Channel", (), ("Security",)), Element("Computer", (), (one.host,)))),
        Element("EventData", (), tuple(
            Element("Data", (("Name", name),), () if value is None else (str(value),))
            for name, value in one.fields.items()))))


def records(audits: Sequence[Audit]) -> list[Record]:
    """Return audits as records; the heads of exported logs count from 1."""
    return [record(one)._replace(number=k) for k, one in enumerate(audits, 1)]


def read(data: bytes, **options: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return the rows without nulls; times as 100 ns since 1601, as the file has them."""
    rows = []
    with audit.read_events(io.BytesIO(data), **options) as stream:
        for batch in stream:
            times = memoryview(batch["timestamp"])
            for row, time in zip(batch.to_pylist(), times, strict=True):
                if row["timestamp"] is not None:
                    row["timestamp"] = EPOCH + time // 100
                rows.append({k: v for k, v in row.items() if v is not None})
    return rows, stream.stats


def rows_of(*audits: Audit, **options: Any) -> list[dict[str, Any]]:
    """Return the rows that audits become."""
    return read(evtx(records(audits)), **options)[0]
