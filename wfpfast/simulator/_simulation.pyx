"""An Api that a simulated engine answers, its threads and its counters; must not know its users."""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cimport cython

from wfpfast._base.threads cimport (
    wf_clock_ns, wf_lock, wf_signal_all, wf_thread_join, wf_thread_start, wf_thread_t,
    wf_unlock, wf_wait)
from wfpfast._blocks.block cimport Block
from wfpfast._blocks.pack cimport Pack, pack_budget, pack_event
from wfpfast.abi.minwindef cimport WCHAR
from wfpfast.engine._api cimport N_ENUMS, N_OBJECT_CALLS, N_SUBSCRIBES, Api, FwpmApi
from wfpfast.simulator._calls_subscriptions cimport deliver, fill_table
from wfpfast.simulator._log cimport log_add
from wfpfast.simulator._state cimport *
from wfpfast.simulator._units cimport Unit, unit_new

import itertools

from wfpfast._base.forking import fork_lock
from wfpfast.errors import MalformedBlockError

cdef enum:
    MAX_PLACES = 1 << 14
    MAX_EVENT = 1 << 26         # bytes with all that it points to
    SLICE_NS = 50_000_000       # how long a thread waits before it looks whether to end
    NEWEST = N_ENUMS - 1        # the version of the events that are simulated


cdef tuple function_names():
    """Return the SDK names of the functions, each at its number in `Function`.

    The number is at the same time the function's place in FwpmApi, after `server_name`: where a
    name is missing or the orders differ, the import fails.
    """
    cdef FwpmApi api
    cdef size_t start = <size_t>&api.FwpmEngineOpen0
    cdef size_t entry = sizeof(void*)
    cdef int n, kind
    cdef list rows = [
        (OPEN, <size_t>&api.FwpmEngineOpen0, "FwpmEngineOpen0"),
        (CLOSE, <size_t>&api.FwpmEngineClose0, "FwpmEngineClose0"),
        (GET_OPTION, <size_t>&api.FwpmEngineGetOption0, "FwpmEngineGetOption0"),
        (SET_OPTION, <size_t>&api.FwpmEngineSetOption0, "FwpmEngineSetOption0"),
        (FREE, <size_t>&api.FwpmFreeMemory0, "FwpmFreeMemory0"),
        (CREATE, <size_t>&api.FwpmNetEventCreateEnumHandle0, "FwpmNetEventCreateEnumHandle0"),
        (DESTROY, <size_t>&api.FwpmNetEventDestroyEnumHandle0, "FwpmNetEventDestroyEnumHandle0"),
        (UNSUBSCRIBE, <size_t>&api.FwpmNetEventUnsubscribe0, "FwpmNetEventUnsubscribe0"),
        (SECURITY, <size_t>&api.FwpmNetEventsGetSecurityInfo0, "FwpmNetEventsGetSecurityInfo0"),
    ]
    for n in range(N_ENUMS):
        rows.append((ENUM + n, <size_t>&api.FwpmNetEventEnum[n], f"FwpmNetEventEnum{n}"))
    for n in range(N_SUBSCRIBES):
        rows.append(
            (SUBSCRIBE + n, <size_t>&api.FwpmNetEventSubscribe[n], f"FwpmNetEventSubscribe{n}"))
    for kind, name in enumerate(
            ("Filter", "Layer", "SubLayer", "Provider", "Callout", "ProviderContext")):
        n = OBJECTS + N_OBJECT_CALLS * kind
        rows += [
            (n, <size_t>&api.objects[kind].create, f"Fwpm{name}CreateEnumHandle0"),
            (n + 1, <size_t>&api.objects[kind].enum, f"Fwpm{name}Enum0"),
            (n + 2, <size_t>&api.objects[kind].destroy, f"Fwpm{name}DestroyEnumHandle0"),
        ]
    rows.sort()
    if ([row[:2] for row in rows] != [(n, start + n * entry) for n in range(<int>N_FUNCTIONS)]
            or sizeof(FwpmApi) != (N_FUNCTIONS + 2) * entry):
        raise RuntimeError("FwpmApi, Function and function_names() do not agree")
    return tuple([name for _, _, name in rows])


FUNCTIONS = function_names()
ENTRIES = ("server_name", *FUNCTIONS, "block_size")  # all that is in FwpmApi, in its order
_numbers = itertools.count(1)


cdef struct Producer:
    # A thread that makes events: copies of `units`, from the first again after the last.
    Sim* sim
    Unit** units
    int64_t n_units
    int64_t next            # which unit is next
    int64_t total           # how many events to make; -1: go on until the thread is stopped
    int64_t interval_ns     # time between two events; 0: no pause
    bint now                # events get the time at which they are made
    int64_t produced
    int64_t missed          # how many of these were lost because memory ran out
    bint ends               # the thread has been told to end
    wf_thread_t thread


cdef Unit* next_unit(Producer* p) noexcept nogil:
    """Return a copy of the next unit; of made-up ones, the next whose class is collected."""
    cdef int64_t left = p.n_units
    cdef Unit* unit = NULL
    while left:
        left -= 1
        unit = p.units[p.next % p.n_units]
        p.next += 1
        if not p.now or sim_wants(p.sim, unit):
            break
    return unit_new(unit.data, unit.size, unit.places, unit.n_places)


cdef bint wait_until(Producer* p, int64_t due) noexcept nogil:
    """Wait for a moment; False if the thread is to end before."""
    cdef int64_t left = due - wf_clock_ns()
    cdef bint ends
    wf_lock(&p.sim.lock)
    while not p.ends and left > 0:
        wf_wait(
            &p.sim.signal, &p.sim.lock, <uint32_t>(min(left, <int64_t>SLICE_NS) // 1_000_000 + 1))
        left = due - wf_clock_ns()
    ends = p.ends
    wf_unlock(&p.sim.lock)
    return not ends


cdef void produce(void* given) noexcept nogil:
    """A thread's whole life."""
    cdef Producer* p = <Producer*>given
    cdef int64_t start = wf_clock_ns()
    cdef Unit* unit
    while p.produced != p.total and wait_until(p, start + p.produced * p.interval_ns):
        unit = next_unit(p)
        p.produced += 1
        if unit == NULL or sim_log(p.sim, unit, p.now) != 0 or not deliver(p.sim, unit):
            p.missed += 1
            sim_missed(p.sim)
        free(unit)


cdef class Units:
    """The events of a block as units."""

    cdef Unit** units
    cdef int64_t count

    def __cinit__(self, Block block not None):
        cdef Pack p
        cdef int64_t k
        cdef size_t capacity = min(<size_t>(block.nbytes + 4096), <size_t>MAX_EVENT)
        if block.version != NEWEST or block.internal:
            raise ValueError(
                f"a simulator takes blocks of FWPM_NET_EVENT{NEWEST} without wfpfast's tail")
        self.units = <Unit**>calloc(block.count + 1, sizeof(Unit*))
        memset(&p, 0, sizeof(p))
        p.image, p.base, p.size = block.memory, block.base, block.nbytes
        p.budget = pack_budget(block.nbytes)
        p.capacity, p.most_places = capacity, MAX_PLACES
        p.out = <uint8_t*>malloc(capacity)
        p.places = <uint32_t*>malloc(MAX_PLACES * sizeof(uint32_t))
        try:
            if self.units == NULL or p.out == NULL or p.places == NULL:
                raise MemoryError
            for k in range(block.count):
                p.used = 0
                if pack_event(&p, block.entries[k], NEWEST) != 0:  # it begins where `out` does
                    raise MalformedBlockError(k, "event", "cannot be followed")
                self.units[k] = unit_new(p.out, p.used, p.places, p.n_places)
                if self.units[k] == NULL:
                    raise MemoryError
                self.count = k + 1
        finally:
            free(p.out)
            free(p.places)

    def __dealloc__(self):
        cdef int64_t k
        for k in range(self.count):
            free(self.units[k])
        free(self.units)


cdef Producer producer(
    Sim* sim, Units units, int64_t first, int64_t total, int64_t interval_ns, bint now
) noexcept:
    cdef Producer p
    memset(&p, 0, sizeof(p))
    p.sim, p.units, p.n_units, p.next = sim, units.units, units.count, first
    p.total, p.interval_ns, p.now = total, interval_ns, now
    return p


@cython.no_gc_clear  # the threads use the units until __dealloc__ has joined them
cdef class Simulation(Api):
    """A simulated filtering engine; `wfpfast.Simulator` makes it convenient."""

    cdef Sim* sim
    cdef Producer* producers
    cdef int n_producers
    cdef Units supply               # what events are made of
    cdef object joining             # a lock, held while threads are started or waited for

    def __cinit__(self, *_, **__):
        cdef WCHAR[NAME_LENGTH] name
        text = f"wfpfast-simulator-{next(_numbers)}"
        for place, character in enumerate(text + "\0"):
            name[<int>place] = ord(character)
        self.joining = fork_lock()
        self.sim = sim_new(name)
        if self.sim == NULL:
            raise MemoryError
        fill_table(&self.table)
        self.table.server_name = self.sim.name

    def _create(self, int64_t ring_bytes, Units supply not None):
        if self.supply is not None:
            raise RuntimeError("a simulator is made once")
        self.supply = supply
        self.sim.max_bytes = ring_bytes

    def _bound_log(self, int64_t min_bytes):
        """Give the log the room that it uses now, or some more."""
        wf_lock(&self.sim.lock)
        self.sim.max_bytes = max(min_bytes, self.sim.log.bytes)
        wf_unlock(&self.sim.lock)

    def _log(self, Units events not None):
        """Put events in the log as they are, without telling subscribers."""
        cdef int64_t k
        for k in range(events.count):
            if sim_log(self.sim, events.units[k], False) < 0:
                raise MemoryError

    def _set_objects(self, int kind, list pieces):
        cdef uint32_t[16] places
        cdef Unit unit
        cdef bytes data
        unit.places = places
        for data, where in pieces:
            for place, offset in enumerate(where):
                places[<int>place] = offset
            unit.data, unit.size, unit.n_places = data, len(data), len(where)
            if log_add(&self.sim.objects[kind], &unit) < 0:
                raise MemoryError

    def _set_faults(self, list faults):
        """Let calls fail: (function, which call, code); call 0 is every one."""
        if len(faults) > MAX_FAULTS:
            raise ValueError(f"{len(faults)} faults: at most {MAX_FAULTS}")
        wf_lock(&self.sim.lock)
        self.sim.n_faults = 0
        for function, nth, code in faults:
            self.sim.faults[self.sim.n_faults] = Fault(function, nth, code)
            self.sim.n_faults += 1
        wf_unlock(&self.sim.lock)

    def _restore_calls(self):
        fill_table(&self.table)

    def _forget_call(self, int function):
        """Take a call out of the table, as an old Windows lacks it."""
        if ENUM <= function < DESTROY:
            self.table.FwpmNetEventEnum[function - ENUM] = NULL
        elif SUBSCRIBE <= function < UNSUBSCRIBE:
            self.table.FwpmNetEventSubscribe[function - SUBSCRIBE] = NULL
        elif function == SECURITY:
            self.table.FwpmNetEventsGetSecurityInfo0 = NULL
        else:
            raise ValueError(f"every Windows has {FUNCTIONS[function]}")

    def _set_delay(self, int64_t ns):
        self.sim.delay_ns = ns

    def _start(self, int threads, int64_t interval_ns, int64_t total):
        """Start threads that make events and call back; -1: until they are stopped."""
        cdef Producer* p
        cdef int k
        self._stop()
        with self.joining:
            if self.n_producers:
                raise RuntimeError("another thread has started them just now")
            free(self.producers)
            self.producers = <Producer*>calloc(threads, sizeof(Producer))
            if self.producers == NULL:
                raise MemoryError
            for k in range(threads):
                p = self.producers + k
                p[0] = producer(self.sim, self.supply, k * 7919, total, interval_ns, True)
                if wf_thread_start(&p.thread, produce, p) < 0:
                    raise RuntimeError("no thread could be started")
                self.n_producers += 1

    def _wait(self):
        """Wait until threads that have a total have made it."""
        with self.joining:
            self._join()

    def _stop(self):
        self._tell_to_end()  # then a caller that holds the lock, waiting for them, returns
        with self.joining:
            self._tell_to_end()  # those that have been started since
            self._join()

    cdef int _tell_to_end(self) except -1:
        cdef int k
        self._forget_lost_threads()
        wf_lock(&self.sim.lock)
        for k in range(self.n_producers):
            self.producers[k].ends = True
        wf_signal_all(&self.sim.signal)
        wf_unlock(&self.sim.lock)
        return 0

    cdef void _forget_lost_threads(self) noexcept:
        """In a child of fork there is nobody to tell or to wait for."""
        wf_lock(&self.sim.lock)
        if self.sim.alone:
            self.sim.alone = False
            self.n_producers = 0
        wf_unlock(&self.sim.lock)

    cdef int _join(self) except -1:
        cdef Producer* producers
        cdef int k
        self._forget_lost_threads()
        with nogil:
            for k in range(self.n_producers):
                wf_thread_join(self.producers[k].thread)
            wf_lock(&self.sim.lock)
            producers = self.producers
            self.producers = NULL
            self.n_producers = 0
            wf_unlock(&self.sim.lock)
            free(producers)
        return 0

    def _emit(self, Units events, int64_t count, bint now):
        """Log and deliver events on a thread of the engine's; return when that is done."""
        cdef Producer p
        cdef Units source = self.supply if events is None else events
        cdef int status
        if source is None or source.count == 0 or count == 0:
            return
        p = producer(self.sim, source, 0, count, 0, now)
        with nogil:
            status = wf_thread_start(&p.thread, produce, &p)
            if status == 0:
                wf_thread_join(p.thread)
        if status < 0:
            raise RuntimeError("no thread could be started")
        if p.missed:
            raise MemoryError

    @property
    def calls(self):
        """How often each function has been called, by its SDK name."""
        cdef int k
        wf_lock(&self.sim.lock)
        counts = [self.sim.calls[k] for k in range(<int>N_FUNCTIONS)]
        wf_unlock(&self.sim.lock)
        return dict(zip(FUNCTIONS, counts, strict=True))

    @property
    def live(self):
        """What has been handed out and not given back: all zero when a program has cleaned up."""
        wf_lock(&self.sim.lock)
        found = {
            "engines": self.sim.live[<int>ENGINE],
            "enum_handles": self.sim.live[<int>ENUMERATION],
            "subscriptions": self.sim.live[<int>SUBSCRIPTION],
            "blocks": self.sim.live_blocks,
        }
        wf_unlock(&self.sim.lock)
        return found

    @property
    def stats(self):
        """What happened: events logged, or lost for want of memory, callbacks, and mistakes."""
        wf_lock(&self.sim.lock)
        found = {
            "logged": self.sim.logged,
            "no_memory": self.sim.no_memory,
            "in_log": self.sim.log.count,
            "delivered": self.sim.delivered,
            "bad_frees": self.sim.bad_frees,
            "bad_handles": self.sim.bad_handles,
            "deadlocks": self.sim.deadlocks,
        }
        wf_unlock(&self.sim.lock)
        return found

    def _address(self, str name):
        """Return where a function of the table begins, 0 if it is missing; for ctypes."""
        cdef void** entries = <void**>&self.table  # nothing but pointers
        cdef int place = ENTRIES.index(name)
        return <uint64_t>entries[place]

    def _answer_nobody(self):
        sim_stop(self.sim)

    def __dealloc__(self):
        # Every session holds a reference to its engine, so no call is running.
        if self.sim != NULL:
            self._tell_to_end()
            self._join()
            sim_free(self.sim)
