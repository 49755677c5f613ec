"""The calls of Windows' fwpuclnt.dll; built on Windows only; must not know what they are used for.

The DLL is taken from System32 and nowhere else: one of that name beside the program or on the path
is not ours to run. Entry points are looked up by name, since an old Windows lacks the newer ones.
"""

from libc.stdint cimport uint64_t

from wfpfast.abi.minwindef cimport DWORD
from wfpfast.engine._api cimport (
    CALLOUTS, CONTEXTS, FILTERS, LAYERS, N_ENUMS, N_SUBSCRIBES, PROVIDERS, SUBLAYERS, Api,
    CreateEnumHandle, DestroyEnumHandle, EngineClose, EngineOpen, Enum, FreeMemory, FwpmApi,
    GetOption, GetSecurityInfo, SetOption, Subscribe, Unsubscribe)

from wfpfast.errors import WfpError


cdef extern from "_win32.h":
    void* wf_load() nogil
    void* wf_entry(void* dll, const char* name) nogil
    uint64_t wf_block_size(const void* block) noexcept nogil
    DWORD GetLastError() nogil


cdef class Windows(Api):
    """The engine of this machine."""


cdef void* needed(void* dll, str name) except NULL:
    cdef bytes text = name.encode()
    cdef void* entry = wf_entry(dll, text)
    if entry == NULL:
        raise WfpError(GetLastError(), name)
    return entry


cdef int load_objects(FwpmApi* table, void* dll) except -1:
    for kind, name in (
        (FILTERS, "Filter"), (LAYERS, "Layer"), (SUBLAYERS, "SubLayer"), (PROVIDERS, "Provider"),
        (CALLOUTS, "Callout"), (CONTEXTS, "ProviderContext"),
    ):
        table.objects[<int>kind].create = <CreateEnumHandle>needed(
            dll, f"Fwpm{name}CreateEnumHandle0")
        table.objects[<int>kind].enum = <Enum>needed(dll, f"Fwpm{name}Enum0")
        table.objects[<int>kind].destroy = <DestroyEnumHandle>needed(
            dll, f"Fwpm{name}DestroyEnumHandle0")
    return 0


cdef int load_events(FwpmApi* table, void* dll) except -1:
    cdef bytes name
    cdef int n
    for n in range(N_ENUMS):
        name = f"FwpmNetEventEnum{n}".encode()
        table.FwpmNetEventEnum[n] = <Enum>wf_entry(dll, name)
    for n in range(N_SUBSCRIBES):
        name = f"FwpmNetEventSubscribe{n}".encode()
        table.FwpmNetEventSubscribe[n] = <Subscribe>wf_entry(dll, name)
    return 0


def load():
    """Return the calls of System32's fwpuclnt.dll.

    Raises
    ------
    WfpError
        If the DLL is not there, or lacks a call that every Windows since 7 has.
    """
    cdef Windows api = Windows()
    cdef FwpmApi* table = &api.table
    cdef void* dll = wf_load()
    if dll == NULL:
        raise WfpError(GetLastError(), "LoadLibraryExW(fwpuclnt.dll)")
    load_events(table, dll)
    load_objects(table, dll)
    table.FwpmEngineOpen0 = <EngineOpen>needed(dll, "FwpmEngineOpen0")
    table.FwpmEngineClose0 = <EngineClose>needed(dll, "FwpmEngineClose0")
    table.FwpmEngineGetOption0 = <GetOption>needed(dll, "FwpmEngineGetOption0")
    table.FwpmEngineSetOption0 = <SetOption>needed(dll, "FwpmEngineSetOption0")
    table.FwpmFreeMemory0 = <FreeMemory>needed(dll, "FwpmFreeMemory0")
    table.FwpmNetEventCreateEnumHandle0 = <CreateEnumHandle>needed(
        dll, "FwpmNetEventCreateEnumHandle0")
    table.FwpmNetEventDestroyEnumHandle0 = <DestroyEnumHandle>needed(
        dll, "FwpmNetEventDestroyEnumHandle0")
    table.FwpmNetEventUnsubscribe0 = <Unsubscribe>needed(dll, "FwpmNetEventUnsubscribe0")
    table.FwpmNetEventsGetSecurityInfo0 = <GetSecurityInfo>wf_entry(
        dll, "FwpmNetEventsGetSecurityInfo0")
    table.block_size = wf_block_size
    return api
