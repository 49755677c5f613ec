# Memory that a batch and its exports share: counted, 64-byte aligned; knows not what lies in it.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t

cdef enum:
    COLUMNS_PLACE = 0
    SCHEMA_PLACE = 1
    ARRAY_PLACE = 2
    N_PLACES = 3


cdef struct Buffer:
    # Owned by whoever holds a count; the last buffer_release() frees it, in any thread, GIL or not.
    int32_t refs
    int32_t size_class      # of the pool that it goes back to; negative: to none
    size_t capacity
    uint8_t* data
    Buffer* next            # for whoever owns it: the next of his, or of the pool's
    Nest* nest              # where it goes back to as it was left; NULL: to the pool, to none


cdef struct Nest:
    # Where buffers wait between two uses as they were left, one a place: to make anew what a batch
    # needs besides its cells takes longer than to fill it in. Under the pool's lock.
    bint owned
    int out                 # buffers in use, which will come back
    Buffer* waiting[N_PLACES]


cdef struct Piece:
    # Memory of one column: in a buffer that others share, or in one of its own, which may grow.
    uint8_t* data
    Buffer* own


cdef Buffer* buffer_new(size_t capacity) noexcept nogil
cdef Buffer* buffer_take(size_t capacity, bint zeroed) noexcept nogil
cdef Nest* nest_new() noexcept nogil
cdef void nest_leave(Nest* nest) noexcept nogil
cdef Buffer* nest_take(Nest* nest, int place, size_t capacity) noexcept nogil
cdef void buffer_spoil(Buffer* buffer) noexcept nogil
cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil
cdef void buffer_release(Buffer* buffer) noexcept nogil
cdef int buffer_reserve(Buffer** slot, size_t used, size_t needed) noexcept nogil
cdef int piece_reserve(Piece* piece, size_t used, size_t needed) noexcept nogil
cdef Buffer* shared_zeros(size_t size) noexcept nogil
cdef void pool_open() noexcept nogil
cdef void pool_close() noexcept nogil
