"""Any event written as XML and read back is the event that a block of it decodes to.

The writer below follows the grammar; it must not know how the reader converts.
"""

import io
import ipaddress
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import netsh_xml
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import decode, encode, netsh

Write = Callable[[Any], Any]
Member = tuple[st.SearchStrategy[Any], Write]

# Enumerators in the order of their numbers, which begin at 0.
ENUMERATORS = {
    "FWP_IP_VERSION_": "V4 V6 NONE", "FWP_AF_": "INET INET6 ETHER NONE",
    "FWP_DIRECTION_": "OUTBOUND INBOUND", "IPSEC_FAILURE_": "NONE ME PEER",
    "IKEEXT_SA_ROLE_": "INITIATOR RESPONDER", "IKEEXT_KEY_MODULE_": "IKE AUTHIP IKEV2",
    "IPSEC_TRAFFIC_TYPE_": "TRANSPORT TUNNEL",
    "IKEEXT_MM_SA_STATE_": "NONE SA_SENT SSPI_SENT FINAL FINAL_SENT COMPLETE",
    "IKEEXT_QM_SA_STATE_": "NONE INITIAL FINAL COMPLETE",
    "IKEEXT_EM_SA_STATE_": "NONE SENT_ATTS SSPI_SENT AUTH_COMPLETE FINAL COMPLETE",
    "IKEEXT_": "PRESHARED_KEY CERTIFICATE KERBEROS ANONYMOUS SSL NTLM_V2 IPV6_CGA",
    "FWPM_APPC_NETWORK_CAPABILITY_":
        "INTERNET_CLIENT INTERNET_CLIENT_SERVER INTERNET_PRIVATE_NETWORK",
}
TYPES = [
    "IKEEXT_MM_FAILURE", "IKEEXT_QM_FAILURE", "IKEEXT_EM_FAILURE", "CLASSIFY_DROP",
    "IPSEC_KERNEL_DROP", "IPSEC_DOSP_DROP", "CLASSIFY_ALLOW", "CAPABILITY_DROP",
    "CAPABILITY_ALLOW", "CLASSIFY_DROP_MAC", "LPM_PACKET_ARRIVAL"]
MM_FLAGS = ["FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_BENIGN",
            "FWPM_NET_EVENT_IKEEXT_MM_FAILURE_FLAG_MULTIPLE"]
EM_FLAGS = ["FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_MULTIPLE",
            "FWPM_NET_EVENT_IKEEXT_EM_FAILURE_FLAG_BENIGN"]


def number(bits: int) -> Member:
    return st.integers(0, 2**bits - 1), str


def enumerator(prefix: str) -> Member:
    names = ENUMERATORS[prefix].split()
    return st.integers(0, len(names) - 1), lambda value: prefix + names[value]


def bits(names: list[str]) -> Member:
    def write(value: int) -> list[str]:
        named = [name for place, name in enumerate(names) if value >> place & 1]
        rest = value >> len(names) << len(names)
        return [*named, f"{rest:08X}"] if rest else named

    return st.integers(0, 2**32 - 1) | st.just(2**len(names) - 1), write


def maybe(inner: Member) -> Member:
    strategy, write = inner
    return st.none() | strategy, lambda value: "" if value is None else write(value)


def time_text(ticks: int) -> str:
    moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ticks // 10_000)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


# Anything that XML can say and that does not end in a blank; quotes and brackets among it.
LETTERS = st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"],
                        exclude_characters="\ufffe\uffff")
TEXT = st.text(LETTERS | st.sampled_from("&<>\"'"), min_size=1, max_size=6).map(
    lambda text: text.strip(" ")).filter(bool)
SID = st.lists(st.integers(0, 2**32 - 1), max_size=5).map(
    lambda parts: "-".join(["S-1-5", *map(str, parts)]))
text: Member = (TEXT, str)
sid: Member = (SID, str)
blob: Member = (st.binary(max_size=5) | TEXT.map(lambda text: (text + "\0").encode("utf-16-le")),
                lambda raw: {"data": raw.hex(), "asString": "." * len(raw) or "."})
raw = lambda size: (st.binary(min_size=size, max_size=size), bytes.hex)  # noqa: E731
boolean: Member = (st.booleans(), lambda value: "true" if value else "false")
v4: Member = (st.integers(0, 2**32 - 1), lambda value: str(ipaddress.IPv4Address(value)))
v6: Member = (st.binary(min_size=16, max_size=16) | st.just(bytes(16)),
              lambda value: str(ipaddress.IPv6Address(value)))
texts: Member = (st.lists(TEXT, max_size=3), list)
guid: Member = (st.uuids(), lambda value: f"{{{uuid.UUID(str(value))}}}")
status: Member = (st.integers(-2**31, 2**31 - 1), str)
ms_direction: Member = (
    st.integers(0x3900, 0x3902),
    lambda value: f"MS_FWP_DIRECTION_{['IN', 'OUT', 'FORWARD'][value - 0x3900]}")

VALUES: dict[int, tuple[str, str, Member]] = {
    1: ("FWP_UINT8", "uint8", number(8)), 2: ("FWP_UINT16", "uint16", number(16)),
    3: ("FWP_UINT32", "uint32", v4), 4: ("FWP_UINT64", "uint64", number(64)),
    11: ("FWP_BYTE_ARRAY16_TYPE", "byteArray16", v6), 13: ("FWP_SID", "sid", sid),
    17: ("FWP_UNICODE_STRING_TYPE", "unicodeString", text),
    256: ("FWP_V4_ADDR_MASK", "v4AddrMask", (
        st.fixed_dictionaries({"addr": v4[0], "mask": v4[0]}),
        lambda value: {key: v4[1](each) for key, each in value.items()})),
    257: ("FWP_V6_ADDR_MASK", "v6AddrMask", (
        st.fixed_dictionaries({"addr": v6[0], "prefixLength": st.integers(0, 128)}),
        lambda value: {"addr": v6[1](value["addr"]), "prefixLength": str(value["prefixLength"])})),
}


def write_value(value: tuple[int, Any]) -> dict[str, Any]:
    kind, content = value
    if kind == 0:
        return {"type": "FWP_EMPTY"}
    if kind == 258:
        ends = {end: write_value(each) for end, each in content.items()}
        return {"type": "FWP_RANGE_TYPE", "rangeValue": ends}
    name, tag, (_, write) = VALUES[kind]
    return {"type": name, tag: write(content)}


def typed(kinds: list[int]) -> st.SearchStrategy[tuple[int, Any]]:
    return st.one_of([st.tuples(st.just(kind), VALUES[kind][2][0]) for kind in kinds])


plain = typed([1, 2, 3, 4, 11])
subnet: Member = (
    st.just((0, None)) | typed(list(VALUES)) | st.tuples(
        st.just(258), st.fixed_dictionaries({"valueLow": plain, "valueHigh": plain})),
    write_value)

HEADER: dict[str, Member] = {
    # To the millisecond, which is all that netsh writes.
    "timeStamp": (st.integers(0, 26 * 10**12).map(lambda ms: ms * 10_000), time_text),
    "flags": bits(netsh_xml.FLAG_NAMES), "ipProtocol": number(8), "localPort": number(16),
    "remotePort": number(16), "scopeId": number(32), "appId": maybe(blob), "userId": maybe(sid),
    "addressFamily": enumerator("FWP_AF_"), "packageSid": maybe(sid), "enterpriseId": maybe(text),
    "policyFlags": number(64), "effectiveName": maybe(blob),
}
FILTER = {"filterId": number(64), "layerId": number(16)}
CLASSIFY = FILTER | {
    "reauthReason": number(32), "originalProfile": number(32), "currentProfile": number(32),
    "msFwpDirection": ms_direction, "isLoopback": boolean}
VSWITCH = {"vSwitchId": maybe(blob), "vSwitchSourcePort": number(32),
           "vSwitchDestinationPort": number(32)}
FAILURE = {"failureErrorCode": number(32), "failurePoint": enumerator("IPSEC_FAILURE_"),
           "saRole": enumerator("IKEEXT_SA_ROLE_")}
CERTIFICATE = {"endCertHash": raw(20), "mmId": number(64)}
PRINCIPALS = {
    "localPrincipalNameForAuth": text, "remotePrincipalNameForAuth": text,
    "localPrincipalGroupSids": texts, "remotePrincipalGroupSids": texts}
DROP = {"failureStatus": status, "direction": enumerator("FWP_DIRECTION_")}
CAPABILITY = {"networkCapabilityId": enumerator("FWPM_APPC_NETWORK_CAPABILITY_"),
              "filterId": number(64), "isLoopback": boolean}
MAC = {"localMacAddr": raw(6), "remoteMacAddr": raw(6), "mediaType": number(32),
       "ifType": number(32), "etherType": number(16), "ndisPortNumber": number(32),
       "vlanTag": number(16), "ifLuid": number(64)}
PAYLOADS: list[tuple[str, dict[str, Member]]] = [
    ("ikeMmFailure", {
        **FAILURE, **CERTIFICATE, **PRINCIPALS, "flags": bits(MM_FLAGS),
        "keyingModuleType": enumerator("IKEEXT_KEY_MODULE_"),
        "mmState": enumerator("IKEEXT_MM_SA_STATE_"), "mmAuthMethod": enumerator("IKEEXT_"),
        "mmFilterId": number(64), "providerContextKey": maybe(guid)}),
    ("ikeQmFailure", {
        **FAILURE, "keyingModuleType": enumerator("IKEEXT_KEY_MODULE_"),
        "qmState": enumerator("IKEEXT_QM_SA_STATE_"),
        "saTrafficType": enumerator("IPSEC_TRAFFIC_TYPE_"), "localSubNet": subnet,
        "remoteSubNet": subnet, "qmFilterId": number(64), "mmSaLuid": number(64),
        "mmProviderContextKey": guid}),
    ("ikeEmFailure", {
        **FAILURE, **CERTIFICATE, **PRINCIPALS, "flags": bits(EM_FLAGS),
        "emState": enumerator("IKEEXT_EM_SA_STATE_"), "emAuthMethod": enumerator("IKEEXT_"),
        "qmFilterId": number(64), "saTrafficType": enumerator("IPSEC_TRAFFIC_TYPE_")}),
    ("classifyDrop", CLASSIFY | VSWITCH),
    ("ipsecDrop", {**DROP, "spi": number(32), **FILTER}),
    ("idpDrop", DROP),
    ("classifyAllow", CLASSIFY),
    ("capabilityDrop", CAPABILITY),
    ("capabilityAllow", CAPABILITY),
    ("classifyDropMac", MAC | CLASSIFY | VSWITCH),
    ("lpmPacketArrival", {"spi": number(32)}),
]
FILTERS: Member = (
    st.lists(st.fixed_dictionaries({
        "filterId": number(64)[0], "subLayer": st.none() | TEXT, "actionType": st.none() | TEXT,
    }), max_size=3),
    lambda found: [{key: str(each or ("" if key != "filterId" else 0))
                    for key, each in one.items()} for one in found])
INTERNAL: dict[str, Member] = {
    "processId": number(32), "interfaceIndex": number(32), "filterOrigin": text,
    "terminatingFiltersInfo": FILTERS}


def of(members: dict[str, Member], optional: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    made = {name: strategy for name, (strategy, _) in members.items()}
    return st.fixed_dictionaries({}, optional=made) if optional else st.fixed_dictionaries(made)


@st.composite
def with_addresses(draw: st.DrawFn, members: dict[str, Member], *names: str) -> dict[str, Any]:
    made = draw(of(members)) | {"ipVersion": draw(st.integers(0, 2 if "Addr{}" in names[0] else 1))}
    for name in names:
        if made["ipVersion"] == 0:
            made[name.format("V4")] = draw(v4[0])
        elif made["ipVersion"] == 1:
            made[name.format("V6")] = draw(v6[0])
    return made


@st.composite
def events(draw: st.DrawFn, kind: int) -> dict[str, Any]:
    arm, members = PAYLOADS[kind]
    hosts = ("publicHost{}Addr", "internalHost{}Addr")
    body = with_addresses(members, *hosts) if arm == "idpDrop" else of(members)
    event = {"header": draw(with_addresses(HEADER, "localAddr{}", "remoteAddr{}")), "type": kind,
             arm: draw(st.none() | body)}
    if draw(st.booleans()):
        event["internalFields"] = draw(of(INTERNAL, optional=True))
    return event


def write_members(values: dict[str, Any], members: dict[str, Member]) -> dict[str, Any]:
    tree = {}
    for name, value in values.items():
        if name == "ipVersion":
            tree[name] = enumerator("FWP_IP_VERSION_")[1](value)
        elif name in members:
            tree[name] = members[name][1](value)
        elif "V4" in name:
            tree[name] = v4[1](value)
        else:
            tree[f"{name}.byteArray16"] = v6[1](value)
    return tree


def write_event(event: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    arm, members = PAYLOADS[event["type"]]
    public = chance.choice(["", "PUBLIC_"])
    tree: dict[str, Any] = {
        "header": write_members(event["header"], HEADER),
        "type": f"FWPM_NET_EVENT_TYPE_{public}{TYPES[event['type']]}",
        arm: write_members(event[arm] or {}, members),
    }
    if "internalFields" in event:
        tree["internalFields"] = write_members(event["internalFields"], INTERNAL)
    return tree


@pytest.mark.parametrize("kind", range(11), ids=TYPES)
@given(data=st.data())
def test_read_back_is_decoded(kind: int, data: st.DataObject) -> None:
    chance = data.draw(st.randoms(use_true_random=False))
    mappings = data.draw(st.lists(events(kind), min_size=1, max_size=3))
    document = chance.choice([netsh_xml.netevents, netsh_xml.wfpdiag])(
        *[write_event(each, chance) for each in mappings])
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
    addresses = chance.choice(["text", "binary"])
    source = io.BytesIO(document.encode(encoding))
    with netsh.read_events(source, batch_size=2, addresses=addresses) as stream:
        rows = [row.to_dict() for batch in stream for row in batch]
        assert stream.stats["malformed"] == 0
    expected = decode(encode(mappings), addresses=addresses)
    assert rows == [row.to_dict() for row in expected]
