"""Reads the records of a chunk; must not know what their fields mean.

A record is found, its template's plan is fetched, and where each value is goes to `Chunk.values`.
Nothing is copied, and no memory is taken. The rest of an event is looked at only if the event is
wanted.
"""

from libc.string cimport memcmp, memset

from wfpfast._evtx.sums cimport sum_of
from wfpfast._evtx.templates cimport (
    CHUNK_SIZE, EVENT_ID, PROVIDER, REST, Entry, Plan, template_at, templates_reset, walk)
from wfpfast._evtx.values cimport (
    TYPE_NULL, TYPE_TEXT, TYPE_XML, get_16, get_32, get_64, text_size, value_number)

cdef enum:
    FIRST_RECORD = 512       # in a chunk
    RECORD_HEAD = 24         # magic, size, number, time
    RECORD_MAGIC = 0x00002a2a
    INSTANCE_HEAD = 10       # token, version, id, offset of the template
    MAX_FRAGMENTS = 4        # one within the other; real events have 2
    MAX_VALUES = 256         # of a record that are looked at; real templates have 30
    # Offsets in the head of a chunk.
    HEAD_SIZE = 0x28
    RECORDS_END = 0x30
    RECORDS_SUM = 0x34
    UNSUMMED = 0x78          # flags, and the head's sum
    HEAD_SUM = 0x7c
    OFFSETS = 0x80
    # Tokens
    END = 0x00
    OPEN_ELEMENT = 0x01
    MORE = 0x40
    INSTANCE = 0x0c
    FRAGMENT = 0x0f


cdef const char* chunk_begin(Chunk* c, const uint8_t* data) noexcept nogil:
    """Begin to read a chunk of CHUNK_SIZE bytes; return what is wrong with it, or NULL."""
    templates_reset(&c.templates, data)
    c.at = c.end = FIRST_RECORD
    c.record = 0
    c.number = 0
    if memcmp(data, b"ElfChnk\0", 8) or get_32(data + HEAD_SIZE) != OFFSETS:
        return "is no chunk"
    c.end = get_32(data + RECORDS_END)
    if not FIRST_RECORD <= c.end <= CHUNK_SIZE:
        c.end = CHUNK_SIZE
        return "does not say where its records end"
    return NULL


cdef const char* chunk_checked(const uint8_t* data) noexcept nogil:
    """Return what is wrong with the sums of a chunk, or NULL."""
    cdef uint32_t end = get_32(data + RECORDS_END)
    cdef uint32_t sum = sum_of(0, data, UNSUMMED)
    if sum_of(sum, data + OFFSETS, FIRST_RECORD - OFFSETS) != get_32(data + HEAD_SUM):
        return "has a head that does not agree with its checksum"
    if not FIRST_RECORD <= end <= CHUNK_SIZE or (
        sum_of(0, data + FIRST_RECORD, end - FIRST_RECORD) != get_32(data + RECORDS_SUM)
    ):
        return "has records that do not agree with their checksum"
    return NULL


cdef int chunk_open(Chunk* c, const uint8_t* data, bint checking) noexcept nogil:
    """Begin to read a chunk of CHUNK_SIZE bytes; return its Condition."""
    c.fault = chunk_begin(c, data)
    if get_64(data) == 0:
        c.end = 0
        return UNUSED_CHUNK
    if c.fault != NULL:
        return NO_CHUNK
    if checking:
        c.fault = chunk_checked(data)
    return GOOD_CHUNK if c.fault == NULL else BAD_SUM


cdef inline bint is_record(const Chunk* c, uint32_t at) noexcept nogil:
    """Tell whether a whole record begins at an offset."""
    cdef const uint8_t* data = c.templates.data + at
    cdef uint32_t size
    if c.end - at < RECORD_HEAD + 4 or get_32(data) != RECORD_MAGIC:
        return False
    size = get_32(data + 4)
    return RECORD_HEAD + 4 <= size <= c.end - at and get_32(data + size - 4) == size


cdef bint goes_on(Chunk* c) noexcept nogil:
    """Tell whether the next record stands behind the end, in a chunk that was not finished.

    Windows writes the head of a chunk after its records. What stands there may also be left over
    from an earlier use of the chunk, so it has to go on with the numbers.
    """
    cdef const uint8_t* record = c.templates.data + c.at
    cdef uint32_t end = c.end
    if not c.unfinished or c.number == 0:
        return False
    c.end = CHUNK_SIZE
    if is_record(c, c.at) and get_64(record + 8) == c.number + 1:
        c.end = c.at + get_32(record + 4)
        return True
    c.end = end
    return False


cdef int next_record(Chunk* c) noexcept nogil:
    """Read the next record; return its Outcome."""
    cdef const uint8_t* data = c.templates.data
    cdef int outcome
    if c.at >= c.end and not goes_on(c):
        return NO_RECORD
    c.record = c.at
    c.number = 0
    memset(c.present, 0, sizeof(c.present))
    if not is_record(c, c.at):
        c.fault = "there is no record where one should be"
        c.at += 1
        while c.at < c.end and not is_record(c, c.at):
            c.at += 1
        return BROKEN
    c.at += get_32(data + c.record + 4)
    c.number = get_64(data + c.record + 8)
    c.templates.fault = NULL
    outcome = read_fragment(c, c.record + RECORD_HEAD, c.at - 4, 0)
    if outcome == WANTED and not is_wanted(c):
        outcome = OTHER_EVENT
    if outcome == BROKEN:
        c.fault = c.templates.fault
    return outcome


cdef bint is_wanted(Chunk* c) noexcept nogil:
    """Tell whether the provider and the id of the current record are of interest."""
    cdef const Value* provider = c.values + <int>PROVIDER
    if not is_present(c, PROVIDER) or not is_present(c, EVENT_ID):
        return False
    if provider.type != TYPE_TEXT or text_size(provider) != c.provider_size:
        return False
    if memcmp(provider.data, c.provider, c.provider_size):
        return False
    if not value_number(c.values + <int>EVENT_ID, &c.event_id) or c.event_id > 0xffff:
        return False
    return c.wanted[c.event_id >> 3] >> (c.event_id & 7) & 1


cdef int broken(Chunk* c, const char* fault) noexcept nogil:
    c.templates.fault = fault
    return BROKEN


cdef int read_fragment(Chunk* c, uint32_t at, uint32_t end, int depth) noexcept nogil:
    """Read an event, or the rest of one, with a template or without."""
    cdef const uint8_t* data = c.templates.data
    cdef int k
    if depth == MAX_FRAGMENTS:
        return broken(c, "fragments are nested too deeply")
    if end - at >= 4 and data[at] == FRAGMENT:
        at += 4
    if at == end or data[at] == END:
        return WANTED
    if data[at] == INSTANCE:
        return read_instance(c, at, end, depth)
    if data[at] & ~MORE != OPEN_ELEMENT:
        return broken(c, "there is neither a template nor an element")
    # The elements of a value say not what they depend on.
    if walk(&c.walk, &c.templates, at, end, depth == 0) < 0:
        return BROKEN
    for k in range(c.walk.count):
        if c.walk.entries[k].gap < 0:
            put(c, c.walk.entries[k].target, &c.walk.entries[k].literal)
    return WANTED


cdef inline void put(Chunk* c, int target, const Value* value) noexcept nogil:
    c.values[target] = value[0]
    c.present[target >> 6] |= <uint64_t>1 << (target & 63)


cdef int read_instance(Chunk* c, uint32_t at, uint32_t end, int depth) noexcept nogil:
    """Read an instance of a template: which one it is, and the values for its gaps."""
    cdef const uint8_t* data = c.templates.data
    cdef const Plan* plan
    cdef uint32_t offset, count
    if end - at < INSTANCE_HEAD:
        return broken(c, "the record is too short for a template")
    offset = get_32(data + at + 6)
    at += INSTANCE_HEAD
    plan = template_at(&c.templates, offset)
    if plan == NULL:
        return BROKEN
    if offset == at:  # the template stands here, where it is first used
        at = plan.end
    if at > end or end - at < 4:
        return broken(c, "the record ends before its values")
    count = get_32(data + at)
    at += 4
    if count > (end - at) // 4:
        return broken(c, "the record has not as many values as it says")
    return read_values(c, plan, at, count, end, depth)


cdef int read_values(
    Chunk* c, const Plan* plan, uint32_t at, uint32_t count, uint32_t end, int depth
) noexcept nogil:
    """Find the values of a record, whose sizes and types stand in front of them all."""
    cdef const uint8_t* data = c.templates.data
    cdef uint32_t[MAX_VALUES] starts
    cdef uint32_t k, start = at + 4 * count
    cdef const Entry* entry
    cdef Value value
    cdef int rest = -1
    for k in range(count):
        if k < MAX_VALUES:
            starts[k] = start
        start += get_16(data + at + 4 * k)
    if start > end:
        return broken(c, "the values are longer than the record")
    for k in range(plan.count):
        entry = c.templates.entries + plan.first + k
        if entry.gap < 0:
            put(c, entry.target, &entry.literal)
            continue
        if <uint32_t>entry.gap >= min(count, <uint32_t>MAX_VALUES):
            continue
        value = Value(
            data + starts[entry.gap], get_16(data + at + 4 * entry.gap),
            data[at + 4 * entry.gap + 2])
        if entry.target == REST:
            rest = entry.gap
        elif value.type != TYPE_NULL:
            put(c, entry.target, &value)
    if rest < 0 or data[at + 4 * rest + 2] != TYPE_XML:
        return WANTED
    if depth == 0 and not is_wanted(c):
        return OTHER_EVENT
    at += 4 * <uint32_t>rest
    return read_fragment(c, starts[rest], starts[rest] + get_16(data + at), depth + 1)
