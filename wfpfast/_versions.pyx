"""The structs that each FWPM_NET_EVENTn is made of, as a table; must not know how they are read.

Windows only appends to a struct, so a payload is read through the newest of its family up to a
level. A new event type is a row in `fill_arms()`; a new version is a row in `fill_versions()` and,
where a family grew, another level there.
"""

from wfpfast._context cimport (
    F_CAPABILITY_ALLOW, F_CAPABILITY_DROP, F_CLASSIFY_ALLOW, F_CLASSIFY_DROP, F_CLASSIFY_DROP_MAC,
    F_DOSP_DROP, F_EM_FAILURE, F_KERNEL_DROP, F_MM_FAILURE, F_PACKET_ARRIVAL, F_QM_FAILURE, bit)
from wfpfast._payloads cimport *
from wfpfast._schema cimport *
from wfpfast.abi.fwpmtypes cimport *

cdef Version[N_VERSIONS] versions
cdef Arm arms[N_VERSIONS][N_TYPES + 1]


cdef const Version* event_version(int version) noexcept nogil:
    """Return the row of FWPM_NET_EVENT`version`."""
    return versions + version


ctypedef void (*Decoder)(Decode* d, int i, const uint8_t* at, int level) noexcept nogil


cdef void arm(
    int version, int type, size_t size, size_t alignment, int level, uint64_t always,
    uint64_t sometimes, int field, Decoder decode
) noexcept:
    arms[version][type] = Arm(
        size, alignment, level, -<uint64_t>(level >= 2), always | sometimes, always, field, True,
        decode)


cdef uint64_t CLASSIFY_0 = bit(FILTER_ID) | bit(LAYER_ID)
cdef uint64_t DIRECTIONS = bit(DIRECTION) | bit(DIRECTION_CODE)
cdef uint64_t CLASSIFY_1 = (
    CLASSIFY_0 | bit(REAUTH_REASON) | bit(ORIGINAL_PROFILE) | bit(CURRENT_PROFILE) | DIRECTIONS
    | bit(IS_LOOPBACK))
# vswitch_id is left to the decoder: it gets memory with the first event that has one.
cdef uint64_t CLASSIFY_2 = CLASSIFY_1 | bit(VSWITCH_SOURCE_PORT) | bit(VSWITCH_DESTINATION_PORT)
cdef uint64_t MAC = (
    CLASSIFY_2 | bit(MEDIA_TYPE) | bit(INTERFACE_TYPE) | bit(ETHER_TYPE) | bit(NDIS_PORT)
    | bit(VLAN_TAG) | bit(INTERFACE_LUID))
cdef uint64_t CAPABILITY = bit(NETWORK_CAPABILITY) | bit(FILTER_ID) | bit(IS_LOOPBACK)
cdef uint64_t KERNEL_DROP = DIRECTIONS | bit(FAILURE_STATUS) | bit(SPI)
cdef uint64_t DOSP_DROP = DIRECTIONS | bit(FAILURE_STATUS)
cdef uint64_t FAILURE = bit(FAILURE_ERROR) | bit(FAILURE_POINT) | bit(SA_ROLE)
cdef uint64_t PRINCIPALS = (
    bit(LOCAL_PRINCIPAL) | bit(REMOTE_PRINCIPAL) | bit(LOCAL_GROUPS) | bit(REMOTE_GROUPS))
cdef uint64_t MM_0 = (
    FAILURE | bit(FAILURE_FLAGS) | bit(KEYING_MODULE) | bit(MM_STATE) | bit(AUTH_METHOD)
    | bit(END_CERT_HASH) | bit(MM_ID) | bit(MM_FILTER_ID))
cdef uint64_t QM_0 = (
    FAILURE | bit(KEYING_MODULE) | bit(QM_STATE) | bit(TRAFFIC_TYPE) | bit(QM_FILTER_ID))
cdef uint64_t EM_0 = (
    FAILURE | bit(FAILURE_FLAGS) | bit(EM_STATE) | bit(AUTH_METHOD) | bit(END_CERT_HASH)
    | bit(MM_ID) | bit(QM_FILTER_ID))


cdef void fill_failure_arms(int v, int mm, int qm, int em) noexcept:
    """The IKE failures of version `v`, given the level of each family."""
    cdef size_t[3] sizes
    sizes[0] = sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE0)
    sizes[1] = sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE1)
    sizes[2] = sizeof(FWPM_NET_EVENT_IKEEXT_MM_FAILURE2)
    arm(v, 0, sizes[mm], 8, mm, MM_0,
        (PRINCIPALS if mm >= 1 else 0) | (bit(PROVIDER_CONTEXT_KEY) if mm >= 2 else 0),
        F_MM_FAILURE, decode_mm_failure)
    sizes[0] = sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE0)
    sizes[1] = sizeof(FWPM_NET_EVENT_IKEEXT_QM_FAILURE1)
    arm(v, 1, sizes[qm], 8, qm, QM_0 | (bit(MM_SA_LUID) if qm >= 1 else 0),
        bit(LOCAL_SUBNET) | bit(REMOTE_SUBNET) | (bit(PROVIDER_CONTEXT_KEY) if qm >= 1 else 0),
        F_QM_FAILURE, decode_qm_failure)
    sizes[0] = sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE0)
    sizes[1] = sizeof(FWPM_NET_EVENT_IKEEXT_EM_FAILURE1)
    arm(v, 2, sizes[em], 8, em, EM_0 | (bit(TRAFFIC_TYPE) if em >= 1 else 0),
        PRINCIPALS if em >= 1 else 0, F_EM_FAILURE, decode_em_failure)


cdef void fill_arms(int v, int drop) noexcept:
    """The other payloads of version `v`, given the level of CLASSIFY_DROP."""
    cdef size_t[3] sizes
    sizes[0] = sizeof(FWPM_NET_EVENT_CLASSIFY_DROP0)
    sizes[1] = sizeof(FWPM_NET_EVENT_CLASSIFY_DROP1)
    sizes[2] = sizeof(FWPM_NET_EVENT_CLASSIFY_DROP2)
    arm(v, 3, sizes[drop], 8, drop,
        CLASSIFY_2 if drop >= 2 else CLASSIFY_1 if drop else CLASSIFY_0, 0, F_CLASSIFY_DROP,
        NULL)
    arm(v, 4, sizeof(FWPM_NET_EVENT_IPSEC_KERNEL_DROP0), 8, 0, KERNEL_DROP, CLASSIFY_0,
        F_KERNEL_DROP, decode_kernel_drop)
    arm(v, 5, sizeof(FWPM_NET_EVENT_IPSEC_DOSP_DROP0), 4, 0, DOSP_DROP,
        bit(PUBLIC_HOST) | bit(INTERNAL_HOST), F_DOSP_DROP, decode_dosp_drop)
    if v < 2:
        return
    arm(v, 6, sizeof(FWPM_NET_EVENT_CLASSIFY_ALLOW0), 8, 1, CLASSIFY_1, 0, F_CLASSIFY_ALLOW,
        NULL)
    arm(v, 7, sizeof(FWPM_NET_EVENT_CAPABILITY_DROP0), 8, 0, CAPABILITY, 0, F_CAPABILITY_DROP,
        decode_capability)
    arm(v, 8, sizeof(FWPM_NET_EVENT_CAPABILITY_ALLOW0), 8, 0, CAPABILITY, 0,
        F_CAPABILITY_ALLOW, decode_capability)
    arm(v, 9, sizeof(FWPM_NET_EVENT_CLASSIFY_DROP_MAC0), 8, 0, MAC,
        bit(LOCAL_MAC) | bit(REMOTE_MAC), F_CLASSIFY_DROP_MAC, decode_drop_mac)
    if v < 5:
        return
    arm(v, 10, sizeof(FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0), 4, 0, bit(SPI), 0,
        F_PACKET_ARRIVAL, decode_packet_arrival)


cdef void version(int v, size_t size, size_t type, size_t payload, int header_level) noexcept:
    cdef uint64_t columns = (bit(ADDRESS_FAMILY) << 1) - 1  # the first 13 are HEADER2's or older
    if header_level < 2:
        columns &= ~bit(ADDRESS_FAMILY)
    if header_level >= 2:
        columns |= bit(PACKAGE_SID)
    if header_level >= 3:
        columns |= bit(ENTERPRISE_ID) | bit(POLICY_FLAGS) | bit(EFFECTIVE_NAME)
    versions[v].size = size
    versions[v].type_offset = type
    versions[v].payload_offset = payload
    versions[v].header_level = header_level
    versions[v].columns = columns


cdef void fill_versions() noexcept:
    """HEADER1 appends only reserved members: its level is HEADER0's."""
    cdef FWPM_NET_EVENT0 e0
    cdef FWPM_NET_EVENT1 e1
    cdef FWPM_NET_EVENT2 e2
    cdef FWPM_NET_EVENT3 e3
    cdef int v, type
    version(0, sizeof(e0), <char*>&e0.type - <char*>&e0, <char*>&e0.payload - <char*>&e0, 0)
    version(1, sizeof(e1), <char*>&e1.type - <char*>&e1, <char*>&e1.payload - <char*>&e1, 0)
    version(2, sizeof(e2), <char*>&e2.type - <char*>&e2, <char*>&e2.payload - <char*>&e2, 2)
    for v in range(3, N_VERSIONS):  # EVENT3, 4 and 5 differ in their payloads only
        version(v, sizeof(e3), <char*>&e3.type - <char*>&e3, <char*>&e3.payload - <char*>&e3, 3)
    # The level of each family that has grown, by version.
    cdef int* drop = [0, 1, 2, 2, 2, 2]
    cdef int* mm = [0, 1, 1, 1, 2, 2]
    cdef int* qm = [0, 0, 0, 0, 1, 1]
    cdef int* em = [0, 1, 1, 1, 1, 1]
    for v in range(N_VERSIONS):
        fill_arms(v, drop[v])
        fill_failure_arms(v, mm[v], qm[v], em[v])
    for v in range(N_VERSIONS):
        for type in range(N_TYPES + 1):
            arms[v][type].known = arms[NEWEST][type].size != 0
            versions[v].arms[type] = &arms[v][type]


fill_versions()
