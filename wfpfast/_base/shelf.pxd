# Buffers under one count: what many batches share is not counted buffer by buffer.
from libc.stdint cimport int32_t

from wfpfast._base.memory cimport Buffer


cdef struct Shelf:
    int32_t refs
    int count
    Buffer* memory          # its own
    Buffer** buffers        # NULL or a count of each


cdef Shelf* shelf_new(int count) noexcept nogil
cdef Shelf* shelf_share(Shelf* shelf) noexcept nogil
cdef void shelf_release(Shelf* shelf) noexcept nogil
