"""Decodes net events into columns: what happens to one event; must not know handles or Python.

For each event: find it in the block, read its header, then the payload that its type selects, then
the tail of a source that has one. Values go to the columns as they are read; which of them mean
anything is gathered in one word of bits an event.
"""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

from wfpfast._columns cimport CHUNK, LINE, Column
from wfpfast._context cimport (
    F_APP_ID, F_EFFECTIVE_NAME, F_ENTERPRISE_ID, F_ENTRIES, F_PACKAGE_SID, F_USER_ID,
    NO_FAILURE, NULL_EVENT, Live, bit, end_chunk, finish, has_room, locate_small, malformed, need,
    place_of, put_8, put_16, put_32, put_64, put_enum, touch, vouch)
from wfpfast._internal cimport decode_internal
from wfpfast._payloads cimport decode_classify, put_no_classify
from wfpfast._portable cimport wf_likely, wf_lowest_bit, wf_prefetch, wf_prefetch_write
from wfpfast._schema cimport *
from wfpfast._values cimport (
    put_address_binary, put_address_row, put_blob, put_path, put_sid_text, put_wide)
from wfpfast._versions cimport N_TYPES, Arm, Version, event_version
from wfpfast.abi.fwpmtypes cimport *

cdef enum:
    AHEAD = 16       # events between the one being decoded and the one being fetched
    HALFWAY = 8      # and the one that is here by now, whose cells may not be
    FETCHED = 448    # bytes fetched of it: event, path, SIDs and payload lie together
    TEXT_AHEAD = 256
    NEAR = 1 << 17   # bytes of a block that the caches still hold from when it was made
    MANY = 4096      # events whose columns the nearer caches do not hold
    MOST_NEAR = 1 << 18   # events of whose sparse columns no cache has much
    FLAG_HALF = 128
    EVENT_WORDS = 64  # more than an event of any version has
    # Who asks for a few columns seldom wants these: one question for all of them.
    OFTEN_LEFT = (
        1 << FLAGS | 1 << IP_VERSION | 1 << IP_PROTOCOL | 1 << LOCAL_PORT | 1 << SCOPE_ID
        | 1 << ADDRESS_FAMILY)


# FILETIME counts 100 ns from 1601; a timestamp counts 1 ns from 1970 and holds 1677 to 2262. These
# are functions since a compiler's enumerations may end at 32 bits, and variables are not folded.
cdef inline uint64_t unix_epoch() noexcept nogil:
    return 116444736000000000


cdef inline uint64_t furthest() noexcept nogil:
    return 92233720368547758


# What decode_header() and decode_event() write for each event, whatever its flags and version.
cdef uint64_t EVERY_ROW = (
    bit(TIMESTAMP) | bit(EVENT_TYPE) | bit(FLAGS) | bit(IP_VERSION) | bit(IP_PROTOCOL)
    | bit(LOCAL_PORT) | bit(REMOTE_PORT) | bit(SCOPE_ID))
cdef uint64_t ADDRESSES = bit(LOCAL_ADDRESS) | bit(REMOTE_ADDRESS)
# What HEADER3 added: seldom set, so it gets memory with the first event that has it.
cdef uint64_t HEADER_3 = bit(ENTERPRISE_ID) | bit(POLICY_FLAGS) | bit(EFFECTIVE_NAME)
# Stands for an event, of any version, that may not be followed: a row of nothing. A header begins
# with its time.
cdef uint64_t[EVENT_WORDS] no_event
no_event[0] = unix_epoch()

# Which columns the header's flags make valid, for the lower and upper seven of the 14 flags.
cdef uint64_t flag_columns[2][FLAG_HALF]


cdef void fill_flag_columns() noexcept:
    cdef uint64_t[14] columns
    cdef int half, value, k
    columns[0] = bit(IP_PROTOCOL)
    columns[1] = bit(LOCAL_ADDRESS)
    columns[2] = bit(REMOTE_ADDRESS)
    columns[3] = bit(LOCAL_PORT)
    columns[4] = bit(REMOTE_PORT)
    columns[5] = bit(APP_PATH)
    columns[6] = bit(USER_SID)
    columns[7] = bit(SCOPE_ID)
    columns[8] = bit(IP_VERSION)
    columns[9] = 0  # REAUTH_REASON_SET has no header member
    columns[10] = bit(PACKAGE_SID)
    columns[11] = bit(ENTERPRISE_ID)
    columns[12] = bit(POLICY_FLAGS)
    columns[13] = bit(EFFECTIVE_NAME)
    for half in range(2):
        for value in range(FLAG_HALF):
            flag_columns[half][value] = 0
            for k in range(7):
                if value >> k & 1:
                    flag_columns[half][value] |= columns[7 * half + k]


cdef inline void put_timestamp(Decode* d, int i, uint64_t ticks, uint64_t* valid) noexcept nogil:
    if wf_likely(ticks - (unix_epoch() - furthest()) <= 2 * furthest()):
        put_64(d, TIMESTAMP, i, (ticks - unix_epoch()) * 100)
    else:
        put_64(d, TIMESTAMP, i, 0)
        d.out_of_range += 1
        valid[0] &= ~bit(TIMESTAMP)


cdef inline uint64_t header_columns(const FWPM_NET_EVENT_HEADER3* h) noexcept nogil:
    """Return the columns that this header vouches for, whatever its version has of them."""
    cdef uint64_t valid = (
        bit(TIMESTAMP) | bit(EVENT_TYPE) | bit(FLAGS) | bit(ADDRESS_FAMILY)
        | flag_columns[0][h.flags & (FLAG_HALF - 1)]
        | flag_columns[1][h.flags >> 7 & (FLAG_HALF - 1)])
    if not wf_likely(h.flags & FWPM_NET_EVENT_FLAG_IP_VERSION_SET != 0 and h.ipVersion <= 1):
        valid &= ~(bit(IP_VERSION) | bit(LOCAL_ADDRESS) | bit(REMOTE_ADDRESS))
    return valid


cdef inline uint64_t clear_if(uint64_t valid, int column, bint null) noexcept nogil:
    return valid & ~(<uint64_t>null << column)


cdef inline void put_addresses(
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, bint is_v6, uint64_t valid
) noexcept nogil:
    """Every row passes here."""
    cdef bint has_local = valid & bit(LOCAL_ADDRESS) != 0
    cdef bint has_remote = valid & bit(REMOTE_ADDRESS) != 0
    if wf_likely(not d.binary_addresses):
        put_address_row(
            d, LOCAL_ADDRESS, i, h.localAddr.localAddrV6.byteArray16, is_v6, has_local)
        put_address_row(
            d, REMOTE_ADDRESS, i, h.remoteAddr.remoteAddrV6.byteArray16, is_v6, has_remote)
        return
    if has_local:
        put_address_binary(d, LOCAL_ADDRESS, i, h.localAddr.localAddrV6.byteArray16, is_v6)
    if has_remote:
        put_address_binary(d, REMOTE_ADDRESS, i, h.remoteAddr.remoteAddrV6.byteArray16, is_v6)


cdef inline void decode_header(
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, uint64_t known, int level
) noexcept nogil:
    """Read a header of any version; `known` are the columns that it has and that are wanted."""
    cdef uint64_t valid = header_columns(h) & known
    cdef bint is_v6 = h.ipVersion == 1
    put_timestamp(
        d, i, h.timeStamp.dwLowDateTime | <uint64_t>h.timeStamp.dwHighDateTime << 32, &valid)
    put_16(d, REMOTE_PORT, i, h.remotePort)
    if wf_likely(d.wanted[0] & OFTEN_LEFT != 0):
        put_32(d, FLAGS, i, h.flags)
        put_8(d, IP_VERSION, i, 6 if is_v6 else 4)
        put_8(d, IP_PROTOCOL, i, h.ipProtocol)
        put_16(d, LOCAL_PORT, i, h.localPort)
        put_32(d, SCOPE_ID, i, h.scopeId)
        if wf_likely(level >= 2):
            put_enum(d, ADDRESS_FAMILY, i, h.addressFamily)
    put_addresses(d, i, h, is_v6, valid)
    if wf_likely(valid & bit(APP_PATH) != 0):
        valid = clear_if(valid, APP_PATH, not put_path(d, APP_PATH, i, F_APP_ID, &h.appId))
    if wf_likely(valid & bit(USER_SID) != 0):
        valid = clear_if(valid, USER_SID, not put_sid_text(d, USER_SID, i, F_USER_ID, h.userId))
    if wf_likely(valid & bit(PACKAGE_SID) != 0):
        valid = clear_if(valid, PACKAGE_SID, not put_sid_text(
            d, PACKAGE_SID, i, F_PACKAGE_SID, h.packageSid))
    if valid & HEADER_3:
        valid = decode_header_3(d, i, h, valid)
    d.words[0][i] = valid


cdef uint64_t decode_header_3(
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, uint64_t valid
) noexcept nogil:
    if not need(d, valid & HEADER_3):
        return valid
    put_64(d, POLICY_FLAGS, i, h.policyFlags)
    if valid & bit(ENTERPRISE_ID):
        valid = clear_if(valid, ENTERPRISE_ID, not put_wide(
            d, ENTERPRISE_ID, i, F_ENTERPRISE_ID, h.enterpriseId))
    if valid & bit(EFFECTIVE_NAME):
        valid = clear_if(valid, EFFECTIVE_NAME, not put_blob(
            d, EFFECTIVE_NAME, i, F_EFFECTIVE_NAME, &h.effectiveName))
    return valid


cdef inline void decode_payload(
    Decode* d, int i, const Version* version, uint32_t type, const void* pointer
) noexcept nogil:
    """Follow the payload pointer if this version has an arm for the type; NULL leaves nulls."""
    cdef const Arm* arm = version.arms[min(type, <uint32_t>N_TYPES)]
    cdef const uint8_t* at
    if not wf_likely(arm.size != 0 and pointer != NULL):
        d.unknown_types += not arm.known
        put_no_classify(d, i)
        return
    at = locate_small(d, pointer, arm.size, arm.alignment)
    if not wf_likely(at != NULL):
        malformed(d, i, arm.field)
        put_no_classify(d, i)
        return
    vouch(d, i, arm.always)
    if wf_likely(arm.decode == NULL):
        decode_classify(d, i, at, arm.level, arm.tail)
    elif need(d, arm.columns):
        put_no_classify(d, i)
        arm.decode(d, i, at, arm.level)


cdef inline void decode_event(
    Decode* d, int i, const Version* version, uint64_t known, uint64_t address
) noexcept nogil:
    cdef const uint8_t* at = locate_small(d, <const void*>address, version.size, 8)
    cdef uint32_t type
    if not wf_likely(at != NULL):
        if address == 0:
            d.reason = NULL_EVENT
        malformed(d, i, F_ENTRIES)
        at = <const uint8_t*>no_event
        known = 0
    decode_header(d, i, <const FWPM_NET_EVENT_HEADER3*>at, known, version.header_level)
    type = (<const uint32_t*>(at + version.type_offset))[0]
    put_enum(d, EVENT_TYPE, i, type)
    decode_payload(d, i, version, type, (<void* const*>(at + version.payload_offset))[0])
    if d.internal and at != <const uint8_t*>no_event:
        decode_internal(d, i, address + version.size)


cdef inline void fetch(const Decode* d, uint64_t address) noexcept nogil:
    """Ask for an event's memory; an address outside the block asks for nothing."""
    cdef uint64_t offset = address - d.base
    cdef int k
    if offset < d.size:
        for k in range(FETCHED // LINE):
            wf_prefetch(d.memory + offset + k * LINE)


cdef inline void fetch_cells(const Decode* d, int i) noexcept nogil:
    """Ask for the cells of the next chunk, a column at every second event: to be written to."""
    cdef const Live* live = d.live_columns + i // 2
    cdef const uint8_t* cells
    cdef int k
    if i & 1 or i // 2 >= d.n_live or live.sparse:
        return
    cells = d.cursor[live.index] + live.stride
    for k in range(live.stride // LINE):
        wf_prefetch_write(cells + k * LINE)


cdef inline void fetch_sparse(
    const Decode* d, const Version* version, int i, uint64_t address
) noexcept nogil:
    """Ask for the cells that an event further on will write, if these are of few events."""
    cdef const uint8_t* at
    cdef const Arm* arm
    if has_room(d, <const void*>address, 8):
        at = place_of(d, <const void*>address) + version.type_offset
        arm = version.arms[min((<const uint32_t*>at)[0], <uint32_t>N_TYPES)]
        if not wf_likely(arm.decode == NULL):
            fetch_row(d, i, arm.columns & d.live[0] & ~d.dense)


cdef void fetch_row(const Decode* d, int i, uint64_t columns) noexcept nogil:
    cdef int column
    while columns:
        column = wf_lowest_bit(columns)
        columns &= columns - 1
        wf_prefetch_write(d.cursor[column] + i * d.out.columns[column].spec.width)


cdef inline void fetch_text(const Column* column) noexcept nogil:
    """Ask for where an address's text will go: nearly every event has one."""
    if column.text.data != NULL:
        wf_prefetch_write(column.text.data + column.text_used + TEXT_AHEAD)


cdef int begin_block(Decode* d, const Version* version) noexcept nogil:
    """Give memory to the columns that nearly every event fills; -1 and a failure without."""
    cdef uint64_t classify = version.arms[<int>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP].columns
    d.zeros = no_event + 1
    # A sparse cell holds nothing but a valid row's value; internal fields take some of these back.
    d.dense = ~<uint64_t>0 if d.internal else version.columns | classify
    d.row_by_row = EVERY_ROW | classify & ~bit(IS_LOOPBACK)
    if not d.binary_addresses:
        d.row_by_row |= ADDRESSES
    return touch(d, 0, (version.columns & ~HEADER_3 | classify) & d.wanted[0])


cdef inline void fetch_ahead(
    Decode* d, const Version* version, int i, const uint64_t* entry, int64_t count
) noexcept nogil:
    """Ask for the memory that events and rows further on need, of a block of `count`."""
    fetch(d, entry[AHEAD])
    if count >= MANY:
        fetch_cells(d, i)
        if count > MOST_NEAR:
            fetch_sparse(d, version, i + HALFWAY, entry[HALFWAY])
        fetch_text(d.out.columns + LOCAL_ADDRESS)
        fetch_text(d.out.columns + REMOTE_ADDRESS)


cdef void decode_block(Decode* d, const uint64_t* entries, int64_t count) noexcept nogil:
    """Decode `count` events; d.failure says whether and why it stopped."""
    cdef const Version* version = event_version(d.version)
    cdef uint64_t known = version.columns & d.wanted[0]
    cdef int64_t fetched = count - AHEAD if d.size > NEAR else 0
    cdef int64_t first = 0, rows
    cdef int i
    if begin_block(d, version) < 0:
        return
    while first < count:
        d.first_row = first
        rows = min(<int64_t>CHUNK, count - first)
        if rows < CHUNK:
            memset(d.words[0], 0, sizeof(d.words[0]))
        if d.internal:
            memset(d.words[1], 0, sizeof(d.words[1]))
        for i in range(<int>rows):
            if first + i < fetched:
                fetch_ahead(d, version, i, entries + first + i, count)
            decode_event(d, i, version, known, entries[first + i])
            if not wf_likely(d.failure == NO_FAILURE):  # columns may be without their memory
                return
        end_chunk(d)
        first += CHUNK
    finish(d)


fill_flag_columns()
