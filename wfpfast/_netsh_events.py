"""Turns a net event of netsh's XML into a mapping for `encode`; must not know files.

Tags are SDK member names, enumerators SDK names. All members of the header are printed, also where
their flag is clear: what counts is decided by the flags, in the decoder. Payload members that a
Windows version does not print are named as absent, since the zero in their place means nothing.

No capture of an IKE, IPsec, capability or MAC event is public: their tags are the SDK's union
members by expectation.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from wfpfast import _netsh_values as v
from wfpfast._xml import BadElement, Record


class Member(NamedTuple):
    """An element of the XML: the struct's member, how to read it, and the columns that it fills."""

    name: str
    convert: Callable[[Any], Any]
    columns: tuple[str, ...]


Members = dict[str, Member]


def member(name: str, convert: Callable[[Any], Any], *columns: str) -> dict[str, Member]:
    """Return one entry of a table of members, whose tag is its name."""
    return {name: Member(name, convert, columns)}


HEADER: Members = {
    **member("timeStamp", v.ticks, "timestamp"),
    **member("flags", v.flags, "flags"),
    **member("ipVersion", v.ip_version, "ip_version", "local_address", "remote_address"),
    **member("ipProtocol", v.number(8), "ip_protocol"),
    **member("localAddrV4", v.ipv4, "local_address"),
    **member("remoteAddrV4", v.ipv4, "remote_address"),
    "localAddrV6.byteArray16": Member("localAddrV6", v.ipv6, ("local_address",)),
    "remoteAddrV6.byteArray16": Member("remoteAddrV6", v.ipv6, ("remote_address",)),
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
    **member("flags", v.u32, "failure_flags"),
    **member("endCertHash", v.cert_hash, "end_cert_hash"),
    **member("mmId", v.u64, "mm_id"),
}
_PRINCIPALS: Members = {
    **member("localPrincipalNameForAuth", str, "local_principal"),
    **member("remotePrincipalNameForAuth", str, "remote_principal"),
    **member("localPrincipalGroupSids", v.items, "local_groups"),
    **member("remotePrincipalGroupSids", v.items, "remote_groups"),
}
_AUTH = v.enumerator("IKEEXT_AUTHENTICATION_METHOD_TYPE")
_DROP: Members = {
    **member("failureStatus", v.i32, "failure_status"),
    **member("direction", v.direction, "direction", "direction_code"),
}
PAYLOADS: dict[str, Members] = {
    "ikeMmFailure": {
        **_FAILURE, **_KEYING, **_CERTIFICATE, **_PRINCIPALS,
        **member("mmState", v.enumerator("IKEEXT_MM_SA_STATE"), "mm_state"),
        **member("mmAuthMethod", _AUTH, "auth_method"),
        **member("mmFilterId", v.u64, "mm_filter_id"),
        **member("providerContextKey", v.guid, "provider_context_key"),
    },
    "ikeQmFailure": {
        **_FAILURE, **_KEYING, **_TRAFFIC,
        **member("qmState", v.enumerator("IKEEXT_QM_SA_STATE"), "qm_state"),
        **member("localSubNet", v.condition, "local_subnet"),
        **member("remoteSubNet", v.condition, "remote_subnet"),
        **member("qmFilterId", v.u64, "qm_filter_id"),
        **member("mmSaLuid", v.u64, "mm_sa_luid"),
        **member("mmProviderContextKey", v.guid, "provider_context_key"),
    },
    "ikeEmFailure": {
        **_FAILURE, **_CERTIFICATE, **_PRINCIPALS, **_TRAFFIC,
        **member("emState", v.enumerator("IKEEXT_EM_SA_STATE"), "em_state"),
        **member("emAuthMethod", _AUTH, "auth_method"),
        **member("qmFilterId", v.u64, "qm_filter_id"),
    },
    "classifyDrop": {**_CLASSIFY, **_VSWITCH},
    "ipsecDrop": {**_DROP, **member("spi", v.u32, "spi"), **_FILTER},
    "idpDrop": {
        **_DROP,
        **member("ipVersion", v.ip_version, "public_host", "internal_host"),
        **member("publicHostV4Addr", v.ipv4),
        **member("internalHostV4Addr", v.ipv4),
        "publicHostV6Addr.byteArray16": Member("publicHostV6Addr", v.ipv6, ()),
        "internalHostV6Addr.byteArray16": Member("internalHostV6Addr", v.ipv6, ()),
    },
    "classifyAllow": _CLASSIFY,
    "capabilityDrop": {
        **member("networkCapabilityId", v.enumerator("FWPM_APPC_NETWORK_CAPABILITY_TYPE"),
                 "network_capability"),
        **member("filterId", v.u64, "filter_id"),
        **member("isLoopback", v.boolean, "is_loopback"),
    },
    "classifyDropMac": {**_MAC, **_CLASSIFY, **_VSWITCH},
    "lpmPacketArrival": member("spi", v.u32, "spi"),
}
PAYLOADS["capabilityAllow"] = PAYLOADS["capabilityDrop"]

_INTERNAL: Members = {
    **member("processId", v.u32, "process_id"),
    **member("interfaceIndex", v.u32, "interface_index"),
    **member("filterOrigin", v.text_or_none, "filter_origin"),
    **member("terminatingFiltersInfo", v.terminating_filters, "terminating_filters"),
}
_UNKNOWN_TYPE = 0xFFFFFFFF


class EventReader:
    """Converts events; with ``errors="null"`` a bad value is counted and its cell is null."""

    def __init__(self, errors: str) -> None:
        self._null = errors == "null"
        self.malformed = 0

    def convert(self, _: str, record: Record) -> dict[str, Any]:
        """Return the mapping of one event."""
        header = record.get("header")
        if not isinstance(header, dict):
            raise BadElement("header", "a net event has a header with elements in it")
        absent: list[str] = []
        event: dict[str, Any] = {
            "header": self._members(header, HEADER, absent),
            "type": self._type(record.get("type", "")),
        }
        for tag, table in PAYLOADS.items():
            if tag in record:
                event[tag] = self._payload(record[tag], table, absent)
        tail = self._members(record.get("internalFields") or {}, _INTERNAL, absent)
        if absent:
            tail["absent"] = absent
        if tail:
            event["internalFields"] = tail
        return event

    def _payload(self, node: Any, table: Members, absent: list[str]) -> dict[str, Any] | None:
        if not isinstance(node, dict):
            return None  # an empty element: the pointer was NULL
        for tag, known in table.items():
            if tag not in node:
                absent.extend(known.columns)
        return self._members(node, table, absent)

    def _type(self, text: Any) -> int:
        try:
            return v.event_type(text)
        except (ValueError, AttributeError, TypeError) as error:
            self._bad("type", error)
            return _UNKNOWN_TYPE

    def _members(self, node: Any, table: Members, absent: list[str]) -> dict[str, Any]:
        """Convert the elements that `table` knows; newer Windows may print others."""
        made = {}
        for tag, value in node.items():
            known = table.get(tag)
            if known is None:
                continue
            try:
                made[known.name] = known.convert(value)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                self._bad(tag, error)
                absent.extend(known.columns)
        return made

    def _bad(self, tag: str, error: Exception) -> None:
        if not self._null:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BadElement(tag, what) from None
        self.malformed += 1
