"""The Windows structures and names that the reference decoder reads by, in ctypes.

Written from the SDK's documentation; must not know the compiled declarations, which it checks.
"""

from ctypes import (
    LittleEndianStructure,
    LittleEndianUnion,
    c_float,
    c_int8,
    c_int16,
    c_int32,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    sizeof,
)
from typing import Any, ClassVar

# An address as a number: the block is no longer where its pointers point.
ADDRESS = c_uint64
MAC = c_uint8 * 6

# What derived structures replace, which a type checker must be told.
Fields = tuple[tuple[str, Any], ...]


class FILETIME(LittleEndianStructure):
    _fields_ = (("dwLowDateTime", c_uint32), ("dwHighDateTime", c_uint32))


class GUID(LittleEndianStructure):
    _fields_ = (("Data1", c_uint32), ("Data2", c_uint16), ("Data3", c_uint16),
                ("Data4", c_uint8 * 8))


class FWP_BYTE_BLOB(LittleEndianStructure):
    _fields_ = (("size", c_uint32), ("data", ADDRESS))


class IP_ADDRESS(LittleEndianUnion):
    """The unnamed union of ...V4 (host order) and ...V6 (network order) members."""

    _fields_ = (("v4", c_uint32), ("v6", c_uint8 * 16))


class VALUE_UNION(LittleEndianUnion):
    _fields_ = (("uint8", c_uint8), ("uint16", c_uint16), ("uint32", c_uint32),
                ("int8", c_int8), ("int16", c_int16), ("int32", c_int32),
                ("float32", c_float), ("pointer", ADDRESS))


class FWP_VALUE0(LittleEndianStructure):
    """FWP_CONDITION_VALUE0 as well: the two differ in the types that they may hold."""

    _anonymous_ = ("value",)
    _fields_ = (("type", c_uint32), ("value", VALUE_UNION))


class FWP_RANGE0(LittleEndianStructure):
    _fields_ = (("valueLow", FWP_VALUE0), ("valueHigh", FWP_VALUE0))


class FWP_V4_ADDR_AND_MASK(LittleEndianStructure):
    _fields_ = (("addr", c_uint32), ("mask", c_uint32))


class FWP_V6_ADDR_AND_MASK(LittleEndianStructure):
    _fields_ = (("addr", c_uint8 * 16), ("prefixLength", c_uint8))


class FWP_TOKEN_INFORMATION(LittleEndianStructure):
    _fields_ = (("sidCount", c_uint32), ("sids", ADDRESS),
                ("restrictedSidCount", c_uint32), ("restrictedSids", ADDRESS))


class SID_AND_ATTRIBUTES(LittleEndianStructure):
    _fields_ = (("Sid", ADDRESS), ("Attributes", c_uint32))


# A derived structure starts where its base ends. That is how the SDK's versions lie in memory,
# wherever the older one has no padding at its end.


class FWPM_NET_EVENT_HEADER0(LittleEndianStructure):
    _fields_: ClassVar[Fields] = (
        ("timeStamp", FILETIME), ("flags", c_uint32), ("ipVersion", c_uint32),
        ("ipProtocol", c_uint8), ("localAddr", IP_ADDRESS), ("remoteAddr", IP_ADDRESS),
        ("localPort", c_uint16), ("remotePort", c_uint16), ("scopeId", c_uint32),
        ("appId", FWP_BYTE_BLOB), ("userId", ADDRESS),
    )


class HEADER1_ETHERNET(LittleEndianStructure):
    _fields_ = (("reserved2", MAC), ("reserved3", MAC), ("reserved4", c_uint32),
                ("reserved5", c_uint32), ("reserved6", c_uint16), ("reserved7", c_uint32),
                ("reserved8", c_uint32), ("reserved9", c_uint16), ("reserved10", c_uint64))


class FWPM_NET_EVENT_HEADER1(FWPM_NET_EVENT_HEADER0):
    _fields_ = (("reserved1", c_uint32), ("ethernet", HEADER1_ETHERNET))


class FWPM_NET_EVENT_HEADER2(FWPM_NET_EVENT_HEADER0):
    _fields_: ClassVar[Fields] = (
        ("addressFamily", c_uint32), ("packageSid", ADDRESS),
    )


class FWPM_NET_EVENT_HEADER3(FWPM_NET_EVENT_HEADER2):
    _fields_ = (("enterpriseId", ADDRESS), ("policyFlags", c_uint64),
                ("effectiveName", FWP_BYTE_BLOB))


class IKEEXT_MM_FAILURE0(LittleEndianStructure):
    _fields_: ClassVar[Fields] = (
        ("failureErrorCode", c_uint32), ("failurePoint", c_uint32), ("flags", c_uint32),
        ("keyingModuleType", c_uint32), ("mmState", c_uint32), ("saRole", c_uint32),
        ("mmAuthMethod", c_uint32), ("endCertHash", c_uint8 * 20), ("mmId", c_uint64),
        ("mmFilterId", c_uint64),
    )


_PRINCIPALS = (("localPrincipalNameForAuth", ADDRESS), ("remotePrincipalNameForAuth", ADDRESS),
               ("numLocalPrincipalGroupSids", c_uint32), ("localPrincipalGroupSids", ADDRESS),
               ("numRemotePrincipalGroupSids", c_uint32), ("remotePrincipalGroupSids", ADDRESS))


class IKEEXT_MM_FAILURE1(IKEEXT_MM_FAILURE0):
    _fields_: ClassVar[Fields] = _PRINCIPALS


class IKEEXT_MM_FAILURE2(IKEEXT_MM_FAILURE1):
    _fields_ = (("providerContextKey", ADDRESS),)


class IKEEXT_QM_FAILURE0(LittleEndianStructure):
    _fields_: ClassVar[Fields] = (
        ("failureErrorCode", c_uint32), ("failurePoint", c_uint32),
        ("keyingModuleType", c_uint32), ("qmState", c_uint32), ("saRole", c_uint32),
        ("saTrafficType", c_uint32), ("localSubNet", FWP_VALUE0),
        ("remoteSubNet", FWP_VALUE0), ("qmFilterId", c_uint64),
    )


class IKEEXT_QM_FAILURE1(IKEEXT_QM_FAILURE0):
    _fields_ = (("mmSaLuid", c_uint64), ("mmProviderContextKey", GUID))


class IKEEXT_EM_FAILURE0(LittleEndianStructure):
    _fields_: ClassVar[Fields] = (
        ("failureErrorCode", c_uint32), ("failurePoint", c_uint32), ("flags", c_uint32),
        ("emState", c_uint32), ("saRole", c_uint32), ("emAuthMethod", c_uint32),
        ("endCertHash", c_uint8 * 20), ("mmId", c_uint64), ("qmFilterId", c_uint64),
    )


class IKEEXT_EM_FAILURE1(IKEEXT_EM_FAILURE0):
    _fields_ = (*_PRINCIPALS, ("saTrafficType", c_uint32))


class CLASSIFY_DROP0(LittleEndianStructure):
    _fields_ = (("filterId", c_uint64), ("layerId", c_uint16))


class CLASSIFY_DROP1(LittleEndianStructure):
    """Not derived: reauthReason lies in the padding of CLASSIFY_DROP0. CLASSIFY_ALLOW0 too."""

    _fields_: ClassVar[Fields] = (
        ("filterId", c_uint64), ("layerId", c_uint16), ("reauthReason", c_uint32),
        ("originalProfile", c_uint32), ("currentProfile", c_uint32),
        ("msFwpDirection", c_uint32), ("isLoopback", c_int32),
    )


_VSWITCH = (("vSwitchId", FWP_BYTE_BLOB), ("vSwitchSourcePort", c_uint32),
            ("vSwitchDestinationPort", c_uint32))


class CLASSIFY_DROP2(CLASSIFY_DROP1):
    _fields_ = _VSWITCH


class CLASSIFY_DROP_MAC0(LittleEndianStructure):
    _fields_ = (("localMacAddr", MAC), ("remoteMacAddr", MAC), ("mediaType", c_uint32),
                ("ifType", c_uint32), ("etherType", c_uint16), ("ndisPortNumber", c_uint32),
                ("reserved", c_uint32), ("vlanTag", c_uint16), ("ifLuid", c_uint64),
                ("filterId", c_uint64), ("layerId", c_uint16), ("reauthReason", c_uint32),
                ("originalProfile", c_uint32), ("currentProfile", c_uint32),
                ("msFwpDirection", c_uint32), ("isLoopback", c_int32), *_VSWITCH)


class CAPABILITY0(LittleEndianStructure):
    """CAPABILITY_DROP0 and CAPABILITY_ALLOW0."""

    _fields_ = (("networkCapabilityId", c_uint32), ("filterId", c_uint64),
                ("isLoopback", c_int32))


class IPSEC_KERNEL_DROP0(LittleEndianStructure):
    _fields_ = (("failureStatus", c_int32), ("direction", c_uint32), ("spi", c_uint32),
                ("filterId", c_uint64), ("layerId", c_uint16))


class IPSEC_DOSP_DROP0(LittleEndianStructure):
    _fields_ = (("ipVersion", c_uint32), ("publicHost", IP_ADDRESS),
                ("internalHost", IP_ADDRESS), ("failureStatus", c_int32),
                ("direction", c_uint32))


class LPM_PACKET_ARRIVAL0(LittleEndianStructure):
    _fields_ = (("spi", c_uint32),)


class FWPM_NET_EVENT0(LittleEndianStructure):
    _fields_ = (("header", FWPM_NET_EVENT_HEADER0), ("type", c_uint32), ("payload", ADDRESS))


class FWPM_NET_EVENT1(LittleEndianStructure):
    _fields_ = (("header", FWPM_NET_EVENT_HEADER1), ("type", c_uint32), ("payload", ADDRESS))


class FWPM_NET_EVENT2(LittleEndianStructure):
    _fields_ = (("header", FWPM_NET_EVENT_HEADER2), ("type", c_uint32), ("payload", ADDRESS))


class FWPM_NET_EVENT3(LittleEndianStructure):
    """FWPM_NET_EVENT4 and 5 as well: only what their unions point to is newer."""

    _fields_ = (("header", FWPM_NET_EVENT_HEADER3), ("type", c_uint32), ("payload", ADDRESS))


class INTERNAL_FIELDS0(LittleEndianStructure):
    """wfpfast's own tail behind an event; no structure of Windows."""

    _fields_ = (("present", c_uint32), ("processId", c_uint32), ("interfaceIndex", c_uint32),
                ("numTerminatingFilters", c_uint32), ("filterOrigin", ADDRESS),
                ("terminatingFilters", ADDRESS), ("absent", c_uint64 * 2),
                ("numUnknownNames", c_uint32), ("unknownNames", ADDRESS))


OLD_TAIL_SIZE = INTERNAL_FIELDS0.numUnknownNames.offset  # in recordings of format version 2


# The columns of each bit of `absent`, as docs/recording.md lists them.
ABSENT: tuple[tuple[str, ...], ...] = (
    ("timestamp",), ("event_type",), ("flags",), ("ip_version",), ("ip_protocol",),
    ("local_address",), ("remote_address",), ("local_port",), ("remote_port",), ("scope_id",),
    ("app_path",), ("user_sid",), ("address_family",), ("package_sid",), ("enterprise_id",),
    ("policy_flags",), ("effective_name",), ("filter_id",), ("layer_id",), ("reauth_reason",),
    ("original_profile",), ("current_profile",), ("direction", "direction_code"),
    ("is_loopback",), ("vswitch_source_port",), ("vswitch_destination_port",),
    ("network_capability",), ("local_mac",), ("remote_mac",), ("media_type",),
    ("interface_type",), ("ether_type",), ("ndis_port",), ("vlan_tag",), ("interface_luid",),
    ("spi",), ("failure_status",), ("failure_error",), ("failure_point",), ("failure_flags",),
    ("keying_module",), ("mm_state",), ("qm_state",), ("em_state",), ("sa_role",),
    ("traffic_type",), ("auth_method",), ("end_cert_hash",), ("mm_id",), ("mm_filter_id",),
    ("qm_filter_id",), ("mm_sa_luid",), ("provider_context_key",), ("public_host",),
    ("internal_host",), ("local_groups",), ("remote_groups",),
)


# By the number of the member in ABSENT: the column that shows the name.
NAMED = {1: "event_type", 12: "address_family", 22: "direction", 26: "network_capability",
         38: "failure_point", 40: "keying_module", 41: "mm_state", 42: "qm_state", 43: "em_state",
         44: "sa_role", 45: "traffic_type", 46: "auth_method"}


class UNKNOWN_NAME0(LittleEndianStructure):
    _fields_ = (("member", c_uint32), ("text", ADDRESS))


class TERMINATING_FILTER0(LittleEndianStructure):
    _fields_ = (("filterId", c_uint64), ("subLayer", ADDRESS), ("actionType", ADDRESS))


Arms = dict[int, tuple[str, type[LittleEndianStructure]]]

_ARMS0: Arms = {
    0: ("ikeMmFailure", IKEEXT_MM_FAILURE0),
    1: ("ikeQmFailure", IKEEXT_QM_FAILURE0),
    2: ("ikeEmFailure", IKEEXT_EM_FAILURE0),
    3: ("classifyDrop", CLASSIFY_DROP0),
    4: ("ipsecDrop", IPSEC_KERNEL_DROP0),
    5: ("idpDrop", IPSEC_DOSP_DROP0),
}
_ARMS1 = _ARMS0 | {
    0: ("ikeMmFailure", IKEEXT_MM_FAILURE1),
    2: ("ikeEmFailure", IKEEXT_EM_FAILURE1),
    3: ("classifyDrop", CLASSIFY_DROP1),
}
_ARMS2 = _ARMS1 | {
    3: ("classifyDrop", CLASSIFY_DROP2),
    6: ("classifyAllow", CLASSIFY_DROP1),
    7: ("capabilityDrop", CAPABILITY0),
    8: ("capabilityAllow", CAPABILITY0),
    9: ("classifyDropMac", CLASSIFY_DROP_MAC0),
}
_ARMS4 = _ARMS2 | {
    0: ("ikeMmFailure", IKEEXT_MM_FAILURE2),
    1: ("ikeQmFailure", IKEEXT_QM_FAILURE1),
}
_ARMS5 = _ARMS4 | {10: ("lpmPacketArrival", LPM_PACKET_ARRIVAL0)}

# By version: the event structure, and by event type the union's member and what it points to.
VERSIONS: tuple[tuple[type[LittleEndianStructure], Arms], ...] = (
    (FWPM_NET_EVENT0, _ARMS0),
    (FWPM_NET_EVENT1, _ARMS1),
    (FWPM_NET_EVENT2, _ARMS2),
    (FWPM_NET_EVENT3, _ARMS2),
    (FWPM_NET_EVENT3, _ARMS4),
    (FWPM_NET_EVENT3, _ARMS5),
)

NEWEST = len(VERSIONS) - 1
# Bytes of a CLASSIFY_DROP of that version, without what it points to.
DROP_SIZE = sizeof(VERSIONS[NEWEST][0]) + sizeof(VERSIONS[NEWEST][1][3][1])

# By column: the names of its enumerators 0, 1, 2, ... without their common prefix.
_NUMBERED: dict[str, tuple[str, ...]] = {
    "event_type": ("IKEEXT_MM_FAILURE", "IKEEXT_QM_FAILURE", "IKEEXT_EM_FAILURE",
                   "CLASSIFY_DROP", "IPSEC_KERNEL_DROP", "IPSEC_DOSP_DROP", "CLASSIFY_ALLOW",
                   "CAPABILITY_DROP", "CAPABILITY_ALLOW", "CLASSIFY_DROP_MAC",
                   "LPM_PACKET_ARRIVAL"),
    "address_family": ("INET", "INET6", "ETHER", "NONE"),
    "network_capability": ("INTERNET_CLIENT", "INTERNET_CLIENT_SERVER",
                           "INTERNET_PRIVATE_NETWORK"),
    "failure_point": ("NONE", "ME", "PEER"),
    "keying_module": ("IKE", "AUTHIP", "IKEV2"),
    "mm_state": ("NONE", "SA_SENT", "SSPI_SENT", "FINAL", "FINAL_SENT", "COMPLETE"),
    "qm_state": ("NONE", "INITIAL", "FINAL", "COMPLETE"),
    "em_state": ("NONE", "SENT_ATTS", "SSPI_SENT", "AUTH_COMPLETE", "FINAL", "COMPLETE"),
    "sa_role": ("INITIATOR", "RESPONDER"),
    "traffic_type": ("TRANSPORT", "TUNNEL"),
    "auth_method": ("PRESHARED_KEY", "CERTIFICATE", "KERBEROS", "ANONYMOUS", "SSL", "NTLM_V2",
                    "IPV6_CGA", "CERTIFICATE_ECDSA_P256", "CERTIFICATE_ECDSA_P384",
                    "SSL_ECDSA_P256", "SSL_ECDSA_P384", "EAP", "RESERVED"),
}
ENUMERATIONS = {column: dict(enumerate(names)) for column, names in _NUMBERED.items()}
# In no SDK: types of the IKE service's own log, which count as unknown although they have names.
SDK_TYPES = frozenset(ENUMERATIONS["event_type"])
ENUMERATIONS["event_type"] |= {13 + n: f"INTERNAL_IKEEXT_{name}" for n, name in enumerate((
    "MM_ESTABLISHED", "MM_DELETED", "MM_FAILURE", "QM_ESTABLISHED", "QM_DELETED", "QM_FAILURE",
    "NO_QM_FOR_MMSA", "POLICY_CHANGE"))}

# Two vocabularies share the column: FWP_DIRECTION (0, 1) and msFwpDirection (0x3900...).
DIRECTIONS = {0: "OUTBOUND", 1: "INBOUND", 0x3900: "INBOUND", 0x3901: "OUTBOUND",
              0x3902: "FORWARD", 0x3903: "BIDIRECTIONAL"}

COLUMNS = (
    "timestamp", "event_type", "flags", "ip_version", "ip_protocol", "local_address",
    "remote_address", "local_port", "remote_port", "scope_id", "app_path", "user_sid",
    "address_family", "package_sid", "enterprise_id", "policy_flags", "effective_name",
    "filter_id", "layer_id", "reauth_reason", "original_profile", "current_profile",
    "direction", "direction_code", "is_loopback", "vswitch_id", "vswitch_source_port",
    "vswitch_destination_port", "network_capability", "local_mac", "remote_mac", "media_type",
    "interface_type", "ether_type", "ndis_port", "vlan_tag", "interface_luid", "spi",
    "failure_status", "failure_error", "failure_point", "failure_flags", "keying_module",
    "mm_state", "qm_state", "em_state", "sa_role", "traffic_type", "auth_method",
    "end_cert_hash", "mm_id", "mm_filter_id", "qm_filter_id", "mm_sa_luid",
    "provider_context_key", "local_principal", "remote_principal", "local_groups",
    "remote_groups", "local_subnet", "remote_subnet", "public_host", "internal_host",
    "process_id", "filter_origin", "terminating_filters", "interface_index",
)
