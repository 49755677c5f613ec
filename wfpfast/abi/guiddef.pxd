# guiddef.h: GUID; must not know any event.
from wfpfast.abi.minwindef cimport UINT8, UINT16, UINT32


cdef struct GUID "GUID":
    UINT32 Data1
    UINT16 Data2
    UINT16 Data3
    UINT8[8] Data4
