"""A bounded queue of packed events between foreign threads and a reader; must not know Windows.

Events are copied into chunks of memory, each of which becomes a block when the reader takes it. All
chunks together never hold more than the capacity: an event for which there is no room is dropped
and counted, and the chunk that begins after it says how many were. So every gap has its place.
"""

from libc.stdint cimport INT32_MAX
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from wfpfast._base.forking cimport guard_begin, guard_end
from wfpfast._base.threads cimport (
    wf_lock, wf_lock_destroy, wf_lock_init, wf_signal_all, wf_signal_destroy, wf_signal_init,
    wf_unlock, wf_wait)
from wfpfast._blocks.pack cimport PACK_FULL, PACK_MALFORMED, Pack, pack_event
from wfpfast.abi.events cimport POINTER_SIZE

cdef enum:
    MIN_CHUNK = 1 << 14
    MAX_CHUNK = 1 << 20
    # One chunk that is read, one that is filled, and some full ones in between.
    CHUNKS = 8


cdef Queue* queue_new(size_t capacity) noexcept nogil:
    """Return a queue; NULL without memory.

    The capacity is in bytes and counts the chunk that the reader has; below 128 KB it is 128 KB.
    """
    cdef Queue* q = <Queue*>calloc(1, sizeof(Queue))
    cdef size_t smallest = MIN_CHUNK, largest = MAX_CHUNK, number = CHUNKS
    if q == NULL:
        return NULL
    wf_lock_init(&q.lock)
    wf_signal_init(&q.signal)
    q.guard.lock, q.guard.signal = &q.lock, &q.signal
    guard_begin(&q.guard)
    q.chunk_size = min(max(capacity // number, smallest), largest) & ~<size_t>(POINTER_SIZE - 1)
    q.max_chunks = <int>min(max(capacity // q.chunk_size, number), <size_t>INT32_MAX)
    return q


cdef void free_chunks(Chunk* chunk) noexcept nogil:
    cdef Chunk* next
    while chunk != NULL:
        next = chunk.next
        free(chunk)
        chunk = next


cdef void queue_free(Queue* q) noexcept nogil:
    """Free the queue and its chunks. No other thread may use either any more."""
    if q == NULL:
        return
    free_chunks(q.spare)
    free_chunks(q.filling)
    free_chunks(q.first)
    guard_end(&q.guard)
    wf_signal_destroy(&q.signal)
    wf_lock_destroy(&q.lock)
    free(q)


cdef Chunk* empty_chunk(Queue* q) noexcept nogil:
    """Return a chunk for new events; NULL if the capacity, or the memory, is used up."""
    cdef Chunk* chunk = q.spare
    if chunk != NULL:
        q.spare = chunk.next
    elif q.n_chunks < q.max_chunks:
        chunk = <Chunk*>malloc(CHUNK_HEAD + q.chunk_size)
        if chunk == NULL:
            return NULL
        q.n_chunks += 1
    else:
        return NULL
    memset(chunk, 0, sizeof(Chunk))
    chunk.data = <uint8_t*>chunk + CHUNK_HEAD
    return chunk


cdef void seal(Queue* q) noexcept nogil:
    """Close the chunk that is being filled and put it behind the full ones."""
    if q.last == NULL:
        q.first = q.filling
    else:
        q.last.next = q.filling
    q.last = q.filling
    q.filling = NULL


cdef int64_t pack_into(Queue* q, const void* event, int version) noexcept nogil:
    """Copy an event to the chunk that is filled; return what pack_event() does."""
    cdef Chunk* chunk = q.filling
    cdef Pack p
    cdef int64_t start
    cdef size_t pointers = POINTER_SIZE * <size_t>(chunk.count + 1)
    if chunk.used + pointers > q.chunk_size:
        return PACK_FULL
    p.image = NULL
    p.base = 0
    p.size = 0
    p.out = chunk.data
    p.out_base = <uint64_t>chunk.data
    p.capacity = q.chunk_size - pointers
    p.used = chunk.used
    p.places = NULL
    start = pack_event(&p, <uint64_t>event, version)
    if start >= 0:
        chunk.used = p.used
        chunk.count += 1
        (<uint64_t*>(chunk.data + q.chunk_size))[-chunk.count] = <uint64_t>chunk.data + start
    return start


cdef void drop(Queue* q) noexcept nogil:
    q.stats.dropped += 1
    q.lost += 1


cdef void push(Queue* q, const void* event, int version) noexcept nogil:
    cdef int64_t start
    while True:
        if q.filling == NULL:
            q.filling = empty_chunk(q)
        if q.filling == NULL:
            drop(q)
            return
        start = pack_into(q, event, version)
        if start == PACK_FULL and q.filling.count:
            seal(q)
            continue
        if start == PACK_FULL:  # larger than a whole chunk
            drop(q)
        elif start == PACK_MALFORMED:
            q.stats.unreadable += 1
        elif q.filling.count == 1:
            q.filling.dropped = q.lost
            q.lost = 0
        return


cdef void queue_push(Queue* q, const void* event, int version) noexcept nogil:
    """Copy an event of this process; callable from any thread."""
    wf_lock(&q.lock)
    if not q.ended:
        q.stats.received += 1
        if event == NULL:
            q.stats.unreadable += 1
        else:
            push(q, event, version)
        if q.waiting:
            q.waiting = False
            wf_signal_all(&q.signal)
    wf_unlock(&q.lock)


cdef void queue_end(Queue* q) noexcept nogil:
    """Refuse new events; those that are waiting can still be read."""
    wf_lock(&q.lock)
    q.ended = True
    wf_signal_all(&q.signal)
    wf_unlock(&q.lock)


cdef bint has_some(const Queue* q) noexcept nogil:
    return q.first != NULL or (q.filling != NULL and q.filling.count)


cdef bint queue_wait(Queue* q, uint32_t ms) noexcept nogil:
    """Wait for events, for about `ms` milliseconds at most; return whether there are any."""
    cdef bint some
    wf_lock(&q.lock)
    if not has_some(q) and not q.ended and ms:
        q.waiting = True
        wf_wait(&q.signal, &q.lock, ms)
    some = has_some(q)
    wf_unlock(&q.lock)
    return some


cdef void reverse_pointers(const Queue* q, Chunk* chunk) noexcept nogil:
    """Put the pointers of a full chunk, in which the last event's is first, in the other order."""
    cdef uint64_t* pointers = chunk_pointers(q, chunk)
    cdef int64_t low = 0
    cdef int64_t high = chunk.count - 1
    while low < high:
        pointers[low], pointers[high] = pointers[high], pointers[low]
        low += 1
        high -= 1


cdef Chunk* queue_take(Queue* q) noexcept nogil:
    """Return the oldest chunk, or NULL if there are no events; give it back after use.

    Its pointers lie in the order of the events, from `chunk_pointers()` on.
    """
    cdef Chunk* chunk
    wf_lock(&q.lock)
    if q.first == NULL and has_some(q):
        seal(q)
    chunk = q.first
    if chunk != NULL:
        q.first = chunk.next
        if q.first == NULL:
            q.last = NULL
        chunk.next = NULL
        q.stats.delivered += chunk.count
    wf_unlock(&q.lock)
    if chunk != NULL:
        reverse_pointers(q, chunk)  # outside the lock: the chunk is the reader's now
    return chunk


cdef void queue_give_back(Queue* q, Chunk* chunk) noexcept nogil:
    wf_lock(&q.lock)
    chunk.next = q.spare
    q.spare = chunk
    wf_unlock(&q.lock)


cdef QueueStats queue_stats(Queue* q) noexcept nogil:
    cdef QueueStats stats
    wf_lock(&q.lock)
    stats = q.stats
    wf_unlock(&q.lock)
    return stats
