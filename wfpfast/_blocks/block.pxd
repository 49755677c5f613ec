# The memory of one enumeration result and its original address; must not know what it holds.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint64_t


cdef class Block:
    cdef object _owner               # the caller's object
    cdef Py_buffer _buffer           # keeps the memory of _owner alive and in place
    cdef bytes _copy                 # holds an aligned image if the caller's is not aligned
    cdef const uint8_t* memory
    cdef const uint64_t* entries
    cdef readonly uint64_t base
    cdef readonly int64_t count
    cdef readonly int version
    cdef readonly uint64_t entries_offset
    cdef readonly size_t tail_size
    cdef readonly size_t nbytes
    cdef int _align(self) except -1
    cdef void _end(self) noexcept
