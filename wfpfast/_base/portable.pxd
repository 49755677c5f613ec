# _portable.h for Cython; must not know any struct.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t


cdef extern from "_portable.h" nogil:
    void wf_prefetch(const void* address) noexcept
    void wf_prefetch_write(const void* address) noexcept
    bint wf_likely(bint x) noexcept
    void wf_assume(bint x) noexcept
    uint8_t wf_once_8(const uint8_t* place) noexcept
    uint32_t wf_once_32(const uint32_t* place) noexcept
    uint64_t wf_once_64(const uint64_t* place) noexcept
    const void* wf_once_pointer(const void* place) noexcept
    int32_t wf_atomic_add(int32_t* value, int32_t delta) noexcept
    void wf_lock_spin(int32_t* lock) noexcept
    void wf_unlock_spin(int32_t* lock) noexcept
    void wf_advise_large(void* start, size_t size) noexcept
    void* wf_table_new(size_t size) noexcept
    uint64_t wf_fold(uint64_t a, uint64_t b) noexcept
    int wf_trailing_zeros(uint32_t x) noexcept
    int wf_popcount(uint64_t x) noexcept
    uint64_t wf_low_bit(int column) noexcept
    int wf_lowest_bit(uint64_t x) noexcept
