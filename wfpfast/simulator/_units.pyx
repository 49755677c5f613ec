"""Relocatable pieces of memory, alone or in a row; must not know engines or handles.

Events are kept as FWPM_NET_EVENT5. Since Windows only ever appends to a struct, an older event is a
shorter head in front of the same payload, whose beginning is the older payload.
"""

from libc.stdlib cimport malloc
from libc.string cimport memcpy, memset

from wfpfast.abi.events cimport (
    NEWEST, POINTER_SIZE, EventVersion, event_version, is_sdk_type, payload_of)
from wfpfast.abi.minwindef cimport FILETIME


cdef size_t aligned(size_t size) noexcept nogil:
    return (size + POINTER_SIZE - 1) & ~<size_t>(POINTER_SIZE - 1)


cdef Unit* unit_new(const uint8_t* data, size_t size, const uint32_t* places, int n) noexcept nogil:
    """Return a unit, which one free() frees, or NULL without memory."""
    cdef size_t head = aligned(sizeof(Unit) + n * sizeof(uint32_t))
    cdef Unit* unit = <Unit*>malloc(head + size)
    if unit == NULL:
        return NULL
    unit.size = <uint32_t>size
    unit.n_places = n
    unit.places = <uint32_t*>(unit + 1)
    unit.data = <uint8_t*>unit + head
    memcpy(unit.places, places, n * sizeof(uint32_t))
    memcpy(unit.data, data, size)
    return unit


cdef void unit_stamp(Unit* unit, uint64_t time) noexcept nogil:
    """Set an event's time, a FILETIME, which is what every version begins with."""
    cdef FILETIME* stamp = <FILETIME*>unit.data
    stamp.dwLowDateTime = <uint32_t>time
    stamp.dwHighDateTime = <uint32_t>(time >> 32)


cdef bint event_fits(const uint8_t* event, int version) noexcept nogil:
    """Tell whether a version has events of this one's type; those nobody knows go with any."""
    cdef uint32_t type = (<const uint32_t*>(event + event_version(NEWEST).type_offset))[0]
    return payload_of(version, type).size != 0 or not is_sdk_type(type)


cdef size_t head_size(int version) noexcept nogil:
    """Return the size of the older head that a version puts in front of an event.

    Another number than an older version's stands for none: what is no event is given as it is.
    """
    return aligned(event_version(version).size) if 0 <= version < NEWEST else 0


cdef size_t unit_size(const Unit* unit, int version) noexcept nogil:
    return head_size(version) + aligned(unit.size)


cdef void relocate(
    const uint8_t* data, size_t size, const uint32_t* places, size_t n, uint32_t origin, uint8_t* to
) noexcept nogil:
    """Copy units that begin `origin` bytes after what their pointers and places count from."""
    cdef uint64_t start = <uint64_t>to - origin
    cdef size_t k
    memcpy(to, data, size)
    for k in range(n):
        (<uint64_t*>(start + places[k]))[0] += start


cdef void write_older(int version, const uint8_t* event, uint8_t* head) noexcept nogil:
    """Write FWPM_NET_EVENT`version` in front of the newest event that it is the beginning of."""
    cdef const EventVersion* old = event_version(version)
    cdef const EventVersion* new = event_version(NEWEST)
    # HEADER1's tail is reserved and lies where HEADER2 goes on otherwise: it stays zero.
    cdef size_t header = event_version(0 if version == 1 else version).type_offset
    memset(head, 0, aligned(old.size))
    memcpy(head, event, header)
    memcpy(head + old.type_offset, event + new.type_offset, sizeof(uint32_t))
    memcpy(head + old.payload_offset, event + new.payload_offset, POINTER_SIZE)


cdef void* unit_write(const Unit* unit, int version, uint8_t* to) noexcept nogil:
    """Write a unit of unit_size() to where it will be read; return where the object begins."""
    cdef uint8_t* event = to + head_size(version)
    relocate(unit.data, unit.size, unit.places, unit.n_places, 0, event)
    if event != to:
        write_older(version, event, to)
    return to
