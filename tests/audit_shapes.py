"""The audit records of audit_records.py in the other formats that people have."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from audit_records import EPOCH, TYPES, Audit
from evtx_file import HEX64

SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def stamp(ticks: int, digits: int = 7) -> str:
    """Return a FILETIME as Windows prints it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=(ticks - EPOCH) // 10_000_000)
    fraction = f"{ticks % 10_000_000:07d}00"[:digits]
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}Z"


def shown(one: Audit, name: str) -> str:
    """Return a field as Windows shows it in XML."""
    value = one.fields[name]
    if value is None:
        return ""
    is_hex = {**TYPES, **one.types}.get(name) == HEX64
    return f"{value:#x}" if is_hex else str(value)


def data_xml(one: Audit, between: str = "") -> str:
    """Return the fields of an audit as elements."""
    return between.join(
        f"<Data Name='{name}'>{escape(shown(one, name))}</Data>" for name in one.fields)


def xml(one: Audit, *, digits: int = 7) -> str:
    """Return an audit as wevtutil prints it."""
    return (
        f"<Event xmlns='{SPACE}'><System><Provider Name='{one.provider}'"
        " Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/>"
        f"<EventID>{one.event_id}</EventID><Version>1</Version><Level>0</Level><Task>12810</Task>"
        f"<Opcode>0</Opcode><Keywords>0x8020000000000000</Keywords><TimeCreated"
        f" SystemTime='{stamp(one.time, digits)}'/><EventRecordID>{one.record_id}</EventRecordID>"
        "<Correlation/><Execution ProcessID='4' ThreadID='56'/><Channel>Security</Channel>"
        f"<Computer>{escape(one.host)}</Computer><Security/></System>"
        f"<EventData>{data_xml(one)}</EventData></Event>")


def fields(one: Audit) -> dict[str, Any]:
    """Return the fields as collectors have them: texts."""
    return {name: shown(one, name) for name in one.fields}


def winlogbeat(one: Audit) -> dict[str, Any]:
    """Return an audit as Winlogbeat writes it, with a time in milliseconds."""
    return {
        "@timestamp": stamp(one.time, 3), "@metadata": {"beat": "winlogbeat", "version": "7.5.0"},
        "event": {"code": one.event_id, "created": "2031-01-01T00:00:00.000Z"},
        "winlog": {
            "event_id": one.event_id, "provider_name": one.provider, "record_id": one.record_id,
            "computer_name": one.host, "channel": "Security", "process": {"pid": 4},
            "task": "Filtering Platform Connection", "event_data": fields(one)},
        "message": "Die Filterplattform ..."}


def elastic(one: Audit) -> dict[str, Any]:
    """Return an audit as Elastic Agent has it, behind its pipeline and as a hit of a search."""
    beat = winlogbeat(one)
    words = {"%%14592": "Inbound", "%%14593": "Outbound"}
    data = beat["winlog"]["event_data"]
    if "Direction" in data:
        data["Direction"] = words[data["Direction"]]
    beat["winlog"] |= {"event_id": str(one.event_id), "record_id": str(one.record_id)}
    return {"_index": "logs-system.security-default", "_source": {
        **beat, "source": {"ip": "9.9.9.9"}, "host": {"name": "another"}}}


def winlogbeat_6(one: Audit) -> dict[str, Any]:
    """Return an audit as Winlogbeat 6 writes it."""
    return {
        "@timestamp": stamp(one.time, 3), "beat": {"version": "6.8.0"}, "event_id": one.event_id,
        "source_name": one.provider, "record_number": str(one.record_id), "type": "wineventlog",
        "computer_name": one.host, "event_data": fields(one)}


def nxlog(one: Audit) -> dict[str, Any]:
    """Return an audit as NXLog writes it, with a zone."""
    return {
        "EventTime": stamp(one.time, 6).replace("Z", "+00:00"), "Hostname": one.host,
        "Keywords": "9232379236109516800", "EventType": "AUDIT_SUCCESS", "SeverityValue": 2,
        "EventID": one.event_id, "SourceName": one.provider, "Version": 1, "TaskValue": 12810,
        "RecordNumber": one.record_id, "ExecutionProcessID": 4, "ExecutionThreadID": 56,
        "Channel": "Security", "Message": "Die Filterplattform ...", **fields(one),
        "EventReceivedTime": "2031-01-01 00:00:00", "SourceModuleType": "im_msvistalog"}


def mordor(one: Audit) -> dict[str, Any]:
    """Return an audit as the later sets of Security-Datasets have it: without a record's number."""
    return {
        "SourceName": one.provider, "Level": "0", "Keywords": "0x8020000000000000",
        "Channel": "Security", "Hostname": one.host, "TimeCreated": stamp(one.time, 3),
        "@timestamp": "2031-01-01T00:00:00.000Z", "EventID": one.event_id, "Task": "12810",
        **fields(one)}


def security_event(one: Audit) -> dict[str, Any]:
    """Return an audit as a row of Sentinel's SecurityEvent, whose fields are XML."""
    return {
        "TenantId": "00000000-0000-0000-0000-000000000001", "TimeGenerated": stamp(one.time),
        "SourceSystem": "OpsManager", "Account": "", "Computer": one.host,
        "EventSourceName": one.provider, "Channel": "Security", "Task": 12810, "Level": "8",
        "EventData": f'<EventData xmlns="{SPACE}">\r\n  ' + data_xml(one, "\r\n  ")
        + "\r\n</EventData>",
        "EventID": one.event_id, "Activity": f"{one.event_id} - Die Filterplattform ...",
        "EventRecordId": str(one.record_id), "Type": "SecurityEvent"}


def windows_event(one: Audit) -> dict[str, Any]:
    """Return an audit as a row of Sentinel's WindowsEvent, whose fields are an object."""
    return {
        "TimeGenerated": stamp(one.time), "Provider": one.provider, "Channel": "Security",
        "Computer": one.host, "EventID": one.event_id, "EventData": fields(one),
        "EventRecordId": str(one.record_id), "SystemProcessId": 4, "Type": "WindowsEvent"}


def powershell(one: Audit) -> dict[str, Any]:
    """Return an audit as ConvertTo-Json of PowerShell 7 makes it of Get-WinEvent."""
    values = [
        {"BinaryLength": 12, "AccountDomainSid": None, "Value": value}
        if name.startswith("Remote") or name.endswith("Sid") else value
        for name, value in one.fields.items()]
    return {
        "Id": one.event_id, "Version": 1, "Level": 0, "ProviderName": one.provider,
        "LogName": "Security", "ProcessId": 4, "ThreadId": 56, "MachineName": one.host,
        "RecordId": one.record_id, "TimeCreated": stamp(one.time).replace("Z", "+00:00"),
        "Properties": [{"Value": value} for value in values], "Message": "Die Filter..."}
