# Relocatable pieces of memory, alone or in a row; must not know engines or handles.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t


cdef struct Unit:
    # An object of the engine and all that it points to. Its pointers count from its own beginning.
    uint32_t size
    uint32_t n_places       # how many pointers there are
    uint32_t* places        # and where
    uint8_t* data           # aligned to 8 bytes


cdef size_t aligned(size_t size) noexcept nogil
cdef Unit* unit_new(const uint8_t* data, size_t size, const uint32_t* places, int n) noexcept nogil
cdef void unit_stamp(Unit* unit, uint64_t time) noexcept nogil
cdef bint event_fits(const uint8_t* event, int version) noexcept nogil
cdef size_t head_size(int version) noexcept nogil
cdef size_t unit_size(const Unit* unit, int version) noexcept nogil
cdef void relocate(
    const uint8_t* data, size_t size, const uint32_t* places, size_t n, uint32_t origin, uint8_t* to
) noexcept nogil
cdef void write_older(int version, const uint8_t* event, uint8_t* head) noexcept nogil
cdef void* unit_write(const Unit* unit, int version, uint8_t* to) noexcept nogil
