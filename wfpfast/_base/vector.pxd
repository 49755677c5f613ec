# _vector.h for Cython: vectorized functions and their portable versions; must not know any struct.
from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef extern from "_vector.h" nogil:
    void wf_transpose(const uint64_t* rows, uint64_t* columns) noexcept
    void wf_transpose_portable(const uint64_t* rows, uint64_t* columns) noexcept
    uint32_t wf_hex16(char* out, const uint8_t* data) noexcept
    uint32_t wf_hex16_portable(char* out, const uint8_t* data) noexcept
    bint wf_narrow_16(uint8_t* out, const uint8_t* units, bint big) noexcept
    bint wf_narrow_16_portable(uint8_t* out, const uint8_t* units, bint big) noexcept
    int wf_plain_16(const uint8_t* text) noexcept
    int wf_plain_16_portable(const uint8_t* text) noexcept
    uint64_t wf_hash_192(const uint8_t* text, uint64_t size, const uint64_t* secrets) noexcept
    uint64_t wf_hash_192_portable(
        const uint8_t* text, uint64_t size, const uint64_t* secrets) noexcept
    bint wf_same_192(const uint8_t* a, const uint8_t* b, uint64_t size) noexcept
    bint wf_same_192_portable(const uint8_t* a, const uint8_t* b, uint64_t size) noexcept
