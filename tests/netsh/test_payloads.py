"""Each type of event as netsh writes it: every member into its column, and nothing else."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from netsh_xml import APP, DROP, HEADER, V6, Tree, drop, netevents

from wfpfast import netsh
from wfpfast.explain import EVENT_KINDS

HEADER_ROW = {
    "timestamp": datetime(2026, 11, 2, 3, 4, 5, 678000, UTC), "flags": 0x3FFF, "ip_version": 4,
    "ip_protocol": 17, "local_address": "192.0.2.7", "remote_address": "203.0.113.250",
    "local_port": 49152, "remote_port": 53, "scope_id": 4, "app_path": APP,
    "user_sid": "S-1-5-21-11-22-33-1001", "address_family": "INET", "package_sid": "S-1-0-0",
    "enterprise_id": "corp.example", "policy_flags": 2**64 - 1, "effective_name": "tailspin",
}
GUID = "6f1e0001-0002-4003-8004-00000000beef"
SWITCH = "0b5f1c2e-7d3a-4a6b-9c8d-1e2f3a4b5c6d"
BLOB = {"data": f"{SWITCH}\0".encode("utf-16-le").hex(), "asString": "..."}

FAILURE: dict[str, Tree] = {
    "failureErrorCode": "13801 (ERROR_IPSEC_IKE_AUTH_FAIL)", "failurePoint": "IPSEC_FAILURE_PEER",
    "saRole": "IKEEXT_SA_ROLE_RESPONDER",
}
FAILURE_ROW = {"failure_error": 13801, "failure_point": "PEER", "sa_role": "RESPONDER"}
PRINCIPALS: dict[str, Tree] = {
    "localPrincipalNameForAuth": "host/a.example", "remotePrincipalNameForAuth": "",
    "localPrincipalGroupSids": ["S-1-5-32-544", "S-1-1-0"], "remotePrincipalGroupSids": "",
}
PRINCIPALS_ROW = {
    "local_principal": "host/a.example", "remote_principal": "",
    "local_groups": ["S-1-5-32-544", "S-1-1-0"], "remote_groups": [],
}
CERTIFICATE: dict[str, Tree] = {"endCertHash": bytes(range(20)).hex(), "mmId": "77"}
CERTIFICATE_ROW = {"end_cert_hash": bytes(range(20)), "mm_id": 77}
CLASSIFY: dict[str, Tree] = {
    "filterId": "18446744073709551615", "layerId": "65535", "reauthReason": "65536",
    "originalProfile": "1", "currentProfile": "4", "msFwpDirection": "MS_FWP_DIRECTION_OUT",
    "isLoopback": "true",
}
CLASSIFY_ROW = {
    "filter_id": 2**64 - 1, "layer_id": 65535, "reauth_reason": 65536, "original_profile": 1,
    "current_profile": 4, "direction": "OUTBOUND", "direction_code": 0x3901, "is_loopback": True,
}
VSWITCH: dict[str, Tree] = {
    "vSwitchId": BLOB, "vSwitchSourcePort": "4294967295", "vSwitchDestinationPort": "8"}
VSWITCH_ROW = {"vswitch_id": SWITCH, "vswitch_source_port": 2**32 - 1,
               "vswitch_destination_port": 8}
CASES: dict[str, tuple[str, dict[str, Tree], dict[str, Any]]] = {
    "IKEEXT_MM_FAILURE": ("ikeMmFailure", {
        **FAILURE, "flags": ["FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_MULTIPLE", "00000100"],
        "keyingModuleType": "IKEEXT_KEY_MODULE_IKEV2", "mmState": "IKEEXT_MM_SA_STATE_FINAL_SENT",
        "mmAuthMethod": "IKEEXT_KERBEROS", **CERTIFICATE, "mmFilterId": "88", **PRINCIPALS,
        "providerContextKey": f"{{{GUID}}}",
    }, {
        **FAILURE_ROW, **CERTIFICATE_ROW, **PRINCIPALS_ROW, "failure_flags": 0x102,
        "keying_module": "IKEV2", "mm_state": "FINAL_SENT", "auth_method": "KERBEROS",
        "mm_filter_id": 88, "provider_context_key": GUID,
    }),
    "IKEEXT_QM_FAILURE": ("ikeQmFailure", {
        **FAILURE, "keyingModuleType": "IKEEXT_KEY_MODULE_AUTHIP",
        "qmState": "IKEEXT_QM_SA_STATE_INITIAL", "saTrafficType": "IPSEC_TRAFFIC_TYPE_TUNNEL",
        "localSubNet": {"type": "FWP_V4_ADDR_MASK",
                        "v4AddrMask": {"addr": "10.20.0.0", "mask": "255.255.0.0"}},
        "remoteSubNet": {"type": "FWP_V6_ADDR_MASK",
                         "v6AddrMask": {"addr": "2001:db8::", "prefixLength": "33"}},
        "qmFilterId": "99", "mmSaLuid": "101", "mmProviderContextKey": f"{{{GUID}}}",
    }, {
        **FAILURE_ROW, "keying_module": "AUTHIP", "qm_state": "INITIAL", "traffic_type": "TUNNEL",
        "local_subnet": "10.20.0.0/16", "remote_subnet": "2001:db8::/33", "qm_filter_id": 99,
        "mm_sa_luid": 101, "provider_context_key": GUID,
    }),
    "IKEEXT_EM_FAILURE": ("ikeEmFailure", {
        **FAILURE, "flags": ["FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_MULTIPLE"],
        "emState": "IKEEXT_EM_SA_STATE_AUTH_COMPLETE", "emAuthMethod": "IKEEXT_SSL",
        **CERTIFICATE, "qmFilterId": "99", **PRINCIPALS,
        "saTrafficType": "IPSEC_TRAFFIC_TYPE_TRANSPORT",
    }, {
        **FAILURE_ROW, **CERTIFICATE_ROW, **PRINCIPALS_ROW, "failure_flags": 1,
        "em_state": "AUTH_COMPLETE", "auth_method": "SSL", "qm_filter_id": 99,
        "traffic_type": "TRANSPORT",
    }),
    "CLASSIFY_DROP": (
        "classifyDrop", {**CLASSIFY, **VSWITCH}, {**CLASSIFY_ROW, **VSWITCH_ROW}),
    "IPSEC_KERNEL_DROP": ("ipsecDrop", {
        "failureStatus": "-1070202878", "direction": "FWP_DIRECTION_INBOUND", "spi": "4660",
        "filterId": "5", "layerId": "12",
    }, {
        "failure_status": -1070202878, "direction": "INBOUND", "direction_code": 1, "spi": 4660,
        "filter_id": 5, "layer_id": 12,
    }),
    "IPSEC_DOSP_DROP": ("idpDrop", {
        "ipVersion": "FWP_IP_VERSION_V6", "publicHostV6Addr.byteArray16": "2001:db8::99",
        "internalHostV6Addr.byteArray16": "fd00::5", "failureStatus": "3224764418",
        "direction": "FWP_DIRECTION_OUTBOUND",
    }, {
        "public_host": "2001:db8::99", "internal_host": "fd00::5",
        "failure_status": 3224764418 - 2**32, "direction": "OUTBOUND", "direction_code": 0,
    }),
    "CLASSIFY_ALLOW": ("classifyAllow", CLASSIFY, CLASSIFY_ROW),
    "CAPABILITY_DROP": ("capabilityDrop", {
        "networkCapabilityId": "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_PRIVATE_NETWORK",
        "filterId": "31", "isLoopback": "false",
    }, {
        "network_capability": "INTERNET_PRIVATE_NETWORK", "filter_id": 31, "is_loopback": False}),
    "CAPABILITY_ALLOW": ("capabilityAllow", {
        "networkCapabilityId": "FWPM_APPC_NETWORK_CAPABILITY_INTERNET_CLIENT",
        "filterId": "32", "isLoopback": "true",
    }, {"network_capability": "INTERNET_CLIENT", "filter_id": 32, "is_loopback": True}),
    "CLASSIFY_DROP_MAC": ("classifyDropMac", {
        "localMacAddr": "00005e005301", "remoteMacAddr": "00-00-5E-00-53-02", "mediaType": "19",
        "ifType": "71", "etherType": "34958", "ndisPortNumber": "3", "reserved": "0",
        "vlanTag": "4094", "ifLuid": "19984723346456576", **CLASSIFY, **VSWITCH,
    }, {
        "local_mac": "00:00:5e:00:53:01", "remote_mac": "00:00:5e:00:53:02", "media_type": 19,
        "interface_type": 71, "ether_type": 0x888E, "ndis_port": 3, "vlan_tag": 4094,
        "interface_luid": 71 << 48, **CLASSIFY_ROW, **VSWITCH_ROW,
    }),
    "LPM_PACKET_ARRIVAL": ("lpmPacketArrival", {"spi": "4294967295"}, {"spi": 2**32 - 1}),
}


def event(name: str, body: Tree, **header: Tree | None) -> dict[str, Any]:
    public = "" if "PUBLIC" in name or name.startswith("IKEEXT") else "PUBLIC_"
    tag = CASES[name][0]
    return drop(header, classifyDrop=None) | {
        "type": f"FWPM_NET_EVENT_TYPE_{public}{name}", tag: body}


def read_row(tree: Tree, **options: Any) -> dict[str, Any]:
    """Read one event; without its null cells."""
    with netsh.read_events(io.BytesIO(netevents(tree).encode()), **options) as stream:
        (row,) = next(stream).to_pylist()
        assert list(stream) == []
    return {name: value for name, value in row.items() if value is not None}


def test_every_type_has_a_case() -> None:
    assert list(CASES) == list(EVENT_KINDS)


@pytest.mark.parametrize("name", CASES)
def test_every_member(name: str) -> None:
    _, body, expected = CASES[name]
    assert read_row(event(name, body)) == {**HEADER_ROW, "event_type": name, **expected}


@pytest.mark.parametrize("name", CASES)
def test_members_that_windows_does_not_print_are_null(name: str) -> None:
    """Each member alone: its columns, and none of a zero beside it."""
    _, body, expected = CASES[name]
    given: dict[str, Any] = {}
    for tag, content in body.items():
        if tag == "reserved":
            continue
        # What decides whether another member means anything comes with it.
        deciding = {key: body[key] for key in (
            "ipVersion", "saTrafficType", "filterId", "vSwitchId") if key in body}
        row = read_row(event(name, {**deciding, tag: content}))
        found = {key: value for key, value in row.items()
                 if key not in HEADER_ROW and key != "event_type"}
        assert found == {key: expected[key] for key in found}
        assert len(found) <= 2 + len(deciding)
        given |= found
    assert given == expected


@pytest.mark.parametrize("name", CASES)
def test_a_member_that_cannot_be_read_is_named_or_null(name: str) -> None:
    tag_of_body, body, _ = CASES[name]
    whole = read_row(event(name, body))
    for tag in body.keys() - {"reserved"}:
        for bad in ({"a": {"b": "c"}}, [{"a": "b"}]):
            tree = event(name, {**body, tag: bad})
            with pytest.raises(netsh.NetshError) as caught:
                read_row(tree)
            assert caught.value.element == tag
            row = read_row(tree, errors="null")
            assert row == {key: whole[key] for key in row}
            assert len(row) < len(whole)
    assert read_row(event(name, {**body, tag_of_body: "an element of no use"})) == whole


def test_principals_are_never_null_pointers() -> None:
    for name in ("IKEEXT_MM_FAILURE", "IKEEXT_EM_FAILURE"):
        body = {**CASES[name][1], **dict.fromkeys(PRINCIPALS, "")}
        row = read_row(event(name, body))
        assert (row["local_principal"], row["remote_principal"]) == ("", "")
        assert (row["local_groups"], row["remote_groups"]) == ([], [])


@pytest.mark.parametrize("name", CASES)
def test_an_empty_payload_is_a_null_pointer(name: str) -> None:
    assert read_row(event(name, "")) == {**HEADER_ROW, "event_type": name}
    tree = event(name, "")
    del tree[CASES[name][0]]
    assert read_row(tree) == {**HEADER_ROW, "event_type": name}


@pytest.mark.parametrize("tag", HEADER)
def test_each_member_of_the_header_may_be_missing(tag: str) -> None:
    gone = {
        "timeStamp": {"timestamp"}, "flags": {"flags"},  # what is printed counts
        "ipVersion": set(),  # it is that of the address which is printed
        "ipProtocol": {"ip_protocol"}, "localAddrV4": {"local_address"},
        "remoteAddrV4": {"remote_address"}, "localPort": {"local_port"},
        "remotePort": {"remote_port"}, "scopeId": {"scope_id"}, "appId": {"app_path"},
        "userId": {"user_sid"}, "addressFamily": {"address_family"},
        "packageSid": {"package_sid"}, "enterpriseId": {"enterprise_id"},
        "policyFlags": {"policy_flags"}, "effectiveName": {"effective_name"},
    }[tag]
    row = read_row(event("LPM_PACKET_ARRIVAL", "", **{tag: None}))
    expected = {**HEADER_ROW, "event_type": "LPM_PACKET_ARRIVAL"}
    assert row == {name: value for name, value in expected.items() if name not in gone}


def test_flags_decide_what_of_the_header_counts() -> None:
    row = read_row(drop({"flags": ["FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET", "00010000"]}))
    assert row.keys() & HEADER_ROW.keys() == {"timestamp", "flags", "local_port"}
    assert row["flags"] == 0x10008
    assert read_row(drop({"flags": ""}))["flags"] == 0


def test_ipv6() -> None:
    row = read_row(drop(V6))
    assert (row["ip_version"], row["address_family"]) == (6, "INET6")
    assert (row["local_address"], row["remote_address"]) == ("2001:db8::7", "2001:db8:0:1::53")
    row = read_row(drop(V6), addresses="binary")
    assert row["local_address"] == bytes.fromhex("20010db8000000000000000000000007")
    row = read_row(drop(), addresses="binary")
    assert row["remote_address"] == bytes(10) + b"\xff\xff" + bytes([203, 0, 113, 250])


def test_public_host_of_ipv4() -> None:
    row = read_row(event("IPSEC_DOSP_DROP", {
        "ipVersion": "FWP_IP_VERSION_V4", "publicHostV4Addr": "198.51.100.9",
        "internalHostV4Addr": "10.0.0.5"}))
    assert (row["public_host"], row["internal_host"]) == ("198.51.100.9", "10.0.0.5")


def test_no_version_no_address() -> None:
    row = read_row(drop({"ipVersion": "FWP_IP_VERSION_NONE"}))
    assert row.keys() & {"ip_version", "local_address", "remote_address"} == set()


INTERNAL: dict[str, Tree] = {
    "internalFlags": ["FWPM_NET_EVENT_INTERNAL_FLAG_FILTER_ORIGIN_SET"],
    "remoteAddrBitmap": "0000000000000000", "capabilities": "", "fqbnVersion": "0",
    "fqbnName": "",
    "terminatingFiltersInfo": [
        {"filterId": "70001", "subLayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
         "actionType": "FWP_ACTION_BLOCK"},
        {"filterId": "70002", "subLayer": "", "actionType": "FWP_ACTION_PERMIT"},
    ],
    "filterOrigin": "Query User Default", "interfaceIndex": "21", "processId": "4242",
}
INTERNAL_ROW = {
    "terminating_filters": [
        {"filter_id": 70001, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
         "action": "FWP_ACTION_BLOCK"},
        {"filter_id": 70002, "sublayer": None, "action": "FWP_ACTION_PERMIT"},
    ],
    "filter_origin": "Query User Default", "interface_index": 21, "process_id": 4242,
}


def test_internal_fields_and_any_that_are_missing() -> None:
    plain = read_row(drop())
    assert plain.keys() & INTERNAL_ROW.keys() == set()
    assert read_row(drop(internalFields=INTERNAL)) == {**plain, **INTERNAL_ROW}
    assert read_row(drop(internalFields="")) == plain
    columns = {"terminatingFiltersInfo": "terminating_filters", "filterOrigin": "filter_origin",
               "interfaceIndex": "interface_index", "processId": "process_id"}
    for tag, column in columns.items():
        without = {key: value for key, value in INTERNAL.items() if key != tag}
        assert read_row(drop(internalFields=without)) == {
            **plain, **{key: each for key, each in INTERNAL_ROW.items() if key != column}}
    assert read_row(drop(internalFields={"terminatingFiltersInfo": ""})) == {
        **plain, "terminating_filters": []}


def test_both_spellings_of_the_type_and_numbers() -> None:
    for spelling in ("FWPM_NET_EVENT_TYPE_CLASSIFY_DROP",
                     "FWPM_NET_EVENT_TYPE_PUBLIC_CLASSIFY_DROP", "3"):
        assert read_row(drop(type=spelling)) == read_row(drop())
    for spelling, name in [("77", "UNKNOWN_77"),
                           ("FWPM_NET_EVENT_TYPE_INTERNAL_IKEEXT_QM_FAILURE",
                            "INTERNAL_IKEEXT_QM_FAILURE")]:
        row = read_row(drop(type=spelling))
        assert row == {**HEADER_ROW, "event_type": name}


def test_elements_that_newer_windows_may_print_are_skipped() -> None:
    new: dict[str, Tree] = {"newText": "1", "newList": ["a", {"b": "c"}], "newPart": {"d": ""}}
    tree = drop({**new}, classifyDrop={**DROP, **new}, newBody=new)
    assert read_row(tree) == read_row(drop())
