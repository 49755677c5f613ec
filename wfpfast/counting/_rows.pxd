# Rows of any library, and numbers of them; must not know what the numbers stand for.
cimport cython
from libc.stdint cimport int64_t, uint32_t

from wfpfast._columns.export cimport ArrowArray
from wfpfast.lines cimport Node


@cython.final
cdef class Rows:
    cdef object capsules        # which keep the memory of the rows
    cdef Node* nodes
    cdef const ArrowArray* array
    cdef dict places
    cdef uint32_t* chosen       # which of them, or NULL for all
    cdef readonly int64_t length

    cdef Node* node(self, str name, const ArrowArray** array) except NULL


cdef inline int64_t at(const uint32_t* chosen, int64_t k) noexcept nogil:
    """Return which row is the k-th of the chosen ones."""
    return k if chosen == NULL else chosen[k]


@cython.final
cdef class Numbers:
    cdef uint32_t* data
    cdef readonly int64_t length
    cdef readonly bint some     # whether there is another one than 0
    cdef uint32_t most          # the greatest; 0 if nobody has asked

    cdef uint32_t greatest(self) noexcept nogil
