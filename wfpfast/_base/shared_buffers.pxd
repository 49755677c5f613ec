# Several buffers under one reference count, for what many batches share; must not know what the
# buffers hold.
from libc.stdint cimport int32_t

from wfpfast._base.memory cimport Buffer


cdef struct SharedBuffers:
    int32_t refs
    int count
    Buffer* memory          # holds this struct and the array
    Buffer** buffers        # a counted reference or NULL in each


cdef SharedBuffers* shared_buffers_new(int count) noexcept nogil
cdef SharedBuffers* shared_buffers_share(SharedBuffers* shared) noexcept nogil
cdef void shared_buffers_release(SharedBuffers* shared) noexcept nogil
