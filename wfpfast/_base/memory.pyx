"""Reference-counted memory for columns, and a pool of it; must not know what the memory holds.

Fresh memory costs more than the decode that fills it, since the system zeroes every page. So the
pool keeps the memory that a batch gives back for the next batch, as long as any decoder exists.
Kept and used memory together exceed the recent peak of used memory by at most `MAX_EXCESS` bytes.

`live_buffers()` is the number of buffers in use in this process; the tests check that it returns to
its earlier value. Buffers that the pool keeps, and the zeros that all batches share, do not count.
"""

from libc.stdint cimport uintptr_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from wfpfast._base.portable cimport wf_advise_large, wf_atomic_add, wf_lock_spin, wf_unlock_spin

cdef enum:
    ALIGNMENT = 64
    HUGE = 1 << 22
    SMALLEST_ZEROS = 1 << 16
    MAX_EXCESS = 1 << 30
    PERIOD = 64              # takes from the pool; the peaks of the last two periods count
    SMALLEST_CLASS = 12      # 4 KB
    LARGEST_CLASS = 31       # 2 GB
    N_CLASSES = 4 * (LARGEST_CLASS - SMALLEST_CLASS)

cdef enum:
    # Values that stand in place of a size class.
    UNPOOLED = -1
    ZEROS = -2               # the shared zeros, which do not count as in use

cdef int32_t live = 0      # buffers in use that the pool did not give


cdef struct Pool:
    # Unused buffers by size class.
    int32_t users
    int32_t used             # buffers in use that the pool, or a recycler, gave
    int32_t takes            # in this period
    size_t kept              # bytes of the unused buffers
    size_t bytes_out         # bytes of the used buffers that will return to the pool
    size_t peak[2]           # the highest `bytes_out` of this period and of the one before
    Buffer* first[2 * N_CLASSES]   # chains: with any content; then all zero
    Buffer* zeros            # a reference to the shared zeros, or NULL

cdef Pool pool


def live_buffers() -> int:
    """Return how many column and dictionary buffers are in use in this process."""
    return live + pool.used


def pooled_bytes() -> int:
    """Return how many bytes the pool keeps for the next batches."""
    return pool.kept


def pooled_zeros() -> tuple[int, int]:
    """Return the bytes of zeroed buffers in the pool, and how many of them are not zero (tests)."""
    cdef Buffer* buffer
    cdef size_t offset, size = 0, others = 0
    cdef int k
    wf_lock_spin(&pool_lock)
    for k in range(N_CLASSES, 2 * N_CLASSES):
        buffer = pool.first[k]
        while buffer != NULL:
            size += buffer.capacity
            for offset in range(buffer.capacity):
                others += buffer.data[offset] != 0
            buffer = buffer.next
    wf_unlock_spin(&pool_lock)
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
    buffer.recycler = NULL
    buffer.data = <uint8_t*>(
        (<uintptr_t>buffer + sizeof(Buffer) + ALIGNMENT - 1) & ~<uintptr_t>(ALIGNMENT - 1))
    return buffer


cdef Buffer* counted(size_t capacity, bint zeroed) noexcept nogil:
    cdef Buffer* buffer = allocate(capacity, zeroed)
    if buffer != NULL:
        wf_atomic_add(&live, 1)
    return buffer


cdef Buffer* buffer_new(size_t capacity) noexcept nogil:
    """Return a new buffer with one reference and any content, or NULL without memory.

    A writer of whole words may write up to 63 bytes past its end.
    """
    return counted(capacity, False)


cdef int class_of(size_t* capacity) noexcept nogil:
    """Round `capacity` up to a size of the pool, four sizes to a power of two; return its class.

    A capacity that is too large for the pool is left as it is, and its class is UNPOOLED.
    """
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
    """As buffer_new(), but from the pool if it has a buffer of the size; it returns to the pool.

    A buffer that was taken as zeroed must be all zero again when its last reference is released.
    """
    cdef int size_class = class_of(&capacity)
    cdef Buffer* buffer
    if size_class < 0:
        return counted(capacity, zeroed)
    if zeroed:
        size_class += N_CLASSES
    wf_lock_spin(&pool_lock)
    buffer = pool.first[size_class]
    if buffer != NULL:
        pool.first[size_class] = buffer.next
        pool.kept -= capacity
    count_out(capacity)
    wf_unlock_spin(&pool_lock)
    if buffer == NULL:
        return fresh(capacity, zeroed, size_class)
    buffer.refs = 1
    buffer.next = NULL
    return buffer


cdef inline void count_out(size_t capacity) noexcept nogil:
    """Count a buffer as in use; the lock is held."""
    pool.used += 1
    pool.bytes_out += capacity
    pool.takes += 1
    if pool.takes == PERIOD:
        pool.takes = 0
        pool.peak[1] = pool.peak[0]
        pool.peak[0] = 0
    pool.peak[0] = max(pool.peak[0], pool.bytes_out)


cdef Buffer* fresh(size_t capacity, bint zeroed, int size_class) noexcept nogil:
    """Allocate a buffer that the pool does not have, and that count_out() has counted."""
    cdef Buffer* buffer = allocate(capacity, zeroed)
    if buffer != NULL:
        buffer.size_class = size_class
        return buffer
    wf_lock_spin(&pool_lock)
    pool.used -= 1
    pool.bytes_out -= capacity
    wf_unlock_spin(&pool_lock)
    return NULL


cdef Recycler* recycler_new() noexcept nogil:
    """Return an empty recycler for one owner, or NULL without memory."""
    cdef Recycler* recycler = <Recycler*>calloc(1, sizeof(Recycler))
    if recycler != NULL:
        recycler.owned = True
    return recycler


cdef void recycler_close(Recycler* recycler) noexcept nogil:
    """End the owner's use of a recycler (NULL is allowed) and free the buffers that wait in it.

    The recycler itself is freed when the last buffer in use has been returned.
    """
    cdef int k
    if recycler == NULL:
        return
    wf_lock_spin(&pool_lock)
    recycler.owned = False
    recycler.in_use += 1  # for this function, or a release elsewhere could free the recycler
    pool.used += 1
    wf_unlock_spin(&pool_lock)
    for k in range(N_SLOTS):
        free(recycler.waiting[k])
    free(recycler_put(recycler, 0, NULL))


cdef Buffer* recycler_take(Recycler* recycler, int slot, size_t capacity) noexcept nogil:
    """Return the buffer of a slot with its content, or a new one; NULL without memory.

    All buffers of a slot have the same capacity. A new one begins with 64 zero bytes, which tells
    it from a used one. A buffer returns to its slot when its last reference is released.
    """
    cdef Buffer* buffer
    wf_lock_spin(&pool_lock)
    buffer = recycler.waiting[slot]
    recycler.waiting[slot] = NULL
    recycler.in_use += 1
    pool.used += 1
    wf_unlock_spin(&pool_lock)
    if buffer != NULL:
        buffer.refs = 1
        return buffer
    buffer = allocate(capacity, False)
    if buffer == NULL:
        free(recycler_put(recycler, slot, NULL))
        return NULL
    buffer.recycler = recycler
    buffer.size_class = slot
    memset(buffer.data, 0, ALIGNMENT)
    return buffer


cdef Recycler* recycler_put(Recycler* recycler, int slot, Buffer* buffer) noexcept nogil:
    """Keep a buffer in its slot, or free it; return the recycler if the caller must free it."""
    cdef Recycler* empty = NULL
    wf_lock_spin(&pool_lock)
    pool.used -= 1
    recycler.in_use -= 1
    if recycler.owned and recycler.waiting[slot] == NULL:
        recycler.waiting[slot] = buffer
        buffer = NULL
    elif recycler.in_use == 0 and not recycler.owned:
        empty = recycler
    wf_unlock_spin(&pool_lock)
    free(buffer)
    return empty


cdef void buffer_unpool(Buffer* buffer) noexcept nogil:
    """Let a buffer be freed and not return to the pool: it was zeroed and may not be zero now."""
    if buffer.size_class < 0:
        return
    wf_lock_spin(&pool_lock)
    pool.used -= 1
    pool.bytes_out -= buffer.capacity
    wf_unlock_spin(&pool_lock)
    buffer.size_class = UNPOOLED
    wf_atomic_add(&live, 1)


cdef Buffer* empty_pool() noexcept nogil:
    """Return all that the pool keeps, as a chain; the lock is held."""
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
    """Put a buffer into the pool; a full pool is emptied first, as other sizes may be needed."""
    cdef Buffer* chain = NULL
    cdef size_t limit
    wf_lock_spin(&pool_lock)
    limit = <size_t>MAX_EXCESS + max(pool.peak[0], pool.peak[1])
    pool.used -= 1
    pool.bytes_out -= buffer.capacity
    if pool.users == 0:
        buffer.next = NULL
        chain = buffer
    else:
        if pool.kept + pool.bytes_out + buffer.capacity > limit:
            chain = empty_pool()
        buffer.next = pool.first[buffer.size_class]
        pool.first[buffer.size_class] = buffer
        pool.kept += buffer.capacity
    wf_unlock_spin(&pool_lock)
    free_chain(chain)


cdef void pool_open() noexcept nogil:
    """Add a user of the pool: it keeps memory while it has any."""
    wf_lock_spin(&pool_lock)
    pool.users += 1
    wf_unlock_spin(&pool_lock)


cdef void pool_close() noexcept nogil:
    """Remove a user of the pool; removing the last one frees what it keeps."""
    cdef Buffer* chain = NULL
    cdef Buffer* zeros = NULL
    wf_lock_spin(&pool_lock)
    pool.users -= 1
    if pool.users == 0:
        chain = empty_pool()
        zeros = pool.zeros
        pool.zeros = NULL
    wf_unlock_spin(&pool_lock)
    free_chain(chain)
    buffer_release(zeros)


cdef Buffer* buffer_share(Buffer* buffer) noexcept nogil:
    """Add a reference to `buffer` (NULL is allowed) and return it."""
    if buffer != NULL:
        wf_atomic_add(&buffer.refs, 1)
    return buffer


cdef void buffer_release(Buffer* buffer) noexcept nogil:
    """Release one reference; NULL is allowed."""
    if buffer == NULL or wf_atomic_add(&buffer.refs, -1) != 0:
        return
    if buffer.recycler != NULL:
        free(recycler_put(buffer.recycler, buffer.size_class, buffer))
        return
    if buffer.size_class >= 0:
        keep(buffer)
        return
    if buffer.size_class != ZEROS:
        wf_atomic_add(&live, -1)
    free(buffer)


cdef int buffer_reserve(Buffer** slot, size_t used, size_t needed) noexcept nogil:
    """Make `slot[0]` hold at least `needed` bytes and keep the first `used`; -1 without memory.

    The old buffer is released, not changed: an export that shares it still sees its content.
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
    """As buffer_reserve(), for a piece that has no memory yet or its own buffer."""
    if buffer_reserve(&piece.own, used, needed) < 0:
        return -1
    piece.data = piece.own.data
    return 0


cdef Buffer* shared_zeros(size_t size) noexcept nogil:
    """Return a reference to the shared buffer of zeros, of at least `size` bytes, or NULL."""
    cdef Buffer* old = NULL
    cdef Buffer* zeros
    wf_lock_spin(&pool_lock)
    zeros = pool.zeros
    if zeros != NULL and zeros.capacity >= size:
        wf_atomic_add(&zeros.refs, 1)
        wf_unlock_spin(&pool_lock)
        return zeros
    wf_unlock_spin(&pool_lock)
    zeros = allocate(max(size + size // 4, <size_t>SMALLEST_ZEROS), True)
    if zeros == NULL:
        return NULL
    zeros.size_class = ZEROS
    wf_lock_spin(&pool_lock)
    if pool.users:
        old = pool.zeros
        pool.zeros = buffer_share(zeros)
    wf_unlock_spin(&pool_lock)
    buffer_release(old)
    return zeros
