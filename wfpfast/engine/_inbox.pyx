"""Subscriptions: what Windows delivers, copied into a queue, read as blocks; knows no payload.

`FwpmNetEventSubscribeN` delivers FWPM_NET_EVENT(N + 1), and each version has its own callback. A
callback runs on a thread that Windows chose: it copies the event and returns, without Python, RPC
or anything that waits for a reader.
"""

cimport cython
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._blocks.block cimport Block
from wfpfast.abi.events cimport POINTER_SIZE
from wfpfast.abi.fwpmevents cimport (
    FWPM_NET_EVENT1, FWPM_NET_EVENT2, FWPM_NET_EVENT3, FWPM_NET_EVENT4, FWPM_NET_EVENT5)
from wfpfast.abi.fwpmobjects cimport (
    FWPM_NET_EVENT_ENUM_TEMPLATE0, FWPM_NET_EVENT_SUBSCRIPTION0)
from wfpfast.abi.minwindef cimport DWORD
from wfpfast.engine._api cimport N_SUBSCRIBES, HANDLE, Callback, FwpmApi
from wfpfast.engine._queue cimport (
    Chunk, Queue, QueueStats, chunk_pointers, queue_end, queue_free, queue_give_back, queue_new,
    queue_push, queue_stats, queue_take, queue_wait)
from wfpfast.engine._session cimport NativeTemplate, Session

from wfpfast._base.forking import fork_lock
from wfpfast.errors import WfpError

cdef enum:
    LONGEST_WAIT = 100  # milliseconds after which Python's signal handlers are run


cdef void __stdcall on_event1(void* queue, const FWPM_NET_EVENT1* event) noexcept nogil:
    queue_push(<Queue*>queue, event, 1)


cdef void __stdcall on_event2(void* queue, const FWPM_NET_EVENT2* event) noexcept nogil:
    queue_push(<Queue*>queue, event, 2)


cdef void __stdcall on_event3(void* queue, const FWPM_NET_EVENT3* event) noexcept nogil:
    queue_push(<Queue*>queue, event, 3)


cdef void __stdcall on_event4(void* queue, const FWPM_NET_EVENT4* event) noexcept nogil:
    queue_push(<Queue*>queue, event, 4)


cdef void __stdcall on_event5(void* queue, const FWPM_NET_EVENT5* event) noexcept nogil:
    queue_push(<Queue*>queue, event, 5)


cdef Callback[N_SUBSCRIBES] callbacks = [
    <Callback>on_event1, <Callback>on_event2, <Callback>on_event3, <Callback>on_event4,
    <Callback>on_event5,
]


@cython.no_gc_clear  # __dealloc__ uses the session
cdef class Inbox:
    """`FwpmNetEventSubscribeN` to `FwpmNetEventUnsubscribe0`, and the queue between.

    Parameters
    ----------
    session : Session
        Stays open as long as this lives, unless it is closed.
    template : NativeTemplate or None
        Which events; None for all.
    version : int
        Of the events.
    capacity : int
        How many bytes of events may wait.
    """

    cdef Session session
    cdef HANDLE engine
    cdef HANDLE handle
    cdef Queue* queue
    cdef object lock
    cdef bint subscribed    # although it is closed: callbacks may still run
    cdef readonly int version
    cdef object __weakref__

    def __cinit__(self, Session session not None, NativeTemplate template, int version, capacity):
        cdef FWPM_NET_EVENT_SUBSCRIPTION0 subscription
        cdef DWORD code = 0
        if (not 1 <= version <= N_SUBSCRIBES
                or session.api.table.FwpmNetEventSubscribe[version - 1] == NULL):
            raise ValueError(f"this engine has no FwpmNetEventSubscribe{version - 1}")
        self.session = session
        self.version = version
        self.lock = fork_lock()
        self.queue = queue_new(capacity)
        if self.queue == NULL:
            raise MemoryError
        memset(&subscription, 0, sizeof(subscription))
        if template is not None:
            subscription.enumTemplate = <FWPM_NET_EVENT_ENUM_TEMPLATE0*>&template.template
        with session.lock:
            self.engine = session._opened()
            session.adopt(self)
            with nogil:
                code = session.api.table.FwpmNetEventSubscribe[version - 1](
                    self.engine, &subscription, callbacks[version - 1], self.queue, &self.handle)
            if code:
                self.handle = NULL
                session.forget(self)
                raise WfpError(code, f"FwpmNetEventSubscribe{version - 1}")

    cdef DWORD _unsubscribe(self, HANDLE handle, DWORD* first) noexcept:
        """Return how the last attempt went; without the GIL, since the call waits for callbacks."""
        cdef FwpmApi* table = &self.session.api.table
        cdef DWORD code
        with nogil:
            code = first[0] = table.FwpmNetEventUnsubscribe0(self.engine, handle)
            if code:
                code = table.FwpmNetEventUnsubscribe0(self.engine, handle)
        return code

    def close(self):
        """Unsubscribe; what has been received can still be taken."""
        cdef HANDLE handle
        cdef DWORD code = 0
        with self.lock:
            handle = self.handle
            self.handle = NULL
            if handle != NULL:
                self.subscribed = self._unsubscribe(handle, &code) != 0
        queue_end(self.queue)
        self.session.forget(self)
        if code:
            raise WfpError(code, "FwpmNetEventUnsubscribe0")

    @property
    def closed(self):
        return self.handle == NULL

    def wait(self, seconds):
        """Wait for events, at most so long, None for ever; return whether there are any.

        Returns early if the subscription is closed, and raises what a signal's handler raises.
        """
        cdef int64_t left = -1 if seconds is None else <int64_t>(seconds * 1000)
        cdef uint32_t span
        cdef bint some
        while True:
            span = LONGEST_WAIT if left < 0 or left > LONGEST_WAIT else <uint32_t>left
            with nogil:
                some = queue_wait(self.queue, span)
            PyErr_CheckSignals()
            left -= span if left >= 0 else 0
            if some or left == 0 or self.handle == NULL:
                return bool(some)

    def take(self, decode):
        """Give the oldest waiting events to ``decode(block, dropped)``; None if there are none.

        The block lies in memory of the queue, which gets it back when `decode` has returned.
        """
        cdef Chunk* chunk
        cdef Block block
        with nogil:
            chunk = queue_take(self.queue)
        if chunk == NULL:
            return None
        try:
            block = self._block(chunk)
            try:
                return decode(block, chunk.dropped)
            finally:
                block._end()  # an error's traceback may keep it alive
        finally:
            queue_give_back(self.queue, chunk)

    def take_copy(self):
        """Return the oldest waiting events as a block of its own memory, and how many were lost."""
        cdef Chunk* chunk
        with nogil:
            chunk = queue_take(self.queue)
        if chunk == NULL:
            return None
        try:
            return self._copy(chunk), chunk.dropped
        finally:
            queue_give_back(self.queue, chunk)

    cdef object _block(self, Chunk* chunk):
        """Return the chunk as a block, without a copy."""
        cdef Block block = Block.__new__(Block, b"", base=0, count=0, version=self.version)
        block.memory = chunk.data
        block.base = <uint64_t>chunk.data
        block.nbytes = self.queue.chunk_size
        block.entries = chunk_pointers(self.queue, chunk)
        block.entries_offset = self.queue.chunk_size - POINTER_SIZE * chunk.count
        block.count = chunk.count
        return block

    cdef object _copy(self, Chunk* chunk):
        cdef const uint64_t* pointers = chunk_pointers(self.queue, chunk)
        cdef size_t used = (chunk.used + POINTER_SIZE - 1) & ~<size_t>(POINTER_SIZE - 1)
        cdef bytes image = PyBytes_FromStringAndSize(NULL, used + POINTER_SIZE * chunk.count)
        memset(PyBytes_AsString(image) + chunk.used, 0, used - chunk.used)
        memcpy(PyBytes_AsString(image), chunk.data, chunk.used)
        memcpy(PyBytes_AsString(image) + used, pointers, POINTER_SIZE * chunk.count)
        return Block(image, base=<uint64_t>chunk.data, count=chunk.count, version=self.version,
                     entries_offset=used)

    @property
    def stats(self):
        """How many events were received, and what became of them so far."""
        cdef QueueStats stats = queue_stats(self.queue)
        done = stats.delivered + stats.dropped + stats.unreadable
        return {
            "received": stats.received,
            "delivered": stats.delivered,
            "dropped": stats.dropped,
            "unreadable": stats.unreadable,
            "waiting": stats.received - done,
        }

    def __dealloc__(self):
        cdef DWORD first
        if self.subscribed or self.handle != NULL and self._unsubscribe(self.handle, &first):
            # Callbacks may still run, so the queue that they write to must not be freed.
            return
        queue_free(self.queue)
