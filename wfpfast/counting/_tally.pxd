# Counts of combinations of numbers; must not know what columns the numbers are of.
cimport cython
from libc.stdint cimport int64_t, uint32_t, uint64_t

from wfpfast.counting._rows cimport Rows
from wfpfast.lines cimport Node

cdef enum:
    MOST_KEYS = 32
    MOST_PAIRS = 16


ctypedef const uint32_t* Column

cdef union Key:
    uint32_t[MOST_KEYS] numbers
    uint64_t[MOST_PAIRS] pairs


cdef struct Count:
    uint64_t hash
    uint64_t count
    int64_t first       # of the span: INT64_MAX and INT64_MIN for none
    int64_t last


@cython.final
cdef class Tally:
    cdef list values
    cdef int width
    cdef int pairs              # of numbers, in which keys are compared
    cdef uint64_t* keys         # `pairs` an entry; entry 0 is not used
    cdef Count* counts
    cdef uint32_t* slots        # entries; 0 is free
    cdef uint64_t mask
    cdef uint32_t used, capacity
    cdef uint64_t[MOST_KEYS] factors

    cdef uint64_t measure(self, list numbers, int64_t length, uint64_t* strides) except 0
    cdef int count_cells(
        self, const Column* columns, int64_t length, const uint64_t* strides, uint64_t cells
    ) noexcept nogil
    cdef int count_rows(
        self, const Column* columns, int64_t length, const Node* times, Rows rows) noexcept nogil
    cdef void widen(self, uint32_t entry, const Node* times, int64_t k) noexcept nogil
    cdef uint32_t entry(self, const Key* key, uint64_t hash) noexcept nogil
    cdef bint is_key(self, uint32_t entry, const Key* key) noexcept nogil
    cdef int grow(self) noexcept nogil
    cdef int check(self, uint32_t entry) except -1


cdef inline uint32_t key_of(Tally tally, uint32_t entry, int place) noexcept nogil:
    """Return one of the numbers of an entry."""
    return (<const uint32_t*>(tally.keys + <uint64_t>entry * tally.pairs))[place]
