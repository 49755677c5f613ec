# Deep copies of single events into the caller's memory; must not know who calls or reads them.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cdef enum:
    PACK_FULL = -1        # the event does not fit: try again with more room
    PACK_MALFORMED = -2   # a pointer or a size that cannot be followed
    PACK_SPENT = -3       # the copies of an image take more than its budget


cdef struct Pack:
    # The source: `image` holds `size` bytes that were at `base` when the block was taken. If it is
    # NULL, the event is in this process and its pointers are followed as they are.
    const uint8_t* image
    uint64_t base
    uint64_t size
    # The destination, aligned to 8 bytes, and the address that its pointers give to out[0].
    uint8_t* out
    uint64_t out_base
    size_t capacity
    size_t used
    uint64_t budget       # bytes that copies of an image may still take
    # Receives the offsets in `out` of all pointers written; NULL if the caller does not need them.
    uint32_t* places
    int n_places
    int most_places
    # Of the current event: 0, PACK_FULL, PACK_MALFORMED or PACK_SPENT.
    int failure


cdef int64_t pack_event(Pack* p, uint64_t address, int version) noexcept nogil


cdef inline uint64_t pack_budget(uint64_t size) noexcept nogil:
    """Return how much may be copied of a block of so many bytes: as much as a decoder may read."""
    return 64 * size + (1 << 20)
