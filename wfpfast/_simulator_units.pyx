"""Relocatable pieces of memory and the blocks made of them; must not know engines or handles.

Events are kept as FWPM_NET_EVENT5. Since Windows only ever appends to a struct, an older event is a
shorter head in front of the same payload, whose beginning is the older payload.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from wfpfast._portable cimport wf_atomic_add
from wfpfast._versions cimport N_TYPES, NEWEST, Version, event_version
from wfpfast.abi.minwindef cimport FILETIME

cdef enum:
    POINTER = 8
    NO_EVENT = -1  # a version: the unit is not an event and is given as it is


cdef size_t aligned(size_t size) noexcept nogil:
    return (size + POINTER - 1) & ~<size_t>(POINTER - 1)


cdef Unit* unit_new(const uint8_t* data, size_t size, const uint32_t* places, int n) noexcept nogil:
    """Return a unit with one count, or NULL without memory."""
    cdef size_t head = aligned(sizeof(Unit) + n * sizeof(uint32_t))
    cdef Unit* unit = <Unit*>malloc(head + size)
    if unit == NULL:
        return NULL
    unit.refs = 1
    unit.size = <uint32_t>size
    unit.n_places = n
    unit.places = <uint32_t*>(unit + 1)
    unit.data = <uint8_t*>unit + head
    memcpy(unit.places, places, n * sizeof(uint32_t))
    memcpy(unit.data, data, size)
    return unit


cdef Unit* unit_share(Unit* unit) noexcept nogil:
    wf_atomic_add(&unit.refs, 1)
    return unit


cdef void unit_release(Unit* unit) noexcept nogil:
    if unit != NULL and wf_atomic_add(&unit.refs, -1) == 0:
        free(unit)


cdef void unit_stamp(Unit* unit, uint64_t time) noexcept nogil:
    """Set an event's time, a FILETIME, which is what every version begins with."""
    cdef FILETIME* stamp = <FILETIME*>unit.data
    stamp.dwLowDateTime = <uint32_t>time
    stamp.dwHighDateTime = <uint32_t>(time >> 32)


cdef uint32_t event_type(const Unit* unit) noexcept nogil:
    return (<const uint32_t*>(unit.data + event_version(NEWEST).type_offset))[0]


cdef bint unit_fits(const Unit* unit, int version) noexcept nogil:
    """Tell whether a version has events of this type; types that nobody knows go with any."""
    cdef uint32_t type = event_type(unit)
    return (type >= N_TYPES or event_version(version).arms[type].size != 0
            or not event_version(NEWEST).arms[type].known)


cdef size_t unit_size(const Unit* unit, int version) noexcept nogil:
    cdef size_t head = 0
    if 0 <= version < NEWEST:
        head = event_version(version).size
    return aligned(head) + aligned(unit.size)


cdef void write_older(int version, uint8_t* event, uint8_t* head) noexcept nogil:
    """Write FWPM_NET_EVENT`version` in front of the newest event that it is the beginning of."""
    cdef const Version* old = event_version(version)
    cdef const Version* new = event_version(NEWEST)
    # HEADER1's tail is reserved and lies where HEADER2 goes on otherwise: it stays zero.
    cdef size_t header = event_version(0 if version == 1 else version).type_offset
    memset(head, 0, aligned(old.size))
    memcpy(head, event, header)
    memcpy(head + old.type_offset, event + new.type_offset, sizeof(uint32_t))
    memcpy(head + old.payload_offset, event + new.payload_offset, POINTER)


cdef void* unit_write(const Unit* unit, int version, uint8_t* to) noexcept nogil:
    """Write a unit of unit_size() to where it will be read; return where the object begins."""
    cdef uint8_t* event = to
    cdef uint64_t address
    cdef uint32_t k
    if 0 <= version < NEWEST:
        event = to + aligned(event_version(version).size)
    memcpy(event, unit.data, unit.size)
    address = <uint64_t>event
    for k in range(unit.n_places):
        (<uint64_t*>(event + unit.places[k]))[0] += address
    if event != to:
        write_older(version, event, to)
    return to


cdef size_t block_needed(Unit** units, int64_t count, int version) noexcept nogil:
    """Return how many bytes a block of these units has."""
    cdef size_t size = POINTER * count
    cdef int64_t k
    for k in range(count):
        size += unit_size(units[k], version)
    return size


cdef void block_write(Unit** units, int64_t count, int version, uint8_t* to) noexcept nogil:
    """Write a block: the pointers, then what they point to."""
    cdef uint8_t* next = to + POINTER * count
    cdef int64_t k
    for k in range(count):
        (<void**>to)[k] = unit_write(units[k], version, next)
        next += unit_size(units[k], version)
