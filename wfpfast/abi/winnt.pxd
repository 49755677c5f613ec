# winnt.h: security identifiers; must not know any event.
from wfpfast.abi.minwindef cimport BYTE, DWORD


cdef struct SID_IDENTIFIER_AUTHORITY "SID_IDENTIFIER_AUTHORITY":
    BYTE[6] Value


cdef struct SID "SID":
    # A SID has 8 + 4 * SubAuthorityCount bytes; sizeof(SID) is that of one sub-authority.
    BYTE Revision
    BYTE SubAuthorityCount
    SID_IDENTIFIER_AUTHORITY IdentifierAuthority
    DWORD[1] SubAuthority


cdef struct SID_AND_ATTRIBUTES "SID_AND_ATTRIBUTES":
    SID* Sid
    DWORD Attributes
