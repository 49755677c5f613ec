"""The simulated calls of fwpuclnt.dll for subscriptions and objects; must not know Python."""

from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from wfpfast._base.threads cimport wf_lock, wf_signal_all, wf_thread_id, wf_unlock
from wfpfast.abi.fwpmobjects cimport (
    FWPM_ENGINE_COLLECT_NET_EVENTS, FWPM_NET_EVENT_SUBSCRIPTION0)
from wfpfast.abi.minwindef cimport DWORD, UINT32
from wfpfast.abi.winerror cimport *
from wfpfast.engine._api cimport (
    CALLOUTS, CONTEXTS, FILTERS, HANDLE, LAYERS, N_OBJECT_CALLS, PROVIDERS, SUBLAYERS, Callback,
    FwpmApi)
from wfpfast.simulator._calls_sessions cimport (
    destroy, end_subscription, enumeration, fill_calls, in_callback, page, take)
from wfpfast.simulator._match cimport Match, match_new, matches
from wfpfast.simulator._state cimport *
from wfpfast.simulator._units cimport Unit, event_fits, unit_size, unit_write

cdef enum:
    SCRIBBLE = 0xDD


cdef DWORD subscribe(
    int number, HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback,
    void* context, HANDLE* handle
) noexcept nogil:
    """FwpmNetEventSubscribe`number` delivers the version after its number."""
    cdef Sim* sim
    cdef Handle* h
    cdef Match* match = NULL
    cdef DWORD code = begin(engine, SUBSCRIBE + number, &sim)
    if code:
        return code
    if given == NULL or callback == NULL:
        code = ERROR_INVALID_PARAMETER
    else:
        code = match_new(given.enumTemplate, &match)
    h = handle_new(sim, SUBSCRIPTION, engine) if code == 0 else NULL
    if h != NULL:
        h.match = match
        h.version = number + 1
        h.callback = callback
        h.context = context
        handle[0] = <HANDLE>h.serial
    elif code == 0:
        free(match)
        code = ERROR_NOT_ENOUGH_MEMORY
    wf_unlock(&sim.lock)
    return code


cdef DWORD __stdcall subscribe_0(
    HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,
    HANDLE* handle
) noexcept nogil:
    return subscribe(0, engine, given, callback, context, handle)


cdef DWORD __stdcall subscribe_1(
    HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,
    HANDLE* handle
) noexcept nogil:
    return subscribe(1, engine, given, callback, context, handle)


cdef DWORD __stdcall subscribe_2(
    HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,
    HANDLE* handle
) noexcept nogil:
    return subscribe(2, engine, given, callback, context, handle)


cdef DWORD __stdcall subscribe_3(
    HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,
    HANDLE* handle
) noexcept nogil:
    return subscribe(3, engine, given, callback, context, handle)


cdef DWORD __stdcall subscribe_4(
    HANDLE engine, const FWPM_NET_EVENT_SUBSCRIPTION0* given, Callback callback, void* context,
    HANDLE* handle
) noexcept nogil:
    return subscribe(4, engine, given, callback, context, handle)


cdef DWORD __stdcall unsubscribe(HANDLE engine, HANDLE handle) noexcept nogil:
    """Return when no callback runs any more; from within a callback, which would wait for itself,
    with an error.
    """
    cdef Sim* sim
    cdef Handle* h
    cdef DWORD code = begin(engine, UNSUBSCRIBE, &sim)
    if code:
        return code
    h = owned(sim, engine, handle, SUBSCRIPTION) if handle != NULL else NULL
    if handle != NULL and (h == NULL or h.ended):
        code = ERROR_INVALID_HANDLE
    elif h != NULL and in_callback(sim, h):
        sim.deadlocks += 1
        code = ERROR_POSSIBLE_DEADLOCK
    elif h != NULL:
        end_subscription(sim, h)
    wf_unlock(&sim.lock)
    return code


cdef Handle* next_listener(Sim* sim, uint64_t after, const Unit* unit) noexcept nogil:
    """Return the subscription with the least serial number after one that wants this event."""
    cdef Handle* found = NULL
    cdef Handle* h = sim.handles
    while h != NULL:
        if (h.kind == SUBSCRIPTION and not h.ended and h.serial > after
                and (found == NULL or h.serial < found.serial)
                and event_fits(unit.data, h.version)
                and matches(h.match, unit.data, unit.data)):
            found = h
        h = h.next
    return found


cdef bint call_back(Sim* sim, Handle* h, const Unit* unit) noexcept nogil:
    """Call one subscription, without the lock meanwhile; False without memory.

    The event's memory is overwritten afterwards and freed after the next event. So a subscriber
    that reads it after its callback has returned gets wrong values, and does so every time.
    """
    cdef Calling calling = Calling(sim.callings, h, wf_thread_id())
    cdef Calling** link = &sim.callings
    cdef size_t size = unit_size(unit, h.version)
    cdef uint8_t* room = <uint8_t*>malloc(size)
    if room == NULL:
        return False
    h.running += 1
    sim.callings = &calling
    wf_unlock(&sim.lock)
    h.callback(h.context, unit_write(unit, h.version, room))
    memset(room, SCRIBBLE, size)
    wf_lock(&sim.lock)
    h.stale, room = room, h.stale
    while link[0] != &calling:
        link = &link[0].next
    link[0] = calling.next
    h.running -= 1
    sim.delivered += 1
    if h.ended:
        wf_signal_all(&sim.signal)
    free(room)
    return True


cdef bint deliver(Sim* sim, const Unit* unit) noexcept nogil:
    """Call all subscriptions that want the event, on this thread; False without memory."""
    cdef Handle* h
    cdef uint64_t last = 0
    cdef bint done = True
    wf_lock(&sim.lock)
    while done and not sim.stopped and sim.options[<int>FWPM_ENGINE_COLLECT_NET_EVENTS]:
        h = next_listener(sim, last, unit)
        if h == NULL:
            break
        last = h.serial
        done = call_back(sim, h, unit)
    wf_unlock(&sim.lock)
    return done


# --- Filters and what they refer to; templates are not looked at


cdef DWORD create_objects(int kind, HANDLE engine, HANDLE* handle) noexcept nogil:
    cdef Sim* sim
    cdef Handle* h
    cdef DWORD code = begin(engine, OBJECTS + N_OBJECT_CALLS * kind, &sim)
    if code:
        return code
    h = handle_new(sim, ENUMERATION, engine)
    if h == NULL:
        code = ERROR_NOT_ENOUGH_MEMORY
    else:
        h.object = kind
        code = take(sim, h, &sim.objects[kind], handle)
    wf_unlock(&sim.lock)
    return code


cdef DWORD next_objects(
    int kind, HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    cdef Sim* sim
    cdef Handle* h
    cdef DWORD code = begin(engine, OBJECTS + N_OBJECT_CALLS * kind + 1, &sim)
    if code:
        return code
    h = enumeration(sim, engine, handle, kind)
    if h == NULL:
        code = ERROR_INVALID_HANDLE
    else:
        code = page(sim, h, NO_EVENTS, limit, entries, returned)
    wf_unlock(&sim.lock)
    return code


cdef DWORD destroy_objects(int kind, HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy(OBJECTS + N_OBJECT_CALLS * kind + 2, kind, engine, handle)


cdef DWORD __stdcall create_filters(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(FILTERS, engine, handle)


cdef DWORD __stdcall enum_filters(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(FILTERS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_filters(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(FILTERS, engine, handle)


cdef DWORD __stdcall create_layers(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(LAYERS, engine, handle)


cdef DWORD __stdcall enum_layers(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(LAYERS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_layers(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(LAYERS, engine, handle)


cdef DWORD __stdcall create_sublayers(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(SUBLAYERS, engine, handle)


cdef DWORD __stdcall enum_sublayers(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(SUBLAYERS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_sublayers(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(SUBLAYERS, engine, handle)


cdef DWORD __stdcall create_providers(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(PROVIDERS, engine, handle)


cdef DWORD __stdcall enum_providers(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(PROVIDERS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_providers(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(PROVIDERS, engine, handle)


cdef DWORD __stdcall create_callouts(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(CALLOUTS, engine, handle)


cdef DWORD __stdcall enum_callouts(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(CALLOUTS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_callouts(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(CALLOUTS, engine, handle)


cdef DWORD __stdcall create_contexts(
    HANDLE engine, const void* given, HANDLE* handle
) noexcept nogil:
    return create_objects(CONTEXTS, engine, handle)


cdef DWORD __stdcall enum_contexts(
    HANDLE engine, HANDLE handle, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil:
    return next_objects(CONTEXTS, engine, handle, limit, entries, returned)


cdef DWORD __stdcall destroy_contexts(HANDLE engine, HANDLE handle) noexcept nogil:
    return destroy_objects(CONTEXTS, engine, handle)


cdef void fill_table(FwpmApi* table) noexcept nogil:
    """Fill all of a table but the server's name."""
    fill_calls(table)
    table.FwpmNetEventSubscribe[0] = subscribe_0
    table.FwpmNetEventSubscribe[1] = subscribe_1
    table.FwpmNetEventSubscribe[2] = subscribe_2
    table.FwpmNetEventSubscribe[3] = subscribe_3
    table.FwpmNetEventSubscribe[4] = subscribe_4
    table.FwpmNetEventUnsubscribe0 = unsubscribe
    table.objects[<int>FILTERS].create = create_filters
    table.objects[<int>FILTERS].enum = enum_filters
    table.objects[<int>FILTERS].destroy = destroy_filters
    table.objects[<int>LAYERS].create = create_layers
    table.objects[<int>LAYERS].enum = enum_layers
    table.objects[<int>LAYERS].destroy = destroy_layers
    table.objects[<int>SUBLAYERS].create = create_sublayers
    table.objects[<int>SUBLAYERS].enum = enum_sublayers
    table.objects[<int>SUBLAYERS].destroy = destroy_sublayers
    table.objects[<int>PROVIDERS].create = create_providers
    table.objects[<int>PROVIDERS].enum = enum_providers
    table.objects[<int>PROVIDERS].destroy = destroy_providers
    table.objects[<int>CALLOUTS].create = create_callouts
    table.objects[<int>CALLOUTS].enum = enum_callouts
    table.objects[<int>CALLOUTS].destroy = destroy_callouts
    table.objects[<int>CONTEXTS].create = create_contexts
    table.objects[<int>CONTEXTS].enum = enum_contexts
    table.objects[<int>CONTEXTS].destroy = destroy_contexts
