"""Filters and what they refer to in an engine, as Python values; knows no event.

There are a thousand or two of them, read once in a while: the memory is read with care, not speed.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint64_t

from wfpfast.abi.fwpmobjects cimport (
    FWPM_CALLOUT0, FWPM_DISPLAY_DATA0, FWPM_FILTER0, FWPM_GENERAL_CONTEXT, FWPM_LAYER0,
    FWPM_PROVIDER0, FWPM_PROVIDER_CONTEXT0, FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0, FWPM_SUBLAYER0)
from wfpfast.abi.fwptypes cimport FWP_BYTE_BLOB, FWP_UINT64, FWP_VALUE0
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport DWORD, UINT32, UINT64, WCHAR
from wfpfast.abi.winerror cimport ERROR_INVALID_DATA
from wfpfast.engine._api cimport (
    CALLOUTS, CONTEXTS, FILTERS, LAYERS, N_OBJECTS, PROVIDERS, SUBLAYERS, HANDLE, ObjectCalls)
from wfpfast.engine._session cimport Session

import uuid

from wfpfast.errors import WfpError

cdef enum:
    PAGE = 512
    MOST_CHARACTERS = 1 << 15
    # Of fwpmtypes.h and fwptypes.h: which members of a filter mean something.
    HAS_PROVIDER_CONTEXT = 0x4
    ACTION_FLAG_CALLOUT = 0x4000

cdef list NAMES = ["Filter", "Layer", "SubLayer", "Provider", "Callout", "ProviderContext"]


cdef struct Span:
    # The block that a page of objects lies in: nothing outside is read.
    uint64_t base
    uint64_t size


cdef bint holds(const Span* span, const void* pointer, uint64_t size) noexcept:
    cdef uint64_t offset = <uint64_t>pointer - span.base
    return offset <= span.size and span.size - offset >= size


cdef object text(const Span* span, const WCHAR* start):
    """The NUL-terminated text at `start`; None for NULL and for what does not end in the block."""
    cdef Py_ssize_t length = 0
    if start == NULL:
        return None
    while length < MOST_CHARACTERS and holds(span, start + length, sizeof(WCHAR)):
        if start[length] == 0:
            raw = PyBytes_FromStringAndSize(<const char*>start, length * sizeof(WCHAR))
            return raw.decode("utf-16-le", "replace")
        length += 1
    return None


cdef object guid(const GUID* key):
    """As netsh writes keys that have no name."""
    raw = PyBytes_FromStringAndSize(<const char*>key, sizeof(GUID))
    return f"{{{uuid.UUID(bytes_le=raw)}}}"


cdef object guid_at(const Span* span, const GUID* key):
    return guid(key) if key != NULL and holds(span, key, sizeof(GUID)) else None


cdef dict shown(const Span* span, const GUID* key, const FWPM_DISPLAY_DATA0* display):
    return {
        "key": guid(key),
        "name": text(span, display.name),
        "description": text(span, display.description),
    }


cdef object number(const Span* span, const FWP_VALUE0* value):
    """A filter's weight: 64 bits behind a pointer, or nothing that wfpfast reads."""
    cdef const UINT64* where = value.value.uint64
    if value.type != FWP_UINT64 or not holds(span, where, sizeof(UINT64)):
        return None
    return where[0]


cdef object blob(const Span* span, const FWP_BYTE_BLOB* data):
    """The bytes of a blob; None for NULL and for what is not in the block."""
    if data == NULL or not holds(span, data, sizeof(FWP_BYTE_BLOB)):
        return None
    if not holds(span, data.data, data.size):
        return None
    return PyBytes_FromStringAndSize(<const char*>data.data, data.size)


cdef dict filter_row(const Span* span, const FWPM_FILTER0* x):
    return {
        **shown(span, &x.filterKey, &x.displayData),
        "filter_id": x.filterId,
        "flags": x.flags,
        "provider_key": guid_at(span, x.providerKey),
        "layer_key": guid(&x.layerKey),
        "sublayer_key": guid(&x.subLayerKey),
        "action": x.action.type,
        "callout_key": (
            guid(&x.action.context.calloutKey) if x.action.type & ACTION_FLAG_CALLOUT else None),
        "provider_context_key": (
            guid(&x.context.providerContextKey) if x.flags & HAS_PROVIDER_CONTEXT else None),
        "weight": number(span, &x.effectiveWeight),
    }


cdef dict callout_row(const Span* span, const FWPM_CALLOUT0* x):
    return {
        **shown(span, &x.calloutKey, &x.displayData), "flags": x.flags,
        "provider_key": guid_at(span, x.providerKey), "callout_id": x.calloutId}


cdef dict context_row(const Span* span, const FWPM_PROVIDER_CONTEXT0* x):
    cdef bint general = x.type == FWPM_GENERAL_CONTEXT  # others have a policy there
    return {
        **shown(span, &x.providerContextKey, &x.displayData),
        "data": blob(span, x.dataBuffer) if general else None}


cdef dict row(int kind, const Span* span, const void* entry):
    if kind == FILTERS and holds(span, entry, sizeof(FWPM_FILTER0)):
        return filter_row(span, <const FWPM_FILTER0*>entry)
    if kind == LAYERS and holds(span, entry, sizeof(FWPM_LAYER0)):
        layer = <const FWPM_LAYER0*>entry
        return {**shown(span, &layer.layerKey, &layer.displayData), "layer_id": layer.layerId}
    if kind == SUBLAYERS and holds(span, entry, sizeof(FWPM_SUBLAYER0)):
        sublayer = <const FWPM_SUBLAYER0*>entry
        return {
            **shown(span, &sublayer.subLayerKey, &sublayer.displayData),
            "provider_key": guid_at(span, sublayer.providerKey), "weight": sublayer.weight}
    if kind == PROVIDERS and holds(span, entry, sizeof(FWPM_PROVIDER0)):
        provider = <const FWPM_PROVIDER0*>entry
        return {
            **shown(span, &provider.providerKey, &provider.displayData),
            "service": text(span, provider.serviceName)}
    if kind == CALLOUTS and holds(span, entry, sizeof(FWPM_CALLOUT0)):
        return callout_row(span, <const FWPM_CALLOUT0*>entry)
    if kind == CONTEXTS and holds(span, entry, sizeof(FWPM_PROVIDER_CONTEXT0)):
        return context_row(span, <const FWPM_PROVIDER_CONTEXT0*>entry)
    raise WfpError(ERROR_INVALID_DATA, f"Fwpm{NAMES[kind]}Enum0")


cdef list page_rows(Session session, int kind, void** entries, UINT32 count):
    cdef Span span
    cdef UINT32 k
    with nogil:
        span.base = <uint64_t>entries
        span.size = session.api.table.block_size(entries)
    if not holds(&span, entries, 8 * <uint64_t>count):
        raise WfpError(ERROR_INVALID_DATA, f"Fwpm{NAMES[kind]}Enum0")
    return [row(kind, &span, entries[k]) for k in range(count)]


cdef list next_rows(Session session, int kind, HANDLE engine, HANDLE handle):
    """One page, and the block given back; an empty list after the last page."""
    cdef ObjectCalls* calls = &session.api.table.objects[kind]
    cdef void** entries = NULL
    cdef UINT32 count = 0
    cdef DWORD code = 0
    with nogil:
        code = calls.enum(engine, handle, PAGE, &entries, &count)
    try:
        if code:
            raise WfpError(code, f"Fwpm{NAMES[kind]}Enum0")
        return page_rows(session, kind, entries, count) if count else []
    finally:
        if entries != NULL:
            with nogil:
                session.api.table.FwpmFreeMemory0(<void**>&entries)


def read_objects(Session session not None, int kind):
    """Return all objects of a kind, each as a dict.

    Filters (0), layers (1), sublayers (2), providers (3), callouts (4), or provider contexts (5).
    Of these only the general ones are asked for: the others hold IPsec policies, keys among them.
    """
    cdef ObjectCalls* calls
    cdef FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0 general
    cdef HANDLE engine
    cdef HANDLE handle = NULL
    cdef DWORD code = 0
    if not 0 <= kind < N_OBJECTS:
        raise ValueError(f"no objects of kind {kind}")
    calls = &session.api.table.objects[kind]
    general.providerKey, general.providerContextType = NULL, FWPM_GENERAL_CONTEXT
    rows = []  # before there is a handle that an error could leave behind
    with session.lock:
        engine = session._opened()
        with nogil:
            code = calls.create(engine, &general if kind == CONTEXTS else NULL, &handle)
        if code:
            raise WfpError(code, f"Fwpm{NAMES[kind]}CreateEnumHandle0")
        try:
            while page := next_rows(session, kind, engine, handle):
                rows += page
        finally:
            with nogil:
                code = calls.destroy(engine, handle)
                if code:
                    calls.destroy(engine, handle)
        if code:
            raise WfpError(code, f"Fwpm{NAMES[kind]}DestroyEnumHandle0")
        return rows
