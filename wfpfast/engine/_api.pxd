# The functions of fwpuclnt.dll that wfpfast calls, as a table; must not know who fills it.
# Names and order of parameters are the SDK's (fwpmu.h). Every call may block (it is RPC): all of
# them are made without the GIL. On x86 the convention is part of the type: WINAPI is __stdcall.
from libc.stdint cimport uint64_t

from wfpfast.abi.events cimport N_VERSIONS
from wfpfast.abi.fwpmobjects cimport (
    FWPM_ENGINE_OPTION, FWPM_NET_EVENT_SUBSCRIPTION0, FWPM_SESSION0)
from wfpfast.abi.fwptypes cimport FWP_VALUE0
from wfpfast.abi.minwindef cimport DWORD, UINT32, WCHAR

ctypedef void* HANDLE

cdef enum:
    N_ENUMS = N_VERSIONS        # FwpmNetEventEnumN gives FWPM_NET_EVENTn
    N_SUBSCRIBES = N_ENUMS - 1  # FwpmNetEventSubscribe0..4 deliver FWPM_NET_EVENT1..5
    N_OBJECTS = 6
    N_OBJECT_CALLS = 3          # the calls in ObjectCalls

cdef enum ObjectKind:
    FILTERS = 0
    LAYERS = 1
    SUBLAYERS = 2
    PROVIDERS = 3
    CALLOUTS = 4
    CONTEXTS = 5

ctypedef DWORD (__stdcall *CreateEnumHandle)(
    HANDLE engineHandle, const void* enumTemplate, HANDLE* enumHandle) noexcept nogil
ctypedef DWORD (__stdcall *Enum)(
    HANDLE engineHandle, HANDLE enumHandle, UINT32 numEntriesRequested, void*** entries,
    UINT32* numEntriesReturned) noexcept nogil
ctypedef DWORD (__stdcall *DestroyEnumHandle)(
    HANDLE engineHandle, HANDLE enumHandle) noexcept nogil
# FWPM_NET_EVENT_CALLBACKn; what `event` points to is FWPM_NET_EVENT(n + 1), until it returns.
ctypedef void (__stdcall *Callback)(void* context, const void* event) noexcept nogil
ctypedef DWORD (__stdcall *Subscribe)(
    HANDLE engineHandle, const FWPM_NET_EVENT_SUBSCRIPTION0* subscription, Callback callback,
    void* context, HANDLE* eventsHandle) noexcept nogil

ctypedef DWORD (__stdcall *EngineOpen)(
    const WCHAR* serverName, UINT32 authnService, void* authIdentity,
    const FWPM_SESSION0* session, HANDLE* engineHandle) noexcept nogil
ctypedef DWORD (__stdcall *EngineClose)(HANDLE engineHandle) noexcept nogil
ctypedef DWORD (__stdcall *GetOption)(
    HANDLE engineHandle, FWPM_ENGINE_OPTION option, FWP_VALUE0** value) noexcept nogil
ctypedef DWORD (__stdcall *SetOption)(
    HANDLE engineHandle, FWPM_ENGINE_OPTION option, const FWP_VALUE0* newValue) noexcept nogil
ctypedef DWORD (__stdcall *Unsubscribe)(HANDLE engineHandle, HANDLE eventsHandle) noexcept nogil
ctypedef void (__stdcall *FreeMemory)(void** p) noexcept nogil
ctypedef DWORD (__stdcall *GetSecurityInfo)(
    HANDLE engineHandle, DWORD securityInfo, void** sidOwner, void** sidGroup, void** dacl,
    void** sacl, void** securityDescriptor) noexcept nogil


cdef struct ObjectCalls:
    CreateEnumHandle create
    Enum enum
    DestroyEnumHandle destroy


cdef struct FwpmApi:
    # serverName for FwpmEngineOpen0: NULL on Windows, the name of a simulator otherwise.
    const WCHAR* server_name
    EngineOpen FwpmEngineOpen0
    EngineClose FwpmEngineClose0
    GetOption FwpmEngineGetOption0
    SetOption FwpmEngineSetOption0
    FreeMemory FwpmFreeMemory0
    CreateEnumHandle FwpmNetEventCreateEnumHandle0
    Enum[N_ENUMS] FwpmNetEventEnum
    DestroyEnumHandle FwpmNetEventDestroyEnumHandle0
    Subscribe[N_SUBSCRIBES] FwpmNetEventSubscribe
    Unsubscribe FwpmNetEventUnsubscribe0
    GetSecurityInfo FwpmNetEventsGetSecurityInfo0
    # FwpmFilterCreateEnumHandle0, FwpmFilterEnum0, FwpmFilterDestroyEnumHandle0, and so on.
    ObjectCalls[N_OBJECTS] objects
    # No function of the DLL: returns the bytes of a block of FwpmNetEventEnumN, 0 if unknown.
    uint64_t (*block_size)(const void* block) noexcept nogil


cdef class Api:
    # An owner of a table: the DLL or a simulator. Entries are NULL where the system lacks the call.
    cdef FwpmApi table
