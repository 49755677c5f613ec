"""Hypothesis strategies for the event mappings that `encode` takes, one per structure.

Must not know how anything is decoded; only what Windows may put into a block.
"""

import math
import struct
from typing import Any

from hypothesis import strategies as st
from oracle.structs import ABSENT, NAMED

Events = st.SearchStrategy[dict[str, Any]]

u8 = st.integers(0, 2**8 - 1)
u16 = st.integers(0, 2**16 - 1)
u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)
i32 = st.integers(-2**31, 2**31 - 1)
booleans = st.booleans() | i32

FILETIME_1970 = 116444736000000000
TICKS_IN_64_BITS = 92233720368547758  # of nanoseconds: what int64 holds either side of 1970
file_times = st.one_of(
    st.integers(FILETIME_1970, FILETIME_1970 + 2 * 10**16),
    u64,
    st.sampled_from([0, FILETIME_1970 + TICKS_IN_64_BITS, FILETIME_1970 + TICKS_IN_64_BITS + 1,
                     FILETIME_1970 - TICKS_IN_64_BITS, FILETIME_1970 - TICKS_IN_64_BITS - 1]),
)

EVERY_FLAG = 0x3FFF
flags = st.one_of(
    st.just(EVERY_FLAG),
    st.integers(0, EVERY_FLAG),
    st.sampled_from([1 << bit for bit in range(14)]),
    u32,
)


def enumerators(count: int) -> st.SearchStrategy[int]:
    """The named values, the first that is not, and now and then any other."""
    return st.integers(0, count) | st.just(2**32 - 1)


# Few letters, so that equal and nearly equal texts are common: the decoder shares them.
plain_text = st.text("ab\\\u00e9\u4e2d\U0001f600", max_size=5)
units = st.sampled_from([0x61, 0x62, 0xE9, 0x4E2D, 0xD83D, 0xDE00, 0xD800, 0xDFFF, 0x100, 1])
bad_text = st.lists(units, max_size=5).map(lambda each: struct.pack(f"<{len(each)}H", *each))
# A text given as bytes has no NUL but its own; without one it runs on into what follows.
texts = st.one_of(plain_text, plain_text, bad_text.map(lambda raw: raw + b"\0\0"), bad_text)
text_pointers = st.none() | texts
text_arrays = st.none() | st.lists(text_pointers, max_size=3)

raw_bytes = st.binary(max_size=7)
# Of no size, yet with a pointer: it is not followed, wherever it leads.
empty_bytes = st.just({"size": 0, "data": b"1234"})
sized_bytes = empty_bytes | st.fixed_dictionaries({
    "size": st.integers(0, 12), "data": st.none() | raw_bytes})
blobs = st.one_of(
    st.none(),
    plain_text,
    raw_bytes,
    bad_text,
    st.tuples(plain_text, st.integers(0, 3)).map(
        lambda pair: pair[0].encode("utf-16-le") + bytes(pair[1])),
    sized_bytes,
)


@st.composite
def sid_bytes(draw: st.DrawFn) -> bytes:
    """Any count of parts, any authority; seldom cut off, so that it ends in what follows."""
    parts = draw(st.lists(u32, max_size=4) | st.sampled_from([[], [7] * 255]))
    authority = draw(st.sampled_from([0, 5, 15, 2**32 - 1, 2**32, 2**48 - 1]))
    raw = struct.pack(f"<BB6s{len(parts)}I", draw(st.just(1) | u8), len(parts),
                      authority.to_bytes(6, "big"), *parts)
    return raw[:draw(st.just(len(raw)) | st.integers(0, len(raw)))]


sids = st.none() | st.sampled_from(["S-1-0-0", "S-1-5-18", "S-1-5-32-544"]) | sid_bytes()
guids = st.just(bytes(16)) | st.binary(min_size=16, max_size=16) | st.uuids()
hashes = st.just(bytes(20)) | st.binary(min_size=20, max_size=20)
filters = st.just(0) | u64
macs = st.binary(min_size=6, max_size=6)
v6_addresses = st.one_of(
    st.binary(min_size=16, max_size=16),
    # Runs of zero groups, which the text leaves out.
    st.lists(st.sampled_from([0, 0, 1, 0xFFFF]), min_size=8, max_size=8).map(
        lambda groups: struct.pack(">8H", *groups)),
    u32.map(lambda v4: bytes(10) + b"\xff\xff" + struct.pack(">I", v4)),
)


def structure(**members: st.SearchStrategy[Any]) -> Events:
    """All of the members, or any of them: those left out are zero."""
    every = st.fixed_dictionaries(members)
    return st.one_of(every, every, every, st.fixed_dictionaries({}, optional=members))


@st.composite
def with_hosts(draw: st.DrawFn, members: Events, *names: str) -> dict[str, Any]:
    """Adds addresses: each in one arm of its union, whatever the version says."""
    mapping = draw(members)
    for name in names:
        arm = draw(st.sampled_from(["V4", "V6", ""]))
        if arm:
            mapping[name.format(arm)] = draw(u32 if arm == "V4" else v6_addresses)
    return mapping


def headers(version: int | None = None) -> Events:
    """A FWPM_NET_EVENT_HEADERn; HEADER1 is the only one with reserved members."""
    members = structure(
        timeStamp=file_times, flags=flags, ipVersion=st.integers(0, 1) | enumerators(3),
        ipProtocol=u8, localPort=u16, remotePort=u16, scopeId=u32, appId=blobs, userId=sids,
        addressFamily=enumerators(4), packageSid=sids, enterpriseId=text_pointers,
        policyFlags=u64, effectiveName=blobs, **({"reserved1": u32} if version == 1 else {}),
    )
    return with_hosts(members, "localAddr{}", "remoteAddr{}")


mm_failures = structure(
    failureErrorCode=u32, failurePoint=enumerators(3), flags=u32, keyingModuleType=enumerators(3),
    mmState=enumerators(6), saRole=enumerators(2), mmAuthMethod=enumerators(13),
    endCertHash=hashes, mmId=u64, mmFilterId=u64,
    localPrincipalNameForAuth=text_pointers, remotePrincipalNameForAuth=text_pointers,
    localPrincipalGroupSids=text_arrays, remotePrincipalGroupSids=text_arrays,
    numLocalPrincipalGroupSids=st.integers(0, 4), providerContextKey=st.none() | guids,
)
em_failures = structure(
    failureErrorCode=u32, failurePoint=enumerators(3), flags=u32, emState=enumerators(6),
    saRole=enumerators(2), emAuthMethod=enumerators(13),
    endCertHash=hashes, mmId=u64, qmFilterId=u64,
    localPrincipalNameForAuth=text_pointers, remotePrincipalNameForAuth=text_pointers,
    localPrincipalGroupSids=text_arrays, remotePrincipalGroupSids=text_arrays,
    numRemotePrincipalGroupSids=st.integers(0, 4), saTrafficType=enumerators(2),
)

byte_blobs = st.none() | raw_bytes | sized_bytes
sid_arrays = st.one_of(
    st.none(), st.lists(sids, max_size=3), st.just(["S-1-5-18", "S-1-5-32-544"]))
tokens = st.fixed_dictionaries(
    {"sids": sid_arrays, "restrictedSids": sid_arrays},
    optional={"sidCount": st.integers(0, 3), "restrictedSidCount": st.integers(0, 3)},
)
masks = st.integers(0, 32).map(lambda bits: 0xFFFFFFFF << (32 - bits) & 0xFFFFFFFF) | u32
odd_floats = st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 2.0**24, 2.0**-149])

VALUES: dict[int, st.SearchStrategy[Any]] = {
    0: st.none(),
    1: u8,
    2: u16,
    3: u32,
    4: st.none() | u64,
    5: st.integers(-2**7, 2**7 - 1),
    6: st.integers(-2**15, 2**15 - 1),
    7: i32,
    8: st.none() | st.integers(-2**63, 2**63 - 1),
    9: st.floats(width=32) | odd_floats,
    10: st.none() | st.floats() | odd_floats,
    11: st.none() | v6_addresses,
    12: byte_blobs,
    13: sids,
    14: byte_blobs,
    15: st.none() | tokens,
    16: byte_blobs,
    17: text_pointers,
    18: st.none() | macs,
    **dict.fromkeys([19, 20, 255, 259, 2**32 - 1], u64),  # types that the SDK does not name
}


def typed(kinds: dict[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[tuple[int, Any]]:
    return st.one_of([st.tuples(st.just(kind), value) for kind, value in kinds.items()])


ranges = st.fixed_dictionaries({"valueLow": typed(VALUES), "valueHigh": typed(VALUES)})
CONDITION_VALUES = VALUES | {
    256: st.none() | st.fixed_dictionaries({"addr": u32, "mask": masks}),
    257: st.none() | st.fixed_dictionaries({"addr": v6_addresses, "prefixLength": u8}),
    258: st.none() | ranges,
}
condition_values = typed(CONDITION_VALUES)

qm_failures = structure(
    failureErrorCode=u32, failurePoint=enumerators(3), keyingModuleType=enumerators(3),
    qmState=enumerators(4), saRole=enumerators(2), saTrafficType=st.just(1) | enumerators(2),
    localSubNet=condition_values, remoteSubNet=condition_values, qmFilterId=u64, mmSaLuid=u64,
    mmProviderContextKey=guids,
)

directions = st.sampled_from([0, 1, 2, 0x3900, 0x3901, 0x3902, 0x3903, 0x3904, 2**32 - 1])
CLASSIFY = {
    "filterId": filters, "layerId": u16, "reauthReason": u32, "originalProfile": u32,
    "currentProfile": u32, "msFwpDirection": directions, "isLoopback": booleans,
}
VSWITCH = {"vSwitchId": blobs, "vSwitchSourcePort": u32, "vSwitchDestinationPort": u32}
classify_drops = structure(**CLASSIFY, **VSWITCH)
classify_allows = structure(**CLASSIFY)
mac_drops = structure(
    localMacAddr=macs, remoteMacAddr=macs, mediaType=u32, ifType=u32, etherType=u16,
    ndisPortNumber=u32, reserved=u32, vlanTag=u16, ifLuid=u64, **CLASSIFY, **VSWITCH,
)
capabilities = structure(networkCapabilityId=enumerators(3), filterId=filters, isLoopback=booleans)
kernel_drops = structure(
    failureStatus=i32, direction=directions, spi=u32, filterId=filters, layerId=u16)
dosp_drops = with_hosts(
    structure(ipVersion=st.integers(0, 1) | enumerators(3), failureStatus=i32,
              direction=directions),
    "publicHost{}Addr", "internalHost{}Addr",
)
lpm_arrivals = structure(spi=u32)

PAYLOADS: dict[int, tuple[str, Events]] = {
    0: ("ikeMmFailure", mm_failures),
    1: ("ikeQmFailure", qm_failures),
    2: ("ikeEmFailure", em_failures),
    3: ("classifyDrop", classify_drops),
    4: ("ipsecDrop", kernel_drops),
    5: ("idpDrop", dosp_drops),
    6: ("classifyAllow", classify_allows),
    7: ("capabilityDrop", capabilities),
    8: ("capabilityAllow", capabilities),
    9: ("classifyDropMac", mac_drops),
    10: ("lpmPacketArrival", lpm_arrivals),
}
UNKNOWN_TYPES = [11, 12, 2**32 - 1]

terminating_filters = st.fixed_dictionaries({
    "filterId": u64, "subLayer": st.none() | plain_text, "actionType": st.none() | plain_text})
internal_fields = structure(
    processId=st.none() | u32, interfaceIndex=st.none() | u32,
    filterOrigin=st.none() | plain_text,
    terminatingFiltersInfo=st.none() | st.lists(terminating_filters, max_size=3),
    absent=st.lists(st.sampled_from([c for columns in ABSENT for c in columns]), max_size=3),
    unknown=st.none() | st.dictionaries(
        st.sampled_from(sorted(NAMED.values())), text_pointers, max_size=3),
)


@st.composite
def events(draw: st.DrawFn, version: int | None = None) -> dict[str, Any]:
    """An event of any type; a version that lacks the type or a member leaves it out."""
    kind = draw(st.sampled_from([*PAYLOADS, *UNKNOWN_TYPES]))
    event = {"header": draw(headers(version)), "type": kind}
    if kind in PAYLOADS:
        arm, payloads = PAYLOADS[kind]
        event[arm] = draw(st.one_of(payloads, payloads, payloads, st.none()))
    if draw(st.booleans()):
        event["internalFields"] = draw(st.none() | internal_fields)
    return event


def event_lists(version: int | None = None, *, min_size: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(events(version), min_size=min_size, max_size=4)
