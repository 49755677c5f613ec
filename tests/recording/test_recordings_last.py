"""Recordings are for ever: a file of each format version is read as it was written.

The rows are written by hand beside the mappings that the files were made from, once, when the
format version was new. Whoever changes this module's expectations breaks files that people have.
"""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from wfpfast import decode
from wfpfast._tables.members import MEMBERS
from wfpfast.recording import Recording

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
FORMATS = [2, 3]

# What the files were made from, but for the names of the machine: a block as Windows makes it, and
# one of a source that knows more and less. In recording_2.wfprec the latter has one event only.
PLAIN: list[dict[str, Any]] = [
    {"header": {"timeStamp": 133_800_000_000_000_000, "flags": 0x17F, "ipVersion": 0,
                "ipProtocol": 6, "localAddrV4": 0xC0000201, "remoteAddrV4": 0xC6336401,
                "localPort": 49152, "remotePort": 443, "appId": "System", "userId": "S-1-5-18"},
     "type": 3, "classifyDrop": {"filterId": 68893, "layerId": 48, "msFwpDirection": 0x3901}},
    {"header": {"timeStamp": 133_800_000_000_000_001}, "type": 1,
     "ikeQmFailure": {"failureErrorCode": 13801, "failurePoint": 2, "saTrafficType": 1,
                      "localSubNet": (0x100, {"addr": 0x0A000000, "mask": 0xFF000000}),
                      "qmFilterId": 5}},
    {"type": 4, "ipsecDrop": {"failureStatus": -1073741790, "direction": 1, "spi": 7}},
]
WITH_TAIL: list[dict[str, Any]] = [
    {"header": {"timeStamp": 133_800_000_000_000_002, "flags": 0x10, "remotePort": 53}, "type": 3,
     "classifyDrop": {"filterId": 68893, "layerId": 0, "msFwpDirection": 0x3900, "isLoopback": 0},
     "internalFields": {
         "interfaceIndex": 7, "processId": 4242, "filterOrigin": "Stealth",
         "terminatingFiltersInfo": [{"filterId": 9, "subLayer": "s", "actionType": None}],
         "absent": ["layer_id"]}},
    {"header": {"timeStamp": 133_800_000_000_000_003, "flags": 0x8, "localPort": 500}, "type": 0,
     "ikeMmFailure": {"failureErrorCode": 13801, "mmAuthMethod": 0, "flags": 0,
                      "localPrincipalGroupSids": []},
     "internalFields": {
         "unknown": {"event_type": "FWPM_NET_EVENT_TYPE_LATER", "auth_method": "IKEEXT_LATER"}}},
    {"header": {"timeStamp": 133_800_000_000_000_004, "flags": 0x100, "ipVersion": 1}, "type": 6,
     "classifyAllow": {"filterId": 0, "layerId": 48},
     "internalFields": {"unknown": {"direction": "SIDEWAYS"}}},
]
START = datetime.datetime(2024, 12, 30, 2, 40, tzinfo=datetime.UTC)
PLAIN_ROWS: list[dict[str, Any]] = [
    {"timestamp": START, "event_type": "CLASSIFY_DROP", "flags": 0x17F, "ip_version": 4,
     "ip_protocol": 6, "local_address": "192.0.2.1", "remote_address": "198.51.100.1",
     "local_port": 49152, "remote_port": 443, "app_path": "System", "user_sid": "S-1-5-18",
     "address_family": "INET", "filter_id": 68893, "layer_id": 48, "reauth_reason": 0,
     "original_profile": 0, "current_profile": 0, "direction": "OUTBOUND",
     "direction_code": 0x3901, "is_loopback": False},
    {"timestamp": START, "event_type": "IKEEXT_QM_FAILURE", "flags": 0,
     "failure_error": 13801, "failure_point": "PEER", "keying_module": "IKE", "qm_state": "NONE",
     "sa_role": "INITIATOR", "traffic_type": "TUNNEL", "qm_filter_id": 5, "mm_sa_luid": 0,
     "local_subnet": "10.0.0.0/8"},
    # Time 0 is the year 1601, which is before all that nanoseconds from 1970 can say.
    {"event_type": "IPSEC_KERNEL_DROP", "flags": 0, "failure_status": -1073741790,
     "direction": "INBOUND", "direction_code": 1, "spi": 7},
]
TAIL_ROWS: list[dict[str, Any]] = [
    {"timestamp": START, "event_type": "CLASSIFY_DROP", "flags": 0x10, "remote_port": 53,
     "filter_id": 68893, "direction": "INBOUND", "direction_code": 0x3900, "is_loopback": False,
     "process_id": 4242, "filter_origin": "Stealth", "interface_index": 7,
     "terminating_filters": [{"filter_id": 9, "sublayer": "s", "action": None}]},
    {"timestamp": START, "event_type": "UNKNOWN_FWPM_NET_EVENT_TYPE_LATER", "flags": 0x8,
     "local_port": 500, "failure_error": 13801, "auth_method": "UNKNOWN_IKEEXT_LATER",
     "failure_flags": 0, "local_groups": []},
    {"timestamp": START, "event_type": "CLASSIFY_ALLOW", "flags": 0x100, "ip_version": 6,
     "layer_id": 48, "direction": "UNKNOWN_SIDEWAYS"},
]


def values(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: cell for name, cell in row.items() if cell is not None} for row in rows]


@pytest.mark.parametrize(("version", "tail_size", "tail_rows"), [
    (2, 48, TAIL_ROWS[:1]), (3, 64, TAIL_ROWS)])
def test_a_recording(version: int, tail_size: int, tail_rows: list[dict[str, Any]]) -> None:
    recording = Recording(DATA / f"recording_{version}.wfprec")
    with recording:
        first, second = recording.records()
    assert (first.dropped, first.time_ns, second.dropped) == (0, 1_735_497_600_000_000_000, 17)
    assert (first.block.tail_size, second.block.tail_size) == (0, tail_size)
    assert values(decode(first.block).to_pylist()) == PLAIN_ROWS
    assert values(decode(second.block).to_pylist()) == tail_rows


def test_there_is_a_recording_of_each_format_version() -> None:
    assert sorted(path.name for path in DATA.glob("recording_[0-9]*.wfprec")) == [
        f"recording_{version}.wfprec" for version in FORMATS]
    text = (ROOT / "docs/recording.md").read_text(encoding="utf-8")
    assert re.findall(r"This is format version (\d+)", text) == [str(FORMATS[-1])]


def test_the_document_lists_what_a_source_may_lack() -> None:
    text = (ROOT / "docs/recording.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([`\w, ]+) \| (\w+): ([`\w, ]+) \|$", text, re.M)
    assert len(rows) == 57
    assert [(int(n), tuple(re.findall(r"\w+", columns)), section,
             tuple(re.findall(r"\w+", members))) for n, columns, section, members in rows] == [
        (n, m.columns, m.section, m.members) for n, m in enumerate(MEMBERS)]


@pytest.mark.parametrize("number", [0, 17, 22, 40, 54, 56])
def test_numbers_of_members_never_change(number: int) -> None:
    """Some of the list at format version 3, by hand."""
    first = {0: "timestamp", 17: "filter_id", 22: "direction", 40: "keying_module",
             54: "internal_host", 56: "remote_groups"}
    assert MEMBERS[number].columns[0] == first[number]


def test_what_a_recording_of_state_version_1_says_of_its_machine() -> None:
    """By hand: the second filter was added between 22:04 and 22:10:02, and was gone at 22:11."""
    def at(minute: int, second: int = 0) -> datetime.datetime:
        return datetime.datetime(2026, 11, 30, 22, minute, second, tzinfo=datetime.UTC)

    with Recording(DATA / "recording_names.wfprec") as recording:
        assert (recording.host, recording.system) == ("PC1", "Windows")
        machine = recording.machine()
        assert [block.count for block in recording] == [2, 1, 2]
    assert machine.volumes == {"HarddiskVolume3": "C:"}
    assert machine.accounts == {"S-1-5-21-1111-2222-3333-1001": "PC1\\anna"}
    assert machine.faults == []
    assert machine.filters is not None
    rows = [{name: value for name, value in row.items() if value is not None}
            for row in machine.filters]
    both = {
        "host": "PC1", "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4", "action": "BLOCK",
        "sublayer_key": "{b3cdd441-af90-41ba-a745-7c6008ff2301}", "flags": [],
        "sublayer_name": "FWPM_SUBLAYER_MPSSVC_WF"}
    assert sorted(rows, key=lambda row: row["filter_id"]) == [
        both | {"filter_id": 70011, "filter_key": "{00000011-0000-4000-8000-000000000000}",
                "name": "No SMB to the Internet", "provider_name": "FWPM_PROVIDER_MPSSVC_WF",
                "provider_key": "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}",
                "provider_service": "mpssvc"},
        both | {"filter_id": 70311, "filter_key": "{00000311-0000-4000-8000-000000000000}",
                "name": "Acme VPN: only through the tunnel", "provider_name": "Acme VPN",
                "provider_key": "{0ac3e000-0000-4000-8000-000000000000}",
                "provider_service": "AcmeVpnSvc", "from": at(4), "until": at(11)}]
