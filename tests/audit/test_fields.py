"""Which field becomes which column: rows written by hand, from Microsoft's names of the fields."""

from typing import Any

import pytest
from audit_records import FIELDS, Audit, read, records, rows_of
from evtx_file import BOOL, TEXT, UINT32, evtx

COMMON = {"host", "timestamp", "record_id", "event_id"}

MM: dict[str, Any] = {
    "LocalMMPrincipalName": "-", "RemoteMMPrincipalName": "vpn.example.com",
    "LocalAddress": "192.0.2.81", "LocalKeyModPort": 4500, "RemoteAddress": "192.0.2.82",
    "RemoteKeyModPort": 500, "KeyModName": "%%8222", "FailurePoint": "%%8199",
    "FailureReason": "Negotiation timed out", "MMAuthMethod": "%%8194", "State": "%%8202",
    "Role": "%%8205", "MMImpersonationState": "%%8217", "MMFilterID": 54919761,
    "InitiatorCookie": "db55d3767e51b422", "ResponderCookie": "0000000000000000"}
MM_ROW = {
    "event_type": "IKEEXT_MM_FAILURE", "ip_version": 4, "local_address": "192.0.2.81",
    "remote_address": "192.0.2.82", "local_port": 4500, "remote_port": 500,
    "failure_point": "ME", "keying_module": "IKE", "mm_state": "SA_SENT",
    "sa_role": "INITIATOR", "mm_filter_id": 54919761, "remote_principal": "vpn.example.com",
    "failure_reason": "Negotiation timed out"}
QM: dict[str, Any] = {
    "LocalAddress": "10.1.0.0", "LocalAddressMask": "255.255.0.0", "LocalPort": 0,
    "LocalTunnelEndpoint": "192.0.2.1", "RemoteAddress": "10.2.3.0",
    "RemoteAddressMask": "255.255.255.0", "RemotePort": 443,
    "RemoteTunnelEndpoint": "192.0.2.2", "Protocol": 6, "RemotePrivateAddress": "0.0.0.0",
    "KeyModName": "%%8223", "FailurePoint": "%%8200", "FailureReason": "No policy configured",
    "Mode": "%%8213", "State": "%%8208", "Role": "%%8206", "MessageID": 1, "QMFilterID": 70001,
    "MMSAID": 77}
QM_ROW = {
    "event_type": "IKEEXT_QM_FAILURE", "ip_protocol": 6, "local_port": 0, "remote_port": 443,
    "failure_point": "PEER", "keying_module": "AUTHIP", "qm_state": "INITIAL",
    "sa_role": "RESPONDER", "traffic_type": "TUNNEL", "qm_filter_id": 70001, "mm_sa_luid": 77,
    "local_subnet": "10.1.0.0/16", "remote_subnet": "10.2.3.0/24",
    "failure_reason": "No policy configured"}
EM: dict[str, Any] = {
    "LocalEMPrincipalName": "CN=pc1", "LocalEMCertHash": "0102030405060708090A" * 2,
    "LocalEMIssuingCA": "CA", "LocalEMRootCA": "Root", "RemoteEMPrincipalName": "-",
    "RemoteEMCertHash": "-", "RemoteEMIssuingCA": "-", "RemoteEMRootCA": "-",
    "LocalAddress": "2001:db8::1", "LocalKeyModPort": 500, "RemoteAddress": "2001:db8::2",
    "RemoteKeyModPort": 500, "FailurePoint": "%%8199", "FailureReason": "-",
    "State": "%%8219", "Role": "%%8206", "EMImpersonationState": "%%8217", "QMFilterID": 0}
EM_ROW = {
    "event_type": "IKEEXT_EM_FAILURE", "ip_version": 6, "local_address": "2001:db8::1",
    "remote_address": "2001:db8::2", "local_port": 500, "remote_port": 500,
    "failure_point": "ME", "em_state": "SENT_ATTS", "sa_role": "RESPONDER",
    "auth_method": "CERTIFICATE", "local_principal": "CN=pc1",
    "end_cert_hash": bytes.fromhex("0102030405060708090a" * 2)}
FRAME: dict[str, Any] = {
    "Direction": "%%14592", "SourceAddress": "00-15-5D-01-02-03",
    "DestAddress": "00:15:5d:0a:0b:0c", "EtherType": "0x0800", "MediaType": 0,
    "InterfaceType": 6, "VlanTag": 12, "FilterRTID": 70500, "LayerName": "%%14602",
    "LayerRTID": 87}
FRAME_ROW = {
    "event_type": "CLASSIFY_DROP_MAC", "direction": "INBOUND", "direction_code": 0x3900,
    "remote_mac": "00:15:5d:01:02:03", "local_mac": "00:15:5d:0a:0b:0c", "ether_type": 0x0800,
    "media_type": 0, "interface_type": 6, "vlan_tag": 12, "filter_id": 70500, "layer_id": 87,
    "layer_kind": "MAC 802.3"}
SWITCH: dict[str, Any] = {
    "Direction": "%%14593", "SourceAddress": "00155d010203", "DestAddress": "-",
    "EtherType": 2048, "VlanTag": 0, "vSwitchID": "8d3c4e5f-0000-4000-8000-0123456789ab",
    "SourcevSwitchPort": 3, "DestinationvSwitchPort": 4, "FilterRTID": 0,
    "LayerName": "%%14642", "LayerRTID": 92}
SWITCH_ROW = {
    "event_type": "CLASSIFY_DROP_MAC", "direction": "OUTBOUND", "direction_code": 0x3901,
    "local_mac": "00:15:5d:01:02:03", "ether_type": 0x0800, "vlan_tag": 0,
    "vswitch_id": "8d3c4e5f-0000-4000-8000-0123456789ab", "vswitch_source_port": 3,
    "vswitch_destination_port": 4, "layer_id": 92, "layer_kind": "vSwitch Egress"}
NUMBERS = dict.fromkeys((
    "EtherType", "MediaType", "InterfaceType", "VlanTag", "SourcevSwitchPort",
    "DestinationvSwitchPort"), UINT32)

CASES = {
    "4653": (4653, MM, MM_ROW),
    "4652": (4652, {**MM, "LocalMMCertHash": "11" * 20, "MMAuthMethod": "%%8227"}, {
        **MM_ROW, "end_cert_hash": bytes([0x11]) * 20, "auth_method": "CERTIFICATE"}),
    "4654": (4654, QM, QM_ROW),
    "4654 transport": (4654, {**QM, "Mode": "%%8212", "TunnelId": 0, "TrafficSelectorId": 0}, {
        **{k: v for k, v in QM_ROW.items() if "subnet" not in k}, "traffic_type": "TRANSPORT",
        "ip_version": 4, "local_address": "10.1.0.0", "remote_address": "10.2.3.0"}),
    "4983": (4983, EM, EM_ROW),
    "4984": (4984, {**EM, "EMAuthMethod": "%%8225", "LocalEMCertHash": "-"}, {
        **{k: v for k, v in EM_ROW.items() if k != "end_cert_hash"}, "auth_method": "NTLM_V2"}),
    "4963": (4963, {"RemoteAddress": "192.0.2.9"}, {
        "event_type": "IPSEC_KERNEL_DROP", "ip_version": 4, "remote_address": "192.0.2.9",
        "direction": "INBOUND", "direction_code": 0x3900, "spi": 0,
        "failure_status": 0xC0360007 - 2**32}),
    "5150": (5150, FRAME, FRAME_ROW), "5151": (5151, FRAME, FRAME_ROW),
    "5146": (5146, SWITCH, SWITCH_ROW), "5147": (5147, SWITCH, SWITCH_ROW),
}


@pytest.mark.parametrize("name", CASES)
def test_each_field_becomes_its_column(name: str) -> None:
    event_id, fields, expected = CASES[name]
    types = {k: NUMBERS[k] for k in fields if k in NUMBERS and not isinstance(fields[k], str)}
    rows, stats = read(evtx(records([Audit(event_id, fields, types=types)])))
    assert len(rows) == 1
    assert rows[0]["event_id"] == event_id
    assert {k: v for k, v in rows[0].items() if k not in COMMON} == expected
    assert not stats["malformed"]
    assert not stats["unknown_names"]


def test_what_newer_windows_adds() -> None:
    """Windows 11 and Server 2022; no file shows in which form profiles and answers are."""
    added = {
        **FIELDS["connection"], "InterfaceIndex": 12, "FilterOrigin": "Query User Default",
        "RemoteUserID": "S-1-5-21-1-2-3-1001", "OriginalProfile": 1, "CurrentProfile": 2,
        "IsLoopback": 1, "HasRemoteDynamicKeywordAddress": 0}
    types = {"OriginalProfile": UINT32, "CurrentProfile": UINT32, "IsLoopback": BOOL,
             "HasRemoteDynamicKeywordAddress": BOOL}
    row = rows_of(Audit(5157, added, types=types))[0]
    assert {k: row.get(k) for k in (
        "interface_index", "filter_origin", "remote_user_sid", "original_profile",
        "current_profile", "is_loopback", "remote_machine_sid")} == {
        "interface_index": 12, "filter_origin": "Query User Default",
        "remote_user_sid": "S-1-5-21-1-2-3-1001", "original_profile": 1, "current_profile": 2,
        "is_loopback": True, "remote_machine_sid": None}


@pytest.mark.parametrize(("text", "answer"), [
    ("true", True), ("False", False), ("%%1842", True), ("%%1843", False), ("0", False),
    ("%%14678", True), ("%%14679", False), ("maybe", None), ("7", None),
])
def test_an_answer_may_have_many_forms(text: str, answer: bool | None) -> None:
    fields = {**FIELDS["connection"], "IsLoopback": text, "OriginalProfile": text}
    rows, stats = read(evtx(records([Audit(5157, fields)])))
    assert rows[0].get("is_loopback") == answer
    number = int(text) if text.isdecimal() else None
    assert rows[0].get("original_profile") == number
    assert stats["unknown_forms"] == (answer is None) + (number is None)


def test_an_unknown_message_is_kept_as_unknown() -> None:
    fields = {**MM, "State": "%%8245", "KeyModName": "IKEv9", "Role": "%%8211"}
    rows, stats = read(evtx(records([Audit(4653, fields)])))
    assert rows[0]["mm_state"] == "UNKNOWN_%%8245"
    assert rows[0]["keying_module"] == "UNKNOWN_IKEv9"
    assert "sa_role" not in rows[0]
    assert stats["unknown_names"] == 2


@pytest.mark.parametrize(("mask", "prefix"), [
    ("0.0.0.0", 0), ("128.0.0.0", 1), ("255.255.255.255", 32), ("255.0.255.0", None),
    ("ffff::", None),
])
def test_masks(mask: str, prefix: int | None) -> None:
    rows, stats = read(evtx(records(
        [Audit(4654, {**QM, "LocalAddressMask": mask})])), errors="null")
    assert rows[0].get("local_subnet") == (None if prefix is None else f"10.1.0.0/{prefix}")
    assert stats["malformed"] == (prefix is None)


@pytest.mark.parametrize(("text", "canonical"), [
    ("FE80::A", "fe80::a"), ("::ffff:10.0.0.1", "::ffff:a00:1"), ("::", "::"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("fe80::5efe:192.0.2.1", "fe80::5efe:c000:201"),
])
def test_addresses_are_written_as_net_events_have_them(text: str, canonical: str) -> None:
    fields = {**FIELDS["connection"], "SourceAddress": text}
    row = rows_of(Audit(5156, fields))[0]
    assert row["source_address"] == row["local_address"] == canonical


def test_which_end_is_local() -> None:
    both = {**FIELDS["packet"], "SourceAddress": "192.0.2.1", "DestAddress": "192.0.2.2"}
    audits = [Audit(k, {**both, "Direction": d}, host=d)  # so that nothing tells one end
              for k in (5152, 5156, 5157) for d in ("%%14592", "%%14593")]
    rows, stats = read(evtx(records(audits)))
    assert [(r["event_id"], r["direction"], r.get("local_address"), r.get("remote_port"))
            for r in rows] == [
        (5152, "INBOUND", "192.0.2.2", 52001), (5152, "OUTBOUND", "192.0.2.1", 443),
        (5156, "INBOUND", None, None), (5156, "OUTBOUND", "192.0.2.1", 443),
        (5157, "INBOUND", None, None), (5157, "OUTBOUND", "192.0.2.1", 443)]
    assert {r["source_address"] for r in rows} == {"192.0.2.1"}
    assert stats["undecided_sides"] == 2


@pytest.mark.parametrize(("direction", "ports"), [
    ("%%14593", (143, 0)), ("%%14592", (None, None))])
def test_icmp_has_a_type_and_a_code(direction: str, ports: tuple[int | None, int | None]) -> None:
    """The outbound one is as a public record has it."""
    row = rows_of(Audit(5152, {
        **FIELDS["packet"], "Protocol": 58, "SourceAddress": "fe80::1", "SourcePort": "143",
        "DestAddress": "ff02::16", "DestPort": "0", "Direction": direction}))[0]
    assert (row.get("local_port"), row.get("remote_port")) == ports
    assert (row["source_port"], row["destination_port"]) == (143, 0)


def test_text_that_is_no_utf_16_is_replaced_and_counted() -> None:
    rows, stats = read(evtx(records(
        [Audit(5158, {**FIELDS["bind"], "Application": "a\ud800b"})])))
    assert rows[0]["app_path"] == "a\ufffdb"
    assert stats["replaced_text"] == 1


def test_times_outside_are_null() -> None:
    rows, stats = read(evtx(records([Audit(5158, FIELDS["bind"], time=2**63)])))
    assert len(rows) == stats["timestamps_out_of_range"] == 1
    assert "timestamp" not in rows[0]


def test_a_number_of_the_wrong_size_cannot_be_read() -> None:
    one = Audit(5158, {**FIELDS["bind"], "Protocol": "1\u0661"}, types={"Protocol": TEXT})
    assert read(evtx(records([one])), errors="null")[1]["malformed"] == 1
