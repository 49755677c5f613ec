"""Real net events, every column of each as a person reads it off the XML."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from oracle.structs import COLUMNS

from wfpfast import netsh

# The flags of all four: 1 + 2 + 4 + 8 + 0x10 + 0x20 + 0x40 + 0x100 + 0x400.
COMMON: dict[str, Any] = {
    "event_type": "CLASSIFY_DROP", "flags": 0x57F, "ip_protocol": 6,
    "package_sid": "S-1-15-2-4163697451-3176919390-1155390458-2883473650-3020241727-"
                   "522149888-4067122936",
    "reauth_reason": 0, "original_profile": 1, "current_profile": 1, "direction": "OUTBOUND",
    "direction_code": 0x3901, "is_loopback": False,
}
V6 = {"ip_version": 6, "address_family": "INET6", "remote_address": "2620:1ec:c11::200",
      "remote_port": 443, "layer_id": 50, "filter_id": 68893,
      "user_sid": "S-1-5-21-2788718703-1626973220-3690764900-1000"}
V4 = {"ip_version": 4, "address_family": "INET", "layer_id": 48}


def app(version: str) -> str:
    return (r"\device\harddiskvolume1\program files\windowsapps"
            rf"\af692bff-6779-424f-870e-f6e59c502349_{version}_x64__5c037jar5839r"
            r"\uwpsocketclient.exe")


def decided(block: int, permit: int) -> list[dict[str, Any]]:
    return [
        {"filter_id": block, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WSH",
         "action": "FWP_ACTION_BLOCK"},
        {"filter_id": permit, "sublayer": "FWPP_SUBLAYER_INTERNAL_FIREWALL_WF",
         "action": "FWP_ACTION_PERMIT"},
    ]


EVENTS: dict[str, dict[str, Any]] = {
    "uwp-case2-classify-drop-v6.netEvent.xml": {
        **V6, "timestamp": datetime(2020, 3, 30, 23, 53, 9, 720_000, UTC),
        "local_address": "2001:4898:1a:1045:8469:3351:e6e2:543", "local_port": 63187,
        "app_path": app("1.1.4.0"), "terminating_filters": decided(68893, 68879),
    },
    "uwp-case3-classify-drop-v6.netEvent.xml": {
        **V6, "timestamp": datetime(2020, 3, 31, 16, 57, 18, 570_000, UTC),
        "local_address": "2001:4898:1a:1045:9c65:7805:dd4a:cc4b", "local_port": 64086,
        "app_path": app("1.1.5.0"), "terminating_filters": decided(68893, 68879),
    },
    "uwp-case5-classify-drop-v4.netEvent.xml": {
        **V4, "timestamp": datetime(2020, 5, 22, 20, 54, 53, 499_000, UTC),
        "local_address": "10.216.117.17", "remote_address": "10.1.1.1", "local_port": 52956,
        "remote_port": 53, "app_path": app("1.1.13.0"), "filter_id": 121180,
        "user_sid": "S-1-5-21-2993214446-1947230185-131795049-1000",
        "terminating_filters": decided(121180, 121165),
    },
    "uwp-case7-classify-drop-v4.item.xml": {
        **V4, "timestamp": datetime(2020, 5, 4, 22, 4, 7, 39_000, UTC),
        "local_address": "10.195.36.30", "remote_address": "204.79.197.200", "local_port": 57062,
        "remote_port": 443, "app_path": app("1.1.12.0"), "filter_id": 206064,
        "user_sid": "S-1-5-21-1578316205-4060061518-881547182-1000",
        "terminating_filters": decided(206064, 206049),
    },
}


@pytest.mark.parametrize("name", EVENTS)
def test_every_column(name: str, samples: Path) -> None:
    """What is not listed above is null: flags are clear, elements empty, or not printed."""
    with netsh.read_events(samples / "netevents" / name) as stream:
        (row,) = [row.to_dict() for batch in stream for row in batch]
    assert list(row) == [*COLUMNS]
    assert row == {**dict.fromkeys(row), **COMMON, **EVENTS[name]}
    assert stream.stats["malformed"] == stream.stats["replaced_text"] == 0


def test_no_event_is_left_out(samples: Path) -> None:
    found = {path.name for path in (samples / "netevents").glob("*classify*.xml")}
    assert found == EVENTS.keys()


def test_the_filters_that_made_them(samples: Path) -> None:
    """Cases 5 and 7 come with their filters; the ids join."""
    for event, filter_ in (("uwp-case5-classify-drop-v4.netEvent.xml", 121180),
                           ("uwp-case7-classify-drop-v4.item.xml", 206064)):
        number = event.split("-")[1]
        (row,) = netsh.read_filters(
            samples / "netevents" / f"uwp-{number}-filter-{filter_}.item.xml")
        key = {121180: "{e62a1a22-c80a-4518-a7f8-e7d1ef3a9ff6}",
               206064: "{f138d1ad-9293-478f-8519-c3368e796711}"}[filter_]
        assert row == {
            "filter_id": EVENTS[event]["filter_id"], "filter_key": key,
            "name": "Block Outbound Default Rule", "description": "Block Outbound Default Rule",
            "provider_key": "FWPM_PROVIDER_MPSSVC_WSH", "provider_name": None,
            "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
            "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WSH", "sublayer_name": None,
            "action": "BLOCK", "flags": [], "weight": 274877906944,
            "conditions": "FWPM_CONDITION_ALE_PACKAGE_ID NOT_EQUAL S-1-0-0",
            "filter_origin": None, "provider_service": None, "callout_key": None,
            "callout_name": None, "callout_registered": None, "provider_context_key": None,
        }
