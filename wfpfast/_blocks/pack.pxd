# Deep copies of single events into memory of our own; must not know who asks or who will read.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cdef enum:
    PACK_FULL = -1        # the event does not fit: try again with more room
    PACK_MALFORMED = -2   # a pointer or a size that cannot be followed


cdef struct Pack:
    # Where events are read: `image` holds what lay at `base` when it was taken. With image NULL
    # the event lies in this process, where its pointers are followed as they are.
    const uint8_t* image
    uint64_t base
    uint64_t size
    # Where copies go, aligned to 8 bytes, and the address that out[0] has for their pointers.
    uint8_t* out
    uint64_t out_base
    size_t capacity
    size_t used
    # Where pointers were written, as offsets in `out`; NULL if nobody needs to know.
    uint32_t* places
    int n_places
    int most_places
    # What went wrong in this event.
    int failure


cdef int64_t pack_event(Pack* p, uint64_t address, int version) noexcept nogil
