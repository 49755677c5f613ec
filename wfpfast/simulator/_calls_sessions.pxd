# The simulated calls of fwpuclnt.dll for sessions, options and enumerations; must not know Python.
from wfpfast.abi.minwindef cimport DWORD, UINT32
from wfpfast.engine._api cimport HANDLE, FwpmApi
from wfpfast.simulator._log cimport Log
from wfpfast.simulator._state cimport Handle, Sim


cdef void fill_calls(FwpmApi* table) noexcept nogil
cdef bint in_callback(Sim* sim, const Handle* h) noexcept nogil
cdef void end_subscription(Sim* sim, Handle* h) noexcept nogil
cdef Handle* enumeration(Sim* sim, HANDLE engine, HANDLE handle, int object) noexcept nogil
cdef DWORD destroy(int function, int object, HANDLE engine, HANDLE handle) noexcept nogil
cdef DWORD take(Sim* sim, Handle* h, const Log* log, HANDLE* handle) noexcept nogil
cdef DWORD page(
    Sim* sim, Handle* h, int version, UINT32 limit, void*** entries, UINT32* returned
) noexcept nogil
