"""Counted memory for columns and dictionaries; must not know what lies in it.

`live_buffers()` is the number of buffers alive in this process: the tests ask that it returns to
where it was.
"""

from libc.stdint cimport uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from wfpfast._portable cimport wf_advise_large, wf_atomic_add

cdef enum:
    ALIGNMENT = 64
    LARGE = 1 << 17
    HUGE = 1 << 22

cdef int32_t live = 0


def live_buffers() -> int:
    """Return how many column and dictionary buffers are alive in this process."""
    return live


cdef Buffer* buffer_new(size_t capacity, size_t stagger, bint zeroed) noexcept nogil:
    """Return a new buffer with one count, or NULL without memory.

    `stagger` moves the data by a multiple of 64 bytes: columns that all begin at the same place of
    a 4 KB page fight for the same cache sets when one row of each is written in turn.
    """
    cdef size_t head = sizeof(Buffer) + ALIGNMENT + stagger
    cdef size_t total = head + capacity + ALIGNMENT  # the slack lets word-wise writers run over
    cdef Buffer* buffer
    cdef bint zeroed_by_system
    if total < capacity:
        return NULL
    # Large memory comes zeroed from the system; of small memory only what will be used is zeroed.
    zeroed_by_system = zeroed and total >= LARGE
    buffer = <Buffer*>(calloc(1, total) if zeroed_by_system else malloc(total))
    if buffer == NULL:
        return NULL
    if total >= HUGE:
        wf_advise_large(buffer, total)
    buffer.refs = 1
    buffer.capacity = capacity
    buffer.data = <uint8_t*>(
        (<uintptr_t>buffer + sizeof(Buffer) + ALIGNMENT - 1) & ~<uintptr_t>(ALIGNMENT - 1)
    ) + stagger
    if zeroed and not zeroed_by_system:
        memset(buffer.data, 0, capacity + 8)
    wf_atomic_add(&live, 1)
    return buffer


cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil:
    """Take another count of `buffer` (which may be NULL) and return it."""
    if buffer != NULL:
        wf_atomic_add(&buffer.refs, 1)
    return buffer


cdef void buffer_release(Buffer* buffer) noexcept nogil:
    """Give back one count; NULL is allowed."""
    if buffer != NULL and wf_atomic_add(&buffer.refs, -1) == 0:
        wf_atomic_add(&live, -1)
        free(buffer)


cdef int buffer_reserve(Buffer** slot, size_t used, size_t needed) noexcept nogil:
    """Make `slot[0]` hold at least `needed` bytes and keep the first `used`; -1 without memory.

    The old memory is given back, not changed: an export that shares it keeps what it saw.
    """
    cdef Buffer* old = slot[0]
    cdef Buffer* new
    cdef size_t capacity
    if old != NULL and needed <= old.capacity:
        return 0
    capacity = 256 if old == NULL else 2 * old.capacity
    if capacity < needed:
        capacity = needed
    new = buffer_new(capacity, 0, False)
    if new == NULL:
        return -1
    if used:
        memcpy(new.data, old.data, used)
    buffer_release(old)
    slot[0] = new
    return 0
