# The memory of a block under construction; must not know what an event looks like.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint64_t


cdef class Arena:
    cdef uint8_t* data       # moves when it grows: keep offsets, never pointers
    cdef size_t used
    cdef size_t capacity
    cdef uint64_t base

    # Where in the caller's events the writer stands, for messages.
    cdef Py_ssize_t event
    cdef str section         # "header." or the like
    cdef Py_ssize_t element  # of the list that `member` is; -1: it is none

    cdef size_t allot(self, size_t size) except? 0
    cdef size_t place(self, const void* data, size_t size) except? 0
    cdef int reserve(self, size_t more) except -1
    cdef void store(self, size_t at, uint64_t value, size_t size) noexcept
    cdef void point(self, size_t slot, size_t target) noexcept
    cdef bytes image(self)
    cdef str label(self, member)
    cdef int fail(self, type error, member, str reason) except -1
