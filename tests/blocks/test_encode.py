"""encode() against bytes laid out by hand from the SDK's offsets."""

import datetime
import struct
import types
import uuid
from typing import Any

import pytest
from block_view import View

from wfpfast import decode, encode

BASE = 0x20000000000

# The members in the SDK's order; padding, as x64 has it, is written out.
HEADER0 = "QIIB3x16s16sHHI4xI4xQQ"
HEADERS = {
    0: HEADER0,
    1: HEADER0 + "I4x6s6sIIH2xIIH6xQ",
    2: HEADER0 + "I4xQ",
    3: HEADER0 + "I4xQQQI4xQ",
    4: HEADER0 + "I4xQQQI4xQ",
    5: HEADER0 + "I4xQQQI4xQ",
}
HEADER_SIZES = {0: 88, 1: 144, 2: 104, 3: 136, 4: 136, 5: 136}
MM0, QM0, EM0 = "IIIIIII20sQQ", "IIIIII16s16sQ", "IIIIII20s4xQQ"
PRINCIPALS = "QQI4xQI4xQ"
DROP0 = "QH"
DROP1 = DROP0 + "2xIIIIi"
DROP2 = DROP1 + "I4xQII"

MEMBERS: dict[str, dict[str, Any]] = {
    "ikeMmFailure": {
        "failureErrorCode": 1, "failurePoint": 2, "flags": 3, "keyingModuleType": 4, "mmState": 5,
        "saRole": 6, "mmAuthMethod": 7, "endCertHash": bytes(range(20)), "mmId": 8,
        "mmFilterId": 9, "localPrincipalNameForAuth": None, "remotePrincipalNameForAuth": None,
        "numLocalPrincipalGroupSids": 10, "localPrincipalGroupSids": None,
        "numRemotePrincipalGroupSids": 11, "remotePrincipalGroupSids": None,
        "providerContextKey": None,
    },
    "ikeQmFailure": {
        "failureErrorCode": 1, "failurePoint": 2, "keyingModuleType": 3, "qmState": 4,
        "saRole": 5, "saTrafficType": 6, "localSubNet": (1, 7), "remoteSubNet": (2, 8),
        "qmFilterId": 9, "mmSaLuid": 10, "mmProviderContextKey": bytes(range(16)),
    },
    "ikeEmFailure": {
        "failureErrorCode": 1, "failurePoint": 2, "flags": 3, "emState": 4, "saRole": 5,
        "emAuthMethod": 6, "endCertHash": bytes(range(20)), "mmId": 7, "qmFilterId": 8,
        "localPrincipalNameForAuth": None, "remotePrincipalNameForAuth": None,
        "numLocalPrincipalGroupSids": 9, "localPrincipalGroupSids": None,
        "numRemotePrincipalGroupSids": 10, "remotePrincipalGroupSids": None, "saTrafficType": 11,
    },
    "classifyDrop": {
        "filterId": 1, "layerId": 2, "reauthReason": 3, "originalProfile": 4, "currentProfile": 5,
        "msFwpDirection": 6, "isLoopback": -1, "vSwitchId": None, "vSwitchSourcePort": 7,
        "vSwitchDestinationPort": 8,
    },
    "ipsecDrop": {"failureStatus": -5, "direction": 1, "spi": 2, "filterId": 3, "layerId": 4},
    "idpDrop": {"ipVersion": 1, "publicHostV6Addr": b"p" * 16, "internalHostV4Addr": 0x01020304,
                "failureStatus": -6, "direction": 7},
    "classifyAllow": {
        "filterId": 1, "layerId": 2, "reauthReason": 3, "originalProfile": 4, "currentProfile": 5,
        "msFwpDirection": 6, "isLoopback": True,
    },
    "capabilityDrop": {"networkCapabilityId": 1, "filterId": 2, "isLoopback": 3},
    "capabilityAllow": {"networkCapabilityId": 4, "filterId": 5, "isLoopback": 6},
    "classifyDropMac": {
        "localMacAddr": b"abcdef", "remoteMacAddr": b"ghijkl", "mediaType": 1, "ifType": 2,
        "etherType": 3, "ndisPortNumber": 4, "reserved": 5, "vlanTag": 6, "ifLuid": 7,
        "filterId": 8, "layerId": 9, "reauthReason": 10, "originalProfile": 11,
        "currentProfile": 12, "msFwpDirection": 13, "isLoopback": 0,
        "vSwitchId": {"size": 14, "data": None}, "vSwitchSourcePort": 15,
        "vSwitchDestinationPort": 16,
    },
    "lpmPacketArrival": {"spi": 0xFFFFFFFF},
}
HASH = bytes(range(20))
MM0_VALUES = (1, 2, 3, 4, 5, 6, 7, HASH, 8, 9)
QM0_VALUES = (1, 2, 3, 4, 5, 6, struct.pack("<I4xQ", 1, 7), struct.pack("<I4xQ", 2, 8), 9)
EM0_VALUES = (1, 2, 3, 4, 5, 6, HASH, 7, 8)
MM1_VALUES = (*MM0_VALUES, 0, 0, 10, 0, 11, 0)
EM1_VALUES = (*EM0_VALUES, 0, 0, 9, 0, 10, 0, 11)
QM1_VALUES = (*QM0_VALUES, 10, bytes(range(16)))
DROP_VALUES = (1, 2, 3, 4, 5, 6, -1, 0, 0, 7, 8)
IDP_VALUES = (1, b"p" * 16, b"\x04\x03\x02\x01" + bytes(12), -6, 7)
MAC_VALUES = (b"abcdef", b"ghijkl", *range(1, 14), 0, 14, 0, 15, 16)

# arm, version -> the payload's layout and what it holds; None: the version has no such payload.
PAYLOADS: list[tuple[str, int, str | None, tuple[Any, ...]]] = [
    ("ikeMmFailure", 0, MM0, MM0_VALUES),
    ("ikeMmFailure", 1, MM0 + PRINCIPALS, MM1_VALUES),
    ("ikeMmFailure", 3, MM0 + PRINCIPALS, MM1_VALUES),
    ("ikeMmFailure", 4, MM0 + PRINCIPALS + "Q", (*MM1_VALUES, 0)),
    ("ikeQmFailure", 3, QM0, QM0_VALUES),
    ("ikeQmFailure", 4, QM0 + "Q16s", QM1_VALUES),
    ("ikeEmFailure", 0, EM0, EM0_VALUES),
    ("ikeEmFailure", 1, EM0 + PRINCIPALS + "I", EM1_VALUES),
    ("ikeEmFailure", 5, EM0 + PRINCIPALS + "I", EM1_VALUES),
    ("classifyDrop", 0, DROP0, DROP_VALUES[:2]),
    ("classifyDrop", 1, DROP1, DROP_VALUES[:7]),
    ("classifyDrop", 2, DROP2, DROP_VALUES),
    ("classifyDrop", 5, DROP2, DROP_VALUES),
    ("ipsecDrop", 0, "iII4xQH", (-5, 1, 2, 3, 4)),
    ("ipsecDrop", 5, "iII4xQH", (-5, 1, 2, 3, 4)),
    ("idpDrop", 1, "I16s16siI", IDP_VALUES),
    ("classifyAllow", 1, None, ()),
    ("classifyAllow", 2, DROP1, (1, 2, 3, 4, 5, 6, 1)),
    ("capabilityDrop", 0, None, ()),
    ("capabilityDrop", 2, "I4xQi", (1, 2, 3)),
    ("capabilityAllow", 5, "I4xQi", (4, 5, 6)),
    ("classifyDropMac", 1, None, ()),
    ("classifyDropMac", 3, "6s6sIIH2xIIH6xQQH2xIIIIiI4xQII", MAC_VALUES),
    ("lpmPacketArrival", 4, None, ()),
    ("lpmPacketArrival", 5, "I", (0xFFFFFFFF,)),
]
HEADER = {
    "timeStamp": 132_345_678_901_234_567, "flags": 0x3FFF, "ipVersion": 7, "ipProtocol": 255,
    "localAddrV4": 0x7F000001, "remoteAddrV6": b"r" * 16, "localPort": 65535, "remotePort": 443,
    "scopeId": 0xFFFFFFFF, "appId": {"size": 5, "data": None}, "userId": None,
    "reserved1": 21, "reserved2": b"abcdef", "reserved3": b"ghijkl", "reserved4": 24,
    "reserved5": 25, "reserved6": 26, "reserved7": 27, "reserved8": 28, "reserved9": 29,
    "reserved10": 30, "addressFamily": 23, "packageSid": None, "enterpriseId": None,
    "policyFlags": 0xFFFFFFFFFFFFFFFF, "effectiveName": {"size": 6},
}
HEADER0_VALUES = (
    132_345_678_901_234_567, 0x3FFF, 7, 255, b"\x01\x00\x00\x7f" + bytes(12), b"r" * 16, 65535,
    443, 0xFFFFFFFF, 5, 0, 0)
HEADER_VALUES: dict[int, tuple[Any, ...]] = {
    0: HEADER0_VALUES,
    1: (*HEADER0_VALUES, 21, b"abcdef", b"ghijkl", *range(24, 31)),
    2: (*HEADER0_VALUES, 23, 0),
    **dict.fromkeys((3, 4, 5), (*HEADER0_VALUES, 23, 0, 0, 0xFFFFFFFFFFFFFFFF, 6, 0)),
}


def payload_pointer(version: int) -> int:
    """Where an event's pointer to its payload is: behind header, type and padding."""
    return HEADER_SIZES[version] + 8


def test_a_whole_block_of_version_5() -> None:
    event = {
        "header": {"timeStamp": 5, "flags": 0x461, "ipProtocol": 17, "appId": "ab",
                   "userId": "S-1-5-18", "packageSid": b"\x01\x00abcdef"},
        "type": 3,
        "classifyDrop": {"filterId": 70000, "layerId": 44, "vSwitchId": b"xyz"},
    }
    block = encode([event])
    event_at, payload, app, user, package, switch = (
        BASE + n for n in (8, 160, 216, 224, 240, 248))
    assert bytes(block.data) == b"".join([
        struct.pack("<Q", event_at),
        struct.pack(
            "<QIIB3x16s16sHHI4xI4xQQI4xQQQI4xQ", 5, 0x461, 0, 17, b"", b"", 0, 0, 0, 6, app, user,
            0, package, 0, 0, 0, 0),
        struct.pack("<I4xQ", 3, payload),
        struct.pack("<QH2xIIIIiI4xQII", 70000, 44, 0, 0, 0, 0, 0, 3, switch, 0, 0),
        "ab\0".encode("utf-16-le") + bytes(2),
        bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]) + bytes(4),
        b"\x01\x00abcdef",
        b"xyz",
    ])
    assert (block.base, block.count, block.version) == (BASE, 1, 5)
    assert (block.entries_offset, block.internal, block.nbytes) == (0, False, 251)


@pytest.mark.parametrize("version", HEADERS)
def test_header(version: int) -> None:
    assert struct.calcsize("<" + HEADERS[version]) == HEADER_SIZES[version]
    view = View(encode([{"header": HEADER, "type": 0xFFFFFFFF}], version=version))
    (event,) = view.entries
    assert view.unpack(event, HEADERS[version]) == HEADER_VALUES[version]
    assert view.unpack(event + HEADER_SIZES[version], "I4xQ") == (0xFFFFFFFF, 0)
    assert len(view.data) == 8 + HEADER_SIZES[version] + 16


@pytest.mark.parametrize(("arm", "version", "layout", "values"), PAYLOADS)
def test_payload(arm: str, version: int, layout: str | None, values: tuple[Any, ...]) -> None:
    view = View(encode([{"type": 1, arm: MEMBERS[arm]}], version=version))
    (event,) = view.entries
    (pointer,) = view.unpack(event + payload_pointer(version), "Q")
    if layout is None:
        assert pointer == 0
        assert len(view.data) == 8 + payload_pointer(version) + 8
    else:
        assert pointer == event + payload_pointer(version) + 8
        assert view.unpack(pointer, layout) == values


def test_every_payload_is_tested() -> None:
    assert {arm for arm, _, layout, _ in PAYLOADS if layout} == set(MEMBERS)


def test_what_is_missing_is_zero() -> None:
    view = View(encode([{}, {"type": 3, "classifyDrop": {}}, {"header": None, "type": 4}]))
    first, second, third = view.entries
    assert view.raw(first, 152) == bytes(152)
    assert view.unpack(second + 136, "I4xQ") == (3, second + 152)
    assert view.raw(second + 152, 56) == bytes(56)
    assert view.unpack(third + 136, "I4xQ") == (4, 0)


@pytest.mark.parametrize("v4_first", [True, False])
def test_an_arm_that_is_none_is_not_given(v4_first: bool) -> None:
    arms = [("localAddrV4", None), ("localAddrV6", bytes(range(16)))]
    header = dict(arms if v4_first else reversed(arms))
    view = View(encode([{"header": header | {"remoteAddrV4": None, "remoteAddrV6": None}}]))
    assert view.raw(view.entries[0] + 20, 32) == bytes(range(16)) + bytes(16)


def test_pointers_in_a_payload() -> None:
    key = "00112233-4455-6677-8899-aabbccddeeff"
    payload = {
        "localPrincipalNameForAuth": "é\U0001f600", "remotePrincipalNameForAuth": b"r\0",
        "localPrincipalGroupSids": ["a", None, b"b\0c\0"], "remotePrincipalGroupSids": [],
        "providerContextKey": key,
    }
    view = View(encode([{"type": 0, "ikeMmFailure": payload}]))
    (at,) = view.unpack(view.entries[0] + 144, "Q")
    local, remote, n_local, locals_, n_remote, remotes, guid = view.unpack(
        at + 64, PRINCIPALS + "Q")
    assert view.text(local) == "é\U0001f600"
    assert view.raw(remote, 2) == b"r\0"
    assert (n_local, n_remote) == (3, 0)
    assert remotes != 0
    a, null, b = view.unpack(locals_, "3Q")
    assert (view.text(a), null, view.raw(b, 4)) == ("a", 0, b"b\0c\0")
    assert view.raw(guid, 16) == uuid.UUID(key).bytes_le


@pytest.mark.parametrize("count_first", [True, False])
def test_a_count_that_is_given_is_kept(count_first: bool) -> None:
    members = [("numLocalPrincipalGroupSids", 7), ("localPrincipalGroupSids", ["a"])]
    payload = dict(members if count_first else reversed(members))
    view = View(encode([{"ikeMmFailure": payload}]))
    (at,) = view.unpack(view.entries[0] + 144, "Q")
    assert view.unpack(at + 80, "I") == (7,)


def test_a_payload_of_another_type_is_kept() -> None:
    view = View(encode([
        {"type": 77, "lpmPacketArrival": {"spi": 5}, "classifyDrop": None},
        {"type": 6, "ipsecDrop": {"spi": 6}},
    ]))
    for entry, expected, at_spi in zip(view.entries, (5, 6), (0, 8), strict=True):
        (at,) = view.unpack(entry + 144, "Q")
        assert view.unpack(at + at_spi, "I") == (expected,)


@pytest.mark.parametrize("base", [0, 1, 7, 0x20000000004, 2**64 - 4096])
def test_objects_are_aligned_by_the_address_they_claim(base: int) -> None:
    event = {"header": {"appId": b"odd", "userId": "S-1-1-0"}, "type": 3, "classifyDrop": {}}
    block = encode([event, event], base=base)
    assert (block.base + block.entries_offset) % 8 == 0
    assert block.entries_offset == -base % 8
    view = View(block)
    for entry in view.entries:
        (size, app, user) = view.unpack(entry + 64, "I4xQQ")
        (payload,) = view.unpack(entry + 144, "Q")
        assert {n % 8 for n in (entry, app, user, payload)} == {0}
        assert view.raw(app, size) == b"odd"
    plain = encode([event, event], base=8)
    assert len(view.data) == plain.nbytes + block.entries_offset


def test_order_in_memory() -> None:
    events = [{"type": n, "header": {"appId": bytes([n])}} for n in range(3)]
    view = View(encode(events, order=[2, 0, 1]))
    assert [view.unpack(entry + 136, "I")[0] for entry in view.entries] == [0, 1, 2]
    zero, one, two = view.entries
    assert two < zero < one
    assert two == BASE + 24
    assert View(encode(events, order=range(3))).data == View(encode(events)).data


@pytest.mark.parametrize("base", [BASE, 3])
def test_no_events(base: int) -> None:
    block = encode(iter([]), base=base, version=0)
    assert (block.count, block.version, block.base) == (0, 0, base)
    assert block.nbytes == block.entries_offset == -base % 8


def test_any_mapping_and_any_iterable_will_do() -> None:
    header = {"flags": 1, "appId": types.MappingProxyType({"data": b"x"})}
    proxy = types.MappingProxyType({"header": types.MappingProxyType(header), "type": 3})
    event = {"header": {"flags": 1, "appId": {"data": b"x"}}, "type": 3}
    assert bytes(encode(proxy for _ in range(2)).data) == bytes(encode([event, event]).data)


def test_big_blocks() -> None:
    blob = bytes(range(256)) * 4096
    view = View(encode([{"header": {"appId": blob[k:], "effectiveName": "n" * 9000}}
                        for k in range(5)]))
    for k, entry in enumerate(view.entries):
        size, data = view.unpack(entry + 64, "I4xQ")
        assert view.raw(data, size) == blob[k:]
        size, data = view.unpack(entry + 120, "I4xQ")
        assert (size, view.text(data)) == (18002, "n" * 9000)


INTERNAL = {
    "processId": 4, "interfaceIndex": 0, "filterOrigin": "Query User Default",
    "terminatingFiltersInfo": [
        {"filterId": 9, "subLayer": "s", "actionType": "a"}, {"filterId": 10, "subLayer": None}],
    "absent": ["timestamp", "direction", "spi"],
    "unknown": {"direction": "DIRECTION_NEW", "auth_method": None, "event_type": ""},
}


@pytest.mark.parametrize("version", range(6))
def test_internal_tail(version: int) -> None:
    block = encode([{"type": 3, "internalFields": INTERNAL}, {"type": 6}], version=version)
    assert block.internal
    view = View(block)
    tail = view.entries[0] + HEADER_SIZES[version] + 16
    present, process, interface, count, origin, filters = view.unpack(tail, "IIIIQQ")
    assert (present, process, interface, count) == (0xF, 4, 0, 2)
    assert view.text(origin) == "Query User Default"
    first, layer, action, second, no_layer, no_action = view.unpack(filters, "QQQQQQ")
    assert (first, second, no_layer, no_action) == (9, 10, 0, 0)
    assert (view.text(layer), view.text(action)) == ("s", "a")
    count, names = view.unpack(tail + 48, "I4xQ")
    member, text, other, empty = view.unpack(names, "I4xQI4xQ")
    assert (count, member, other) == (2, 22, 1)
    assert (view.text(text), view.text(empty)) == ("DIRECTION_NEW", "")
    second = view.entries[1] + HEADER_SIZES[version] + 16
    assert view.raw(second, 32) == bytes(32)
    assert view.raw(second + 48, 16) == bytes(16)


# Numbers of docs/recording.md: the header's members without its flags, those of CLASSIFY_DROP2.
HEADER_MEMBERS = {0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
DROP_MEMBERS = {17, 18, 19, 20, 21, 22, 23, 24, 25}
DROP = {"filterId": 1, "layerId": 2, "reauthReason": 0, "originalProfile": 0,
        "currentProfile": 0, "msFwpDirection": 0x3900, "isLoopback": 0, "vSwitchSourcePort": 0,
        "vSwitchDestinationPort": 0}


@pytest.mark.parametrize(("event", "lacking"), [
    ({"internalFields": {"absent": ["timestamp", "direction", "spi"]},
      "header": {"flags": 0}, "type": 3}, HEADER_MEMBERS | {22, 35}),
    ({"internalFields": {}}, HEADER_MEMBERS | {1, 2}),
    ({"internalFields": {}, "type": 3, "header": {"flags": 0}, "classifyDrop": {}},
     HEADER_MEMBERS | DROP_MEMBERS),
    ({"internalFields": {}, "type": 3, "header": {"flags": 0}, "classifyDrop": DROP},
     HEADER_MEMBERS),
    ({"internalFields": {}, "type": 3, "classifyDrop": DROP,
      "header": {"flags": 0, "timeStamp": 0, "localPort": 0, "appId": None,
                 "remoteAddrV6": b"0" * 16}},
     HEADER_MEMBERS - {0, 6, 7}),
    ({"internalFields": {}, "type": 0, "header": {"flags": 0},
      "ikeMmFailure": {"mmAuthMethod": 3, "flags": 1}},
     HEADER_MEMBERS | {37, 38, 40, 41, 44, 47, 48, 49, 52, 55, 56}),
    ({"internalFields": {}, "type": 2, "header": {"flags": 0},
      "ikeEmFailure": {"localPrincipalGroupSids": [], "remotePrincipalGroupSids": None}},
     HEADER_MEMBERS | {37, 38, 39, 43, 44, 45, 46, 47, 48, 50, 56}),
])
def test_the_tail_says_what_the_mapping_lacks(event: dict[str, Any], lacking: set[int]) -> None:
    view = View(encode([event]))
    low, high = view.unpack(view.entries[0] + 152 + 32, "QQ")
    assert {bit for bit in range(128) if (low | high << 64) >> bit & 1} == lacking


def test_a_header_without_flags_gets_those_of_its_members() -> None:
    header = {"timeStamp": 131444736000000000, "ipVersion": 0, "localAddrV4": 1,
              "remotePort": 443, "userId": None}
    [with_tail] = decode(encode([{"header": header, "internalFields": {}}])).to_pylist()
    assert {name: value for name, value in with_tail.items() if value is not None} == {
        "timestamp": datetime.datetime(2017, 7, 14, 2, 40, tzinfo=datetime.UTC), "ip_version": 4,
        "local_address": "0.0.0.1", "remote_port": 443}
    [plain] = decode(encode([{"header": header}])).to_pylist()
    assert (plain["flags"], plain["remote_port"]) == (0, None)


@pytest.mark.parametrize(("fields", "present"), [
    ({}, 0), ({"processId": 0}, 1), ({"interfaceIndex": 5}, 2), ({"filterOrigin": ""}, 4),
    ({"terminatingFiltersInfo": []}, 8), ({"absent": ["spi"]}, 0), ({"unknown": {}}, 0),
    (dict.fromkeys(INTERNAL), 0),
])
def test_internal_fields_say_what_is_present(fields: dict[str, Any], present: int) -> None:
    view = View(encode([{"internalFields": fields}]))
    assert view.unpack(view.entries[0] + 152, "I") == (present,)


def test_whether_there_is_a_tail() -> None:
    plain, full = {"type": 3}, {"type": 3, "internalFields": {"processId": 1}}
    assert encode([plain, {"internalFields": None}]).internal is False
    assert encode([plain, full]).internal is True
    assert encode([plain], internal=True).nbytes == encode([plain]).nbytes + 64
    assert encode([full], internal=False).internal is False
    payload = {"classifyDrop": {"filterId": 5}}
    assert bytes(encode([full | payload, plain], internal=False).data) == bytes(
        encode([plain | payload, plain]).data)
