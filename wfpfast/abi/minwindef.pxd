# minwindef.h and basetsd.h: the integer types that the other headers use; must not know any event.
# Every type has a fixed width: `long` is 4 bytes on Windows and 8 on Linux, and wchar_t 2 and 4.
from libc.stdint cimport (
    int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
)

ctypedef uint8_t BYTE
ctypedef int32_t BOOL
ctypedef uint32_t DWORD
ctypedef uint32_t ULONG
ctypedef int8_t INT8
ctypedef int16_t INT16
ctypedef int32_t INT32
ctypedef int64_t INT64
ctypedef uint8_t UINT8
ctypedef uint16_t UINT16
ctypedef uint32_t UINT32
ctypedef uint64_t UINT64
ctypedef uint16_t WCHAR


cdef extern from "_filetime.h" nogil:
    const uint64_t FILETIME_UNIX_EPOCH


cdef struct FILETIME "FILETIME":
    # Two DWORDs, not one UINT64: so its alignment is 4, and on x86 that of HEADER0, too.
    DWORD dwLowDateTime
    DWORD dwHighDateTime
