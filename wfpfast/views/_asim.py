"""Events as NetworkSession of Microsoft Sentinel's ASIM; must not know the other vocabularies.

Source: Azure/Azure-Sentinel, ASIM/dev/ASimTester. Filter ids have 64 bits, NetworkRuleNumber 32:
a greater id is in Rule only.
"""

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.views._meaning import ALLOW, BIND, DROP, FAIL, FRAME, LISTEN, PACKET, Meaning
from wfpfast.views._ndjson import objects
from wfpfast.views._rows import (
    TEXT,
    Rows,
    error_code,
    error_text,
    program,
    protocol,
    rule_name,
    where,
)
from wfpfast.views._sides import Side, Sides, sides

VERSION = "0.2.6"
_PRODUCT = "Windows Firewall"
# Addresses that every machine has or may have: unspecified, loopback, multicast, broadcast.
_OF_ANYBODY = r"^(0\.|127\.|22[4-9]\.|23[0-9]\.|255\.255\.255\.255$|::1?$|[fF][fF])"
_NUMBER = pa.int32()
_MOST = (1 << 31) - 1


def asim_view(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a NetworkSession for each event."""
    rows = Rows(batch)
    ends = sides(rows)
    fields = {
        **_event(rows),
        "Dvc": _device(rows, ends.local.address), "DvcHostname": rows.get("host"),
        "DvcAction": rows.by_kind(_action),
        **_network(rows, ends),
        **_end(rows, "Src", ends.source), **_end(rows, "Dst", ends.destination),
        "AdditionalFields": objects(rows.rest()),
    }
    return pa.record_batch(list(fields.values()), names=list(fields))


def _event(rows: Rows) -> dict[str, pa.Array]:
    time = rows.get("timestamp")
    return {
        "TimeGenerated": time, "EventStartTime": time, "EventEndTime": time,
        "EventCount": rows.always(1, _NUMBER),
        "EventSchema": rows.always("NetworkSession"),
        "EventSchemaVersion": rows.always(VERSION),
        "EventVendor": rows.always("Microsoft"),
        "EventProduct": rows.always(_PRODUCT),
        "EventType": rows.by_kind(
            lambda each: "L2NetworkSession" if each.act == FRAME else "EndpointNetworkSession"),
        "EventOriginalType": rows.by_kind(
            lambda each: str(each.audit) if each.logged and each.audit else each.event_type),
        "EventOriginalUid": rows.get("record_id").cast(TEXT),
        "EventResult": rows.by_kind(
            lambda each: {ALLOW: "Success", DROP: "Failure", FAIL: "Failure"}.get(
                each.verdict, "NA")),
        "EventOriginalResultDetails": error_code(rows),
        "EventMessage": pc.coalesce(error_text(rows), rows.by_kind(lambda each: each.text)),
        "EventSeverity": rows.by_kind(
            lambda each: "Low" if each.verdict in (DROP, FAIL) else "Informational"),
    }


def _device(rows: Rows, address: pa.Array) -> pa.Array:
    """Return what tells the machine, never null: its name, or address, or else the product.

    Microsoft Learn, "The ASIM Device Entity": Dvc may alias Hostname or IpAddr, and where no device
    is apparent it has the value of EventProduct.
    """
    shared = pc.match_substring_regex(address, _OF_ANYBODY)
    return pc.coalesce(
        rows.get("host"), where(pc.invert(shared), address), rows.always(_PRODUCT))


def _network(rows: Rows, ends: Sides) -> dict[str, pa.Array]:
    number = rows.get("filter_id")
    fits = pc.fill_null(pc.less_equal(number, pa.scalar(_MOST, pa.uint64())), False)
    return {
        "NetworkDirection": pc.coalesce(
            rows.by_kind(lambda each: "Listen" if each.act in (BIND, LISTEN) else None),
            rows.mapped("direction", {"INBOUND": "Inbound", "OUTBOUND": "Outbound"}.get),
            rows.always("Unknown")),
        "NetworkProtocol": pc.utf8_upper(rows.mapped("ip_protocol", protocol)),
        "NetworkProtocolVersion": rows.mapped("ip_version", lambda version: f"IPv{version}"),
        "NetworkIcmpType": ends.icmp_type.cast(TEXT),
        "NetworkIcmpCode": ends.icmp_code.cast(_NUMBER),
        "NetworkRuleName": rule_name(rows),
        "NetworkRuleNumber": where(fits, number).cast(_NUMBER),
        "Rule": pc.coalesce(rule_name(rows), number.cast(TEXT)),
    }


def _action(each: Meaning) -> str | None:
    if each.verdict == DROP:
        return "Drop" if each.act in (PACKET, FRAME) else "Deny"
    return "Allow" if each.verdict == ALLOW else None


def _end(rows: Rows, name: str, side: Side) -> dict[str, pa.Array]:
    """Return one end; the program and its user are at that of this machine."""
    mine = pc.fill_null(side.is_local, False)
    user = where(mine, rows.get("user_sid"))
    path = where(mine, rows.get("app_path"))
    return {
        f"{name}IpAddr": side.address,
        f"{name}PortNumber": side.port.cast(_NUMBER),
        f"{name}MacAddr": side.mac,
        f"{name}Hostname": where(mine, rows.get("host")),
        f"{name}AppName": path,
        f"{name}AppType": where(pc.is_valid(path), rows.always("Process")),
        f"{name}ProcessName": where(mine, rows.mapped("app_path", program)),
        f"{name}ProcessId": where(mine, rows.get("process_id").cast(TEXT)),
        f"{name}UserId": user,
        f"{name}UserIdType": where(pc.is_valid(user), rows.always("SID")),
    }
