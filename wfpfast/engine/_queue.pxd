# A bounded queue of packed events between foreign threads and a reader; must not know Windows.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast._base.forking cimport Guard
from wfpfast._base.threads cimport wf_lock_t, wf_signal_t

cdef enum:
    CHUNK_HEAD = 64


cdef struct Chunk:
    # Memory for some events. The events grow from the front and the pointers to them from the back
    # towards each other, because it is not known beforehand how many events will fit. So the last
    # event's pointer comes first, until queue_take() puts the pointers in the order of the events.
    Chunk* next
    uint8_t* data
    size_t used
    int64_t count
    int64_t dropped           # how many events were lost before the first one


cdef struct QueueStats:
    int64_t received          # events that were given to the queue
    int64_t delivered         # events that the reader took
    int64_t dropped           # events for which there was no room
    int64_t unreadable        # events that could not be followed


cdef struct Queue:
    wf_lock_t lock
    wf_signal_t signal
    Guard guard
    size_t chunk_size
    int n_chunks              # how many chunks there are
    int max_chunks            # how many chunks there may be
    Chunk* spare              # empty chunks
    Chunk* filling            # the chunk to which new events are added, or NULL
    Chunk* first              # full chunks, the oldest first
    Chunk* last
    int64_t lost              # events dropped since the last one that had room
    bint waiting              # a reader waits for events
    bint ended                # new events are refused
    QueueStats stats


cdef inline uint64_t* chunk_pointers(const Queue* q, Chunk* chunk) noexcept nogil:
    return <uint64_t*>(chunk.data + q.chunk_size) - chunk.count


cdef Queue* queue_new(size_t capacity) noexcept nogil
cdef void queue_free(Queue* q) noexcept nogil
cdef void queue_push(Queue* q, const void* event, int version) noexcept nogil
cdef void queue_end(Queue* q) noexcept nogil
cdef bint queue_wait(Queue* q, uint32_t ms) noexcept nogil
cdef Chunk* queue_take(Queue* q) noexcept nogil
cdef void queue_give_back(Queue* q, Chunk* chunk) noexcept nogil
cdef QueueStats queue_stats(Queue* q) noexcept nogil
