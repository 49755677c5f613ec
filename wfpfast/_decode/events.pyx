"""Decodes net events into columns: what happens to one event; must not know handles or Python.

For each event it locates the event in the block, reads the header, then the payload that the type
selects, then the tail if the source has written one. Values are written to the columns as they are
read; the validity of all cells of an event is gathered as bits of a few words.
"""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

from wfpfast._base.portable cimport (
    wf_likely, wf_low_bit, wf_lowest_bit, wf_once_32, wf_once_64, wf_once_pointer, wf_prefetch,
    wf_prefetch_write)
from wfpfast._columns.columns cimport CHUNK, LINE, Column
from wfpfast._columns.dictionaries cimport Dictionary, cheap_key, is_spread, prefetch_bytes
from wfpfast._decode.arms cimport (
    N_TYPES, Arm, EventPlan, HeaderColumns, columns_of_flags, event_plan, header_sets, late_flags)
from wfpfast._decode.context cimport (
    NO_FAILURE, ROOM, Live, end_chunk, finish, has_room, locate_small, malformed, need,
    need_word, put_8, put_16, put_32, put_64, put_enum, touch, translate, vouch)
from wfpfast._decode.payloads cimport decode_classify, put_no_classify
from wfpfast._decode.schema cimport *
from wfpfast._decode.tail cimport decode_tail
from wfpfast._decode.values cimport (
    is_in_range, put_address_binary, put_address_row, put_path, put_sid_text, put_wide)
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.minwindef cimport FILETIME_UNIX_EPOCH

cdef enum:
    AHEAD = 16       # the event to prefetch is so many events ahead
    HALFWAY = 8      # the event whose sparse cells to prefetch: its own memory has arrived by then
    NEXT = 4         # the event whose path to prefetch: where that is has arrived by then
    FETCHED = 448    # bytes to prefetch: an event, its path, SIDs and payload are adjacent
    TEXT_AHEAD = 256   # bytes between an address text and the memory to prefetch
    NEAR = 1 << 17   # a block of so many bytes is still in the caches since it was built
    MANY = 4096      # from so many events on, the columns do not fit the nearer caches
    MAX_NEAR = 1 << 18   # above so many events, the sparse columns are in no cache
    FLAG_HALF = 128  # values of seven flags
    EVENT_WORDS = 64  # more than an event of any version has


# One test skips all columns that a caller with a short list of columns usually omits.
cdef inline uint64_t seldom_wanted() noexcept nogil:
    return (
        wf_low_bit(FLAGS) | wf_low_bit(IP_VERSION) | wf_low_bit(IP_PROTOCOL)
        | wf_low_bit(LOCAL_PORT) | wf_low_bit(SCOPE_ID) | wf_low_bit(ADDRESS_FAMILY))


# Copies of tables of arms.pyx, which the hot path reads without a call.
cdef HeaderColumns header_columns = header_sets()[0]
cdef uint64_t ADDRESSES = wf_low_bit(LOCAL_ADDRESS) | wf_low_bit(REMOTE_ADDRESS)
# The columns that the header's flags make valid, by the lower and by the upper seven of 14 flags.
# The first table includes the columns that are valid under any flags.
cdef uint64_t flag_columns[2][FLAG_HALF]
# Decoded in place of an event, of any version, that may not be followed: it gives a row of nulls.
cdef uint64_t[EVENT_WORDS] no_event


cdef void fill_constants() noexcept:
    cdef FWPM_NET_EVENT_HEADER3* header = <FWPM_NET_EVENT_HEADER3*>no_event
    cdef uint32_t flags
    header.timeStamp.dwLowDateTime = <uint32_t>FILETIME_UNIX_EPOCH
    header.timeStamp.dwHighDateTime = <uint32_t>(FILETIME_UNIX_EPOCH >> 32)
    for flags in range(FLAG_HALF):
        flag_columns[0][flags] = columns_of_flags(flags) | header_columns.always[0]
        flag_columns[1][flags] = columns_of_flags(flags << 7)


cdef inline void put_timestamp(Decode* d, int i, uint64_t ticks, uint64_t* valid) noexcept nogil:
    if wf_likely(is_in_range(ticks)):
        put_64(d, TIMESTAMP, i, (ticks - FILETIME_UNIX_EPOCH) * 100)
    else:
        put_64(d, TIMESTAMP, i, 0)
        d.out_of_range += 1
        valid[0] &= ~wf_low_bit(TIMESTAMP)


cdef inline uint64_t valid_columns(const FWPM_NET_EVENT_HEADER3* h) noexcept nogil:
    """Return the columns that the flags of this header make valid, in any version."""
    cdef uint64_t valid = (
        flag_columns[0][h.flags & (FLAG_HALF - 1)]
        | flag_columns[1][h.flags >> 7 & (FLAG_HALF - 1)])
    if not wf_likely(h.flags & FWPM_NET_EVENT_FLAG_IP_VERSION_SET != 0 and h.ipVersion <= 1):
        valid &= ~(wf_low_bit(IP_VERSION) | ADDRESSES)
    return valid


cdef inline void put_addresses(
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, bint is_v6, uint64_t valid
) noexcept nogil:
    """Write both addresses; to be called for every row."""
    cdef bint has_local = valid & wf_low_bit(LOCAL_ADDRESS) != 0
    cdef bint has_remote = valid & wf_low_bit(REMOTE_ADDRESS) != 0
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
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, uint64_t readable, int level
) noexcept nogil:
    """Read a header of any version; `readable` are the wanted columns that it can fill."""
    cdef uint64_t valid = valid_columns(h) & readable
    cdef bint is_v6 = h.ipVersion == 1
    put_timestamp(
        d, i, h.timeStamp.dwLowDateTime | <uint64_t>h.timeStamp.dwHighDateTime << 32, &valid)
    put_16(d, REMOTE_PORT, i, h.remotePort)
    if wf_likely(d.wanted[0] & seldom_wanted() != 0):
        put_32(d, FLAGS, i, h.flags)
        put_8(d, IP_VERSION, i, 6 if is_v6 else 4)
        put_8(d, IP_PROTOCOL, i, h.ipProtocol)
        put_16(d, LOCAL_PORT, i, h.localPort)
        put_32(d, SCOPE_ID, i, h.scopeId)
        if wf_likely(level >= 2):
            put_enum(d, ADDRESS_FAMILY, i, h.addressFamily)
    put_addresses(d, i, h, is_v6, valid)
    if wf_likely(valid & wf_low_bit(APP_PATH) != 0):
        if not wf_likely(put_path(d, APP_PATH, i, "header.appId", &h.appId)):
            valid &= ~wf_low_bit(APP_PATH)
    if wf_likely(valid & wf_low_bit(USER_SID) != 0):
        if not wf_likely(put_sid_text(d, USER_SID, i, "header.userId", h.userId)):
            valid &= ~wf_low_bit(USER_SID)
    if wf_likely(valid & wf_low_bit(PACKAGE_SID) != 0):
        if not wf_likely(put_sid_text(d, PACKAGE_SID, i, "header.packageSid", h.packageSid)):
            valid &= ~wf_low_bit(PACKAGE_SID)
    d.words[0][i] = valid
    if h.flags & d.late_flags:
        decode_late_header(d, i, h, h.flags & d.late_flags)


cdef void decode_late_header(
    Decode* d, int i, const FWPM_NET_EVENT_HEADER3* h, uint32_t flags
) noexcept nogil:
    """Read the members that HEADER3 added; they are rare, so their columns get memory on demand."""
    if flags & FWPM_NET_EVENT_FLAG_POLICY_FLAGS_SET and need(d, POLICY_FLAGS):
        put_64(d, POLICY_FLAGS, i, h.policyFlags)
        vouch(d, i, POLICY_FLAGS)
    if flags & FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET and need(d, ENTERPRISE_ID):
        if put_wide(d, ENTERPRISE_ID, i, "header.enterpriseId", h.enterpriseId):
            vouch(d, i, ENTERPRISE_ID)
    if flags & FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET and need(d, EFFECTIVE_NAME):
        if put_path(d, EFFECTIVE_NAME, i, "header.effectiveName", &h.effectiveName):
            vouch(d, i, EFFECTIVE_NAME)


cdef inline bint need_all(Decode* d, const Arm* arm) noexcept nogil:
    """Give memory to the columns of a payload; False if there is none."""
    cdef int k
    for k in range(N_WORDS):
        if not need_word(d, k, arm.columns[k]):
            return False
    return True


cdef inline void decode_payload(
    Decode* d, int i, const EventPlan* plan, uint32_t type, const void* pointer
) noexcept nogil:
    """Decode the payload if this version has an arm for the type; a NULL pointer gives nulls."""
    cdef const Arm* arm = plan.arms[min(type, <uint32_t>N_TYPES)]
    cdef const uint8_t* payload
    cdef int k
    if not wf_likely(arm.size != 0 and pointer != NULL):
        d.unknown_types += not arm.known
        put_no_classify(d, i)
        return
    payload = locate_small(d, pointer, arm.size, arm.alignment)
    if not wf_likely(payload != NULL):
        malformed(d, i, arm.field)
        put_no_classify(d, i)
        return
    d.words[0][i] |= arm.always[0]
    if wf_likely(arm.decode == NULL):
        decode_classify(d, i, payload, arm.level, arm.tail)
    elif need_all(d, arm):
        for k in range(1, N_WORDS):
            d.words[k][i] |= arm.always[k]
        put_no_classify(d, i)
        arm.decode(d, i, payload, arm.level)


cdef inline void decode_event(
    Decode* d, int i, const EventPlan* plan, uint64_t readable, uint64_t address
) noexcept nogil:
    cdef const uint8_t* event = locate_small(d, <const void*>address, plan.size, 8)
    cdef uint32_t type
    cdef int k
    if not wf_likely(event != NULL):
        malformed(d, i, "entries")
        event = <const uint8_t*>no_event
        readable = 0
        for k in range(1, N_WORDS):
            d.words[k][i] = 0
    decode_header(d, i, <const FWPM_NET_EVENT_HEADER3*>event, readable, plan.header_level)
    type = wf_once_32(<const uint32_t*>(event + plan.type_offset))
    put_enum(d, EVENT_TYPE, i, type)
    decode_payload(d, i, plan, type, wf_once_pointer(event + plan.payload_offset))
    if d.tail_size and event != <const uint8_t*>no_event:
        decode_tail(d, i, address + plan.size)


cdef inline void fetch(const Decode* d, uint64_t address) noexcept nogil:
    """Prefetch an event, unless its address is outside the block."""
    cdef uint64_t offset = address - d.base
    cdef int k
    if offset < d.size:
        for k in range(FETCHED // LINE):
            wf_prefetch(d.memory + offset + k * LINE)


cdef inline void fetch_cells(const Decode* d, int i) noexcept nogil:
    """Prefetch the cells of the next chunk for writing: one column at every second event."""
    cdef const Live* live = d.live_columns + i // 2
    cdef const uint8_t* cells
    cdef int k
    if i & 1 or i // 2 >= d.n_live or live.sparse:
        return
    cells = d.cursor[live.index] + live.stride
    for k in range(live.stride // LINE):
        wf_prefetch_write(cells + k * LINE)


cdef inline void fetch_sparse(
    const Decode* d, const EventPlan* plan, int i, uint64_t address
) noexcept nogil:
    """Prefetch the sparse cells that the event of row `i` will write."""
    cdef const uint8_t* event_type
    cdef const Arm* arm
    cdef int k
    if has_room(d, <const void*>address, 8):
        event_type = translate(d, <const void*>address) + plan.type_offset
        arm = plan.arms[min((<const uint32_t*>event_type)[0], <uint32_t>N_TYPES)]
        if not wf_likely(arm.decode == NULL):
            for k in range(N_WORDS):
                fetch_row(d, i, k, arm.columns[k] & d.live[k] & ~d.dense[k])


cdef void fetch_row(const Decode* d, int i, int word, uint64_t columns) noexcept nogil:
    cdef int column
    while columns:
        column = 64 * word + wf_lowest_bit(columns)
        columns &= columns - 1
        wf_prefetch_write(d.cursor[column] + i * d.out.columns[column].spec.width)


cdef inline uint64_t fetch_entry(
    const Dictionary* paths, const Decode* d, uint64_t address
) noexcept nogil:
    """Prefetch where the dictionary will be asked for an event's path; return the path's key."""
    cdef const FWPM_NET_EVENT_HEADER3* h
    cdef const void* path
    cdef uint64_t key = 0
    if has_room(d, <const void*>address, 8):
        h = <const FWPM_NET_EVENT_HEADER3*>translate(d, <const void*>address)
        path = wf_once_pointer(&h.appId.data)
        if has_room(d, path, 1):
            key = cheap_key(translate(d, path), min(wf_once_32(&h.appId.size), <uint32_t>ROOM))
            wf_prefetch(paths.recent + (key >> paths.shift))
    return key


cdef inline void fetch_text(const Column* column) noexcept nogil:
    """Prefetch the memory that address texts will be written to soon."""
    if column.text.data != NULL:
        wf_prefetch_write(column.text.data + column.text_used + TEXT_AHEAD)


cdef int begin_block(Decode* d, const EventPlan* plan) noexcept nogil:
    """Give memory to the columns that most events fill; -1 and d.failure if there is none."""
    cdef const Arm* classify = plan.arms[<int>FWPM_NET_EVENT_TYPE_CLASSIFY_DROP]
    cdef uint64_t columns
    cdef int k
    d.zeros = no_event + 1
    d.late_flags = late_flags(plan, d.wanted)
    for k in range(N_WORDS):
        columns = plan.columns[k] | classify.columns[k]
        # Null cells of a sparse column must be zero, but a tail can make a written cell null.
        d.dense[k] = ~<uint64_t>0 if d.tail_size else columns
        d.row_by_row[k] = header_columns.every_row[k] | classify.columns[k]
        d.initial[k] = header_columns.always[k] & plan.columns[k]
    d.row_by_row[0] &= ~wf_low_bit(IS_LOOPBACK)  # put_bool() only sets bits: they must be clear
    if not d.binary_addresses:
        d.row_by_row[0] |= ADDRESSES
    for k in range(N_WORDS):
        columns = plan.columns[k] & ~header_columns.late[k] | classify.columns[k]
        if columns & d.wanted[k] and touch(d, k, columns & d.wanted[k]) < 0:
            return -1
    return 0


cdef inline void fetch_paths(
    const Dictionary* paths, const Decode* d, int i, const uint64_t* entry, uint64_t* keys
) noexcept nogil:
    """Prefetch what later events need of a dictionary that is in no cache; `keys` are theirs."""
    prefetch_bytes(paths, keys[(i + NEXT) % HALFWAY])
    keys[i % HALFWAY] = fetch_entry(paths, d, entry[HALFWAY])


cdef inline void fetch_far(
    Decode* d, const EventPlan* plan, int i, const uint64_t* entry, int64_t count
) noexcept nogil:
    """Prefetch the cells that later rows of a block of `count` events are written to."""
    fetch_cells(d, i)
    if count > MAX_NEAR:
        fetch_sparse(d, plan, i + HALFWAY, entry[HALFWAY])
    fetch_text(d.out.columns + LOCAL_ADDRESS)
    fetch_text(d.out.columns + REMOTE_ADDRESS)


cdef void end_words(Decode* d, int rows) noexcept nogil:
    """Clear the validity words after the last row of a chunk that is not full.

    The first words are zero there already; the others hold `initial`.
    """
    cdef int k
    for k in range(1, N_WORDS):
        if d.live[k]:
            memset(d.words[k] + rows, 0, (CHUNK - rows) * sizeof(uint64_t))


cdef void decode_block(Decode* d, const uint64_t* entries, int64_t count) noexcept nogil:
    """Decode `count` events; after an error d.failure is set and the columns are incomplete."""
    cdef const EventPlan* plan = event_plan(d.version)
    cdef uint64_t readable = plan.columns[0] & ~header_columns.late[0] & d.wanted[0]
    cdef int64_t fetched = count - AHEAD if d.size > NEAR else 0
    cdef int64_t first = 0, rows
    cdef const Dictionary* paths = d.dictionaries + APP_PATH
    cdef uint64_t[HALFWAY] keys
    cdef bint spread, far
    cdef int i
    if begin_block(d, plan) < 0:
        return
    if fetched > 0:
        memset(keys, 0, sizeof(keys))
    while first < count:
        d.first_row = first
        rows = min(<int64_t>CHUNK, count - first)
        spread = is_spread(paths)  # it grows
        far = spread or count >= MANY
        if rows < CHUNK:
            memset(d.words[0], 0, sizeof(d.words[0]))
        for i in range(<int>rows):
            if first + i < fetched:
                fetch(d, entries[first + i + AHEAD])
                if far:
                    if count >= MANY:
                        fetch_far(d, plan, i, entries + first + i, count)
                    if spread:
                        fetch_paths(paths, d, i, entries + first + i, keys)
            decode_event(d, i, plan, readable, wf_once_64(entries + first + i))
            if not wf_likely(d.failure == NO_FAILURE):  # columns may lack memory
                return
        if rows < CHUNK:
            end_words(d, <int>rows)
        end_chunk(d)
        first += CHUNK
        if d.failure != NO_FAILURE:
            return
    finish(d)


fill_constants()
