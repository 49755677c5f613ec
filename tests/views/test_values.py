"""Documents as they should be, written by hand: what came from where, and what is left out."""

import json
import re
from typing import Any

import pyarrow as pa
import pytest
from example_events import event
from views.every_event import AUDITS, of_audits

import wfpfast
from wfpfast import Decoder, encode, views

APP = r"\device\harddiskvolume1\app.exe"
KEPT = {"ecs": "wfp", "ocsf": "unmapped", "asim": "AdditionalFields"}


def of(view: str, events: Any) -> list[dict[str, Any]]:
    """Return documents without what is kept under wfpfast's names."""
    lines = views.ndjson(getattr(views, view)(events)).splitlines()
    return [{name: value for name, value in json.loads(line).items() if name != KEPT[view]}
            for line in lines]


def one(kind: int, payload: dict[str, Any] | None = None, **header: Any) -> pa.RecordBatch:
    made = event(kind, userId=None, packageSid=None, **header)
    name = next(name for name in made if name not in ("header", "type"))
    made[name] = {**made[name], **(payload or {})}
    return pa.record_batch(wfpfast.decode(encode([made])))


DROP = one(3, {"isLoopback": False})
IN = one(6, {"msFwpDirection": 0x3900, "layerId": 44, "isLoopback": False}, ipProtocol=17)


def test_ecs_of_a_dropped_connection() -> None:
    assert of("ecs", DROP) == [{
        "@timestamp": "2020-05-21T20:51:30.1234567Z", "message": "A filter blocked traffic",
        "ecs": {"version": "9.4.0"},
        "event": {
            "kind": "event", "category": ["network"], "type": ["connection", "denied"],
            "action": "windows-firewall-packet-block", "outcome": "failure", "module": "wfp",
            "dataset": "wfp.netevent"},
        "host": {"ip": ["127.0.0.1"]},
        "observer": {"type": "firewall", "vendor": "Microsoft",
                     "product": "Windows Filtering Platform"},
        "network": {"iana_number": "6", "transport": "tcp", "type": "ipv4", "direction": "egress"},
        "source": {"ip": "127.0.0.1", "port": 50000},
        "destination": {"ip": "192.0.2.1", "port": 443},
        "related": {"ip": ["127.0.0.1", "192.0.2.1"]},
        "process": {"executable": APP, "name": "app.exe"},
        "rule": {"id": "68893", "category": "ALE_AUTH_CONNECT_V4"}}]


def test_what_ecs_has_no_name_for_is_kept() -> None:
    line = json.loads(views.ndjson(views.ecs(DROP)))
    assert line["wfp"]["event_type"] == "CLASSIFY_DROP"
    assert line["wfp"]["policy_flags"] == "5"     # of 64 bits: no long of Elasticsearch
    assert (line["wfp"]["scope_id"], line["wfp"]["is_loopback"]) == (3, False)
    ike = json.loads(views.ndjson(views.ecs(one(0))))
    assert ike["wfp"]["end_cert_hash"] == bytes(range(20)).hex()
    assert ike["wfp"]["local_groups"] == ["S-1-5-32-544", "S-1-1-0"]


def test_inbound_the_remote_end_is_the_source() -> None:
    (ecs,), (ocsf,), (asim,) = (of(view, IN) for view in KEPT)
    assert (ecs["source"], ecs["destination"]) == (
        {"ip": "192.0.2.1", "port": 443}, {"ip": "127.0.0.1", "port": 50000})
    assert ecs["network"]["direction"] == "ingress"
    assert ecs["event"]["type"] == ["connection", "allowed"]
    assert (ecs["event"]["action"], ecs["event"]["outcome"]) == (
        "windows-firewall-connection", "success")
    assert (ocsf["src_endpoint"]["ip"], ocsf["dst_endpoint"]["port"]) == ("192.0.2.1", 50000)
    assert ocsf["is_src_dst_assignment_known"] is True
    assert ocsf["connection_info"] == {
        "direction_id": 1, "protocol_num": 17, "protocol_name": "udp", "protocol_ver_id": 4}
    assert (ocsf["activity_id"], ocsf["action_id"], ocsf["disposition_id"]) == (1, 1, 1)
    assert {name: asim[name] for name in asim if name.startswith(("Src", "Dst"))} == {
        "SrcIpAddr": "192.0.2.1", "SrcPortNumber": 443, "DstIpAddr": "127.0.0.1",
        "DstPortNumber": 50000, "DstAppName": APP, "DstAppType": "Process",
        "DstProcessName": "app.exe"}
    assert (asim["DvcAction"], asim["NetworkDirection"]) == ("Allow", "Inbound")


def test_ocsf_of_a_dropped_packet() -> None:
    packet = one(3, {"layerId": 13, "isLoopback": True, "filterId": 2**64 - 1})
    assert of("ocsf", packet) == [{
        "activity_id": 5, "activity_name": "Refuse", "category_uid": 4, "class_uid": 4001,
        "type_uid": 400105, "severity_id": 2, "time": 1590094290123,
        "message": "A filter blocked traffic",
        "metadata": {
            "version": "1.8.0", "profiles": ["host", "security_control"],
            "product": {"name": "Windows Filtering Platform", "vendor_name": "Microsoft"},
            "event_code": "CLASSIFY_DROP"},
        "action_id": 2, "disposition_id": 6, "status_id": 2, "actor": {"app_name": APP},
        "connection_info": {"direction_id": 2, "protocol_num": 6, "protocol_name": "tcp",
                            "protocol_ver_id": 4, "boundary_id": 1},
        "src_endpoint": {"ip": "127.0.0.1", "port": 50000},
        "dst_endpoint": {"ip": "192.0.2.1", "port": 443}, "is_src_dst_assignment_known": True,
        "firewall_rule": {"uid": str(2**64 - 1), "type": "INBOUND_TRANSPORT_V4_DISCARD"}}]
    (asim,) = of("asim", packet)
    assert (asim["DvcAction"], asim["Rule"]) == ("Drop", str(2**64 - 1))
    assert "NetworkRuleNumber" not in asim      # which has 32 bits


def test_asim_of_a_dropped_connection() -> None:
    assert of("asim", DROP) == [{
        **dict.fromkeys(("TimeGenerated", "EventStartTime", "EventEndTime"),
                        "2020-05-21T20:51:30.1234567Z"),
        "EventCount": 1, "EventSchema": "NetworkSession", "EventSchemaVersion": "0.2.6",
        "EventVendor": "Microsoft", "EventProduct": "Windows Firewall",
        "EventType": "EndpointNetworkSession", "EventOriginalType": "CLASSIFY_DROP",
        "EventResult": "Failure", "EventMessage": "A filter blocked traffic",
        "EventSeverity": "Low", "DvcAction": "Deny", "Dvc": "Windows Firewall",
        "NetworkDirection": "Outbound",
        "NetworkProtocol": "TCP", "NetworkProtocolVersion": "IPv4", "NetworkRuleNumber": 68893,
        "Rule": "68893", "SrcIpAddr": "127.0.0.1", "SrcPortNumber": 50000, "SrcAppName": APP,
        "SrcAppType": "Process", "SrcProcessName": "app.exe", "DstIpAddr": "192.0.2.1",
        "DstPortNumber": 443}]


def test_asim_names_the_machine_as_well_as_it_can() -> None:
    """By the name that is known, else by an address that is no other machine's."""
    addresses = {
        "192.0.2.7": True, "10.0.0.1": True, "169.254.3.4": True, "240.0.0.1": True,
        "2001:db8::1": True, "fe80::ff": True, "::ffff": True,
        "0.0.0.0": False, "127.0.0.1": False, "224.0.0.251": False, "239.255.255.250": False,
        "255.255.255.255": False, "::": False, "::1": False, "ff02::fb": False, None: False}
    table = pa.table({"event_type": ["CLASSIFY_DROP"] * 16, "local_address": [*addresses]})
    assert [row["Dvc"] for row in views.asim(table).to_pylist()] == [
        address if own else "Windows Firewall" for address, own in addresses.items()]
    named = table.append_column("host", pa.array(["pc1"] * 15 + [None]))
    assert [row["Dvc"] for row in views.asim(named).to_pylist()] == [
        *["pc1"] * 15, "Windows Firewall"]


def test_failed_negotiations_have_their_error_and_no_sides() -> None:
    ike = one(0)
    (ecs,), (ocsf,), (asim,) = (of(view, ike) for view in KEPT)
    assert ecs["error"] == {
        "code": "13801", "message": "The credentials of one side were not accepted by the other"}
    assert (ecs["event"]["action"], ecs["event"]["outcome"], ecs["event"]["type"]) == (
        "ikeext-mm-failure", "failure", ["protocol", "info"])
    assert "source" not in ecs
    assert "destination" not in ecs
    assert ecs["related"] == {"ip": ["127.0.0.1", "192.0.2.1"]}
    assert (ocsf["activity_id"], ocsf["action_id"], ocsf["status_id"]) == (4, 0, 2)
    assert ocsf["status_code"] == "13801"
    assert ocsf["is_src_dst_assignment_known"] is False
    assert (ocsf["src_endpoint"]["ip"], ocsf["dst_endpoint"]["ip"]) == ("127.0.0.1", "192.0.2.1")
    assert (asim["EventResult"], asim["EventOriginalResultDetails"]) == ("Failure", "13801")
    assert not any(name.startswith(("Src", "Dst")) for name in asim)
    (drop,) = of("ecs", one(4))
    assert drop["error"]["code"] == f"0x{-1070202879 & 0xFFFFFFFF:08X}"


def test_types_and_codes_of_icmp_are_no_ports() -> None:
    ping = one(3, ipProtocol=1, localPort=8, remotePort=0)
    (ecs,), (ocsf,), (asim,) = (of(view, ping) for view in KEPT)
    assert ecs["source"] == {"ip": "127.0.0.1"}
    assert "port" not in ocsf["dst_endpoint"]
    assert (asim["NetworkIcmpType"], asim["NetworkIcmpCode"]) == ("8", 0)
    assert "SrcPortNumber" not in asim


def test_frames_have_addresses_of_the_link() -> None:
    (ecs,), (ocsf,), (asim,) = (of(view, one(9)) for view in KEPT)
    assert (ecs["source"]["mac"], ecs["network"]["vlan"]) == (
        "00-00-5E-00-53-01", {"id": "100"})
    assert ecs["observer"]["egress"] == {"interface": {"id": str(1 << 48)}}
    assert ocsf["src_endpoint"]["mac"] == "00:00:5e:00:53:01"
    assert (asim["EventType"], asim["DvcAction"]) == ("L2NetworkSession", "Drop")


@pytest.fixture(scope="module")
def audits() -> dict[str, list[dict[str, Any]]]:
    table = of_audits()
    found = {view: of(view, table) for view in KEPT}
    assert all(len(rows) == len(AUDITS) for rows in found.values())
    return found


def test_records_keep_their_id_and_host(audits: dict[str, list[dict[str, Any]]]) -> None:
    for audit, ecs, ocsf, asim in zip(AUDITS, *audits.values(), strict=True):
        number = str(audit.event_id)
        assert (ecs["event"]["code"], ecs["host"]["name"]) == (number, "pc1.example.com")
        assert ecs["event"]["dataset"] == "wfp.audit"
        assert (ocsf["metadata"]["event_code"], ocsf["metadata"]["log_name"]) == (
            number, "Security")
        assert ocsf["device"]["hostname"] == "pc1.example.com"
        assert (asim["EventOriginalType"], asim["Dvc"]) == (number, "pc1.example.com")
    assert {row["event"]["action"] for row in audits["ecs"]} >= {
        "windows-firewall-packet-drop", "windows-firewall-connection",
        "windows-firewall-packet-block"}


def place(number: int) -> int:
    return [audit.event_id for audit in AUDITS].index(number)


def test_a_bind_is_the_source_and_no_connection(audits: dict[str, list[dict[str, Any]]]) -> None:
    at = place(5158)
    assert audits["ecs"][at]["source"] == {"ip": "0.0.0.0", "port": 55355}
    assert audits["ecs"][at]["event"]["type"] == ["info", "allowed"]
    assert (audits["ocsf"][at]["activity_id"], audits["ocsf"][at]["activity_name"]) == (99, "Bind")
    assert audits["asim"][at]["NetworkDirection"] == "Listen"
    assert audits["asim"][at]["SrcAppName"].endswith("svchost.exe")
    assert audits["ocsf"][place(5154)]["activity_id"] == 7


def test_sides_that_are_not_decided_are_as_logged(
        audits: dict[str, list[dict[str, Any]]]) -> None:
    at = place(5156) + 1
    assert AUDITS[at].fields["Direction"] == "%%14592"
    assert audits["ecs"][at]["source"] == {"ip": "fe80::80ac:4126:fa58:1b81", "port": 546}
    assert audits["ecs"][at]["network"]["direction"] == "ingress"
    # Which end the program is at is not known.
    assert not any(name.endswith("AppName") for name in audits["asim"][at])


def test_what_comes_back_is_as_what_was_given() -> None:
    block = encode([event(3), event(6)])
    batch = wfpfast.decode(block)
    assert isinstance(views.ecs(batch), pa.RecordBatch)
    assert isinstance(views.ecs(pa.table(batch)), pa.Table)
    stream = wfpfast.EventStream.from_mappings([event(3), event(6)])
    with stream, views.asim(stream) as reader:
        assert reader.read_all() == views.asim(pa.table(batch))
    assert views.ndjson(views.ecs(batch)) == views.ndjson(views.ecs(pa.table(batch)))


def test_what_is_no_batch_of_events_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column has a name that wfpfast knows"):
        views.ecs(pa.table({"a": [1]}))
    binary = Decoder(addresses="binary").decode(encode([event(3)]))
    with pytest.raises(ValueError, match="local_address: addresses as bytes"):
        views.ocsf(binary)
    with pytest.raises(ValueError, match="column local_port is string, no uint16"):
        views.asim(pa.table({"local_port": ["x"]}))


def test_names_that_are_joined_are_names_of_rules() -> None:
    named = pa.Table.from_batches([DROP]).append_column(
        "rule_name", pa.array(["Mail stays inside"]))
    assert of("ecs", named)[0]["rule"]["name"] == "Mail stays inside"
    assert of("ocsf", named)[0]["firewall_rule"]["name"] == "Mail stays inside"
    assert of("asim", named)[0]["Rule"] == "Mail stays inside"


STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HOSTILE = 'a"b\\c\n\x1b[31m\u202e\ud7ff\x7f, "x": {'


def test_lines_are_what_json_makes_of_the_rows() -> None:
    table = pa.table({
        "a": pa.array([HOSTILE, None, "", HOSTILE]),
        "b": pa.array([[1, None], [], None, [2]], pa.list_(pa.int64())),
        "c": pa.array([{"d": None, "e": {"f": None}}, {"d": "é,", "e": {"f": True}}, None,
                       {"d": ",", "e": None}]),
        "g": pa.array([b"\0\xff", None, b"", b"1"])})
    lines = views.ndjson(table.slice(0)).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        {"a": HOSTILE, "b": [1, None], "g": "00ff"}, {"b": [], "c": {"d": "é,", "e": {"f": True}}},
        {"a": "", "g": ""}, {"a": HOSTILE, "b": [2], "c": {"d": ","}, "g": "31"}]
    assert not any(STEERING.search(line) for line in lines)
    assert views.ndjson(table.slice(1, 2)).split("\n")[:2] == lines[1:3]
    assert views.ndjson(pa.table({"a": pa.array([None], pa.utf8())})) == "{}\n"
