"""Turns a net event of netsh's XML into a mapping for `encode`; must not know files.

Tags are the SDK's member names, and values its enumerator names. Windows prints all members of the
header, also those whose flag is clear; the decoder looks at the flags. Members that a version of
Windows does not print are left out of the mapping, and their columns are null.

No capture of an IKE, IPsec, capability or MAC event is public: their tags are assumed to be the
SDK's names of the union's arms.
"""

from typing import Any

from wfpfast._tables.event_kinds import EVENT_KINDS
from wfpfast.names import EVENT_TYPES
from wfpfast.netsh import _values as v
from wfpfast.netsh._scan import Scanner
from wfpfast.netsh._take import IPV4, IPV6, Member, take_easy
from wfpfast.netsh._xml_expat import BadElement, Record
from wfpfast.netsh._xml_plain import NotPlain

Members = dict[str, Member]  # by tag


def member(name: str, convert: v.Convert) -> Members:
    """Return one entry of a table of members, whose tag is its name."""
    return {name: Member(name, convert, **v.EASY.get(convert, {}))}


def address(name: str) -> Members:
    """Return the entries of an address; `name` has ``{}`` in place of its family."""
    v4, v6 = name.format("V4"), name.format("V6")
    return {
        v4: Member(v4, v.ipv4, form=IPV4, family=0),
        f"{v6}.byteArray16": Member(v6, v.ipv6, form=IPV6, family=1),
    }


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
    **member("msFwpDirection", v.direction),
    **member("isLoopback", v.boolean),
}
_VSWITCH: Members = {
    **member("vSwitchId", v.blob),
    **member("vSwitchSourcePort", v.u32),
    **member("vSwitchDestinationPort", v.u32),
}
_MAC: Members = {
    **member("localMacAddr", v.mac),
    **member("remoteMacAddr", v.mac),
    **member("mediaType", v.u32),
    **member("ifType", v.u32),
    **member("etherType", v.u16),
    **member("ndisPortNumber", v.u32),
    **member("vlanTag", v.u16),
    **member("ifLuid", v.u64),
}
_FAILURE: Members = {
    **member("failureErrorCode", v.u32),
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
    **member("failureStatus", v.i32),
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
# By event type's number: the element of the payload, and its members.
PAYLOADS: dict[int, tuple[str, Members]] = {
    EVENT_KINDS[name].number: (EVENT_KINDS[name].arm, members)
    for name, members in _PAYLOADS.items()
}
_INTERNAL: Members = {
    **member("processId", v.u32),
    **member("interfaceIndex", v.u32),
    **member("filterOrigin", v.text_or_none),
    **member("terminatingFiltersInfo", v.terminating_filters),
}
_SECTIONS: dict[str, Members] = {
    "header": HEADER, "internalFields": _INTERNAL, **dict(PAYLOADS.values())}
_BODIES = {tag for tag, _ in PAYLOADS.values()}
# By section: the tags and members that are arms of a union.
_ARMS = {
    section: [(tag, entry) for tag, entry in members.items() if entry.family is not None]
    for section, members in _SECTIONS.items()
}
_UNKNOWN_TYPE = 0xFFFFFFFF


class EventReader:
    """Converts events; with ``errors="null"`` a bad value is counted and its cell is null."""

    def __init__(self, errors: str) -> None:
        self._null = errors == "null"
        self._malformed = 0
        self._scanner = Scanner()
        self._members_of: dict[str, Members] = {
            section: {tag: entry.fresh() for tag, entry in members.items()}
            for section, members in _SECTIONS.items()
        }

    def convert(self, _: str, record: Record) -> tuple[dict[str, Any], int]:
        """Return the mapping of one event, and how many of its values are bad."""
        header = record.get("header")
        if not isinstance(header, dict):
            raise BadElement("header", "a net event has one header with elements in it")
        self._malformed = 0
        event: dict[str, Any] = {"header": self._members("header", header)}
        tail = self._section("internalFields", record)
        event["type"], is_known = self._type(record)
        if not is_known:
            tail["absent"] = ["event_type"]
        if event["type"] in PAYLOADS:
            body = PAYLOADS[event["type"]][0]
            if others := _BODIES.intersection(record) - {body}:
                for other in sorted(others):
                    self._bad(other, f"an event of type {v.text_of(record['type'])} has <{body}>")
            if members := self._section(body, record):
                event[body] = members
        if tail:
            event["internalFields"] = tail
        return event, self._malformed

    def _type(self, record: Record) -> tuple[int, bool]:
        """Return the event's type, and whether it could be read."""
        text = record.get("type")
        if type(text) is str and text in EVENT_TYPES:
            return EVENT_TYPES[text], True
        try:
            return int(v.event_type(v.part_of(record, "type"))), True
        except ValueError as error:
            self._bad("type", str(error))
            return _UNKNOWN_TYPE, False

    def _section(self, tag: str, record: Record) -> dict[str, Any]:
        """Return the members of a payload or the tail; an empty element means a NULL pointer."""
        node = record.get(tag, "")
        if isinstance(node, dict):
            return self._members(tag, node)
        if node:
            self._bad(tag, "expected one such element with elements in it")
        return {}

    def _members(self, section: str, node: Record) -> dict[str, Any]:
        """Convert the known elements; others are skipped, since newer Windows may print more."""
        built: dict[str, Any] = {}
        table = self._members_of[section]
        for tag, value in take_easy(node, table, built):
            entry = table[tag]
            try:
                converted = entry.convert(self._divided(value) if type(value) is bytes else value)
            except ValueError as error:
                self._bad(tag, str(error), section)
                continue
            if type(value) is str or type(value) is bytes:
                entry.remember(value, converted)
            if converted is not None:
                built[entry.name] = converted
        if _ARMS[section]:
            self._keep_selected_arms(section, node, built)
        return built

    def _divided(self, raw: bytes) -> Record:
        try:
            return self._scanner.divide(raw)
        except ValueError:
            raise NotPlain from None

    def _keep_selected_arms(self, section: str, node: Record, built: dict[str, Any]) -> None:
        """Drop addresses that ipVersion does not select; one of the other family is an error."""
        version = built.get("ipVersion")
        for tag, entry in _ARMS[section]:
            if entry.name in built and entry.family != version:
                del built[entry.name]
                if version in (0, 1):
                    self._bad(tag, f"ipVersion is {v.text_of(node['ipVersion'])}", section)

    def _bad(self, tag: str, what: str, section: str = "") -> None:
        if not self._null:
            raise BadElement(tag, what, section)
        self._malformed += 1
