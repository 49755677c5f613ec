# The memory of a block under construction; must not know what an event looks like.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint64_t

cdef enum:
    MAX_POINTS = 64


cdef class Arena:
    cdef uint8_t* data       # moves when it grows: keep offsets, never pointers
    cdef size_t used
    cdef size_t capacity
    cdef uint64_t base

    # Where pointers were written, the first MAX_POINTS of them since `n_points` was set to zero.
    cdef size_t n_points
    cdef size_t[64] points

    # The position in the caller's events, for messages.
    cdef Py_ssize_t event
    cdef str section         # "header." or the like
    cdef Py_ssize_t element  # the index, if the member is a list; else -1

    cdef size_t allot(self, size_t size) except? 0
    cdef size_t copy(self, const void* data, size_t size) except? 0
    cdef int reserve(self, size_t more) except -1
    cdef void store(self, size_t offset, uint64_t value, size_t size) noexcept
    cdef void point(self, size_t slot, size_t target) noexcept
    cdef bytes image(self)
    cdef str label(self, member)
    cdef int fail(self, type error, member, str reason) except -1
