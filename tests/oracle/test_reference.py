"""The ctypes twin against blocks packed by hand and values worked out by hand.

Must not know the compiled package, whose oracle the twin is.
"""

import copy
import struct
from ctypes import sizeof
from types import SimpleNamespace
from typing import Any

import pytest

from oracle import decode, decode_with_stats
from oracle import structs as sdk
from wfpfast.errors import MalformedBlockError

BASE = 0x1_0000_0000
EVERY_FLAG = 0x3FFF
FILETIME_2024 = 133_485_408_000_000_000  # 2024-01-01T00:00:00Z
SID_ADMINS = struct.pack("<BB6s2I", 1, 2, b"\0\0\0\0\0\5", 32, 544)
GUID = bytes.fromhex("33221100 5544 7766 8899aabbccddeeff")
GUID_TEXT = "00112233-4455-6677-8899-aabbccddeeff"

Layout = tuple[str, tuple[str, ...]]
DROP2 = ("<QH2xIIIIII4xQII", (
    "filterId", "layerId", "reauthReason", "originalProfile", "currentProfile", "direction",
    "isLoopback", "switchSize", "switch", "sourcePort", "destinationPort"))
QM1 = ("<6I I4xQ I4xQ QQ16s", (
    "error", "point", "keying", "qmState", "role", "traffic", "localType", "local",
    "remoteType", "remote", "qmFilterId", "mmSaLuid", "embeddedKey"))
MM2 = ("<7I20sQQ QQ I4xQ I4xQ Q", (
    "error", "point", "flags", "keying", "mmState", "role", "method", "hash", "mmId",
    "mmFilterId", "localName", "remoteName", "localCount", "localGroups", "remoteCount",
    "remoteGroups", "contextKey"))
MAC0 = ("<6s6sIIH2xIIH6xQQH2xIIIIII4xQII", (
    "localMac", "remoteMac", "mediaType", "ifType", "etherType", "ndisPort", "reserved", "vlanTag",
    "luid", *DROP2[1]))
EVENT5 = ("<QIIB3x16s16sHHI4xI4xQQI4xQQQI4xQ I4xQ", (
    "timeStamp", "flags", "ipVersion", "ipProtocol", "localAddr", "remoteAddr", "localPort",
    "remotePort", "scopeId", "appIdSize", "appId", "userId", "addressFamily", "packageSid",
    "enterpriseId", "policyFlags", "nameSize", "name", "type", "payload"))
BYTES = {"localAddr", "remoteAddr", "hash", "localMac", "remoteMac", "embeddedKey"}


def pack(layout: Layout, **members: Any) -> bytes:
    """The structure with `members` set and every other one zero."""
    form, names = layout
    assert members.keys() <= set(names)
    values = (members.get(name, b"" if name in BYTES else 0) for name in names)
    return struct.pack(form, *values)


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


class Image:
    """A block under construction: room for the entries, then what is added, 8-byte aligned."""

    def __init__(self, count: int = 1) -> None:
        self.data = bytearray(8 * count)

    def add(self, raw: bytes) -> int:
        self.data += bytes(-len(self.data) % 8) + raw
        return BASE + len(self.data) - len(raw)

    def event(self, **members: Any) -> int:
        return self.add(pack(EVENT5, timeStamp=FILETIME_2024, **members))

    def block(self, *events: int, version: int = 5, tail_size: int = 0) -> SimpleNamespace:
        struct.pack_into(f"<{len(events)}Q", self.data, 0, *events)
        return SimpleNamespace(data=memoryview(bytes(self.data)), base=BASE, count=len(events),
                               version=version, entries_offset=0, tail_size=tail_size)

    def cells(self, *, addresses: str = "text", **members: Any) -> dict[str, Any]:
        """What is not null of a single event, beyond what every event has."""
        columns = decode(self.block(self.event(**members)), addresses=addresses)
        usual = {"timestamp", "event_type", "flags", "address_family"}
        return {name: cell for name, (cell,) in columns.items()
                if cell is not None and name not in usual}


def test_layouts_above_have_the_sizes_of_the_sdk() -> None:
    sizes = [struct.calcsize(form) for form, _ in (DROP2, QM1, MM2, MAC0, EVENT5)]
    assert sizes == [56, 88, 120, 104, 152]


@pytest.mark.parametrize(("kind", "size"), [
    (sdk.FWPM_NET_EVENT0, 104), (sdk.FWPM_NET_EVENT1, 160), (sdk.FWPM_NET_EVENT2, 120),
    (sdk.FWPM_NET_EVENT3, 152), (sdk.IKEEXT_MM_FAILURE0, 64), (sdk.IKEEXT_MM_FAILURE1, 112),
    (sdk.IKEEXT_MM_FAILURE2, 120), (sdk.IKEEXT_QM_FAILURE0, 64), (sdk.IKEEXT_QM_FAILURE1, 88),
    (sdk.IKEEXT_EM_FAILURE0, 64), (sdk.IKEEXT_EM_FAILURE1, 120), (sdk.CLASSIFY_DROP0, 16),
    (sdk.CLASSIFY_DROP1, 32), (sdk.CLASSIFY_DROP2, 56), (sdk.CLASSIFY_DROP_MAC0, 104),
    (sdk.CAPABILITY0, 24), (sdk.IPSEC_KERNEL_DROP0, 32), (sdk.IPSEC_DOSP_DROP0, 44),
    (sdk.LPM_PACKET_ARRIVAL0, 4), (sdk.FWP_VALUE0, 16), (sdk.FWP_RANGE0, 32),
    (sdk.FWP_V6_ADDR_AND_MASK, 17), (sdk.FWP_TOKEN_INFORMATION, 32),
    (sdk.INTERNAL_FIELDS0, 64), (sdk.TERMINATING_FILTER0, 24), (sdk.UNKNOWN_NAME0, 16),
])
def test_structures_have_the_sizes_of_the_sdk(kind: Any, size: int) -> None:
    assert sizeof(kind) == size


def test_classify_drop_with_everything_set() -> None:
    image = Image()
    path = wide(r"\device\harddiskvolume3\a.exe")
    drop = image.add(pack(
        DROP2, filterId=70000, layerId=44, reauthReason=2, originalProfile=1, currentProfile=3,
        direction=0x3901, isLoopback=1, switchSize=3, switch=image.add(b"a\0\3"),
        sourcePort=7, destinationPort=8))
    event = image.event(
        type=3, payload=drop, flags=EVERY_FLAG, ipVersion=0, ipProtocol=6,
        localAddr=b"\x01\x00\x00\x7f", remoteAddr=b"\x08\x04\x02\x01", localPort=443,
        remotePort=50000, scopeId=9, appIdSize=len(path), appId=image.add(path),
        userId=image.add(SID_ADMINS), addressFamily=1,
        packageSid=image.add(struct.pack("<BB6sI", 1, 1, bytes(6), 0)),
        enterpriseId=image.add(wide("corp")), policyFlags=2**40,
        nameSize=2, name=image.add(b"\xff\x00"))
    columns, stats = decode_with_stats(image.block(event))
    assert {name: cell for name, (cell,) in columns.items() if cell is not None} == {
        "timestamp": 1_704_067_200_000_000_000,
        "event_type": "CLASSIFY_DROP", "flags": EVERY_FLAG,
        "ip_version": 4, "ip_protocol": 6,
        "local_address": "127.0.0.1", "remote_address": "1.2.4.8",
        "local_port": 443, "remote_port": 50000, "scope_id": 9,
        "app_path": r"\device\harddiskvolume3\a.exe", "user_sid": "S-1-5-32-544",
        "address_family": "INET6", "package_sid": "S-1-0-0", "enterprise_id": "corp",
        "policy_flags": 2**40, "effective_name": "\u00ff",
        "filter_id": 70000, "layer_id": 44, "reauth_reason": 2,
        "original_profile": 1, "current_profile": 3,
        "direction": "OUTBOUND", "direction_code": 0x3901, "is_loopback": True,
        "vswitch_id": "a\ufffd", "vswitch_source_port": 7, "vswitch_destination_port": 8,
    }
    assert stats == {"events": 1, "malformed": 0, "replaced_text": 1,
                     "timestamps_out_of_range": 0, "unknown_types": 0, "unknown_names": 0}
    assert len(columns) >= 67


def test_a_clear_flag_is_null_and_its_pointer_is_not_followed() -> None:
    image = Image()
    event = image.add(pack(EVENT5, type=77, ipProtocol=6, localPort=1, appIdSize=8, appId=1,
                           userId=1, packageSid=1, enterpriseId=1, nameSize=1, name=1))
    columns, stats = decode_with_stats(image.block(event))
    assert {name: cell for name, (cell,) in columns.items() if cell is not None} == {
        "event_type": "UNKNOWN_77", "flags": 0}
    assert stats == {"events": 1, "malformed": 0, "replaced_text": 0,
                     "timestamps_out_of_range": 1, "unknown_types": 1, "unknown_names": 0}


def test_addresses_in_both_forms() -> None:
    v6 = bytes.fromhex("20010db8 00000000 00010000 00000001")
    members: dict[str, Any] = {"flags": 0x106, "ipVersion": 1, "localAddr": v6}
    assert Image().cells(**members) == {
        "ip_version": 6, "local_address": "2001:db8::1:0:0:1", "remote_address": "::"}
    assert Image().cells(**members, addresses="binary")["local_address"] == v6
    members |= {"ipVersion": 0, "localAddr": b"\4\3\2\1"}
    assert Image().cells(**members, addresses="binary")["local_address"] == (
        bytes(10) + b"\xff\xff\1\2\3\4")
    assert Image().cells(**members | {"ipVersion": 2}) == {}
    assert Image().cells(**members | {"flags": 0x6}) == {}
    assert Image().cells(**members | {"flags": 0x100}) == {"ip_version": 4}


@pytest.mark.parametrize(("filter_id", "expected"), [
    (0, {}), (5, {"filter_id": 5, "layer_id": 12})])
def test_kernel_drop_has_filter_and_layer_only_from_the_callout(
    filter_id: int, expected: Any
) -> None:
    image = Image()
    drop = image.add(struct.pack("<iII4xQH6x", -1073741790, 0, 0xC0FFEE, filter_id, 12))
    assert image.cells(type=4, payload=drop) == {
        "failure_status": -1073741790, "direction": "OUTBOUND", "direction_code": 0,
        "spi": 0xC0FFEE, **expected}


@pytest.mark.parametrize(("traffic", "expected"), [
    (0, {"traffic_type": "TRANSPORT"}),
    (1, {"traffic_type": "TUNNEL", "local_subnet": "10.0.0.0/8",
         "remote_subnet": "2001:db8::/32"}),
    (2, {"traffic_type": "UNKNOWN_2"}),
])
def test_qm_failure_has_subnets_only_in_a_tunnel(traffic: int, expected: Any) -> None:
    image = Image()
    local = image.add(struct.pack("<II", 0x0A000000, 0xFF000000))
    remote = image.add(struct.pack("16sB", bytes.fromhex("20010db8"), 32))
    failure = image.add(pack(
        QM1, error=13801, point=2, keying=2, qmState=1, role=1, traffic=traffic, localType=256,
        local=local, remoteType=257, remote=remote, qmFilterId=80, mmSaLuid=2**63,
        embeddedKey=GUID))
    assert image.cells(type=1, payload=failure) == {
        "failure_error": 13801, "failure_point": "PEER", "keying_module": "IKEV2",
        "qm_state": "INITIAL", "sa_role": "RESPONDER", "qm_filter_id": 80,
        "mm_sa_luid": 2**63, "provider_context_key": GUID_TEXT, **expected}


def test_mm_failure_with_principals_and_groups() -> None:
    image = Image()
    groups = image.add(struct.pack("<2Q", image.add(wide("S-1-5-2")), 0))
    failure = image.add(pack(
        MM2, error=5, point=1, flags=2, keying=1, mmState=3, role=0, method=11,
        hash=bytes(range(20)), mmId=7, mmFilterId=8, localName=image.add(wide("")),
        remoteName=0, localCount=2, localGroups=groups, remoteCount=0, remoteGroups=1,
        contextKey=image.add(GUID)))
    assert image.cells(type=0, payload=failure) == {
        "failure_error": 5, "failure_point": "ME", "failure_flags": 2,
        "keying_module": "AUTHIP", "mm_state": "FINAL", "sa_role": "INITIATOR",
        "auth_method": "EAP", "end_cert_hash": bytes(range(20)), "mm_id": 7, "mm_filter_id": 8,
        "local_principal": "", "local_groups": ["S-1-5-2", None], "remote_groups": [],
        "provider_context_key": GUID_TEXT}


def test_groups_that_are_counted_must_be_there() -> None:
    image = Image()
    failure = image.add(pack(MM2, localCount=9, hash=bytes(19) + b"\1"))
    columns, stats = decode_with_stats(
        image.block(image.event(type=0, payload=failure)), errors="null")
    assert (columns["local_groups"], columns["remote_groups"], stats["malformed"]) == (
        [None], [[]], 1)
    assert columns["end_cert_hash"] == [bytes(19) + b"\1"]
    assert columns["provider_context_key"] == [None]


@pytest.mark.parametrize(("members", "expected"), [
    ({}, {"filter_id": 0}),
    ({"direction": 1}, {"filter_id": 0, "direction": "INBOUND", "direction_code": 1}),
    ({"switch": 1, "sourcePort": 7, "filterId": 5}, {"filter_id": 5}),
    ({"switchSize": 2, "sourcePort": 7},
     {"filter_id": 0, "vswitch_source_port": 7, "vswitch_destination_port": 0}),
])
def test_zeros_of_a_drop_that_are_no_values(members: dict[str, Any], expected: Any) -> None:
    image = Image()
    cells = image.cells(type=3, payload=image.add(pack(DROP2, **members)))
    usual = {"layer_id": 0, "reauth_reason": 0, "original_profile": 0, "current_profile": 0,
             "is_loopback": False}
    assert cells == usual | expected


def test_mac_drop_in_both_address_forms() -> None:
    image = Image()
    drop = image.add(pack(
        MAC0, localMac=b"\0\1\2\3\4\xff", remoteMac=b"\6\5\4\3\2\1", mediaType=1, ifType=6,
        etherType=0x806, ndisPort=3, vlanTag=4, luid=2**48, filterId=9, layerId=60,
        direction=0x3903))
    expected = {
        "local_mac": "00:01:02:03:04:ff", "remote_mac": "06:05:04:03:02:01", "media_type": 1,
        "interface_type": 6, "ether_type": 0x806, "ndis_port": 3, "vlan_tag": 4,
        "interface_luid": 2**48, "filter_id": 9, "layer_id": 60, "reauth_reason": 0,
        "original_profile": 0, "current_profile": 0, "direction": "BIDIRECTIONAL",
        "direction_code": 0x3903, "is_loopback": False}
    assert image.cells(type=9, payload=drop) == expected
    assert image.cells(type=9, payload=drop, addresses="binary") == expected | {
        "local_mac": b"\0\1\2\3\4\xff", "remote_mac": b"\6\5\4\3\2\1"}


def test_small_payloads() -> None:
    image = Image()
    dosp = image.add(struct.pack("<I16s16siI", 0, b"\4\3\2\1", b"\1\0\0\x0a", -1, 1))
    capability = image.add(struct.pack("<I4xQi4x", 2, 11, -1))
    no_filter = image.add(struct.pack("<I4xQi4x", 2, 0, 0))
    arrival = image.add(struct.pack("<I", 77))
    assert image.cells(type=5, payload=dosp) == {
        "public_host": "1.2.3.4", "internal_host": "10.0.0.1", "failure_status": -1,
        "direction": "INBOUND", "direction_code": 1}
    assert image.cells(type=8, payload=capability) == {
        "network_capability": "INTERNET_PRIVATE_NETWORK", "filter_id": 11, "is_loopback": True}
    found = {"network_capability": "INTERNET_PRIVATE_NETWORK", "is_loopback": False}
    assert image.cells(type=7, payload=no_filter) == {**found, "filter_id": 0}
    assert image.cells(type=8, payload=no_filter) == found
    assert image.cells(type=10, payload=arrival) == {"spi": 77}
    columns = decode(image.block(image.event(type=10, payload=1), version=4))
    assert (columns["event_type"], columns["spi"]) == (["LPM_PACKET_ARRIVAL"], [None])


@pytest.mark.parametrize(("present", "expected"), [
    (1, {"process_id": 4711}), (2, {"interface_index": 9}), (4, {"filter_origin": "Stealth"}),
    (8, {"terminating_filters": [{"filter_id": 5, "sublayer": "sub", "action": None}]}),
])
def test_internal_tail(present: int, expected: Any) -> None:
    image = Image()
    filters = image.add(struct.pack("<3Q", 5, image.add(wide("sub")), 0))
    origin = image.add(wide("Stealth"))
    event = image.event(type=3)
    image.add(struct.pack("<4I4Q", present, 4711, 9, 1, origin, filters, 0, 0))
    columns = decode(image.block(event, tail_size=48))
    names = ("process_id", "filter_origin", "terminating_filters", "interface_index")
    assert {name: columns[name] for name in names} == {
        name: [expected.get(name)] for name in names}
    assert set(decode(image.block(event))["process_id"]) == {None}


def test_a_column_marked_absent_is_null() -> None:
    image = Image()
    event = image.event(type=3, flags=0x18, localPort=80, remotePort=443)
    image.add(struct.pack("<4I4Q", 1, 4711, 0, 0, 0, 0, 1 << 7, 0))  # local_port
    columns = decode(image.block(event, tail_size=48))
    assert (columns["local_port"], columns["remote_port"]) == ([None], [443])
    assert columns["process_id"] == [4711]


def test_an_internal_tail_must_lie_in_the_block() -> None:
    image = Image()
    with pytest.raises(MalformedBlockError, match="event 0: internalFields: outside the block"):
        decode(image.block(image.event(), tail_size=64))


@pytest.mark.parametrize(("tail_size", "expected"), [
    (64, ("UNKNOWN_MS_FWP_DIRECTION_NEW", None, "UNKNOWN_", "CLASSIFY_DROP")),
    (48, ("OUTBOUND", 0x3901, None, "CLASSIFY_DROP"))])
def test_an_unknown_name_stands_in_place_of_the_number(tail_size: int, expected: Any) -> None:
    image = Image()
    names = image.add(struct.pack(
        "<I4xQ I4xQ I4xQ I4xQ", 22, image.add(wide("MS_FWP_DIRECTION_NEW")), 46,
        image.add(wide("")), 17, 1, 55, 1))  # 17 has no names, 55 is not in the list
    drop = image.add(pack(DROP2, filterId=9, direction=0x3901))
    event = image.event(type=3, payload=drop)
    image.add(struct.pack("<4I4Q I4xQ", 0, 0, 0, 0, 0, 0, 0, 0, 4, names))
    columns, stats = decode_with_stats(image.block(event, tail_size=tail_size))
    seen = ("direction", "direction_code", "auth_method", "event_type")
    assert tuple(columns[name][0] for name in seen) == expected
    assert columns["filter_id"] == [9]
    assert stats["unknown_names"] == (2 if tail_size == 64 else 0)


def test_a_name_that_is_not_there_is_null() -> None:
    image = Image()
    names = image.add(struct.pack("<I4xQ I4xQ", 12, 0, 1, BASE + 1))
    event = image.event(type=3, addressFamily=1)
    image.add(struct.pack("<4I4Q I4xQ", 0, 0, 0, 0, 0, 0, 0, 0, 2, names))
    columns, stats = decode_with_stats(image.block(event, tail_size=64), errors="null")
    assert (columns["address_family"], columns["event_type"]) == ([None], [None])
    assert (stats["malformed"], stats["unknown_names"]) == (2, 0)
    with pytest.raises(MalformedBlockError, match=r"internalFields.unknownNames: NULL"):
        decode(image.block(event, tail_size=64))


@pytest.mark.parametrize(("members", "field", "reason"), [
    ({"flags": 0x20, "appIdSize": 2, "appId": BASE - 1}, "header.appId", "outside the block"),
    ({"flags": 0x40, "userId": BASE + 2}, "header.userId", "misaligned"),
    ({"flags": 0x400, "packageSid": 2**64 - 4}, "header.packageSid", "outside the block"),
    ({"type": 3, "payload": BASE + 4}, "classifyDrop", "misaligned"),
    # The header comes first, and there the members in their order.
    ({"flags": 0x60, "appIdSize": 1, "appId": 1, "userId": 1, "type": 3, "payload": 1},
     "header.appId", "outside the block"),
])
def test_bad_pointers(members: dict[str, Any], field: str, reason: str) -> None:
    image = Image(2)
    block = image.block(image.event(), image.event(**members))
    with pytest.raises(MalformedBlockError) as caught:
        decode(block)
    assert (caught.value.index, caught.value.field, caught.value.reason) == (1, field, reason)
    assert str(copy.copy(caught.value)) == f"event 1: {field}: {reason}"
    columns, stats = decode_with_stats(block, errors="null")
    assert columns["flags"] == [0, members.get("flags", 0)]
    assert columns["user_sid"] == columns["filter_id"] == [None, None]
    assert stats["malformed"] == (3 if len(members) == 6 else 1)


@pytest.mark.parametrize(("tail", "reason"), [
    (b"a\0b\0", "unterminated"), (b"a\0b\0\0", "unterminated"), (b"a\0\0b\0", "unterminated"),
    (b"\0", "outside the block"), (b"a\0\0\0", None)])
def test_text_must_end_in_the_block(tail: bytes, reason: str) -> None:
    image = Image()
    event = image.event(flags=0x800, enterpriseId=BASE + 160)
    assert image.add(tail) == BASE + 160
    block = image.block(event)
    columns, stats = decode_with_stats(block, errors="null")
    assert columns["enterprise_id"] == [None if reason else "a"]
    assert stats["malformed"] == bool(reason)
    if reason:
        with pytest.raises(MalformedBlockError, match=f"header.enterpriseId: {reason}"):
            decode(block)


def test_a_sid_must_lie_in_the_block_with_all_its_parts() -> None:
    image = Image()
    event = image.event(flags=0x40, userId=BASE + 160)
    image.add(SID_ADMINS[:-1])
    with pytest.raises(MalformedBlockError, match="outside the block"):
        decode(image.block(event))


@pytest.mark.parametrize("entry", [0, BASE + 12, BASE + 24])
def test_an_event_that_cannot_be_read_is_a_row_of_nulls(entry: int) -> None:
    image = Image(2)
    event = image.event()
    block = image.block(event, entry)
    columns, stats = decode_with_stats(block, errors="null")
    assert columns["event_type"] == ["IKEEXT_MM_FAILURE", None]
    assert columns["timestamp"][1] is columns["flags"][1] is None
    assert stats["malformed"] == 1
    with pytest.raises(MalformedBlockError, match="event 1: entries: "):
        decode(block)


def test_columns_come_as_asked() -> None:
    image = Image()
    # The bad SID belongs to a column that nobody asked for.
    block = image.block(image.event(flags=0x68, localPort=80, userId=1))
    assert list(decode(block, columns=["local_port", "flags"]).items()) == [
        ("local_port", [80]), ("flags", [0x68])]
