# Memory that a batch and its exports share: counted, 64-byte aligned; knows not what lies in it.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t


cdef struct Buffer:
    # Owned by whoever holds a count; the last buffer_release() frees it, in any thread, GIL or not.
    int32_t refs
    size_t capacity
    uint8_t* data


cdef Buffer* buffer_new(size_t capacity, size_t stagger, bint zeroed) noexcept nogil
cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil
cdef void buffer_release(Buffer* buffer) noexcept nogil
cdef int buffer_reserve(Buffer** slot, size_t used, size_t needed) noexcept nogil
