"""Which columns an event's header and payload fill, as tables; must not know how they are read.

A new event type is one more row in `fill_arms()`, a new header member one more in `fill_header()`.
"""

from libc.string cimport memset

from wfpfast._base.portable cimport wf_trailing_zeros
from wfpfast._decode.context cimport bit
from wfpfast._decode.payloads cimport *
from wfpfast._decode.schema cimport *
from wfpfast.abi.events cimport N_VERSIONS, Payload, event_version, is_sdk_type
from wfpfast.abi.fwpmtypes cimport *

from wfpfast._decode.schema import COLUMN_SLOTS
from wfpfast._tables.enums import NET_EVENT_FLAGS
from wfpfast._tables.members import MEMBERS

cdef enum:
    N_LEVELS = 4       # FWPM_NET_EVENT_HEADER0 to 3
    MAX_LATE = 32      # the header's flags have as many bits


cdef struct LateColumn:
    int column
    uint32_t flag


cdef EventPlan[N_VERSIONS] plans
cdef Arm arms[N_VERSIONS][N_TYPES + 1]
cdef HeaderColumns sets
cdef uint64_t[32] by_flag            # columns of the first word, by the number of their flag's bit
cdef uint64_t[N_LEVELS][N_WORDS] by_level   # columns that the header of each level adds
cdef LateColumn[MAX_LATE] late_columns
cdef int n_late = 0

NAMES = {slot: name for name, slot in COLUMN_SLOTS.items()}
# Other columns are valid in every event whose version has them.
FLAGS_OF_COLUMNS = {
    column: NET_EVENT_FLAGS[f"FWPM_NET_EVENT_FLAG_{member.flag}_SET"]
    for member in MEMBERS if member.flag for column in member.columns}

ctypedef void (*Decoder)(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil

CLASSIFY_0 = [FILTER_ID, LAYER_ID]
DIRECTIONS = [DIRECTION, DIRECTION_CODE]
# A permit need not have a filter, nor IPSEC_KERNEL_DROP; other events have the one that decided.
PERMIT = [
    LAYER_ID, *DIRECTIONS, REAUTH_REASON, ORIGINAL_PROFILE, CURRENT_PROFILE, IS_LOOPBACK]
CLASSIFY_1 = [FILTER_ID, *PERMIT]
# The three of the virtual switch are left to the decoder: they get memory if an event has a switch.
MAC = [
    *CLASSIFY_1, MEDIA_TYPE, INTERFACE_TYPE, ETHER_TYPE, NDIS_PORT, VLAN_TAG, INTERFACE_LUID]
CAPABILITY = [NETWORK_CAPABILITY, IS_LOOPBACK]
FAILURE = [FAILURE_ERROR, FAILURE_POINT, SA_ROLE]
PRINCIPALS = [LOCAL_PRINCIPAL, REMOTE_PRINCIPAL, LOCAL_GROUPS, REMOTE_GROUPS]
MM = [
    *FAILURE, FAILURE_FLAGS, KEYING_MODULE, MM_STATE, AUTH_METHOD, MM_ID, MM_FILTER_ID]
QM = [*FAILURE, KEYING_MODULE, QM_STATE, TRAFFIC_TYPE, QM_FILTER_ID]
EM = [*FAILURE, FAILURE_FLAGS, EM_STATE, AUTH_METHOD, MM_ID, QM_FILTER_ID]
SUBNETS = [LOCAL_SUBNET, REMOTE_SUBNET]


cdef const EventPlan* event_plan(int version) noexcept nogil:
    """Return how FWPM_NET_EVENT`version` is read."""
    return plans + version


cdef const HeaderColumns* header_sets() noexcept nogil:
    return &sets


cdef uint64_t columns_of_flags(uint32_t flags) noexcept nogil:
    """Return the columns of the first word that these flags make valid, without the late ones."""
    cdef uint64_t columns = 0
    cdef int k
    for k in range(32):
        if flags >> k & 1:
            columns |= by_flag[k]
    return columns


cdef uint32_t late_flags(const EventPlan* plan, const uint64_t* wanted) noexcept nogil:
    """Return the flags of the late columns that are wanted, if this version's header has them."""
    cdef uint32_t flags = 0
    cdef int k, column
    for k in range(n_late):
        column = late_columns[k].column
        if plan.columns[column >> 6] & wanted[column >> 6] & bit(column):
            flags |= late_columns[k].flag
    return flags


cdef int header(int column, int since, bint every_row) except -1:
    """Declare a column of the header; _tables/members.py says which flag makes it valid.

    Parameters
    ----------
    since : level
        The first FWPM_NET_EVENT_HEADERn that has it.
    every_row : bool
        Whether `decode_header()` writes the cell under any flags, so that it is not cleared before.
    """
    global n_late
    cdef uint32_t flag = FLAGS_OF_COLUMNS.get(NAMES[column], 0)
    cdef int word = column >> 6
    by_level[since][word] |= bit(column)
    if every_row:
        sets.every_row[word] |= bit(column)
    if flag == 0:
        sets.always[word] |= bit(column)
    elif since >= 3 or word > 0:  # decode_header() does not test its flag
        sets.late[word] |= bit(column)
        late_columns[n_late] = LateColumn(column, flag)
        n_late += 1
    else:
        by_flag[wf_trailing_zeros(flag)] |= bit(column)
    return 0


cdef int fill_header() except -1:
    """Declare each column with its first header, and whether every row writes its cell."""
    header(TIMESTAMP, 0, True)
    header(EVENT_TYPE, 0, True)
    header(FLAGS, 0, True)
    header(IP_VERSION, 0, True)
    header(IP_PROTOCOL, 0, True)
    # The end offset of an address's text is written for every row: see put_address_row().
    header(LOCAL_ADDRESS, 0, False)
    header(REMOTE_ADDRESS, 0, False)
    header(LOCAL_PORT, 0, True)
    header(REMOTE_PORT, 0, True)
    header(SCOPE_ID, 0, True)
    header(APP_PATH, 0, False)
    header(USER_SID, 0, False)
    header(ADDRESS_FAMILY, 2, False)
    header(PACKAGE_SID, 2, False)
    header(ENTERPRISE_ID, 3, False)
    header(POLICY_FLAGS, 3, False)
    header(EFFECTIVE_NAME, 3, False)
    return 0


cdef int gather(uint64_t* words, columns) except -1:
    for column in columns:
        words[<int>column >> 6] |= bit(column)
    return 0


cdef int arm(
    int type, const char* field, Decoder decode, list always, list sometimes
) except -1:
    """Declare the columns of one event type; each list has an entry for each level of payload."""
    cdef const Payload* payload
    cdef Arm* a
    for v in range(N_VERSIONS):
        payload = &event_version(v).payloads[type]
        if payload.size == 0:
            continue
        if payload.level >= len(always):
            raise ImportError(
                f"{field.decode()} of FWPM_NET_EVENT{v}: level {payload.level} has no columns")
        a = &arms[v][type]
        a.size, a.alignment, a.level = payload.size, payload.alignment, payload.level
        a.tail = -<uint64_t>(payload.level >= 2)
        gather(a.always, always[payload.level])
        gather(a.columns, always[payload.level])
        gather(a.columns, sometimes[payload.level] if sometimes else ())
        if decode == NULL and max(always[payload.level]) >= 64:
            raise ImportError(
                f"{NAMES[max(always[payload.level])]} has a slot above 63: of a classify event it"
                " belongs among those that decode_classify() vouches for itself")
        a.field = field
        a.decode = decode
    return 0


cdef int fill_arms() except -1:
    """Declare each type: its field in errors, its decoder, and its columns by level."""
    arm(FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE, "ikeMmFailure", decode_mm_failure,
        [MM, MM, MM],
        [[END_CERT_HASH], [END_CERT_HASH, *PRINCIPALS],
         [END_CERT_HASH, *PRINCIPALS, PROVIDER_CONTEXT_KEY]])
    arm(FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE, "ikeQmFailure", decode_qm_failure,
        [QM, [*QM, MM_SA_LUID]], [SUBNETS, [*SUBNETS, PROVIDER_CONTEXT_KEY]])
    arm(FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE, "ikeEmFailure", decode_em_failure,
        [EM, [*EM, TRAFFIC_TYPE]], [[END_CERT_HASH], [END_CERT_HASH, *PRINCIPALS]])
    arm(FWPM_NET_EVENT_TYPE_CLASSIFY_DROP, "classifyDrop", NULL,
        [CLASSIFY_0, CLASSIFY_1, CLASSIFY_1], [])
    arm(FWPM_NET_EVENT_TYPE_IPSEC_KERNEL_DROP, "ipsecDrop", decode_kernel_drop,
        [[*DIRECTIONS, FAILURE_STATUS, SPI]], [CLASSIFY_0])
    arm(FWPM_NET_EVENT_TYPE_IPSEC_DOSP_DROP, "idpDrop", decode_dosp_drop,
        [[*DIRECTIONS, FAILURE_STATUS]], [[PUBLIC_HOST, INTERNAL_HOST]])
    arm(FWPM_NET_EVENT_TYPE_CLASSIFY_ALLOW, "classifyAllow", NULL,
        [[], PERMIT], [[], [FILTER_ID]])
    arm(FWPM_NET_EVENT_TYPE_CAPABILITY_DROP, "capabilityDrop", decode_capability,
        [[*CAPABILITY, FILTER_ID]], [])
    arm(FWPM_NET_EVENT_TYPE_CAPABILITY_ALLOW, "capabilityAllow", decode_capability,
        [CAPABILITY], [[FILTER_ID]])
    arm(FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC, "classifyDropMac", decode_drop_mac,
        [MAC], [[LOCAL_MAC, REMOTE_MAC]])
    arm(FWPM_NET_EVENT_TYPE_LPM_PACKET_ARRIVAL, "lpmPacketArrival", decode_packet_arrival,
        [[SPI]], [])
    return 0


cdef int fill_plans() except -1:
    for v in range(N_VERSIONS):
        plans[v].size = event_version(v).size
        plans[v].type_offset = event_version(v).type_offset
        plans[v].payload_offset = event_version(v).payload_offset
        plans[v].header_level = event_version(v).header_level
        for level in range(plans[v].header_level + 1):
            for k in range(N_WORDS):
                plans[v].columns[k] |= by_level[level][k]
        for type in range(N_TYPES + 1):
            if arms[v][type].size != event_version(v).payloads[type].size:
                raise ImportError(f"no row of fill_arms() is about type {type}")
            arms[v][type].known = is_sdk_type(type)
            plans[v].arms[type] = &arms[v][type]
    return 0


memset(&sets, 0, sizeof(sets))
fill_header()
fill_arms()
fill_plans()
