"""Reads records that are given as a list of fields; must not know which format they had.

A record is its place (64 bits), how many fields it has (32), and these: the target (16), the type
(16), the size (32), and the value. _packing.py writes them.
"""

from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memset

from wfpfast._evtx.records cimport (
    BROKEN, NO_RECORD, OTHER_EVENT, WANTED, is_present, is_wanted)
from wfpfast._evtx.templates cimport N_TARGETS
from wfpfast._evtx.values cimport TYPE_SEVERAL, Value, get_16, get_32, get_64

cdef enum:
    HEAD = 12
    FIELD_HEAD = 8


cdef int next_listed(Chunk* c, const uint8_t** at, const uint8_t* end) noexcept nogil:
    """Read the next record, as next_record() does it; return its Outcome."""
    cdef uint32_t count, target, kind, size
    if at[0] == end:
        return NO_RECORD
    memset(c.present, 0, sizeof(c.present))
    if end - at[0] < HEAD:
        return broken(c, at, end)
    c.number = get_64(at[0])
    count = get_32(at[0] + 8)
    at[0] += HEAD
    for _ in range(count):
        if end - at[0] < FIELD_HEAD:
            return broken(c, at, end)
        target = get_16(at[0])
        kind = get_16(at[0] + 2)
        size = get_32(at[0] + 4)
        at[0] += FIELD_HEAD
        if target >= <uint32_t>N_TARGETS or size > <uint64_t>(end - at[0]):
            return broken(c, at, end)
        if is_present(c, <int>target):  # in several places: which one counts?
            kind = TYPE_SEVERAL
        c.values[target] = Value(at[0], size, kind)
        c.present[target >> 6] |= <uint64_t>1 << (target & 63)
        at[0] += size
    return WANTED if is_wanted(c) else OTHER_EVENT


cdef int broken(Chunk* c, const uint8_t** at, const uint8_t* end) noexcept nogil:
    at[0] = end
    c.fault = "the list of its fields breaks off"
    return BROKEN
