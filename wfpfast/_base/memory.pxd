# Reference-counted, 64-byte aligned memory that a batch and its exports share; must not know what
# the memory holds.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t

cdef enum:
    COLUMNS_SLOT = 0
    SCHEMA_SLOT = 1
    ARRAY_SLOT = 2
    N_SLOTS = 3


cdef struct Buffer:
    # The last buffer_release() frees it, in any thread, with or without the GIL.
    int32_t refs
    int32_t size_class      # of the pool; negative: not pooled; in a recycler: its slot there
    size_t capacity
    uint8_t* data
    Buffer* next            # a link for the owner's own chain, and for the pool's
    Recycler* recycler      # that it returns to with its content; NULL: none


cdef struct Recycler:
    # Keeps one buffer a slot, with its content, from one use to the next: building the structs that
    # a batch needs takes longer than updating them. Protected by the pool's lock.
    bint owned
    int in_use              # buffers that have not been returned yet
    Buffer* waiting[N_SLOTS]


cdef struct Piece:
    # Memory of one column: part of a shared buffer, or all of `own`, which can grow.
    uint8_t* data
    Buffer* own             # NULL: the memory is part of a shared buffer


# Held for a few instructions only, never while memory is freed; and while the process forks.
cdef int32_t pool_lock
cdef Buffer* buffer_new(size_t capacity) noexcept nogil
cdef Buffer* buffer_take(size_t capacity, bint zeroed) noexcept nogil
cdef Recycler* recycler_new() noexcept nogil
cdef void recycler_close(Recycler* recycler) noexcept nogil
cdef Buffer* recycler_take(Recycler* recycler, int slot, size_t capacity) noexcept nogil
cdef void buffer_unpool(Buffer* buffer) noexcept nogil
cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil
cdef void buffer_release(Buffer* buffer) noexcept nogil
cdef int buffer_reserve(Buffer** slot, size_t used, size_t needed) noexcept nogil
cdef int piece_reserve(Piece* piece, size_t used, size_t needed) noexcept nogil
cdef Buffer* shared_zeros(size_t size) noexcept nogil
cdef void pool_open() noexcept nogil
cdef void pool_close() noexcept nogil
