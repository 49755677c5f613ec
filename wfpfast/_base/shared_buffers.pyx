"""Several buffers under one reference count; must not know what the buffers hold."""

from libc.string cimport memset

from wfpfast._base.memory cimport buffer_new, buffer_release
from wfpfast._base.portable cimport wf_atomic_add


cdef SharedBuffers* shared_buffers_new(int count) noexcept nogil:
    """Return an empty array for `count` buffers, with one reference; NULL without memory."""
    cdef Buffer* memory = buffer_new(sizeof(SharedBuffers) + count * sizeof(Buffer*))
    cdef SharedBuffers* shared
    if memory == NULL:
        return NULL
    shared = <SharedBuffers*>memory.data
    shared.refs = 1
    shared.count = count
    shared.memory = memory
    shared.buffers = <Buffer**>(shared + 1)
    memset(shared.buffers, 0, count * sizeof(Buffer*))
    return shared


cdef SharedBuffers* shared_buffers_share(SharedBuffers* shared) noexcept nogil:
    if shared != NULL:
        wf_atomic_add(&shared.refs, 1)
    return shared


cdef void shared_buffers_release(SharedBuffers* shared) noexcept nogil:
    """Release one reference; NULL is allowed."""
    cdef int k
    if shared == NULL or wf_atomic_add(&shared.refs, -1) != 0:
        return
    for k in range(shared.count):
        buffer_release(shared.buffers[k])
    buffer_release(shared.memory)
