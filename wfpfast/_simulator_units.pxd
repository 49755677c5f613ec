# Relocatable pieces of memory and the blocks made of them; must not know engines or handles.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t


cdef struct Unit:
    # An object of the engine and all that it points to. Its pointers count from its own beginning.
    int32_t refs
    uint32_t size
    uint32_t n_places       # how many pointers there are
    uint32_t* places        # and where
    uint8_t* data           # aligned to 8 bytes


cdef Unit* unit_new(const uint8_t* data, size_t size, const uint32_t* places, int n) noexcept nogil
cdef Unit* unit_share(Unit* unit) noexcept nogil
cdef void unit_release(Unit* unit) noexcept nogil
cdef void unit_stamp(Unit* unit, uint64_t time) noexcept nogil
cdef bint unit_fits(const Unit* unit, int version) noexcept nogil
cdef size_t unit_size(const Unit* unit, int version) noexcept nogil
cdef void* unit_write(const Unit* unit, int version, uint8_t* to) noexcept nogil
cdef size_t block_needed(Unit** units, int64_t count, int version) noexcept nogil
cdef void block_write(Unit** units, int64_t count, int version, uint8_t* to) noexcept nogil
