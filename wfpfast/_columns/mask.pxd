# Which rows are meant; must not know columns.
cimport cython
from libc.stdint cimport int64_t, uint8_t


@cython.final
cdef class Mask:
    cdef uint8_t* chosen       # one byte a row: 0 or 1
    cdef Py_ssize_t[1] shape


@cython.final
cdef class Rows:
    cdef readonly int64_t count
    cdef int64_t* numbers
    cdef int _take(self, int64_t count) except -1


cdef Mask new_mask(int64_t length)
