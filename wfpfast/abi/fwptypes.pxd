# fwptypes.h: the value types of the filtering platform; must not know any event.
# An anonymous union of the SDK gets a name here and keeps the SDK's member names inside.
# The name in quotes is the struct's name in C, by which _layouts.h checks it.
from wfpfast.abi.minwindef cimport (
    INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, ULONG, WCHAR,
)
from wfpfast.abi.winnt cimport SID, SID_AND_ATTRIBUTES

ctypedef UINT32 FWP_DIRECTION
ctypedef UINT32 FWP_IP_VERSION
ctypedef UINT32 FWP_AF
ctypedef UINT32 FWP_DATA_TYPE

cdef enum:
    FWP_DIRECTION_OUTBOUND = 0
    FWP_DIRECTION_INBOUND = 1

cdef enum:
    FWP_IP_VERSION_V4 = 0
    FWP_IP_VERSION_V6 = 1
    FWP_IP_VERSION_NONE = 2

cdef enum:
    FWP_EMPTY = 0
    FWP_UINT8 = 1
    FWP_UINT16 = 2
    FWP_UINT32 = 3
    FWP_UINT64 = 4
    FWP_INT8 = 5
    FWP_INT16 = 6
    FWP_INT32 = 7
    FWP_INT64 = 8
    FWP_FLOAT = 9
    FWP_DOUBLE = 10
    FWP_BYTE_ARRAY16_TYPE = 11
    FWP_BYTE_BLOB_TYPE = 12
    FWP_SID = 13
    FWP_SECURITY_DESCRIPTOR_TYPE = 14
    FWP_TOKEN_INFORMATION_TYPE = 15
    FWP_TOKEN_ACCESS_INFORMATION_TYPE = 16
    FWP_UNICODE_STRING_TYPE = 17
    FWP_BYTE_ARRAY6_TYPE = 18
    FWP_V4_ADDR_MASK = 256
    FWP_V6_ADDR_MASK = 257
    FWP_RANGE_TYPE = 258


cdef struct FWP_BYTE_ARRAY6 "FWP_BYTE_ARRAY6":
    UINT8[6] byteArray6


cdef struct FWP_BYTE_ARRAY16 "FWP_BYTE_ARRAY16":
    UINT8[16] byteArray16


cdef struct FWP_BYTE_BLOB "FWP_BYTE_BLOB":
    UINT32 size
    UINT8* data


cdef struct FWP_TOKEN_INFORMATION "FWP_TOKEN_INFORMATION":
    ULONG sidCount
    SID_AND_ATTRIBUTES* sids
    ULONG restrictedSidCount
    SID_AND_ATTRIBUTES* restrictedSids


cdef struct FWP_V4_ADDR_AND_MASK "FWP_V4_ADDR_AND_MASK":
    UINT32 addr
    UINT32 mask


cdef struct FWP_V6_ADDR_AND_MASK "FWP_V6_ADDR_AND_MASK":
    UINT8[16] addr
    UINT8 prefixLength


cdef union FWP_VALUE0_UNION:
    UINT8 uint8
    UINT16 uint16
    UINT32 uint32
    UINT64* uint64
    INT8 int8
    INT16 int16
    INT32 int32
    INT64* int64
    float float32
    double* double64
    FWP_BYTE_ARRAY16* byteArray16
    FWP_BYTE_BLOB* byteBlob
    SID* sid
    FWP_BYTE_BLOB* sd
    FWP_TOKEN_INFORMATION* tokenInformation
    FWP_BYTE_BLOB* tokenAccessInformation
    WCHAR* unicodeString
    FWP_BYTE_ARRAY6* byteArray6


cdef struct FWP_VALUE0 "FWP_VALUE0":
    FWP_DATA_TYPE type
    FWP_VALUE0_UNION value


cdef struct FWP_RANGE0 "FWP_RANGE0":
    FWP_VALUE0 valueLow
    FWP_VALUE0 valueHigh


cdef union FWP_CONDITION_VALUE0_UNION:
    UINT8 uint8
    UINT16 uint16
    UINT32 uint32
    UINT64* uint64
    INT8 int8
    INT16 int16
    INT32 int32
    INT64* int64
    float float32
    double* double64
    FWP_BYTE_ARRAY16* byteArray16
    FWP_BYTE_BLOB* byteBlob
    SID* sid
    FWP_BYTE_BLOB* sd
    FWP_TOKEN_INFORMATION* tokenInformation
    FWP_BYTE_BLOB* tokenAccessInformation
    WCHAR* unicodeString
    FWP_BYTE_ARRAY6* byteArray6
    FWP_V4_ADDR_AND_MASK* v4AddrMask
    FWP_V6_ADDR_AND_MASK* v6AddrMask
    FWP_RANGE0* rangeValue


cdef struct FWP_CONDITION_VALUE0 "FWP_CONDITION_VALUE0":
    FWP_DATA_TYPE type
    FWP_CONDITION_VALUE0_UNION value
