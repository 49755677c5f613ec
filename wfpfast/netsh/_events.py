"""Which element of netsh's XML is which member of an event; must not know files.

Tags are the SDK's member names, and values its enumerator names. Windows prints all members of the
header, also those whose flag is clear; the decoder looks at the flags. Members that a version of
Windows does not print are null in the columns.

No capture of an IKE, IPsec, capability or MAC event is public: their tags are those that follow
from the serializer's rule, and those that System Informer has.
"""

from functools import cache
from typing import NamedTuple

from wfpfast._blocks.layouts import STRUCTS
from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.netsh import _values as v
from wfpfast.netsh._document import Document
from wfpfast.netsh._sections import Section
from wfpfast.netsh._write import EventWriter, Kind


class Member(NamedTuple):
    """A member of a struct, and how to read the element that holds it.

    Attributes
    ----------
    name : str
        The member's name.
    convert : callable
        Makes its value, as `encode` takes it, from what the element holds; raises ValueError. The
        value must depend on nothing else, since it is remembered.
    form, limit : str, int
        Texts of this form, "number" up to the limit, "ipv4", "ipv6" or "time", need no `convert`.
    family : int, optional
        The ``ipVersion`` that selects the member, if it is an arm of a union.
    """

    name: str
    convert: v.Convert
    form: str = ""
    limit: int = 0
    family: int | None = None


Members = dict[str, Member]  # by tag


def member(name: str, convert: v.Convert, *tags: str) -> Members:
    """Return the entry of a member, whose tag is its name, or one of others, too."""
    entry = Member(name, convert, *v.EASY.get(convert, ()))
    return dict.fromkeys([name, *tags], entry)


def address(name: str) -> Members:
    """Return the entries of an address; `name` has ``{}`` in place of its family.

    The serializer prints a FWP_BYTE_ARRAY16 by its member, but IPSEC_DOSP_DROP has a UINT8[16].
    """
    v4, v6 = name.format("V4"), name.format("V6")
    four = Member(v4, v.ipv4, *v.EASY[v.ipv4], family=0)
    six = Member(v6, v.ipv6, *v.EASY[v.ipv6], family=1)
    return {v4: four, v6: six, f"{v6}.byteArray16": six}


HEADER: Members = {
    **member("timeStamp", v.ticks),
    **member("flags", v.flags),
    **member("ipVersion", v.ip_version),
    **member("ipProtocol", v.u8),
    **address("localAddr{}"),
    **address("remoteAddr{}"),
    **member("localPort", v.u16),
    **member("remotePort", v.u16),
    **member("scopeId", v.u32),
    **member("appId", v.blob),
    **member("userId", v.sid),
    **member("addressFamily", v.enumerator("FWP_AF")),
    **member("packageSid", v.sid),
    **member("enterpriseId", v.text_or_none),
    **member("policyFlags", v.u64),
    **member("effectiveName", v.blob),
}
_FILTER: Members = {
    **member("filterId", v.u64),
    **member("layerId", v.u16),
}
_CLASSIFY: Members = {
    **_FILTER,
    **member("reauthReason", v.u32),
    **member("originalProfile", v.u32),
    **member("currentProfile", v.u32),
    **member("msFwpDirection", v.ms_direction),
    **member("isLoopback", v.boolean),
}
_VSWITCH: Members = {
    **member("vSwitchId", v.blob),
    **member("vSwitchSourcePort", v.u32),
    **member("vSwitchDestinationPort", v.u32),
}
_MAC: Members = {
    **member("localMacAddr", v.mac, "localMacAddr.byteArray6"),
    **member("remoteMacAddr", v.mac, "remoteMacAddr.byteArray6"),
    **member("mediaType", v.u32),
    **member("ifType", v.u32),
    **member("etherType", v.u16),
    **member("ndisPortNumber", v.u32),
    **member("vlanTag", v.u16),
    **member("ifLuid", v.u64),
}
_FAILURE: Members = {
    **member("failureErrorCode", v.error),
    **member("failurePoint", v.enumerator("IPSEC_FAILURE_POINT")),
    **member("saRole", v.enumerator("IKEEXT_SA_ROLE")),
}
_KEYING = member("keyingModuleType", v.enumerator("IKEEXT_KEY_MODULE_TYPE"))
_TRAFFIC = member("saTrafficType", v.enumerator("IPSEC_TRAFFIC_TYPE"))
_CERTIFICATE: Members = {
    **member("endCertHash", v.cert_hash),
    **member("mmId", v.u64),
}
_PRINCIPALS: Members = {
    # These are never NULL: an empty element is an empty text.
    **member("localPrincipalNameForAuth", v.text_of),
    **member("remotePrincipalNameForAuth", v.text_of),
    **member("localPrincipalGroupSids", v.texts),
    **member("remotePrincipalGroupSids", v.texts),
}
_AUTH = v.enumerator("IKEEXT_AUTHENTICATION_METHOD_TYPE")
_DROP: Members = {
    **member("failureStatus", v.status),
    **member("direction", v.direction),
}
_CAPABILITY: Members = {
    **member("networkCapabilityId", v.enumerator("FWPM_APPC_NETWORK_CAPABILITY_TYPE")),
    **member("filterId", v.u64),
    **member("isLoopback", v.boolean),
}
# The members of the payload of each event type.
_PAYLOADS: dict[str, Members] = {
    "IKEEXT_MM_FAILURE": {
        **_FAILURE, **_KEYING, **_CERTIFICATE, **_PRINCIPALS,
        **member("flags", v.mm_flags),
        **member("mmState", v.enumerator("IKEEXT_MM_SA_STATE")),
        **member("mmAuthMethod", _AUTH),
        **member("mmFilterId", v.u64),
        **member("providerContextKey", v.guid),
    },
    "IKEEXT_QM_FAILURE": {
        **_FAILURE, **_KEYING, **_TRAFFIC,
        **member("qmState", v.enumerator("IKEEXT_QM_SA_STATE")),
        **member("localSubNet", v.condition),
        **member("remoteSubNet", v.condition),
        **member("qmFilterId", v.u64),
        **member("mmSaLuid", v.u64),
        **member("mmProviderContextKey", v.guid),
    },
    "IKEEXT_EM_FAILURE": {
        **_FAILURE, **_CERTIFICATE, **_PRINCIPALS, **_TRAFFIC,
        **member("flags", v.em_flags),
        **member("emState", v.enumerator("IKEEXT_EM_SA_STATE")),
        **member("emAuthMethod", _AUTH),
        **member("qmFilterId", v.u64),
    },
    "CLASSIFY_DROP": {**_CLASSIFY, **_VSWITCH},
    "IPSEC_KERNEL_DROP": {**_DROP, **member("spi", v.u32), **_FILTER},
    "IPSEC_DOSP_DROP": {
        **_DROP,
        **member("ipVersion", v.ip_version),
        **address("publicHost{}Addr"),
        **address("internalHost{}Addr"),
    },
    "CLASSIFY_ALLOW": _CLASSIFY,
    "CAPABILITY_DROP": _CAPABILITY,
    "CAPABILITY_ALLOW": _CAPABILITY,
    "CLASSIFY_DROP_MAC": {**_MAC, **_CLASSIFY, **_VSWITCH},
    "LPM_PACKET_ARRIVAL": member("spi", v.u32),
}
_TAIL: Members = {
    **member("processId", v.u32),
    **member("interfaceIndex", v.u32),
    **member("filterOrigin", v.text_or_none),
    "terminatingFiltersInfo": Member("terminatingFilters", v.terminating_filters),
}
# Of the tail, as captures and System Informer's fwmon.h have it, what no column shows.
_UNREAD = (
    "internalFlags", "remoteAddrBitmap", "capabilities", "fqbnVersion", "fqbnName", "policyAppId",
    "compartmentId", "serviceSids", "interfaceLuid",
)  # fmt: skip
# Names of payloads where those of System Informer, taken from netsh's own code, are not the SDK's.
_ALIASES = {"ipsecKernelDrop": "ipsecDrop", "ipsecDospDrop": "idpDrop"}

# Of a payload, what means nothing.
_RESERVED = ("reserved",)

# What an element is called that holds events, and by which first element an event is known.
LISTS = dict.fromkeys(["netEvents", "events", "ikeEvents"], "event")
HEADS = {"header": "event"}


@cache
def _sections() -> tuple[Section, Section, dict[str, Kind]]:
    """Return the sections of the header, the tail and each payload; making them takes its time."""
    structs = STRUCTS["FWPM_NET_EVENT5"].members
    kinds = {}
    for name, members in _PAYLOADS.items():
        arm = EVENT_KINDS[name].arm
        struct = structs[arm].c_type.removesuffix(" *")
        section = Section(arm, "payload", struct, members, _RESERVED)
        kinds[arm] = Kind(EVENT_KINDS[name].number, section)
    kinds.update({alias: kinds[arm] for alias, arm in _ALIASES.items()})
    header = Section("header", "header", structs["header"].c_type, HEADER, ())
    tail = Section("internalFields", "tail", "INTERNAL_FIELDS0", _TAIL, _UNREAD)
    return header, tail, kinds


def event_writer(document: Document, lenient: bool) -> EventWriter:
    """Return what writes the events of a document."""
    return EventWriter(document, *_sections(), v.event_type, lenient)
