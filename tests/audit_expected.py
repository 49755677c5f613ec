"""What an audit record should become, from docs/security-log.md and not from the reader.

Given are the system members and the fields as another reader shows them, numbers or texts.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from wfpfast._tables.audits import MESSAGES
from wfpfast._tables.enums import ENUMS

DROPS = {5031, 5152, 5153, 5155, 5157, 5159}
ALLOWS = {5154, 5156, 5158}
FRAMES = {5146, 5147, 5150, 5151}
WANTED = {*DROPS, *ALLOWS, *FRAMES, 4652, 4653, 4654, 4963, 4983, 4984}
DIRECTIONS = {14592: "INBOUND", 14593: "OUTBOUND", 14594: "FORWARD", 14595: "BIDIRECTIONAL"}
# Columns with a plain number, by field.
_NUMBERS = {
    "ProcessId": "process_id", "ProcessID": "process_id", "Protocol": "ip_protocol",
    "LayerRTID": "layer_id", "InterfaceIndex": "interface_index",
}
_SIDS = {"RemoteUserID": "remote_user_sid", "RemoteMachineID": "remote_machine_sid"}


def number(value: Any) -> int:
    return int(value, 0) if isinstance(value, str) else int(value)


def address(text: str) -> str:
    """Return an address as the columns have it: hexadecimal, compressed."""
    parsed = ipaddress.ip_address(text)
    if parsed.version == 6 and parsed.ipv4_mapped:
        low = int(parsed) & 0xFFFFFFFF
        return f"::ffff:{low >> 16:x}:{low & 0xFFFF:x}"
    return str(parsed)


def expected(event_id: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells that are not null of an event of a connection, a packet or a bind."""
    said = {k: v for k, v in fields.items() if v not in (None, "", "-", "S-1-0-0")}
    row: dict[str, Any] = {
        "event_id": event_id,
        "event_type": "CLASSIFY_DROP" if event_id in DROPS else "CLASSIFY_ALLOW"}
    row |= {column: number(said[name]) for name, column in _NUMBERS.items() if name in said}
    row |= {column: said[name] for name, column in _SIDS.items() if name in said}
    if "Application" in said:
        row["app_path"] = said["Application"]
    if "FilterOrigin" in said:
        row["filter_origin"] = said["FilterOrigin"]
    if number(said.get("FilterRTID", 0)):
        row["filter_id"] = number(said["FilterRTID"])
    if "LayerName" in said:
        message = int(said["LayerName"].removeprefix("%%"))
        row["layer_kind"] = said["LayerName"] if message < 14596 else MESSAGES.get(
            message, said["LayerName"])
    ends = {
        "source_address": said.get("SourceAddress"), "destination_address": said.get("DestAddress"),
        "source_port": said.get("SourcePort"), "destination_port": said.get("DestPort")}
    ends = {k: address(v) if "address" in k else number(v) for k, v in ends.items() if v}
    code = None
    if "Direction" in said:
        code = row["direction_code"] = int(said["Direction"].removeprefix("%%"))
        row["direction"] = DIRECTIONS[code]
    sides = _sides(event_id, code, ends)
    if code == 14592 and row.get("ip_protocol") in (1, 58):  # which end has the type is not known
        sides = {k: v for k, v in sides.items() if "port" not in k}
    return row | ends | sides


def _sides(event_id: int, code: int | None, ends: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    texts = [v for k, v in ends.items() if "address" in k]
    if texts:
        row["ip_version"] = 6 if ":" in texts[0] else 4
    if code == 14592 and event_id in (5156, 5157):  # which end is local differs between Windows
        return row
    local, remote = ("destination", "source") if code == 14592 else ("source", "destination")
    for side, end in (("local", local), ("remote", remote)):
        row |= {f"{side}_{what}": ends[f"{end}_{what}"] for what in ("address", "port")
                if f"{end}_{what}" in ends}
    return row


def enumerator(name: str, enumeration: str, prefix: str) -> str:
    """Return an enumerator as a column shows it; KeyError if the SDK does not have it."""
    assert prefix + name in ENUMS[enumeration]
    return name
