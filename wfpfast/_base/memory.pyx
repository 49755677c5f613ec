"""Counted memory for columns and dictionaries, and a pool of it; must not know what lies in it.

Fresh memory costs more than a decode that fills it: the system zeroes every page. So memory that a
batch gives back is kept for the next one, as long as some decoder lives. What is kept and what is
in use are together at most `MOST_MORE` bytes more than was in use at one time of late.

`live_buffers()` is the number of buffers in use in this process: the tests ask that it returns to
where it was. Neither what the pool keeps nor the zeros that all batches share are in use.
"""

from libc.stdint cimport uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from wfpfast._base.portable cimport wf_advise_large, wf_atomic_add, wf_lock_spin, wf_unlock_spin

cdef enum:
    ALIGNMENT = 64
    HUGE = 1 << 22
    SMALLEST_ZEROS = 1 << 16
    MOST_MORE = 1 << 30
    PERIOD = 64              # buffers taken: what was in use before the last but one is past
    SMALLEST_CLASS = 12      # 4 KB
    LARGEST_CLASS = 31       # 2 GB
    N_CLASSES = 4 * (LARGEST_CLASS - SMALLEST_CLASS)

cdef enum:
    # Instead of a size class.
    UNPOOLED = -1
    ZEROS = -2               # shared by all, and not counted as in use

cdef int32_t live = 0      # of buffers that are not the pool's


cdef struct Pool:
    # Buffers that wait for the next batch, by size class.
    int32_t lock             # held for a few instructions only, and never while freeing
    int32_t users
    int32_t used             # buffers that are in use
    int32_t takes            # of this period
    size_t kept              # bytes
    size_t lent              # bytes of the buffers that will come back
    size_t most[2]           # the most of them at one time, in this period and in the one before
    Buffer* first[2 * N_CLASSES]   # with any content; then those that are all zero
    Buffer* zeros

cdef Pool pool


def live_buffers() -> int:
    """Return how many column and dictionary buffers are in use in this process."""
    return live + pool.used


def pooled_bytes() -> int:
    """Return how much memory waits for the next batch."""
    return pool.kept


def pooled_zeros() -> tuple[int, int]:
    """Return how many bytes wait as zeros, and how many of them are none: for the tests."""
    cdef Buffer* buffer
    cdef size_t at, size = 0, others = 0
    cdef int k
    wf_lock_spin(&pool.lock)
    for k in range(N_CLASSES, 2 * N_CLASSES):
        buffer = pool.first[k]
        while buffer != NULL:
            size += buffer.capacity
            for at in range(buffer.capacity):
                others += buffer.data[at] != 0
            buffer = buffer.next
    wf_unlock_spin(&pool.lock)
    return size, others


cdef Buffer* allocate(size_t capacity, bint zeroed) noexcept nogil:
    cdef size_t total = sizeof(Buffer) + ALIGNMENT + capacity + ALIGNMENT
    cdef Buffer* buffer
    if total < capacity:
        return NULL
    buffer = <Buffer*>(calloc(1, total) if zeroed else malloc(total))
    if buffer == NULL:
        return NULL
    if total >= HUGE:
        wf_advise_large(buffer, total)
    buffer.refs = 1
    buffer.size_class = UNPOOLED
    buffer.capacity = capacity
    buffer.next = NULL
    buffer.nest = NULL
    buffer.data = <uint8_t*>(
        (<uintptr_t>buffer + sizeof(Buffer) + ALIGNMENT - 1) & ~<uintptr_t>(ALIGNMENT - 1))
    return buffer


cdef Buffer* counted(size_t capacity, bint zeroed) noexcept nogil:
    cdef Buffer* buffer = allocate(capacity, zeroed)
    if buffer != NULL:
        wf_atomic_add(&live, 1)
    return buffer


cdef Buffer* buffer_new(size_t capacity) noexcept nogil:
    """Return a new buffer with one count and any content, or NULL without memory.

    Writers of whole words may run over its end by less than 64 bytes.
    """
    return counted(capacity, False)


cdef int class_of(size_t* capacity) noexcept nogil:
    """Round up to a size of the pool, four sizes to a power of two; UNPOOLED: too large."""
    cdef int shift = SMALLEST_CLASS
    cdef size_t quarter, quarters
    if capacity[0] > <size_t>1 << LARGEST_CLASS:
        return UNPOOLED
    while capacity[0] > <size_t>2 << shift:
        shift += 1
    quarter = <size_t>1 << (shift - 2)
    quarters = max(<size_t>5, (capacity[0] + quarter - 1) // quarter)  # 5 to 8
    capacity[0] = quarters * quarter
    return <int>(4 * (shift - SMALLEST_CLASS) + quarters - 5)


cdef Buffer* buffer_take(size_t capacity, bint zeroed) noexcept nogil:
    """As buffer_new(), from the pool if it has one of the size, and back to the pool at its end.

    One that is all zero when it is taken has to be so again when its last count is given back.
    """
    cdef int size_class = class_of(&capacity)
    cdef Buffer* buffer
    if size_class < 0:
        return counted(capacity, zeroed)
    if zeroed:
        size_class += N_CLASSES
    wf_lock_spin(&pool.lock)
    buffer = pool.first[size_class]
    if buffer != NULL:
        pool.first[size_class] = buffer.next
        pool.kept -= capacity
    lend(capacity)
    wf_unlock_spin(&pool.lock)
    if buffer == NULL:
        return fresh(capacity, zeroed, size_class)
    buffer.refs = 1
    buffer.next = NULL
    return buffer


cdef inline void lend(size_t capacity) noexcept nogil:
    pool.used += 1
    pool.lent += capacity
    pool.takes += 1
    if pool.takes == PERIOD:
        pool.takes = 0
        pool.most[1] = pool.most[0]
        pool.most[0] = 0
    pool.most[0] = max(pool.most[0], pool.lent)


cdef Buffer* fresh(size_t capacity, bint zeroed, int size_class) noexcept nogil:
    """Allocate what the pool has not, and has counted already."""
    cdef Buffer* buffer = allocate(capacity, zeroed)
    if buffer != NULL:
        buffer.size_class = size_class
        return buffer
    wf_lock_spin(&pool.lock)
    pool.used -= 1
    pool.lent -= capacity
    wf_unlock_spin(&pool.lock)
    return NULL


cdef Nest* nest_new() noexcept nogil:
    """Return an empty nest for one owner, or NULL without memory."""
    cdef Nest* nest = <Nest*>calloc(1, sizeof(Nest))
    if nest != NULL:
        nest.owned = True
    return nest


cdef void nest_leave(Nest* nest) noexcept nogil:
    """Its owner needs a nest (which may be NULL) no longer: what waits in it is freed."""
    cdef int k
    if nest == NULL:
        return
    wf_lock_spin(&pool.lock)
    nest.owned = False
    nest.out += 1  # this function
    pool.used += 1
    wf_unlock_spin(&pool.lock)
    for k in range(N_PLACES):
        free(nest.waiting[k])
    free(come_back(nest, 0, NULL))


cdef Buffer* nest_take(Nest* nest, int place, size_t capacity) noexcept nogil:
    """Return the buffer that waits at a place, as it was left, or else a new one, or NULL.

    At one place all are of one capacity. A new one begins with a zero; so should one whose content
    is not worth keeping. It comes back when its last count is given back.
    """
    cdef Buffer* buffer
    wf_lock_spin(&pool.lock)
    buffer = nest.waiting[place]
    nest.waiting[place] = NULL
    nest.out += 1
    pool.used += 1
    wf_unlock_spin(&pool.lock)
    if buffer != NULL:
        buffer.refs = 1
        return buffer
    buffer = allocate(capacity, False)
    if buffer == NULL:
        free(come_back(nest, place, NULL))
        return NULL
    buffer.nest = nest
    buffer.size_class = place
    memset(buffer.data, 0, ALIGNMENT)
    return buffer


cdef Nest* come_back(Nest* nest, int place, Buffer* buffer) noexcept nogil:
    """Let a buffer wait, or free it; return the nest if nobody needs it any more, or NULL."""
    cdef Nest* empty = NULL
    wf_lock_spin(&pool.lock)
    pool.used -= 1
    nest.out -= 1
    if nest.owned and nest.waiting[place] == NULL:
        nest.waiting[place] = buffer
        buffer = NULL
    elif nest.out == 0 and not nest.owned:
        empty = nest
    wf_unlock_spin(&pool.lock)
    free(buffer)
    return empty


cdef void buffer_spoil(Buffer* buffer) noexcept nogil:
    """Keep a buffer out of the pool: what should be zero may not be."""
    if buffer.size_class < 0:
        return
    wf_lock_spin(&pool.lock)
    pool.used -= 1
    pool.lent -= buffer.capacity
    wf_unlock_spin(&pool.lock)
    buffer.size_class = UNPOOLED
    wf_atomic_add(&live, 1)


cdef Buffer* empty_pool() noexcept nogil:
    """Take all that the pool keeps, as a chain; its lock is held."""
    cdef Buffer* chain = NULL
    cdef Buffer* buffer
    cdef int k
    for k in range(2 * N_CLASSES):
        while pool.first[k] != NULL:
            buffer = pool.first[k]
            pool.first[k] = buffer.next
            buffer.next = chain
            chain = buffer
    pool.kept = 0
    return chain


cdef void free_chain(Buffer* chain) noexcept nogil:
    cdef Buffer* buffer
    while chain != NULL:
        buffer = chain
        chain = buffer.next
        free(buffer)


cdef void keep(Buffer* buffer) noexcept nogil:
    """Put a buffer into the pool; a full pool is emptied first, for the sizes may have changed."""
    cdef Buffer* chain = NULL
    cdef size_t most
    wf_lock_spin(&pool.lock)
    most = <size_t>MOST_MORE + max(pool.most[0], pool.most[1])
    pool.used -= 1
    pool.lent -= buffer.capacity
    if pool.users == 0:
        buffer.next = NULL
        chain = buffer
    else:
        if pool.kept + pool.lent + buffer.capacity > most:
            chain = empty_pool()
        buffer.next = pool.first[buffer.size_class]
        pool.first[buffer.size_class] = buffer
        pool.kept += buffer.capacity
    wf_unlock_spin(&pool.lock)
    free_chain(chain)


cdef void pool_open() noexcept nogil:
    """Keep memory from now on, for one more user."""
    wf_lock_spin(&pool.lock)
    pool.users += 1
    wf_unlock_spin(&pool.lock)


cdef void pool_close() noexcept nogil:
    """One user less; the last one's leaving frees what is kept."""
    cdef Buffer* chain = NULL
    cdef Buffer* zeros = NULL
    wf_lock_spin(&pool.lock)
    pool.users -= 1
    if pool.users == 0:
        chain = empty_pool()
        zeros = pool.zeros
        pool.zeros = NULL
    wf_unlock_spin(&pool.lock)
    free_chain(chain)
    buffer_release(zeros)


cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil:
    """Take another count of `buffer` (which may be NULL) and return it."""
    if buffer != NULL:
        wf_atomic_add(&buffer.refs, 1)
    return buffer


cdef void buffer_release(Buffer* buffer) noexcept nogil:
    """Give back one count; NULL is allowed."""
    if buffer == NULL or wf_atomic_add(&buffer.refs, -1) != 0:
        return
    if buffer.nest != NULL:
        free(come_back(buffer.nest, buffer.size_class, buffer))
        return
    if buffer.size_class >= 0:
        keep(buffer)
        return
    if buffer.size_class != ZEROS:
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
    new = buffer_new(capacity)
    if new == NULL:
        return -1
    if used:
        memcpy(new.data, old.data, used)
    buffer_release(old)
    slot[0] = new
    return 0


cdef int piece_reserve(Piece* piece, size_t used, size_t needed) noexcept nogil:
    """As buffer_reserve(), for a piece that has nothing or a buffer of its own."""
    if buffer_reserve(&piece.own, used, needed) < 0:
        return -1
    piece.data = piece.own.data
    return 0


cdef Buffer* shared_zeros(size_t size) noexcept nogil:
    """Return a count of a buffer of at least `size` zeros, the same one for all, or NULL."""
    cdef Buffer* old = NULL
    cdef Buffer* zeros
    wf_lock_spin(&pool.lock)
    zeros = pool.zeros
    if zeros != NULL and zeros.capacity >= size:
        wf_atomic_add(&zeros.refs, 1)
        wf_unlock_spin(&pool.lock)
        return zeros
    wf_unlock_spin(&pool.lock)
    zeros = allocate(max(size + size // 4, <size_t>SMALLEST_ZEROS), True)
    if zeros == NULL:
        return NULL
    zeros.size_class = ZEROS
    wf_lock_spin(&pool.lock)
    if pool.users:
        old = pool.zeros
        pool.zeros = buffer_share(zeros)
    wf_unlock_spin(&pool.lock)
    buffer_release(old)
    return zeros
