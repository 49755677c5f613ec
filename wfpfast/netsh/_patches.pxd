# What values have become in memory; must not know what they mean.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t

from wfpfast._blocks.arena cimport Arena


cdef struct Patch:
    # A member and all that it points to, as they were written once.
    char* memory            # the key, the member's bytes, those that it points to, its pointers
    size_t owner            # whose value it is
    uint32_t key_size
    uint32_t size           # of the member
    uint32_t n_points
    size_t area             # how many bytes it points to
    int64_t count           # of an array, its length; else -1
    int64_t mended
    bint given              # False: there is no value


cdef class Patches:
    cdef Patch* slots
    cdef size_t held        # bytes

    cdef Patch* find(self, size_t owner, const char* key, Py_ssize_t size) noexcept
    cdef int write(self, const Patch* patch, Arena arena, size_t offset) except -1
    cdef int keep(
        self, const Patch* description, const char* key, Arena arena, size_t offset, size_t begin
    ) except -1
    cdef void forget(self) noexcept
