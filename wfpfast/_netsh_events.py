"""Turns a net event of netsh's XML into a mapping for `encode`; must not know files.

Tags are SDK member names, enumerators SDK names. All members of the header are printed, also where
their flag is clear: what counts is decided by the flags, in the decoder. Members that a Windows
version does not print are named as absent, since the zero in their place means nothing.

No capture of an IKE, IPsec, capability or MAC event is public: their tags are the SDK's union
members by expectation.
"""

from functools import lru_cache
from typing import Any

from wfpfast import _netsh_values as v
from wfpfast._netsh_scan import Scanner
from wfpfast._netsh_take import IPV4, IPV6, Member, take_easy
from wfpfast._xml_expat import BadElement, Record
from wfpfast._xml_plain import NotPlain
from wfpfast.names import EVENT_TYPES

Members = dict[str, Member]  # by tag


def member(name: str, convert: v.Convert, *columns: str) -> Members:
    """Return one entry of a table of members, whose tag is its name."""
    return {name: Member(name, convert, columns, **v.EASY.get(convert, {}))}


def address(name: str, column: str) -> Members:
    """Return the entries of an address, whose name has a place for its family."""
    v4, v6 = name.format("V4"), name.format("V6")
    return {
        v4: Member(v4, v.ipv4, (column,), form=IPV4, family=0),
        f"{v6}.byteArray16": Member(v6, v.ipv6, (column,), form=IPV6, family=1),
    }


HEADER: Members = {
    **member("timeStamp", v.ticks, "timestamp"),
    **member("flags", v.flags, "flags"),
    **member("ipVersion", v.ip_version, "ip_version"),
    **member("ipProtocol", v.u8, "ip_protocol"),
    **address("localAddr{}", "local_address"),
    **address("remoteAddr{}", "remote_address"),
    **member("localPort", v.u16, "local_port"),
    **member("remotePort", v.u16, "remote_port"),
    **member("scopeId", v.u32, "scope_id"),
    **member("appId", v.blob, "app_path"),
    **member("userId", v.sid, "user_sid"),
    **member("addressFamily", v.enumerator("FWP_AF"), "address_family"),
    **member("packageSid", v.sid, "package_sid"),
    **member("enterpriseId", v.text_or_none, "enterprise_id"),
    **member("policyFlags", v.u64, "policy_flags"),
    **member("effectiveName", v.blob, "effective_name"),
}
_FILTER: Members = {
    **member("filterId", v.u64, "filter_id"),
    **member("layerId", v.u16, "layer_id"),
}
_CLASSIFY: Members = {
    **_FILTER,
    **member("reauthReason", v.u32, "reauth_reason"),
    **member("originalProfile", v.u32, "original_profile"),
    **member("currentProfile", v.u32, "current_profile"),
    **member("msFwpDirection", v.direction, "direction", "direction_code"),
    **member("isLoopback", v.boolean, "is_loopback"),
}
_VSWITCH: Members = {
    **member("vSwitchId", v.blob, "vswitch_id"),
    **member("vSwitchSourcePort", v.u32, "vswitch_source_port"),
    **member("vSwitchDestinationPort", v.u32, "vswitch_destination_port"),
}
_MAC: Members = {
    **member("localMacAddr", v.mac, "local_mac"),
    **member("remoteMacAddr", v.mac, "remote_mac"),
    **member("mediaType", v.u32, "media_type"),
    **member("ifType", v.u32, "interface_type"),
    **member("etherType", v.u16, "ether_type"),
    **member("ndisPortNumber", v.u32, "ndis_port"),
    **member("vlanTag", v.u16, "vlan_tag"),
    **member("ifLuid", v.u64, "interface_luid"),
}
_FAILURE: Members = {
    **member("failureErrorCode", v.u32, "failure_error"),
    **member("failurePoint", v.enumerator("IPSEC_FAILURE_POINT"), "failure_point"),
    **member("saRole", v.enumerator("IKEEXT_SA_ROLE"), "sa_role"),
}
_KEYING = member("keyingModuleType", v.enumerator("IKEEXT_KEY_MODULE_TYPE"), "keying_module")
_TRAFFIC = member("saTrafficType", v.enumerator("IPSEC_TRAFFIC_TYPE"), "traffic_type")
_CERTIFICATE: Members = {
    **member("endCertHash", v.cert_hash, "end_cert_hash"),
    **member("mmId", v.u64, "mm_id"),
}
_PRINCIPALS: Members = {
    # These are never NULL: an empty element is an empty text.
    **member("localPrincipalNameForAuth", v.text_of, "local_principal"),
    **member("remotePrincipalNameForAuth", v.text_of, "remote_principal"),
    **member("localPrincipalGroupSids", v.texts, "local_groups"),
    **member("remotePrincipalGroupSids", v.texts, "remote_groups"),
}
_AUTH = v.enumerator("IKEEXT_AUTHENTICATION_METHOD_TYPE")
_DROP: Members = {
    **member("failureStatus", v.i32, "failure_status"),
    **member("direction", v.direction, "direction", "direction_code"),
}
_CAPABILITY: Members = {
    **member("networkCapabilityId", v.enumerator("FWPM_APPC_NETWORK_CAPABILITY_TYPE"),
             "network_capability"),
    **member("filterId", v.u64, "filter_id"),
    **member("isLoopback", v.boolean, "is_loopback"),
}
# By event type: the element of the payload, and its members.
PAYLOADS: dict[int, tuple[str, Members]] = {
    0: ("ikeMmFailure", {
        **_FAILURE, **_KEYING, **_CERTIFICATE, **_PRINCIPALS,
        **member("flags", v.mm_flags, "failure_flags"),
        **member("mmState", v.enumerator("IKEEXT_MM_SA_STATE"), "mm_state"),
        **member("mmAuthMethod", _AUTH, "auth_method"),
        **member("mmFilterId", v.u64, "mm_filter_id"),
        **member("providerContextKey", v.guid, "provider_context_key"),
    }),
    1: ("ikeQmFailure", {
        **_FAILURE, **_KEYING, **_TRAFFIC,
        **member("qmState", v.enumerator("IKEEXT_QM_SA_STATE"), "qm_state"),
        **member("localSubNet", v.condition, "local_subnet"),
        **member("remoteSubNet", v.condition, "remote_subnet"),
        **member("qmFilterId", v.u64, "qm_filter_id"),
        **member("mmSaLuid", v.u64, "mm_sa_luid"),
        **member("mmProviderContextKey", v.guid, "provider_context_key"),
    }),
    2: ("ikeEmFailure", {
        **_FAILURE, **_CERTIFICATE, **_PRINCIPALS, **_TRAFFIC,
        **member("flags", v.em_flags, "failure_flags"),
        **member("emState", v.enumerator("IKEEXT_EM_SA_STATE"), "em_state"),
        **member("emAuthMethod", _AUTH, "auth_method"),
        **member("qmFilterId", v.u64, "qm_filter_id"),
    }),
    3: ("classifyDrop", {**_CLASSIFY, **_VSWITCH}),
    4: ("ipsecDrop", {**_DROP, **member("spi", v.u32, "spi"), **_FILTER}),
    5: ("idpDrop", {
        **_DROP,
        **member("ipVersion", v.ip_version),
        **address("publicHost{}Addr", "public_host"),
        **address("internalHost{}Addr", "internal_host"),
    }),
    6: ("classifyAllow", _CLASSIFY),
    7: ("capabilityDrop", _CAPABILITY),
    8: ("capabilityAllow", _CAPABILITY),
    9: ("classifyDropMac", {**_MAC, **_CLASSIFY, **_VSWITCH}),
    10: ("lpmPacketArrival", member("spi", v.u32, "spi")),
}
# Without columns: what the source lacks of these is null anyway.
_INTERNAL: Members = {
    **member("processId", v.u32),
    **member("interfaceIndex", v.u32),
    **member("filterOrigin", v.text_or_none),
    **member("terminatingFiltersInfo", v.terminating_filters),
}
_SECTIONS: dict[str, Members] = {
    "header": HEADER, "internalFields": _INTERNAL, **dict(PAYLOADS.values())}
_BODIES = {tag for tag, _ in PAYLOADS.values()}
# Arms of unions by section: their tags and members.
_ARMS = {
    section: [(tag, entry) for tag, entry in members.items() if entry.family is not None]
    for section, members in _SECTIONS.items()
}
_UNKNOWN_TYPE = 0xFFFFFFFF


@lru_cache(256)
def _columns_without(section: str, there: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a section that have no member."""
    columns = {column: False for entry in _SECTIONS[section].values() for column in entry.columns}
    for entry in _SECTIONS[section].values():
        columns.update(dict.fromkeys(entry.columns if entry.name in there else (), True))
    return tuple(name for name, has_member in columns.items() if not has_member)


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
        absent: list[str] = []
        event: dict[str, Any] = {
            "header": self._members("header", header, absent),
            "type": self._type(record, absent),
        }
        if event["type"] in PAYLOADS:
            body = PAYLOADS[event["type"]][0]
            if others := _BODIES.intersection(record) - {body}:
                for other in sorted(others):
                    self._bad(other, f"an event of type {v.text_of(record['type'])} has <{body}>")
            if members := self._section(body, record, absent):
                event[body] = members
        tail = self._section("internalFields", record, absent)
        if absent:
            tail["absent"] = absent
        if tail:
            event["internalFields"] = tail
        return event, self._malformed

    def _type(self, record: Record, absent: list[str]) -> int:
        text = record.get("type")
        if type(text) is str and text in EVENT_TYPES:
            return EVENT_TYPES[text]
        try:
            return int(v.event_type(v.part_of(record, "type")))
        except ValueError as error:
            self._bad("type", str(error))
            absent.append("event_type")
            return _UNKNOWN_TYPE

    def _section(self, tag: str, record: Record, absent: list[str]) -> dict[str, Any]:
        """Return the members of a payload or the tail; an empty element is a NULL pointer."""
        node = record.get(tag, "")
        if isinstance(node, dict):
            return self._members(tag, node, absent)
        if node:
            self._bad(tag, "expected one such element with elements in it")
        return {}

    def _members(self, section: str, node: Record, absent: list[str]) -> dict[str, Any]:
        """Convert the elements that are known; newer Windows may print others."""
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
        absent.extend(_columns_without(section, tuple(built)))
        return built

    def _divided(self, raw: bytes) -> Record:
        try:
            return self._scanner.divide(raw)
        except ValueError:
            raise NotPlain from None

    def _keep_selected_arms(self, section: str, node: Record, built: dict[str, Any]) -> None:
        """Drop addresses that ipVersion does not select; those of the other family are wrong."""
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
