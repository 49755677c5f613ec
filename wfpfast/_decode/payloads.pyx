"""Decodes the payload structs of net events; must not know headers, blocks or Python objects.

To add a type: its struct in abi/fwpmtypes.pxd, a function here, its row in `fill_arms()`, and the
other steps in CONTRIBUTING.md.
"""

from wfpfast._decode.conditions cimport put_condition
from wfpfast._decode.context cimport (
    is_live, need, put_16, put_32, put_64, put_bool, put_bytes, put_enum, put_unknown, vouch)
from wfpfast._decode.schema cimport *
from wfpfast._decode.values cimport (
    put_address, put_blob, put_groups, put_key, put_key_value, put_mac_address, put_wide)
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.fwptypes cimport (
    FWP_BYTE_BLOB, FWP_CONDITION_VALUE0, FWP_IP_VERSION_V4, FWP_IP_VERSION_V6)
from wfpfast.abi.ipsectypes cimport IPSEC_TRAFFIC_TYPE_TUNNEL
from wfpfast.abi.minwindef cimport WCHAR


cdef inline void put_direction(Decode* d, int i, uint32_t code) noexcept nogil:
    cdef int name = direction_name(code)
    put_32(d, DIRECTION_CODE, i, code)
    put_32(d, DIRECTION, i, <uint32_t>name)
    if name < 0:
        put_unknown(d, DIRECTION, i, code)


cdef inline void set_valid(Decode* d, int i, int column, bint valid) noexcept nogil:
    if valid:
        vouch(d, i, column)


cdef void put_vswitch_id(
    Decode* d, int i, const char* field, const FWP_BYTE_BLOB* switch
) noexcept nogil:
    if switch.data != NULL and need(d, VSWITCH_ID) and is_live(d, VSWITCH_ID):
        set_valid(d, i, VSWITCH_ID, put_blob(d, VSWITCH_ID, i, field, switch))


cdef void put_uncommon_classify(
    Decode* d, int i, const FWPM_NET_EVENT_CLASSIFY_DROP2* e,
    const FWPM_NET_EVENT_CLASSIFY_DROP2* tail
) noexcept nogil:
    put_direction(d, i, e.msFwpDirection)
    put_vswitch_id(d, i, "classifyDrop.vSwitchId", &tail.vSwitchId)


cdef void decode_drop_mac(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_CLASSIFY_DROP_MAC0* e = (
        <const FWPM_NET_EVENT_CLASSIFY_DROP_MAC0*>payload)
    if is_live(d, LOCAL_MAC):
        set_valid(d, i, LOCAL_MAC, put_mac_address(d, LOCAL_MAC, i, e.localMacAddr.byteArray6))
    if is_live(d, REMOTE_MAC):
        set_valid(d, i, REMOTE_MAC, put_mac_address(d, REMOTE_MAC, i, e.remoteMacAddr.byteArray6))
    put_32(d, MEDIA_TYPE, i, e.mediaType)
    put_32(d, INTERFACE_TYPE, i, e.ifType)
    put_16(d, ETHER_TYPE, i, e.etherType)
    put_32(d, NDIS_PORT, i, e.ndisPortNumber)
    put_16(d, VLAN_TAG, i, e.vlanTag)
    put_64(d, INTERFACE_LUID, i, e.ifLuid)
    # From filterId to isLoopback the struct is a CLASSIFY_DROP1; DROP2's tail follows it.
    decode_classify(d, i, <const uint8_t*>&e.filterId, 1, 0)
    put_32(d, VSWITCH_SOURCE_PORT, i, e.vSwitchSourcePort)
    put_32(d, VSWITCH_DESTINATION_PORT, i, e.vSwitchDestinationPort)
    put_vswitch_id(d, i, "classifyDropMac.vSwitchId", &e.vSwitchId)


cdef void decode_kernel_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IPSEC_KERNEL_DROP0* e = (
        <const FWPM_NET_EVENT_IPSEC_KERNEL_DROP0*>payload)
    put_32(d, FAILURE_STATUS, i, <uint32_t>e.failureStatus)
    put_direction(d, i, e.direction)
    put_32(d, SPI, i, e.spi)
    # Windows gives filter and layer only if the IPsec callout dropped the packet; else they are 0.
    if e.filterId:
        put_64(d, FILTER_ID, i, e.filterId)
        put_16(d, LAYER_ID, i, e.layerId)
        vouch(d, i, FILTER_ID)
        vouch(d, i, LAYER_ID)


cdef void decode_dosp_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IPSEC_DOSP_DROP0* e = <const FWPM_NET_EVENT_IPSEC_DOSP_DROP0*>payload
    cdef bint is_v6 = e.ipVersion == FWP_IP_VERSION_V6
    if is_v6 or e.ipVersion == FWP_IP_VERSION_V4:
        # The byte order of the IPv4 members is not documented; host order, as in the header.
        if is_live(d, PUBLIC_HOST):
            set_valid(d, i, PUBLIC_HOST, put_address(
                d, PUBLIC_HOST, i, e.publicHost.publicHostV6Addr, is_v6))
        if is_live(d, INTERNAL_HOST):
            set_valid(d, i, INTERNAL_HOST, put_address(
                d, INTERNAL_HOST, i, e.internalHost.internalHostV6Addr, is_v6))
    put_32(d, FAILURE_STATUS, i, <uint32_t>e.failureStatus)
    put_direction(d, i, e.direction)


cdef void decode_capability(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    """Decode CAPABILITY_DROP0 or CAPABILITY_ALLOW0, which have the same layout."""
    cdef const FWPM_NET_EVENT_CAPABILITY_DROP0* e = <const FWPM_NET_EVENT_CAPABILITY_DROP0*>payload
    put_enum(d, NETWORK_CAPABILITY, i, e.networkCapabilityId)
    put_64(d, FILTER_ID, i, e.filterId)
    put_bool(d, IS_LOOPBACK, i, e.isLoopback != 0)


cdef void decode_packet_arrival(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    put_32(d, SPI, i, (<const FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0*>payload).spi)


cdef struct Principals:
    # The names, in errors, of the members that identify the two sides.
    const char* local
    const char* remote
    const char* local_groups
    const char* remote_groups


cdef Principals MM_PRINCIPALS = Principals(
    "ikeMmFailure.localPrincipalNameForAuth", "ikeMmFailure.remotePrincipalNameForAuth",
    "ikeMmFailure.localPrincipalGroupSids", "ikeMmFailure.remotePrincipalGroupSids")
cdef Principals EM_PRINCIPALS = Principals(
    "ikeEmFailure.localPrincipalNameForAuth", "ikeEmFailure.remotePrincipalNameForAuth",
    "ikeEmFailure.localPrincipalGroupSids", "ikeEmFailure.remotePrincipalGroupSids")


cdef void put_principals(
    Decode* d, int i, const Principals* fields, const WCHAR* local, const WCHAR* remote,
    uint32_t n_local, WCHAR* const* local_groups, uint32_t n_remote, WCHAR* const* remote_groups
) noexcept nogil:
    """Write the identities that the two sides claimed: names and groups."""
    if is_live(d, LOCAL_PRINCIPAL):
        set_valid(d, i, LOCAL_PRINCIPAL, put_wide(
            d, LOCAL_PRINCIPAL, i, fields.local, local))
    if is_live(d, REMOTE_PRINCIPAL):
        set_valid(d, i, REMOTE_PRINCIPAL, put_wide(
            d, REMOTE_PRINCIPAL, i, fields.remote, remote))
    if is_live(d, LOCAL_GROUPS):
        set_valid(d, i, LOCAL_GROUPS, put_groups(
            d, LOCAL_GROUPS, i, fields.local_groups, n_local, local_groups))
    if is_live(d, REMOTE_GROUPS):
        set_valid(d, i, REMOTE_GROUPS, put_groups(
            d, REMOTE_GROUPS, i, fields.remote_groups, n_remote, remote_groups))


cdef void decode_mm_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IKEEXT_MM_FAILURE2* e = (
        <const FWPM_NET_EVENT_IKEEXT_MM_FAILURE2*>payload)
    put_32(d, FAILURE_ERROR, i, e.failureErrorCode)
    put_enum(d, FAILURE_POINT, i, e.failurePoint)
    put_32(d, FAILURE_FLAGS, i, e.flags)
    put_enum(d, KEYING_MODULE, i, e.keyingModuleType)
    put_enum(d, MM_STATE, i, e.mmState)
    put_enum(d, SA_ROLE, i, e.saRole)
    put_enum(d, AUTH_METHOD, i, e.mmAuthMethod)
    put_bytes(d, END_CERT_HASH, i, e.endCertHash, sizeof(e.endCertHash))
    put_64(d, MM_ID, i, e.mmId)
    put_64(d, MM_FILTER_ID, i, e.mmFilterId)
    if level < 1:
        return
    put_principals(
        d, i, &MM_PRINCIPALS, e.localPrincipalNameForAuth, e.remotePrincipalNameForAuth,
        e.numLocalPrincipalGroupSids, <WCHAR* const*>e.localPrincipalGroupSids,
        e.numRemotePrincipalGroupSids, <WCHAR* const*>e.remotePrincipalGroupSids)
    if level < 2:
        return
    if is_live(d, PROVIDER_CONTEXT_KEY):
        set_valid(d, i, PROVIDER_CONTEXT_KEY, put_key(
            d, PROVIDER_CONTEXT_KEY, i, "ikeMmFailure.providerContextKey", e.providerContextKey))


cdef void put_subnet(
    Decode* d, int column, int i, const char* field, const FWP_CONDITION_VALUE0* subnet
) noexcept nogil:
    if is_live(d, column):
        set_valid(d, i, column, put_condition(d, column, i, field, subnet))


cdef void decode_qm_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IKEEXT_QM_FAILURE1* e = (
        <const FWPM_NET_EVENT_IKEEXT_QM_FAILURE1*>payload)
    put_32(d, FAILURE_ERROR, i, e.failureErrorCode)
    put_enum(d, FAILURE_POINT, i, e.failurePoint)
    put_enum(d, KEYING_MODULE, i, e.keyingModuleType)
    put_enum(d, QM_STATE, i, e.qmState)
    put_enum(d, SA_ROLE, i, e.saRole)
    put_enum(d, TRAFFIC_TYPE, i, e.saTrafficType)
    put_64(d, QM_FILTER_ID, i, e.qmFilterId)
    # For TRANSPORT the union's arm is empty: its bytes are undefined and must not be followed.
    if e.saTrafficType == IPSEC_TRAFFIC_TYPE_TUNNEL:
        put_subnet(d, LOCAL_SUBNET, i, "ikeQmFailure.localSubNet", &e.localSubNet)
        put_subnet(d, REMOTE_SUBNET, i, "ikeQmFailure.remoteSubNet", &e.remoteSubNet)
    if level < 1:
        return
    put_64(d, MM_SA_LUID, i, e.mmSaLuid)
    if is_live(d, PROVIDER_CONTEXT_KEY):
        set_valid(d, i, PROVIDER_CONTEXT_KEY, put_key_value(
            d, PROVIDER_CONTEXT_KEY, i, <const uint8_t*>&e.mmProviderContextKey))


cdef void decode_em_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IKEEXT_EM_FAILURE1* e = (
        <const FWPM_NET_EVENT_IKEEXT_EM_FAILURE1*>payload)
    put_32(d, FAILURE_ERROR, i, e.failureErrorCode)
    put_enum(d, FAILURE_POINT, i, e.failurePoint)
    put_32(d, FAILURE_FLAGS, i, e.flags)
    put_enum(d, EM_STATE, i, e.emState)
    put_enum(d, SA_ROLE, i, e.saRole)
    put_enum(d, AUTH_METHOD, i, e.emAuthMethod)
    put_bytes(d, END_CERT_HASH, i, e.endCertHash, sizeof(e.endCertHash))
    put_64(d, MM_ID, i, e.mmId)
    put_64(d, QM_FILTER_ID, i, e.qmFilterId)
    if level < 1:
        return
    put_principals(
        d, i, &EM_PRINCIPALS, e.localPrincipalNameForAuth, e.remotePrincipalNameForAuth,
        e.numLocalPrincipalGroupSids, <WCHAR* const*>e.localPrincipalGroupSids,
        e.numRemotePrincipalGroupSids, <WCHAR* const*>e.remotePrincipalGroupSids)
    put_enum(d, TRAFFIC_TYPE, i, e.saTrafficType)
