"""The state of simulated filtering engines: handles, blocks, the log; must not know Python.

Handles are numbers that are never used twice, so that a stale handle is an error and not a crash.
"""

from libc.stdlib cimport calloc, free, malloc

from wfpfast._base.forking cimport Guard, guard_begin, guard_end
from wfpfast._base.threads cimport (
    wf_filetime, wf_lock, wf_lock_destroy, wf_lock_init, wf_lock_t, wf_signal_all,
    wf_signal_destroy, wf_signal_init, wf_unlock)
from wfpfast.abi.fwpmobjects cimport (
    FWPM_ENGINE_COLLECT_NET_EVENTS, FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS)
from wfpfast.abi.winerror cimport EPT_S_NOT_REGISTERED, ERROR_INVALID_HANDLE
from wfpfast.engine._api cimport HANDLE, N_OBJECTS
from wfpfast.simulator._log cimport log_add, log_clear, log_evict, snapshot_end
from wfpfast.simulator._match cimport event_keyword
from wfpfast.simulator._units cimport Unit, aligned, unit_stamp

# All simulators of the process, and the lock for the list.
cdef Sim* sims = NULL
cdef wf_lock_t sims_lock
wf_lock_init(&sims_lock)
cdef Guard sims_guard
sims_guard.lock = &sims_lock
guard_begin(&sims_guard)
# Handles are serial numbers, and each simulator has its own. They look like pointers but must never
# be followed.
cdef uint64_t serials = 0x1000


cdef Sim* sim_named(const WCHAR* name) noexcept nogil:
    """Return the simulator of a name, locked; NULL if there is none."""
    cdef Sim* sim
    cdef int k
    wf_lock(&sims_lock)
    sim = sims
    while sim != NULL:
        k = 0
        while k < NAME_LENGTH and sim.name[k] == name[k] and name[k]:
            k += 1
        if k < NAME_LENGTH and sim.name[k] == name[k]:
            wf_lock(&sim.lock)
            break
        sim = sim.next
    wf_unlock(&sims_lock)
    return sim


cdef void in_child(void* owner) noexcept nogil:
    """Forget the threads of the parent: those that make events, and the callbacks they were in."""
    cdef Sim* sim = <Sim*>owner
    cdef Handle* h = sim.handles
    sim.alone = True
    sim.callings = NULL
    while h != NULL:
        h.running = 0
        h = h.next


cdef Sim* sim_new(const WCHAR* name) noexcept nogil:
    """Return a simulator that can be found by its name, or NULL without memory."""
    global serials, sims
    cdef Sim* sim = <Sim*>calloc(1, sizeof(Sim))
    cdef int k
    if sim == NULL:
        return NULL
    wf_lock_init(&sim.lock)
    wf_signal_init(&sim.signal)
    sim.guard.lock, sim.guard.signal = &sim.lock, &sim.signal
    sim.guard.in_child, sim.guard.owner = in_child, sim
    guard_begin(&sim.guard)
    for k in range(NAME_LENGTH - 1):
        sim.name[k] = name[k]
        if name[k] == 0:
            break
    sim.options[<int>FWPM_ENGINE_COLLECT_NET_EVENTS] = 1
    wf_lock(&sims_lock)
    sim.next = sims
    sims = sim
    sim.serial = serials
    serials += <uint64_t>1 << 40  # more than it will ever give out
    wf_unlock(&sims_lock)
    return sim


cdef void forget(Sim* sim) noexcept nogil:
    cdef Sim** link = &sims
    wf_lock(&sims_lock)
    while link[0] != NULL and link[0] != sim:
        link = &link[0].next
    if link[0] == sim:
        link[0] = sim.next
    wf_unlock(&sims_lock)


cdef void handle_free(Handle* h) noexcept nogil:
    snapshot_end(&h.snapshot)
    free(h.match)
    free(h.stale)
    free(h)


cdef void sim_free(Sim* sim) noexcept nogil:
    """Free all; nobody may be in a call. Handles and blocks that are still out go, too."""
    cdef Handle* h
    cdef Live* block
    cdef int kind
    if sim == NULL:
        return
    forget(sim)
    while sim.handles != NULL:
        h = sim.handles
        sim.handles = h.next
        handle_free(h)
    while sim.blocks != NULL:
        block = sim.blocks
        sim.blocks = block.next
        free(block.memory)
        free(block)
    log_clear(&sim.log)
    for kind in range(N_OBJECTS):
        log_clear(&sim.objects[kind])
    guard_end(&sim.guard)
    wf_signal_destroy(&sim.signal)
    wf_lock_destroy(&sim.lock)
    free(sim)


cdef void sim_stop(Sim* sim) noexcept nogil:
    """Let every further call find nobody."""
    wf_lock(&sim.lock)
    sim.stopped = True
    wf_signal_all(&sim.signal)
    wf_unlock(&sim.lock)


# --- The log


cdef bint sim_wants(const Sim* sim, const Unit* unit) noexcept nogil:
    """Tell whether an event's class is collected: some classes need their keyword."""
    return (event_keyword(unit.data)
            & ~sim.options[<int>FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS] == 0)


cdef int sim_log(Sim* sim, Unit* unit, bint new) noexcept nogil:
    """Put an event in the log, whose oldest ones make room; -1 without memory.

    A new event gets the current time, which never runs backwards. Nothing is logged while
    collection is off, and an event that is larger than the whole log is never logged.
    """
    cdef int64_t size = aligned(unit.size)
    cdef int status = 0
    wf_lock(&sim.lock)
    if new:
        sim.time = max(sim.time, wf_filetime())
        unit_stamp(unit, sim.time)
    if sim.options[<int>FWPM_ENGINE_COLLECT_NET_EVENTS] and size <= sim.max_bytes:
        while sim.log.count and sim.log.bytes + size > sim.max_bytes:
            log_evict(&sim.log)
        status = log_add(&sim.log, unit)
        if status == 0:
            sim.logged += 1
    wf_unlock(&sim.lock)
    return status


cdef void sim_missed(Sim* sim) noexcept nogil:
    """Count an event that was lost because memory ran out."""
    wf_lock(&sim.lock)
    sim.no_memory += 1
    wf_unlock(&sim.lock)


# --- Calls, faults and handles


cdef DWORD counted(Sim* sim, int function) noexcept nogil:
    """Count a call and return the error that it has been told to fail with."""
    cdef int k
    cdef Fault* fault
    sim.calls[function] += 1
    if sim.stopped:
        return EPT_S_NOT_REGISTERED
    for k in range(sim.n_faults):
        fault = &sim.faults[k]
        if fault.function == function and fault.nth in (0, sim.calls[function]):
            return fault.code
    return 0


cdef Handle* handle_in(Sim* sim, uint64_t serial) noexcept nogil:
    cdef Handle* h = sim.handles
    while h != NULL and h.serial != serial:
        h = h.next
    return h


cdef Sim* lock_owner(HANDLE engine) noexcept nogil:
    """Return the simulator of an engine handle, locked; NULL if there is none."""
    cdef Sim* sim
    cdef Handle* h
    wf_lock(&sims_lock)
    sim = sims
    while sim != NULL:
        wf_lock(&sim.lock)
        h = handle_in(sim, <uint64_t>engine)
        if h != NULL and h.kind == ENGINE and not h.ended:
            break
        wf_unlock(&sim.lock)
        sim = sim.next
    wf_unlock(&sims_lock)
    return sim


cdef DWORD begin(HANDLE engine, int function, Sim** sim) noexcept nogil:
    """Begin a call: on 0 the simulator is locked, otherwise the call is over."""
    cdef DWORD code
    sim[0] = lock_owner(engine)
    if sim[0] == NULL:
        return ERROR_INVALID_HANDLE
    code = counted(sim[0], function)
    if code:
        wf_unlock(&sim[0].lock)
    return code


cdef Handle* handle_new(Sim* sim, HandleKind kind, HANDLE engine) noexcept nogil:
    cdef Handle* h = <Handle*>calloc(1, sizeof(Handle))
    if h == NULL:
        return NULL
    h.kind = kind
    h.engine = <uint64_t>engine
    sim.serial += 8
    h.serial = sim.serial
    h.next = sim.handles
    sim.handles = h
    sim.live[<int>kind] += 1
    return h


cdef void handle_end(Sim* sim, Handle* h) noexcept nogil:
    cdef Handle** link = &sim.handles
    while link[0] != h:
        link = &link[0].next
    link[0] = h.next
    sim.live[<int>h.kind] -= 1
    handle_free(h)


cdef Handle* owned(Sim* sim, HANDLE engine, HANDLE handle, HandleKind kind) noexcept nogil:
    """Return a live handle of an engine's; NULL, and a count, if it is none."""
    cdef Handle* h = handle_in(sim, <uint64_t>handle)
    if h == NULL or h.kind != kind or h.engine != <uint64_t>engine:
        sim.bad_handles += 1
        return NULL
    return h


# --- Blocks


cdef uint8_t* block_new(Sim* sim, uint64_t size) noexcept nogil:
    cdef Live* block = <Live*>malloc(sizeof(Live))
    cdef uint8_t* memory = <uint8_t*>malloc(size if size else 1)
    if block == NULL or memory == NULL:
        free(block)
        free(memory)
        return NULL
    block.memory = memory
    block.size = size
    block.next = sim.blocks
    sim.blocks = block
    sim.live_blocks += 1
    return memory


cdef Live** block_link(Sim* sim, const void* memory) noexcept nogil:
    cdef Live** link = &sim.blocks
    while link[0] != NULL and link[0].memory != memory:
        link = &link[0].next
    return link


cdef void block_free(void** p) noexcept nogil:
    """FwpmFreeMemory0 has no engine: every simulator is asked whether the block is its own."""
    cdef Sim* sim
    cdef Live** link
    cdef Live* block
    if p == NULL or p[0] == NULL:
        return
    wf_lock(&sims_lock)
    sim = sims
    while sim != NULL:
        wf_lock(&sim.lock)
        link = block_link(sim, p[0])
        block = link[0]
        if block != NULL:
            link[0] = block.next
            sim.live_blocks -= 1
            sim.calls[<int>FREE] += 1
            free(block.memory)
            free(block)
            p[0] = NULL
            wf_unlock(&sim.lock)
            break
        wf_unlock(&sim.lock)
        sim = sim.next
    if sim == NULL and sims != NULL:
        sims.bad_frees += 1
    wf_unlock(&sims_lock)


cdef uint64_t block_size(const void* memory) noexcept nogil:
    cdef Sim* sim
    cdef Live* block
    cdef uint64_t size = 0
    wf_lock(&sims_lock)
    sim = sims
    while sim != NULL and size == 0:
        wf_lock(&sim.lock)
        block = block_link(sim, memory)[0]
        if block != NULL:
            size = block.size
        wf_unlock(&sim.lock)
        sim = sim.next
    wf_unlock(&sims_lock)
    return size
