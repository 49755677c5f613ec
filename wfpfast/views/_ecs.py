"""Events as documents of the Elastic Common Schema; must not know the other vocabularies.

Source: elastic/ecs 9.4, and for `event.action` the ingest pipeline by which Elastic maps the same
audits. What ECS has no field for is in ``wfp``, which is not ECS.
"""

import functools

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.views._meaning import ALLOW, BIND, DROP, FAIL, LISTEN, Meaning
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

VERSION = "9.4.0"
_ACTIONS = {5152: "windows-firewall-packet-drop", 5156: "windows-firewall-connection",
            5157: "windows-firewall-packet-block"}
_DIRECTIONS = {"INBOUND": "ingress", "OUTBOUND": "egress"}
_LIST = pa.list_(TEXT)


def ecs_view(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a document for each event."""
    rows = Rows(batch)
    ends = sides(rows)
    path = rows.get("app_path")
    fields = {
        "@timestamp": rows.get("timestamp"),
        "message": rows.by_kind(lambda each: each.text),
        "ecs": struct({"version": rows.always(VERSION)}),
        "event": _event(rows),
        "error": struct({"code": error_code(rows), "message": error_text(rows)}),
        "host": struct({"name": rows.get("host"), "ip": _lists([ends.local.address])}),
        "observer": _observer(rows),
        "network": _network(rows),
        "source": _end(ends.source),
        "destination": _end(ends.destination),
        "related": struct({"ip": _related(ends)}),
        "process": struct({
            "executable": where(pc.match_substring(path, "\\"), path),
            "name": rows.mapped("app_path", program),
            "pid": rows.get("process_id").cast(pa.int64())}),
        "user": struct({"id": rows.get("user_sid")}),
        "rule": struct({
            "id": rows.get("filter_id").cast(TEXT), "name": rule_name(rows),
            "uuid": rows.get("rule_key"), "ruleset": rows.get("sublayer"),
            "category": rows.mapped("layer_id", layer)}),
        "wfp": rows.rest(),
    }
    return pa.record_batch(list(fields.values()), names=list(fields))


def _event(rows: Rows) -> pa.StructArray:
    code = rows.by_kind(lambda each: str(each.audit) if each.logged and each.audit else None)
    return struct({
        "kind": rows.always("event"),
        "category": rows.always(["network"], _LIST),
        "type": rows.by_kind(_types, _LIST),
        "action": rows.by_kind(_action),
        "outcome": rows.by_kind(
            lambda each: {ALLOW: "success", DROP: "failure", FAIL: "failure"}.get(
                each.verdict, "unknown")),
        "module": rows.always("wfp"),
        "dataset": rows.by_kind(lambda each: "wfp.audit" if each.logged else "wfp.netevent"),
        "provider": rows.by_kind(
            lambda each: "Microsoft-Windows-Security-Auditing" if each.logged else None),
        "code": code,
        "reason": pc.coalesce(rows.get("network_capability"), rows.get("failure_reason"))})


def _types(each: Meaning) -> list[str]:
    """Return what ECS allows beside the category network."""
    if each.verdict == FAIL:
        return ["protocol", "info"]
    if each.verdict not in (ALLOW, DROP):
        return ["info"]
    decided = "allowed" if each.verdict == ALLOW else "denied"
    return ["info" if each.act in (BIND, LISTEN) else "connection", decided]


def _action(each: Meaning) -> str | None:
    if each.audit in _ACTIONS and each.verdict in (ALLOW, DROP):
        return _ACTIONS[each.audit]
    return each.event_type and each.event_type.lower().replace("_", "-")


def _observer(rows: Rows) -> pa.StructArray:
    number = pc.coalesce(
        rows.get("interface_luid").cast(TEXT), rows.get("interface_index").cast(TEXT))
    ways = {
        name: struct({"interface": struct({"id": where(pc.fill_null(pc.equal(
            rows.get("direction"), direction), False), number)})})
        for name, direction in (("ingress", "INBOUND"), ("egress", "OUTBOUND"))}
    return struct({
        "type": rows.always("firewall"), "vendor": rows.always("Microsoft"),
        "product": rows.always("Windows Filtering Platform"), **ways})


def _network(rows: Rows) -> pa.StructArray:
    return struct({
        "iana_number": rows.get("ip_protocol").cast(TEXT),
        "transport": rows.mapped("ip_protocol", protocol),
        "type": rows.mapped("ip_version", lambda version: f"ipv{version}"),
        "direction": rows.mapped("direction", lambda each: _DIRECTIONS.get(each, "unknown")),
        "vlan": struct({"id": rows.get("vlan_tag").cast(TEXT)})})


def _end(side: Side) -> pa.StructArray:
    mac = pc.utf8_upper(pc.replace_substring(side.mac, ":", "-"))
    return struct({"ip": side.address, "port": side.port.cast(pa.int64()), "mac": mac})


def _related(ends: Sides) -> pa.Array:
    """Return both addresses, as far as they are known, each once."""
    first = pc.coalesce(ends.source.address, ends.local.address)
    second = pc.coalesce(ends.destination.address, ends.remote.address)
    second = where(pc.fill_null(pc.not_equal(first, second), True), second)
    return _lists([first, second])


def _lists(columns: list[pa.Array]) -> pa.Array:
    """Return for each row a list of its values in some columns; null where there is none."""
    there = [pc.is_valid(each).cast(pa.int32()) for each in columns]
    counts = functools.reduce(pc.add, there)
    ends = pa.concat_arrays([
        pa.array([0], pa.int32()), pc.cumulative_sum(counts).cast(pa.int32())])
    # Value k of the lists is that of row k // columns.
    ones = pa.repeat(pa.scalar(1, pa.int64()), len(counts) * len(columns))
    places = pc.subtract(pc.cumulative_sum(ones), 1)
    rows = pc.divide(places, len(columns))
    column = pc.subtract(places, pc.multiply(rows, len(columns)))
    values = pa.concat_arrays(columns).take(pc.add(pc.multiply(column, len(counts)), rows))
    lists = pa.ListArray.from_arrays(ends, values.drop_null())
    return pc.if_else(pc.greater(counts, 0), lists, pa.scalar(None, lists.type))
