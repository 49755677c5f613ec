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
