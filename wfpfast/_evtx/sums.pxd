# The checksum of chunks; must not know chunks.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t

cdef uint32_t sum_of(uint32_t before, const uint8_t* data, size_t size) noexcept nogil
