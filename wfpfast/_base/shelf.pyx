"""Buffers under one count: what many batches share; must not know what lies in them."""

from libc.string cimport memset

from wfpfast._base.memory cimport buffer_new, buffer_release
from wfpfast._base.portable cimport wf_atomic_add


cdef Shelf* shelf_new(int count) noexcept nogil:
    """Return a shelf with one count and places for so many buffers, or NULL without memory."""
    cdef Buffer* memory = buffer_new(sizeof(Shelf) + count * sizeof(Buffer*))
    cdef Shelf* shelf
    if memory == NULL:
        return NULL
    shelf = <Shelf*>memory.data
    shelf.refs = 1
    shelf.count = count
    shelf.memory = memory
    shelf.buffers = <Buffer**>(shelf + 1)
    memset(shelf.buffers, 0, count * sizeof(Buffer*))
    return shelf


cdef Shelf* shelf_share(Shelf* shelf) noexcept nogil:
    if shelf != NULL:
        wf_atomic_add(&shelf.refs, 1)
    return shelf


cdef void shelf_release(Shelf* shelf) noexcept nogil:
    """Give back one count; NULL is allowed."""
    cdef int k
    if shelf == NULL or wf_atomic_add(&shelf.refs, -1) != 0:
        return
    for k in range(shelf.count):
        buffer_release(shelf.buffers[k])
    buffer_release(shelf.memory)
