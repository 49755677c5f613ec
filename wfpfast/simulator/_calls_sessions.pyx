"""The simulated calls of fwpuclnt.dll for sessions, options and enumerations; knows no Python.

They follow the documented contract: a snapshot at handle creation, one block a page, one free for a
block.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memset

from wfpfast._base.threads cimport wf_clock_ns, wf_thread_id, wf_unlock, wf_wait
from wfpfast.abi.fwpmobjects cimport (
    FWPM_ENGINE_COLLECT_NET_EVENTS, FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS,
    FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS, FWPM_ENGINE_OPTION, FWPM_ENGINE_OPTION_MAX,
    FWPM_NET_EVENT_ENUM_TEMPLATE0, FWPM_SESSION0)
from wfpfast.abi.fwptypes cimport FWP_UINT32, FWP_VALUE0
from wfpfast.abi.minwindef cimport DWORD, UINT32, WCHAR
from wfpfast.abi.winerror cimport *
from wfpfast.engine._api cimport HANDLE, FwpmApi
from wfpfast.simulator._log cimport (
    Log, block_needed, block_write, log_clear, snapshot_take)
from wfpfast.simulator._match cimport Match, known_keywords, match_new
from wfpfast.simulator._state cimport *

cdef enum:
    DESCRIPTOR = 20             # bytes of an empty security descriptor


cdef DWORD __stdcall engine_open(
    const WCHAR* server, UINT32 service, void* identity, const FWPM_SESSION0* session,
    HANDLE* engine
) noexcept nogil:
    cdef Sim* sim = sim_named(server) if server != NULL else NULL
    cdef Handle* h
    cdef DWORD code
    if sim == NULL:
        return RPC_S_SERVER_UNAVAILABLE
    code = counted(sim, OPEN)
    if code == 0:
        h = handle_new(sim, ENGINE, NULL)
        if h == NULL:
            code = ERROR_NOT_ENOUGH_MEMORY
        else:
            engine[0] = <HANDLE>h.serial
    wf_unlock(&sim.lock)
    return code


cdef bint in_callback(Sim* sim, const Handle* h) noexcept nogil:
    """Tell whether this thread is in a callback of a subscription, or of an engine's."""
    cdef Calling* calling = sim.callings
    cdef uint64_t thread = wf_thread_id()
    while calling != NULL:
        if calling.thread == thread and (
                calling.handle == h or calling.handle.engine == h.serial):
            return True
        calling = calling.next
    return False


cdef void end_subscription(Sim* sim, Handle* h) noexcept nogil:
    """Wait until its callback has returned; the lock is given up meanwhile."""
    h.ended = True
    while h.running:
        wf_wait(&sim.signal, &sim.lock, 1000)
    handle_end(sim, h)


cdef DWORD __stdcall engine_close(HANDLE engine) noexcept nogil:
    cdef Sim* sim
    cdef Handle* session
    cdef Handle* h
    cdef DWORD code = begin(engine, CLOSE, &sim)
    if code:
        return code
    session = handle_in(sim, <uint64_t>engine)
    if in_callback(sim, session):
        sim.deadlocks += 1
        wf_unlock(&sim.lock)
        return ERROR_POSSIBLE_DEADLOCK
    session.ended = True  # the lock is given up below: nobody else may close it meanwhile
    h = sim.handles
    while h != NULL:  # as documented, the end of a session ends its subscriptions
        if h.kind == SUBSCRIPTION and h.engine == <uint64_t>engine and not h.ended:
            end_subscription(sim, h)
            h = sim.handles
        else:
            h = h.next
    handle_end(sim, session)
    wf_unlock(&sim.lock)
    return 0


cdef DWORD __stdcall get_option(
    HANDLE engine, FWPM_ENGINE_OPTION option, FWP_VALUE0** value
) noexcept nogil:
    cdef Sim* sim
    cdef FWP_VALUE0* found
    cdef DWORD code = begin(engine, GET_OPTION, &sim)
    if code:
        return code
    found = NULL
    if option >= FWPM_ENGINE_OPTION_MAX:
        code = ERROR_INVALID_PARAMETER
    else:
        found = <FWP_VALUE0*>block_new(sim, sizeof(FWP_VALUE0))
        if found == NULL:
            code = ERROR_NOT_ENOUGH_MEMORY
    if found != NULL:
        memset(found, 0, sizeof(FWP_VALUE0))
        found.type = FWP_UINT32
        found.value.uint32 = sim.options[option]
        value[0] = found
    wf_unlock(&sim.lock)
    return code


cdef DWORD refused(const Sim* sim, FWPM_ENGINE_OPTION option, uint32_t number) noexcept nogil:
    """Return why Windows does not let an option have a number, 0 if it does.

    The page of FwpmEngineSetOption0 gives the numbers, and FWP_E_STILL_ON; FWP_E_INVALID_FLAGS for
    unknown keywords was seen on Windows 7 (System Informer's issue 721). Which error is for a
    number other than 0 and 1 stands nowhere.
    """
    if option == FWPM_ENGINE_COLLECT_NET_EVENTS and number > 1:
        return ERROR_INVALID_PARAMETER
    if option == FWPM_ENGINE_NET_EVENT_MATCH_ANY_KEYWORDS and number & ~known_keywords:
        return FWP_E_INVALID_FLAGS
    if option == FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS and number == 0 and sim.options[option]:
        return FWP_E_STILL_ON
    return 0


cdef DWORD __stdcall set_option(
    HANDLE engine, FWPM_ENGINE_OPTION option, const FWP_VALUE0* value
) noexcept nogil:
    cdef Sim* sim
    cdef DWORD code = begin(engine, SET_OPTION, &sim)
    if code:
        return code
    if option >= FWPM_ENGINE_OPTION_MAX or value == NULL:
        code = ERROR_INVALID_PARAMETER
    elif value.type != FWP_UINT32:
        code = FWP_E_TYPE_MISMATCH
    else:
        code = refused(sim, option, value.value.uint32)
    if code == 0:
        if (option == FWPM_ENGINE_COLLECT_NET_EVENTS and value.value.uint32
                and not sim.options[option]):
            log_clear(&sim.log)  # switching collection on begins a new log
        sim.options[option] = value.value.uint32
    wf_unlock(&sim.lock)
    return code


cdef void __stdcall free_memory(void** p) noexcept nogil:
    block_free(p)


cdef DWORD __stdcall get_security(
    HANDLE engine, DWORD what, void** owner, void** group, void** dacl, void** sacl,
    void** descriptor
) noexcept nogil:
    cdef Sim* sim
    cdef uint8_t* built
    cdef DWORD code = begin(engine, SECURITY, &sim)
    if code:
        return code
    built = block_new(sim, DESCRIPTOR)
    if built == NULL:
        code = ERROR_NOT_ENOUGH_MEMORY
    else:
        memset(built, 0, DESCRIPTOR)
        built[0] = 1  # SECURITY_DESCRIPTOR.Revision
        descriptor[0] = built
    wf_unlock(&sim.lock)
    return code


# --- Enumerations


cdef Handle* enumeration(Sim* sim, HANDLE engine, HANDLE handle, int object) noexcept nogil:
    """Return an enumeration of events or of a kind of objects; NULL if the handle is none."""
    cdef Handle* h = owned(sim, engine, handle, ENUMERATION)
    if h != NULL and h.object != object:
        sim.bad_handles += 1
        return NULL
    return h


cdef DWORD take(Sim* sim, Handle* h, const Log* log, HANDLE* handle) noexcept nogil:
    """Let a new enumeration have what a log has now; without memory it ends."""
    if snapshot_take(&h.snapshot, log) < 0:
        handle_end(sim, h)
        return ERROR_NOT_ENOUGH_MEMORY
    handle[0] = <HANDLE>h.serial
    return 0


cdef DWORD __stdcall create_enum(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    cdef Sim* sim
    cdef Handle* h
    cdef Match* match = NULL
    cdef DWORD code = begin(engine, CREATE, &sim)
    if code:
        return code
    code = match_new(<const FWPM_NET_EVENT_ENUM_TEMPLATE0*>given, &match)
    h = handle_new(sim, ENUMERATION, engine) if code == 0 else NULL
    if h != NULL:
        h.match = match
        h.object = NO_EVENTS
        code = take(sim, h, &sim.log, handle)
    elif code == 0:
        free(match)
        code = ERROR_NOT_ENOUGH_MEMORY
    wf_unlock(&sim.lock)
    return code


cdef DWORD page(
    Sim* sim, Handle* h, int version, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    """Hand out the next entries of a snapshot in one block; no block if none are left.

    With NO_EVENTS as version the entries are objects, which are copied without conversion.
    """
    cdef uint8_t* block
    cdef uint32_t count
    cdef size_t size = block_needed(h.snapshot, h.match, version, limit, &count)
    entries[0] = NULL
    returned[0] = 0
    if count == 0:
        return 0
    block = block_new(sim, size)
    if block == NULL:
        return ERROR_NOT_ENOUGH_MEMORY
    block_write(&h.snapshot, h.match, version, count, block)
    entries[0] = <void**>block
    returned[0] = count
    return 0


cdef void pause(Sim* sim) noexcept nogil:
    """Take the time that a call has been told to take; others may call meanwhile."""
    cdef int64_t end = wf_clock_ns() + sim.delay_ns
    while sim.delay_ns and not sim.stopped and wf_clock_ns() < end:
        wf_wait(&sim.signal, &sim.lock, <uint32_t>((end - wf_clock_ns()) // 1_000_000 + 1))


cdef DWORD next_page(
    int version, HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    cdef Sim* sim
    cdef Handle* h
    cdef DWORD code = begin(engine, ENUM + version, &sim)
    if code:
        return code
    pause(sim)
    h = enumeration(sim, engine, handle, NO_EVENTS)
    if h == NULL:
        code = ERROR_INVALID_HANDLE
    elif not sim.options[<int>FWPM_ENGINE_COLLECT_NET_EVENTS]:
        code = FWP_E_NET_EVENTS_DISABLED
    else:
        code = page(sim, h, version, limit, entries, returned)
    wf_unlock(&sim.lock)
    return code


cdef DWORD __stdcall enum_0(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(0, engine, handle, limit, entries, returned)


cdef DWORD __stdcall enum_1(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(1, engine, handle, limit, entries, returned)


cdef DWORD __stdcall enum_2(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(2, engine, handle, limit, entries, returned)


cdef DWORD __stdcall enum_3(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(3, engine, handle, limit, entries, returned)


cdef DWORD __stdcall enum_4(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(4, engine, handle, limit, entries, returned)


cdef DWORD __stdcall enum_5(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_page(5, engine, handle, limit, entries, returned)


cdef DWORD destroy(int function, int object, HANDLE engine, HANDLE handle) noexcept nogil:
    cdef Sim* sim
    cdef Handle* h
    cdef DWORD code = begin(engine, function, &sim)
    if code:
        return code
    h = enumeration(sim, engine, handle, object)
    if h == NULL:
        code = ERROR_INVALID_HANDLE
    else:
        handle_end(sim, h)
    wf_unlock(&sim.lock)
    return code


cdef DWORD __stdcall destroy_enum(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy(DESTROY, NO_EVENTS, engine, handle)


cdef void fill_calls(FwpmApi* table) noexcept nogil:
    table.FwpmEngineOpen0 = engine_open
    table.FwpmEngineClose0 = engine_close
    table.FwpmEngineGetOption0 = get_option
    table.FwpmEngineSetOption0 = set_option
    table.FwpmFreeMemory0 = free_memory
    table.FwpmNetEventsGetSecurityInfo0 = get_security
    table.FwpmNetEventCreateEnumHandle0 = create_enum
    table.FwpmNetEventEnum[0] = enum_0
    table.FwpmNetEventEnum[1] = enum_1
    table.FwpmNetEventEnum[2] = enum_2
    table.FwpmNetEventEnum[3] = enum_3
    table.FwpmNetEventEnum[4] = enum_4
    table.FwpmNetEventEnum[5] = enum_5
    table.FwpmNetEventDestroyEnumHandle0 = destroy_enum
    table.block_size = block_size
