"""What the filter engine decided: classify, MAC and capability events of every version."""

import pytest
from example_events import INTERNAL, SWITCH, event

from wfpfast import decode, encode

DROP_0 = {"filter_id": 68893, "layer_id": 48}
DROP_1 = DROP_0 | {
    "reauth_reason": 1, "original_profile": 1, "current_profile": 2, "direction": "OUTBOUND",
    "direction_code": 0x3901, "is_loopback": True,
}
VSWITCH = {"vswitch_id": SWITCH, "vswitch_source_port": 1, "vswitch_destination_port": 2}
MAC = {
    "local_mac": "00:00:5e:00:53:01", "remote_mac": "00:00:5e:00:53:02", "media_type": 1,
    "interface_type": 6, "ether_type": 0x0806, "ndis_port": 4, "vlan_tag": 100,
    "interface_luid": 1 << 48,
}

def payload(kind: int, version: int, **options) -> dict[str, object]:
    row = decode(encode([event(kind)], version=version), **options)[0].to_dict()
    first = list(row).index("filter_id")  # before it are the columns of the header
    return {k: v for k, v in list(row.items())[first:] if v is not None}


@pytest.mark.parametrize(("version", "expected"), [
    (0, DROP_0), (1, DROP_1), (2, DROP_1 | VSWITCH), (3, DROP_1 | VSWITCH),
    (4, DROP_1 | VSWITCH), (5, DROP_1 | VSWITCH),
])
def test_drop(version: int, expected) -> None:
    assert payload(3, version) == expected


@pytest.mark.parametrize("version", range(6))
def test_allow_has_no_vswitch_and_no_arm_before_version_2(version: int) -> None:
    assert payload(6, version) == (DROP_1 if version >= 2 else {})


@pytest.mark.parametrize("version", range(6))
def test_mac(version: int) -> None:
    assert payload(9, version) == (DROP_1 | VSWITCH | MAC if version >= 2 else {})


def test_mac_binary() -> None:
    row = payload(9, 5, addresses="binary")
    assert row["local_mac"] == bytes.fromhex("00005e005301")
    assert row["remote_mac"] == bytes.fromhex("00005e005302")


@pytest.mark.parametrize("version", range(6))
def test_capabilities(version: int) -> None:
    drop = {"filter_id": 3, "is_loopback": False, "network_capability": "INTERNET_CLIENT_SERVER"}
    allow = {"filter_id": 4, "is_loopback": True,
             "network_capability": "INTERNET_PRIVATE_NETWORK"}
    assert payload(7, version) == (drop if version >= 2 else {})
    assert payload(8, version) == (allow if version >= 2 else {})


def test_direction_is_never_forced() -> None:
    """An event of the receive/accept layer that says OUT stays OUT; unknown stays unknown."""
    sample = event(3)
    sample["classifyDrop"] |= {"layerId": 44, "msFwpDirection": 0x3901}
    odd = event(3)
    odd["classifyDrop"] |= {"msFwpDirection": 7}
    batch = decode(encode([sample, odd]))
    assert batch["direction"].to_pylist() == ["OUTBOUND", "UNKNOWN_7"]


def test_loopback_is_a_bool_of_any_width() -> None:
    odd = event(3)
    odd["classifyDrop"]["isLoopback"] = 2
    assert decode(encode([odd]))[0].is_loopback is True


def test_null_payload_leaves_the_header() -> None:
    sample = event(3)
    sample["classifyDrop"] = None
    row = decode(encode([sample]))[0]
    assert row.event_type == "CLASSIFY_DROP"
    assert row.filter_id is None
    assert row.remote_port == 443


@pytest.mark.parametrize(("switch", "expected"), [
    (None, (None, None, None)),
    (b"", (None, None, None)),
    ({"size": 0, "data": b"12"}, (None, None, None)),
    ({"size": 4, "data": None}, (None, 1, 2)),
    ("S\0\0", ("S", 1, 2)),
    (b"S\0\0\xd8!", ("S\ufffd\ufffd", 1, 2)),
])
@pytest.mark.parametrize("kind", [3, 9])
def test_ports_mean_nothing_without_a_switch(kind: int, switch, expected) -> None:
    sample = event(kind)
    sample[{3: "classifyDrop", 9: "classifyDropMac"}[kind]]["vSwitchId"] = switch
    batch = decode(encode([sample]))
    row = batch[0]
    assert (row.vswitch_id, row.vswitch_source_port, row.vswitch_destination_port) == expected
    assert batch.stats["replaced_text"] == str(expected[0]).count("\ufffd")


@pytest.mark.parametrize("version", range(6))
@pytest.mark.parametrize("kind", [3, 6, 7, 8, 9])
def test_a_permit_that_knows_no_filter_has_none(kind: int, version: int) -> None:
    """What was dropped was dropped by a filter, whatever its number."""
    sample, other = event(kind), event(kind)
    (arm,) = sample.keys() - {"header", "type"}
    sample[arm]["filterId"] = 0
    known = payload(kind, version)
    first, second = decode(encode([sample, other], version=version))
    assert first.filter_id == (0 if "filter_id" in known and kind not in (6, 8) else None)
    assert second.filter_id == known.get("filter_id")
    assert first.layer_id == known.get("layer_id")


@pytest.mark.parametrize("version", range(6))
def test_internal_tail(version: int) -> None:
    row = decode(encode([event(3) | {"internalFields": INTERNAL}, event(3)], version=version))
    assert row[0].process_id == 4321
    assert row[0].interface_index == 12
    assert row[0].filter_origin == "Quarantine Default"
    assert row[0].terminating_filters == [
        {"filter_id": 68893, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH",
         "action": "FWP_ACTION_BLOCK"},
        {"filter_id": 68879, "sublayer": None, "action": "FWP_ACTION_PERMIT"},
    ]
    assert (row[1].process_id, row[1].interface_index) == (None, None)
    assert (row[1].filter_origin, row[1].terminating_filters) == (None, None)


def test_what_a_source_did_not_print_is_null() -> None:
    """Old netsh XML prints neither for allowed traffic: a zero is not OUTBOUND."""
    tail = {"absent": ["direction", "direction_code", "is_loopback", "remote_port"]}
    row = decode(encode([event(6) | {"internalFields": tail}]))[0]
    assert (row.direction, row.direction_code, row.is_loopback) == (None, None, None)
    assert row.filter_id == 68893
