"""Events as Network Activity, class 4001 of OCSF; must not know the other vocabularies.

Source: ocsf/ocsf-schema 1.8.0. The class has no way to leave both ends out, and one to say that it
is not known which of them began: `is_src_dst_assignment_known`.
"""

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.views._meaning import (
    ALLOW,
    ARRIVED,
    BIND,
    DROP,
    FAIL,
    FRAME,
    LISTEN,
    PACKET,
    Meaning,
)
from wfpfast.views._rows import (
    TEXT,
    Rows,
    error_code,
    error_text,
    layer,
    program,
    protocol,
    rule_name,
    struct,
    where,
)
from wfpfast.views._sides import Side, Sides, sides

VERSION = "1.8.0"
CLASS, CATEGORY = 4001, 4
_NUMBER = pa.int32()
_PROFILES = ["host", "security_control"]
_ACTIVITIES = {0: "Unknown", 1: "Open", 4: "Fail", 5: "Refuse", 6: "Traffic", 7: "Listen"}


def ocsf_view(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a Network Activity for each event."""
    rows = Rows(batch)
    ends = sides(rows)
    fields = {
        "activity_id": rows.by_kind(_activity, _NUMBER),
        "activity_name": rows.by_kind(lambda each: _ACTIVITIES.get(_activity(each), "Bind")),
        "category_uid": rows.always(CATEGORY, _NUMBER),
        "class_uid": rows.always(CLASS, _NUMBER),
        "type_uid": rows.by_kind(lambda each: CLASS * 100 + _activity(each), pa.int64()),
        "severity_id": rows.by_kind(
            lambda each: 2 if each.verdict in (DROP, FAIL) else 1, _NUMBER),
        "time": rows.get("timestamp").cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()),
        "message": rows.by_kind(lambda each: each.text),
        "metadata": _metadata(rows),
        "action_id": rows.by_kind(
            lambda each: {ALLOW: 1, DROP: 2, ARRIVED: 3}.get(each.verdict, 0), _NUMBER),
        "disposition_id": rows.by_kind(_disposition, _NUMBER),
        "status_id": rows.by_kind(
            lambda each: {ALLOW: 1, DROP: 2, FAIL: 2}.get(each.verdict, 0), _NUMBER),
        "status_code": error_code(rows),
        "status_detail": pc.coalesce(rows.get("network_capability"), error_text(rows)),
        "actor": _actor(rows),
        "device": _device(rows),
        "connection_info": _connection(rows),
        **_endpoints(rows, ends),
        "firewall_rule": struct({
            "uid": rows.get("filter_id").cast(TEXT), "name": rule_name(rows),
            "type": rows.mapped("layer_id", layer), "category": rows.get("sublayer"),
        }, needs=("uid", "name")),
        "unmapped": rows.rest(),
    }
    return pa.record_batch(list(fields.values()), names=list(fields))


def _activity(each: Meaning) -> int:
    if each.verdict == ALLOW:
        return {LISTEN: 7, BIND: 99}.get(each.act, 1)
    return {DROP: 5, FAIL: 4, ARRIVED: 6}.get(each.verdict, 0)


def _disposition(each: Meaning) -> int:
    """Return Allowed, Blocked, or Dropped where a packet or frame just disappears."""
    if each.verdict == DROP:
        return 6 if each.act in (PACKET, FRAME) else 2
    return 1 if each.verdict == ALLOW else 0


def _metadata(rows: Rows) -> pa.StructArray:
    return struct({
        "version": rows.always(VERSION),
        "product": struct({
            "name": rows.always("Windows Filtering Platform"),
            "vendor_name": rows.always("Microsoft")}),
        "profiles": rows.always(_PROFILES, pa.list_(TEXT)),
        "event_code": rows.by_kind(
            lambda each: str(each.audit) if each.logged and each.audit else each.event_type),
        "log_name": rows.by_kind(lambda each: "Security" if each.logged else None),
        "uid": rows.get("record_id").cast(TEXT)})


def _actor(rows: Rows) -> pa.StructArray:
    path = rows.get("app_path")
    file = struct({
        "name": rows.mapped("app_path", program), "path": path,
        "type_id": where(pc.is_valid(path), rows.always(1, _NUMBER))})
    process = struct({
        "pid": rows.get("process_id").cast(pa.int64()), "name": rows.mapped("app_path", program),
        "file": file}, needs=("pid",))
    return struct({
        "app_name": path, "process": process, "user": struct({"uid": rows.get("user_sid")})})


def _device(rows: Rows) -> pa.StructArray:
    return struct({
        "hostname": rows.get("host"), "type_id": rows.always(0, _NUMBER),
    }, needs=("hostname",))


def _connection(rows: Rows) -> pa.StructArray:
    direction = rows.mapped(
        "direction", lambda each: {"INBOUND": 1, "OUTBOUND": 2}.get(each, 0), _NUMBER)
    loopback = pc.fill_null(rows.get("is_loopback"), False)
    return struct({
        "direction_id": pc.fill_null(direction, 0),
        "protocol_num": rows.get("ip_protocol").cast(_NUMBER),
        "protocol_name": rows.mapped("ip_protocol", protocol),
        "protocol_ver_id": rows.get("ip_version").cast(_NUMBER),
        "boundary_id": where(loopback, rows.always(1, _NUMBER))})


def _endpoints(rows: Rows, ends: Sides) -> dict[str, pa.Array]:
    source, destination = (
        Side(*(pc.if_else(ends.known, one, other) for one, other in zip(*pair, strict=True)))
        for pair in ((ends.source, ends.local), (ends.destination, ends.remote)))
    return {
        "src_endpoint": _endpoint(rows, source), "dst_endpoint": _endpoint(rows, destination),
        "is_src_dst_assignment_known": ends.known}


def _endpoint(rows: Rows, side: Side) -> pa.StructArray:
    number = pc.coalesce(
        rows.get("interface_luid").cast(TEXT), rows.get("interface_index").cast(TEXT))
    return struct({
        "ip": side.address, "port": side.port.cast(_NUMBER), "mac": side.mac,
        "hostname": where(side.is_local, rows.get("host")),
        "interface_uid": where(side.is_local, number),
    }, needs=("ip", "hostname", "interface_uid"))
