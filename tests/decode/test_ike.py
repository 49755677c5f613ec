"""The three IKEEXT failures, member by member and condition value by condition value."""

import struct
import uuid

import pytest
from example_events import EM_FAILURE, MM_FAILURE, QM_FAILURE

from wfpfast import MalformedBlockError, decode, encode

KEY = "00112233-4455-6677-8899-aabbccddeeff"


def row(kind: int, payload, version: int = 5, **options):
    member = ("ikeMmFailure", "ikeQmFailure", "ikeEmFailure")[kind]
    event = {"header": {}, "type": kind, member: payload}
    return decode(encode([event], version=version), **options)[0]


def filled(event) -> dict[str, object]:
    header = {"timestamp", "event_type", "flags", "address_family"}
    return {k: v for k, v in event.to_dict().items() if v is not None and k not in header}


QM_0 = {
    "failure_error": 13868, "failure_point": "ME", "keying_module": "IKE", "qm_state": "INITIAL",
    "sa_role": "INITIATOR", "traffic_type": "TUNNEL", "local_subnet": "10.0.0.0/8",
    "remote_subnet": "2001:db8::/32", "qm_filter_id": 9,
}


@pytest.mark.parametrize("version", range(6))
def test_qm_failure_in_a_tunnel(version: int) -> None:
    event = row(1, QM_FAILURE, version)
    added = {"mm_sa_luid": 10, "provider_context_key": KEY} if version >= 4 else {}
    assert event.event_type == "IKEEXT_QM_FAILURE"
    assert filled(event) == {**QM_0, **added}


def test_qm_failure_in_transport_mode_never_looks_at_the_subnets() -> None:
    """The bytes of the members are nonsense here: a pointer to nowhere must not be followed."""
    nowhere = (999, 0xDEAD_BEEF_DEAD_BEEF)
    for traffic, name in ((0, "TRANSPORT"), (2, "UNKNOWN_2")):
        event = row(1, {**QM_FAILURE, "saTrafficType": traffic, "localSubNet": nowhere,
                        "remoteSubNet": nowhere})
        assert event.traffic_type == name
        assert event.local_subnet is None
        assert event.remote_subnet is None
        assert event.qm_filter_id == 9


MM_0 = {
    "failure_error": 13801, "failure_point": "PEER", "failure_flags": 2, "keying_module": "IKEV2",
    "mm_state": "FINAL", "sa_role": "RESPONDER", "auth_method": "CERTIFICATE",
    "end_cert_hash": bytes(range(20)), "mm_id": 7, "mm_filter_id": 8,
}
PRINCIPALS = {
    "local_principal": "me@example.org", "remote_principal": "",
    "local_groups": ["S-1-5-32-544", "S-1-1-0"], "remote_groups": ["S-1-5-11"],
}


@pytest.mark.parametrize("version", range(6))
def test_mm_failure(version: int) -> None:
    expected = dict(MM_0)
    if version >= 1:
        expected |= PRINCIPALS
    if version >= 4:
        expected["provider_context_key"] = KEY
    assert filled(row(0, MM_FAILURE, version)) == expected


@pytest.mark.parametrize("version", range(6))
def test_em_failure(version: int) -> None:
    expected = {
        "failure_error": 13801, "failure_point": "NONE", "failure_flags": 1,
        "em_state": "AUTH_COMPLETE", "sa_role": "RESPONDER", "auth_method": "KERBEROS",
        "end_cert_hash": bytes(range(20, 40)), "mm_id": 11, "qm_filter_id": 12,
    }
    if version >= 1:
        expected |= PRINCIPALS | {"traffic_type": "TUNNEL"}
    assert filled(row(2, EM_FAILURE, version)) == expected


def test_null_pointers_are_null_and_empty_is_empty() -> None:
    event = row(0, {**MM_FAILURE, "localPrincipalNameForAuth": None,
                    "localPrincipalGroupSids": None, "remotePrincipalGroupSids": [],
                    "providerContextKey": None})
    assert event.local_principal is None
    assert event.remote_principal == ""
    assert event.local_groups == []
    assert event.remote_groups == []
    assert event.provider_context_key is None
    groups = row(0, {"localPrincipalGroupSids": ["a", None, ""]}).local_groups
    assert groups == ["a", None, ""]


@pytest.mark.parametrize(("kind", "arm"), [(0, "ikeMmFailure"), (2, "ikeEmFailure")])
@pytest.mark.parametrize("side", ["Local", "Remote"])
def test_groups_are_as_many_as_the_count_says(kind: int, arm: str, side: str) -> None:
    """0 are none, wherever the pointer leads; some that are not there are an error."""
    count, member = f"num{side}PrincipalGroupSids", f"{side.lower()}PrincipalGroupSids"
    column = f"{side.lower()}_groups"
    for groups in (None, [], ["a"]):
        assert row(kind, {member: groups, count: 0})[column] == []
    assert row(kind, {member: ["a", "b"], count: 1})[column] == ["a"]
    with pytest.raises(MalformedBlockError, match=f"{arm}.{member}: is NULL"):
        row(kind, {count: 5})
    assert row(kind, {count: 5}, errors="null")[column] is None
    assert row(kind, {}, 0)[column] is None


def test_groups_that_a_source_does_not_have_are_null() -> None:
    event = {"type": 0, "ikeMmFailure": {"localPrincipalGroupSids": []}, "internalFields": {}}
    found = decode(encode([event]))[0]
    assert (found.local_groups, found.remote_groups) == ([], None)


@pytest.mark.parametrize(("kind", "payload"), [(0, MM_FAILURE), (2, EM_FAILURE)])
@pytest.mark.parametrize("version", range(6))
def test_a_hash_of_zeros_is_no_hash(kind: int, payload, version: int) -> None:
    assert row(kind, {**payload, "endCertHash": bytes(20)}, version).end_cert_hash is None
    last = bytes(19) + b"\1"
    assert row(kind, {**payload, "endCertHash": last}, version).end_cert_hash == last


@pytest.mark.parametrize("version", [4, 5])
def test_a_key_of_zeros_is_no_key(version: int) -> None:
    """GUID_NULL, behind the pointer of a main mode failure and in the quick mode failure itself."""
    none, last = bytes(16), bytes(15) + b"\1"
    text = "00000000-0000-0000-0000-000000000001"
    assert row(0, {"providerContextKey": none}, version).provider_context_key is None
    assert row(0, {"providerContextKey": last}, version).provider_context_key == text
    assert row(1, {"mmProviderContextKey": none}, version).provider_context_key is None
    assert row(1, {"mmProviderContextKey": last}, version).provider_context_key == text


def test_more_groups_than_the_block_holds() -> None:
    payload = {"numLocalPrincipalGroupSids": 2**32 - 1, "localPrincipalGroupSids": ["a"]}
    with pytest.raises(MalformedBlockError) as caught:
        row(0, payload)
    assert (caught.value.index, caught.value.field) == (0, "ikeMmFailure.localPrincipalGroupSids")
    assert row(0, payload, errors="null").local_groups is None


def test_unknown_enumerators_keep_their_number() -> None:
    big = 2**32 - 1
    event = row(0, {"failurePoint": 3, "keyingModuleType": 3, "mmState": 6, "saRole": 2,
                    "mmAuthMethod": big})
    assert [event.failure_point, event.keying_module, event.mm_state, event.sa_role] == [
        "UNKNOWN_3", "UNKNOWN_3", "UNKNOWN_6", "UNKNOWN_2"]
    assert event.auth_method == "UNKNOWN_4294967295"


def test_provider_context_key_is_a_guid_in_memory_order() -> None:
    key = uuid.uuid4()
    assert row(1, {"mmProviderContextKey": key.bytes_le}).provider_context_key == str(key)
    assert row(0, {"providerContextKey": key.bytes_le}).provider_context_key == str(key)


SID = "S-1-5-21-1-2"
CONDITIONS = [
    ((0, None), None),
    ((1, 255), "255"),
    ((2, 65535), "65535"),
    ((3, 0xC0000201), "192.0.2.1"),
    ((4, 2**64 - 1), "18446744073709551615"),
    ((4, None), None),
    ((5, -128), "-128"),
    ((6, -32768), "-32768"),
    ((7, -(2**31)), "-2147483648"),
    ((8, -(2**63)), "-9223372036854775808"),
    ((8, 5), "5"),
    ((9, 0.1), "0.1"),
    ((9, -2.5), "-2.5"),
    ((10, 0.1), "0.1"),
    ((10, 1e20), "1e+20"),
    ((10, 123456789.0), "123456789"),
    ((10, float("nan")), "nan"),
    ((10, float("-inf")), "-inf"),
    ((10, 1 / 3), "0.3333333333333333"),
    ((11, bytes(15) + b"\x01"), "::1"),
    ((11, None), None),
    ((12, b"\x00\xab"), "00ab"),
    ((12, b""), ""),
    ((12, None), None),
    ((12, {"size": 3, "data": None}), None),
    ((13, SID), SID),
    ((13, None), None),
    ((14, b"\x01\x00"), "0100"),
    ((15, {"sids": [SID, "S-1-1-0"], "restrictedSids": []}), "{S-1-5-21-1-2,S-1-1-0}/{}"),
    ((15, {"sids": None, "restrictedSids": [SID]}), "{}/{S-1-5-21-1-2}"),
    ((15, {"sids": None, "sidCount": 2, "restrictedSids": None}), None),
    ((15, {"sids": [None], "restrictedSids": None}), None),
    ((16, b"\xff"), "ff"),
    ((17, "grüße \U0001f600"), "grüße \U0001f600"),
    ((17, ""), ""),
    ((17, None), None),
    ((17, struct.pack("<HHH", 0x41, 0xD800, 0)), "A\ufffd"),
    ((18, bytes.fromhex("00005e0053ff")), "00:00:5e:00:53:ff"),
    ((19, 0x1234), "UNKNOWN_19"),
    ((20, 0), "UNKNOWN_20"),
    ((255, 0), "UNKNOWN_255"),
    ((259, 0), "UNKNOWN_259"),
    ((256, {"addr": 0x0A010203, "mask": 0xFFFFFFFF}), "10.1.2.3/32"),
    ((256, {"addr": 0x0A010203, "mask": 0}), "10.1.2.3/0"),
    ((256, {"addr": 0x0A000000, "mask": 0xFF00FF00}), "10.0.0.0/255.0.255.0"),
    ((256, {"addr": 0x0A000000, "mask": 0x000000FF}), "10.0.0.0/0.0.0.255"),
    ((256, None), None),
    ((257, {"addr": bytes.fromhex("fe80") + bytes(14), "prefixLength": 255}), "fe80::/255"),
    ((258, {"valueLow": (3, 0x0A000001), "valueHigh": (3, 0x0A0000FF)}), "10.0.0.1-10.0.0.255"),
    ((258, {"valueLow": (2, 80), "valueHigh": (0, None)}), "80-"),
    ((258, {"valueLow": (4, None), "valueHigh": (2, 1)}), None),
    ((258, {"valueLow": (256, 0), "valueHigh": (2, 1)}), "UNKNOWN_256-1"),
    ((258, None), None),
]


@pytest.mark.parametrize(("value", "text"), CONDITIONS, ids=[str(c[0])[:40] for c in CONDITIONS])
def test_condition_values_of_every_type(value, text) -> None:
    event = row(1, {"saTrafficType": 1, "localSubNet": value, "remoteSubNet": value})
    assert event.local_subnet == text
    assert event.remote_subnet == text


def test_all_condition_types_are_here() -> None:
    """0 to 18, the two removed types, and the three masks of FWP_DATA_TYPE."""
    assert {value[0] for value, _ in CONDITIONS} >= {*range(21), 255, 256, 257, 258}
