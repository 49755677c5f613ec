"""Decodes the payload structs of net events; must not know headers, blocks or Python objects.

To add a type: its struct in abi/fwpmtypes.pxd, a function here, its row in `fill_arms()`, and the
other steps in CONTRIBUTING.md.
"""

from wfpfast._base.portable cimport wf_low_bit
from wfpfast._decode.conditions cimport put_condition
from wfpfast._decode.context cimport (
    is_live, need, put_16, put_32, put_64, put_bool, put_bytes, put_enum, put_unknown, vouch)
from wfpfast._decode.schema cimport *
from wfpfast._decode.values cimport (
    all_zero, put_address, put_groups, put_key, put_key_value, put_mac_address, put_path, put_wide)
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.fwptypes cimport (
    FWP_BYTE_BLOB, FWP_CONDITION_VALUE0, FWP_DIRECTION_INBOUND, FWP_DIRECTION_OUTBOUND,
    FWP_IP_VERSION_V4, FWP_IP_VERSION_V6)
from wfpfast.abi.iketypes cimport IKEEXT_CERT_HASH_LEN
from wfpfast.abi.ipsectypes cimport IPSEC_TRAFFIC_TYPE_TUNNEL
from wfpfast.abi.minwindef cimport WCHAR


cdef void put_direction(Decode* d, int i, uint32_t code) noexcept nogil:
    """Write an msFwpDirection or an FWP_DIRECTION: no number means two things."""
    cdef uint32_t name = code - FIRST_MS_FWP_DIRECTION
    put_32(d, DIRECTION_CODE, i, code)
    if code == FWP_DIRECTION_OUTBOUND:
        name = OUTBOUND
    elif code == FWP_DIRECTION_INBOUND:
        name = INBOUND
    elif name >= N_MS_FWP_DIRECTIONS:
        put_unknown(d, DIRECTION, i, code)
        return
    put_32(d, DIRECTION, i, name)


cdef inline void set_valid(Decode* d, int i, int column, bint valid) noexcept nogil:
    if valid:
        vouch(d, i, column)


cdef inline void put_filter_id(Decode* d, int i, uint64_t filter) noexcept nogil:
    """Write the filter that decided; 0 stands for none if not every such event has one."""
    put_64(d, FILTER_ID, i, filter)
    set_valid(d, i, FILTER_ID, filter != 0)


cdef void put_vswitch(
    Decode* d, int i, const char* field, const FWP_BYTE_BLOB* switch, uint32_t source,
    uint32_t destination
) noexcept nogil:
    """Write a virtual switch and its ports, which mean nothing where there is no switch."""
    if switch.size == 0 or not (
            need(d, VSWITCH_ID) and need(d, VSWITCH_SOURCE_PORT)
            and need(d, VSWITCH_DESTINATION_PORT)):
        return
    put_32(d, VSWITCH_SOURCE_PORT, i, source)
    vouch(d, i, VSWITCH_SOURCE_PORT)
    put_32(d, VSWITCH_DESTINATION_PORT, i, destination)
    vouch(d, i, VSWITCH_DESTINATION_PORT)
    if is_live(d, VSWITCH_ID):
        set_valid(d, i, VSWITCH_ID, put_path(d, VSWITCH_ID, i, field, switch))


cdef inline void put_cert_hash(Decode* d, int i, const uint8_t* digest) noexcept nogil:
    """Write the hash of a certificate; all zeros stand for none."""
    if not all_zero(digest, IKEEXT_CERT_HASH_LEN):
        put_bytes(d, END_CERT_HASH, i, digest, IKEEXT_CERT_HASH_LEN)
        vouch(d, i, END_CERT_HASH)


cdef void put_uncommon_classify(
    Decode* d, int i, const FWPM_NET_EVENT_CLASSIFY_DROP2* e,
    const FWPM_NET_EVENT_CLASSIFY_DROP2* tail
) noexcept nogil:
    # 0 is FWP_DIRECTION_OUTBOUND on the page of CLASSIFY_ALLOW0 alone; the pages of the others, and
    # all captures, have 0x3900 and above. So it more likely says that nobody filled the member.
    if e.msFwpDirection == 0:
        put_32(d, DIRECTION, i, 0)
        d.words[0][i] &= ~(wf_low_bit(DIRECTION) | wf_low_bit(DIRECTION_CODE))
    else:
        put_direction(d, i, e.msFwpDirection)
    put_vswitch(
        d, i, "classifyDrop.vSwitchId", &tail.vSwitchId, tail.vSwitchSourcePort,
        tail.vSwitchDestinationPort)


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
    put_vswitch(
        d, i, "classifyDropMac.vSwitchId", &e.vSwitchId, e.vSwitchSourcePort,
        e.vSwitchDestinationPort)


cdef void decode_kernel_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IPSEC_KERNEL_DROP0* e = (
        <const FWPM_NET_EVENT_IPSEC_KERNEL_DROP0*>payload)
    put_32(d, FAILURE_STATUS, i, <uint32_t>e.failureStatus)
    put_direction(d, i, e.direction)
    put_32(d, SPI, i, e.spi)
    # Windows gives filter and layer only if the IPsec callout dropped the packet; else they are 0.
    put_filter_id(d, i, e.filterId)
    put_16(d, LAYER_ID, i, e.layerId)
    set_valid(d, i, LAYER_ID, e.filterId != 0)


cdef void put_host(
    Decode* d, int column, int i, uint32_t version, const uint8_t* address
) noexcept nogil:
    """Write an address of IPSEC_DOSP_DROP; IPv4 in the order that the struct's declaration says."""
    cdef uint8_t[4] host_order
    cdef int k
    if not is_live(d, column) or (version != FWP_IP_VERSION_V6 and version != FWP_IP_VERSION_V4):
        return
    if version == FWP_IP_VERSION_V4 and not DOSP_V4_IS_HOST_ORDER:
        for k in range(4):
            host_order[k] = address[3 - k]
        address = host_order
    set_valid(d, i, column, put_address(d, column, i, address, version == FWP_IP_VERSION_V6))


cdef void decode_dosp_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    cdef const FWPM_NET_EVENT_IPSEC_DOSP_DROP0* e = <const FWPM_NET_EVENT_IPSEC_DOSP_DROP0*>payload
    put_host(d, PUBLIC_HOST, i, e.ipVersion, e.publicHost.publicHostV6Addr)
    put_host(d, INTERNAL_HOST, i, e.ipVersion, e.internalHost.internalHostV6Addr)
    put_32(d, FAILURE_STATUS, i, <uint32_t>e.failureStatus)
    put_direction(d, i, e.direction)


cdef void decode_capability(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil:
    """Decode CAPABILITY_DROP0 or CAPABILITY_ALLOW0, which have the same layout."""
    cdef const FWPM_NET_EVENT_CAPABILITY_DROP0* e = <const FWPM_NET_EVENT_CAPABILITY_DROP0*>payload
    put_enum(d, NETWORK_CAPABILITY, i, e.networkCapabilityId)
    put_filter_id(d, i, e.filterId)
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
    put_cert_hash(d, i, e.endCertHash)
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
    put_cert_hash(d, i, e.endCertHash)
    put_64(d, MM_ID, i, e.mmId)
    put_64(d, QM_FILTER_ID, i, e.qmFilterId)
    if level < 1:
        return
    put_principals(
        d, i, &EM_PRINCIPALS, e.localPrincipalNameForAuth, e.remotePrincipalNameForAuth,
        e.numLocalPrincipalGroupSids, <WCHAR* const*>e.localPrincipalGroupSids,
        e.numRemotePrincipalGroupSids, <WCHAR* const*>e.remotePrincipalGroupSids)
    put_enum(d, TRAFFIC_TYPE, i, e.saTrafficType)
