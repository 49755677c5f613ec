"""What numbers mean: hand-picked values, then every value of the SDK; must not know the decoder."""

import doctest
import json
import pathlib
import socket
from typing import Any
from uuid import UUID

import pytest
from fresh_python import fresh_python

from wfpfast import names
from wfpfast._tables import well_known_keys as keys
from wfpfast._tables.condition_keys import CONDITIONS
from wfpfast._tables.layer_keys import NAMES as LAYER_KEYS

GOLDEN = pathlib.Path(__file__).parent / "golden"


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("id", "build", "name"),
    [
        (0, None, "FWPS_LAYER_INBOUND_IPPACKET_V4"),
        (44, None, "FWPS_LAYER_ALE_AUTH_RECV_ACCEPT_V4"),
        (50, 6000, "FWPS_LAYER_ALE_AUTH_CONNECT_V6"),
        (56, 6001, "FWPS_LAYER_IPSEC_KM_DEMUX_V4"),
        (67, 6001, "UNKNOWN_67"),
        (58, 7601, "FWPS_LAYER_RESERVED1_V4"),
        (58, 9200, "FWPS_LAYER_INBOUND_MAC_FRAME_NATIVE"),
        (87, 14393, "FWPS_LAYER_IKEEXT_V6"),
        (90, 15063, "FWPS_LAYER_IPSEC_KM_DEMUX_V4"),
        (90, 16299, "FWPS_LAYER_INBOUND_RESERVED2"),
        (91, 19045, "FWPS_LAYER_IPSEC_KM_DEMUX_V4"),
        (85, 20347, "FWPS_LAYER_RESERVED_LAYER_4"),
        (85, 20348, "FWPS_LAYER_IPSEC_KM_DEMUX_V4"),
        (85, 22620, "FWPS_LAYER_IPSEC_KM_DEMUX_V4"),
        (85, 22621, "FWPS_LAYER_OUTBOUND_NETWORK_CONNECTION_POLICY_V4"),
        (98, 26200, "FWPS_LAYER_KM_AUTHORIZATION"),
        (98, None, "FWPS_LAYER_KM_AUTHORIZATION"),
        (97, 20348, "UNKNOWN_97"),
        (99, None, "UNKNOWN_99"),
        (0, 3790, "UNKNOWN_0"),
        (-1, None, "UNKNOWN_4294967295"),
    ],
)
def test_layer(id: int, build: int | None, name: str) -> None:
    assert names.layer(id, build) == name


def test_every_layer_id_of_every_build_has_its_name() -> None:
    layers = golden("layers.json")
    assert len(layers["builds"]) == 15
    checked = 0
    for entry in layers["builds"]:
        expected = dict(enumerate(layers["newest"][: entry["count"]]))
        expected |= {int(id): name for id, name in entry["differs"].items()}
        assert len(expected) == entry["count"]
        last = entry["build_below"] - 1 if entry["build_below"] else 10**6
        for build in (entry["build_min"], last):
            found = [names.layer(id, build) for id in range(entry["count"])]
            assert found == [expected[id] for id in range(entry["count"])], build
            assert names.layer(entry["count"], build) == f"UNKNOWN_{entry['count']}"
            checked += len(found)
    assert checked == 2 * (67 + 84 + 90 + 94 + 94 + 102 + 103 * 5 + 97 * 2 + 99 * 2)
    assert [names.layer(id) for id in range(99)] == layers["newest"]


def test_every_layer_guid_has_its_name_and_every_name_stays_itself() -> None:
    keys = golden("layers.json")["keys"]
    assert len(keys) == 97
    assert {"FWPM_LAYER_" + name: guid for guid, name in LAYER_KEYS.items()} == keys
    for name, guid in keys.items():
        for given in (guid, guid.upper(), f"{{{guid}}}", name, name.replace("FWPM", "FWPS", 1)):
            assert names.layer_key(given) == name


@pytest.mark.parametrize(
    "text",
    ["", "{}", "FWPM_LAYER_NOT_THERE", "{29243af8-ecaf-4436-a44e-f9fb7070aa04}", "FWPM_LAYER_"],
)
def test_an_unknown_layer_key_comes_back_as_it_is(text: str) -> None:
    assert names.layer_key(text) == text


def test_layer_key_knows_a_guid_from_the_documentation() -> None:
    assert names.layer_key("e1cd9fe7-f4b5-4273-96c0-592e487b8650") == (
        "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4"
    )


def test_what_windows_puts_into_the_engine_has_its_name() -> None:
    guids = golden("codes.json")["guids"]
    assert len(guids) == 11 + 18 + 51 + 3 + 138
    mine = {
        prefix + name: guid
        for prefix, by_guid in (
            (keys.PROVIDER, keys.PROVIDERS), (keys.SUBLAYER, keys.SUBLAYERS),
            (keys.CALLOUT, keys.CALLOUTS), (keys.CONTEXT, keys.CONTEXTS),
            (keys.KEYING_MODULE, keys.KEYING_MODULES), ("FWPM_CONDITION_", CONDITIONS))
        for guid, name in by_guid.items()
    }
    assert mine == guids
    for ask, prefix in ((names.provider, keys.PROVIDER), (names.sublayer, keys.SUBLAYER),
                        (names.callout, keys.CALLOUT)):
        of_kind = {name: guid for name, guid in guids.items()
                   if name.startswith(prefix) and not name.startswith(keys.CONTEXT)}
        assert len(of_kind) >= 9
        for name, guid in of_kind.items():
            for given in (guid, guid.upper(), f"{{{guid}}}", UUID(guid), name):
                assert ask(given) == name
        for other in ("", "{}", "{29243af8-ecaf-4436-a44e-f9fb7070aa04}"):
            assert ask(other) == other


@pytest.mark.parametrize(
    ("constant", "family", "count"),
    [
        (names.NET_EVENT_FLAGS, "FWPM_NET_EVENT_FLAG", 14),
        (names.NET_EVENT_KEYWORDS, "FWPM_NET_EVENT_KEYWORD", 6),
        (names.REAUTHORIZE_REASONS, "FWP_CONDITION_REAUTHORIZE_REASON", 17),
        (names.MM_FAILURE_FLAGS, "FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG", 2),
        (names.EM_FAILURE_FLAGS, "FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG", 2),
    ],
)
def test_every_flag_of_the_sdk_has_its_number(
    constant: dict[str, int], family: str, count: int
) -> None:
    flags = golden("names.json")["flags"][family]
    assert len(flags) == count
    assert constant == flags
    assert list(constant.values()) == sorted(constant.values())


def test_every_enumerator_of_the_sdk_has_its_number_and_sentinels_are_none() -> None:
    data = golden("names.json")
    assert len(data["enums"]) == 14
    for enum, values in data["enums"].items():
        assert len(values) >= 2, enum
        assert names.ENUMS[enum] == values, enum
    assert sum(map(len, data["sentinels"].values())) > 10
    for enum, sentinels in data["sentinels"].items():
        assert not sentinels.keys() & names.ENUMS[enum].keys()
    assert set(names.ENUMS) - set(data["enums"]) == {"MS_FWP_DIRECTION"}


def test_ms_fwp_direction_has_both_spellings_of_netsh() -> None:
    spellings = golden("names.json")["ms_fwp_direction"]
    assert len(spellings) == 5
    assert names.ENUMS["MS_FWP_DIRECTION"] == spellings | {"MS_FWP_DIRECTION_FORWARD": 0x3902}


def test_event_types_have_both_spellings_and_the_internal_numbers() -> None:
    public = golden("names.json")["enums"]["FWPM_NET_EVENT_TYPE"]
    assert len(public) == 11
    prefix = "FWPM_NET_EVENT_TYPE_"
    for name, value in public.items():
        assert names.EVENT_TYPES[name] == value
        assert names.EVENT_TYPES[name.replace(prefix, prefix + "PUBLIC_")] == value
        assert names.event_type(value) == name.removeprefix(prefix)
    internal = {
        "IKEEXT_MM_ESTABLISHED": 13,
        "IKEEXT_MM_DELETED": 14,
        "IKEEXT_MM_FAILURE": 15,
        "IKEEXT_QM_ESTABLISHED": 16,
        "IKEEXT_QM_DELETED": 17,
        "IKEEXT_QM_FAILURE": 18,
        "IKEEXT_NO_QM_FOR_MMSA": 19,
        "IKEEXT_POLICY_CHANGE": 20,
    }
    for name, value in internal.items():
        assert names.EVENT_TYPES[prefix + "INTERNAL_" + name] == value
        assert names.event_type(value) == "INTERNAL_" + name
    assert len(names.EVENT_TYPES) == 2 * 11 + 8


@pytest.mark.parametrize(
    ("n", "name"),
    [
        (3, "CLASSIFY_DROP"),
        (9, "CLASSIFY_DROP_MAC"),
        (77, "UNKNOWN_77"),
        (2**32 - 2, "UNKNOWN_4294967294"),
        (-1, "UNKNOWN_4294967295"),
    ],
)
def test_event_type(n: int, name: str) -> None:
    assert names.event_type(n) == name


@pytest.mark.parametrize(
    ("n", "name"),
    [
        (14592, "INBOUND"),
        (14593, "OUTBOUND"),
        (14594, "FORWARD"),
        (14595, "BIDIRECTIONAL"),
        (0, "OUTBOUND"),
        (1, "INBOUND"),
        (2, "UNKNOWN_2"),
        (14596, "UNKNOWN_14596"),
    ],
)
def test_direction(n: int, name: str) -> None:
    assert names.direction(n) == name


@pytest.mark.parametrize(
    ("n", "name"),
    [(0, "unknown"), (1, "public"), (2, "private"), (3, "domain"), (4, "UNKNOWN_4")],
)
def test_profile(n: int, name: str) -> None:
    assert names.profile(n) == name
    assert names.profile(-1) == "UNKNOWN_4294967295"


@pytest.mark.parametrize(
    ("n", "name"),
    [
        (socket.IPPROTO_ICMP, "icmp"),
        (socket.IPPROTO_TCP, "tcp"),
        (socket.IPPROTO_UDP, "udp"),
        (socket.IPPROTO_IPV6, "ipv6"),
        (socket.IPPROTO_ESP, "esp"),
        (socket.IPPROTO_AH, "ah"),
        (socket.IPPROTO_ICMPV6, "ipv6-icmp"),
        (socket.IPPROTO_PIM, "pim"),
        (socket.IPPROTO_SCTP, "sctp"),
        (2, "igmp"),
        (47, "gre"),
        (255, "UNKNOWN_255"),
        (256, "UNKNOWN_256"),
    ],
)
def test_protocol(n: int, name: str) -> None:
    assert names.protocol(n) == name


@pytest.mark.parametrize(
    ("version", "type", "code", "text"),
    [
        (4, 0, 0, "echo-reply"),
        (4, 3, 0, "destination-unreachable/network"),
        (4, 3, 13, "destination-unreachable/administratively-prohibited"),
        (4, 3, 99, "destination-unreachable/99"),
        (6, 1, 4, "destination-unreachable/port"),
        (6, 135, 0, "neighbor-solicitation"),
        (6, 8, 0, "UNKNOWN_8"),
    ],
)
def test_icmp(version: int, type: int, code: int, text: str) -> None:
    assert names.icmp(version, type, code) == text


def test_icmp_wants_a_version_that_there_is() -> None:
    with pytest.raises(ValueError, match="expected 4 or 6"):
        names.icmp(5, 0, 0)


def test_bits_are_named_lowest_first_and_the_rest_is_one_hexadecimal_item() -> None:
    assert names.event_flags(0) == []
    assert names.event_flags(0x2480) == ["SCOPE_ID_SET", "PACKAGE_ID_SET", "EFFECTIVE_NAME_SET"]
    assert names.event_flags(0xFFFF8000 | 1) == ["IP_PROTOCOL_SET", "0xffff8000"]
    assert names.event_flags(-(2**31)) == ["0x80000000"]
    assert names.keywords(0x3F) == [
        "INBOUND_MCAST",
        "INBOUND_BCAST",
        "CAPABILITY_DROP",
        "CAPABILITY_ALLOW",
        "CLASSIFY_ALLOW",
        "PORT_SCANNING_DROP",
    ]
    assert names.reauth_reasons(0x30001) == ["POLICY_CHANGE", "CHECK_OFFLOAD", "0x00020000"]
    assert names.reauth_reasons(0x400) == ["PRECLASSIFY_LOCALADDR_LAYER_CHANGE"]


def test_big_tables_load_only_when_they_are_needed() -> None:
    script = (
        "import sys, wfpfast.names\n"
        "print(*sorted(m for m in sys.modules if m.startswith('wfpfast._tables.')))\n"
        "wfpfast.names.error(5)\n"
        "print('wfpfast._tables.errors' in sys.modules)\n"
    )
    assert fresh_python(script).split() == [
        "wfpfast._tables.enums", "wfpfast._tables.members", "True"]


def test_the_examples_in_the_docstrings_hold() -> None:
    results = doctest.testmod(names)
    assert results.attempted > 15
    assert results.failed == 0


# SIDs of services that occur in a public wfpstate.xml, and that of the module installer, which many
# documents name.
SERVICE_SIDS = {
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464": "TrustedInstaller",
    "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052": "MpsSvc",
    "S-1-5-80-859482183-879914841-863379149-1145462774-2388618682": "Dnscache",
    "S-1-5-80-1-2-3-4-5": None, "S-1-5-80-0": None, "S-1-5-18": None, "": None,
}


@pytest.mark.parametrize("sid", SERVICE_SIDS)
def test_services(sid: str) -> None:
    assert names.service_of(sid) == SERVICE_SIDS[sid]


# As a public wfpstate.xml names the sessions of the engine, and LookupAccountSid the others.
@pytest.mark.parametrize(("sid", "account"), [
    ("S-1-5-18", "NT AUTHORITY\\SYSTEM"), ("S-1-5-19", "NT AUTHORITY\\LOCAL SERVICE"),
    ("S-1-5-20", "NT AUTHORITY\\NETWORK SERVICE"), ("S-1-1-0", "Everyone"),
    ("S-1-5-32-544", "BUILTIN\\Administrators"), ("S-1-5-80-0", "NT SERVICE\\ALL SERVICES"),
    ("S-1-5-80-859482183-879914841-863379149-1145462774-2388618682", "NT SERVICE\\Dnscache"),
    ("S-1-5-21-1-2-3-500", None), ("S-1-5-80-1-2-3-4-5", None), ("", None)])
def test_accounts(sid: str, account: str | None) -> None:
    assert names.account(sid) == account
