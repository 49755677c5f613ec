# Rows of any library, and numbers of them; must not know what the numbers stand for.
from libc.stdint cimport int64_t, uint32_t

from wfpfast._columns.export cimport ArrowArray
from wfpfast.lines cimport Node


cdef class Rows:
    cdef object capsules        # which keep the memory of the rows
    cdef Node* nodes
    cdef const ArrowArray* array
    cdef dict places
    cdef readonly int64_t length

    cdef Node* node(self, str name, const ArrowArray** array) except NULL


cdef class Numbers:
    cdef uint32_t* data
    cdef readonly int64_t length
    cdef readonly bint some     # whether there is another one than 0


cdef int check_length(Numbers a, Numbers b) except -1
