"""What the compiler made of abi/'s structs, as a table; must not know what any member means.

Every number is taken from a real variable, so that a mistake in a declaration shows here as it
would in the decoder; the byte before the struct in `pair` gives away its alignment. tests/abi holds
the table against what the SDK's headers compile to.
"""

from collections import namedtuple

from wfpfast._layout_events import events
from wfpfast._layout_objects import objects
from wfpfast._layout_payloads import payloads

from cython cimport typeof
from libc.string cimport memset

from wfpfast._layout_row cimport row
from wfpfast.abi.fwptypes cimport *
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.internal cimport INTERNAL_FIELDS0, TERMINATING_FILTER0
from wfpfast.abi.minwindef cimport FILETIME
from wfpfast.abi.winnt cimport SID, SID_AND_ATTRIBUTES, SID_IDENTIFIER_AUTHORITY

Member = namedtuple("Member", ["offset", "size", "c_type"], module=__name__)
Struct = namedtuple("Struct", ["name", "size", "align", "members"], module=__name__)

# The SDK has several names for some types; these are where abi/ uses another than the header.
cdef dict SDK_NAMES = {
    "WCHAR *": "wchar_t *",
    "WCHAR **": "LPWSTR *",
    "SID_AND_ATTRIBUTES *": "PSID_AND_ATTRIBUTES",
}
cdef dict SDK_NAMES_OF_MEMBERS = {
    ("unicodeString", "WCHAR *"): "LPWSTR",
    ("Sid", "SID *"): "PSID",
    ("Data1", "UINT32"): "unsigned long",
    ("Data2", "UINT16"): "unsigned short",
    ("Data3", "UINT16"): "unsigned short",
    ("Data4", "UINT8[8]"): "unsigned char[8]",
}


cdef str sdk_name(str member, str c_type):
    """Return how the member's header spells its type, given the compiler's "UINT8 [20]"."""
    c_type = c_type.replace(" [", "[")
    return SDK_NAMES_OF_MEMBERS.get((member, c_type)) or SDK_NAMES.get(c_type, c_type)


cdef object described(tuple struct):
    name, size, align, rows = struct
    members = {
        member: Member(offset, size, sdk_name(member, c_type))
        for member, offset, size, c_type in rows
    }
    return Struct(name, size, align, members)


cdef tuple byte_blob():
    cdef (char, FWP_BYTE_BLOB) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "size", &x.size, sizeof(x.size), typeof(x.size))
    row(rows, x, "data", &x.data, sizeof(x.data), typeof(x.data))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple byte_array6():
    cdef (char, FWP_BYTE_ARRAY6) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "byteArray6", &x.byteArray6, sizeof(x.byteArray6), typeof(x.byteArray6))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple byte_array16():
    cdef (char, FWP_BYTE_ARRAY16) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "byteArray16", &x.byteArray16, sizeof(x.byteArray16), typeof(x.byteArray16))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple value0():
    cdef (char, FWP_VALUE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    v = &x.value
    rows = []
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "uint8", &v.uint8, sizeof(v.uint8), typeof(v.uint8))
    row(rows, x, "uint16", &v.uint16, sizeof(v.uint16), typeof(v.uint16))
    row(rows, x, "uint32", &v.uint32, sizeof(v.uint32), typeof(v.uint32))
    row(rows, x, "uint64", &v.uint64, sizeof(v.uint64), typeof(v.uint64))
    row(rows, x, "int8", &v.int8, sizeof(v.int8), typeof(v.int8))
    row(rows, x, "int16", &v.int16, sizeof(v.int16), typeof(v.int16))
    row(rows, x, "int32", &v.int32, sizeof(v.int32), typeof(v.int32))
    row(rows, x, "int64", &v.int64, sizeof(v.int64), typeof(v.int64))
    row(rows, x, "float32", &v.float32, sizeof(v.float32), typeof(v.float32))
    row(rows, x, "double64", &v.double64, sizeof(v.double64), typeof(v.double64))
    row(rows, x, "byteArray16", &v.byteArray16, sizeof(v.byteArray16), typeof(v.byteArray16))
    row(rows, x, "byteBlob", &v.byteBlob, sizeof(v.byteBlob), typeof(v.byteBlob))
    row(rows, x, "sid", &v.sid, sizeof(v.sid), typeof(v.sid))
    row(rows, x, "sd", &v.sd, sizeof(v.sd), typeof(v.sd))
    row(rows, x, "tokenInformation", &v.tokenInformation,
        sizeof(v.tokenInformation), typeof(v.tokenInformation))
    row(rows, x, "tokenAccessInformation", &v.tokenAccessInformation,
        sizeof(v.tokenAccessInformation), typeof(v.tokenAccessInformation))
    row(rows, x, "unicodeString", &v.unicodeString,
        sizeof(v.unicodeString), typeof(v.unicodeString))
    row(rows, x, "byteArray6", &v.byteArray6, sizeof(v.byteArray6), typeof(v.byteArray6))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple condition_value0():
    cdef (char, FWP_CONDITION_VALUE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    v = &x.value
    rows = []
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "uint8", &v.uint8, sizeof(v.uint8), typeof(v.uint8))
    row(rows, x, "uint16", &v.uint16, sizeof(v.uint16), typeof(v.uint16))
    row(rows, x, "uint32", &v.uint32, sizeof(v.uint32), typeof(v.uint32))
    row(rows, x, "uint64", &v.uint64, sizeof(v.uint64), typeof(v.uint64))
    row(rows, x, "int8", &v.int8, sizeof(v.int8), typeof(v.int8))
    row(rows, x, "int16", &v.int16, sizeof(v.int16), typeof(v.int16))
    row(rows, x, "int32", &v.int32, sizeof(v.int32), typeof(v.int32))
    row(rows, x, "int64", &v.int64, sizeof(v.int64), typeof(v.int64))
    row(rows, x, "float32", &v.float32, sizeof(v.float32), typeof(v.float32))
    row(rows, x, "double64", &v.double64, sizeof(v.double64), typeof(v.double64))
    row(rows, x, "byteArray16", &v.byteArray16, sizeof(v.byteArray16), typeof(v.byteArray16))
    row(rows, x, "byteBlob", &v.byteBlob, sizeof(v.byteBlob), typeof(v.byteBlob))
    row(rows, x, "sid", &v.sid, sizeof(v.sid), typeof(v.sid))
    row(rows, x, "sd", &v.sd, sizeof(v.sd), typeof(v.sd))
    row(rows, x, "tokenInformation", &v.tokenInformation,
        sizeof(v.tokenInformation), typeof(v.tokenInformation))
    row(rows, x, "tokenAccessInformation", &v.tokenAccessInformation,
        sizeof(v.tokenAccessInformation), typeof(v.tokenAccessInformation))
    row(rows, x, "unicodeString", &v.unicodeString,
        sizeof(v.unicodeString), typeof(v.unicodeString))
    row(rows, x, "byteArray6", &v.byteArray6, sizeof(v.byteArray6), typeof(v.byteArray6))
    row(rows, x, "v4AddrMask", &v.v4AddrMask, sizeof(v.v4AddrMask), typeof(v.v4AddrMask))
    row(rows, x, "v6AddrMask", &v.v6AddrMask, sizeof(v.v6AddrMask), typeof(v.v6AddrMask))
    row(rows, x, "rangeValue", &v.rangeValue, sizeof(v.rangeValue), typeof(v.rangeValue))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple range0():
    cdef (char, FWP_RANGE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "valueLow", &x.valueLow, sizeof(x.valueLow), typeof(x.valueLow))
    row(rows, x, "valueHigh", &x.valueHigh, sizeof(x.valueHigh), typeof(x.valueHigh))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple v4_addr_and_mask():
    cdef (char, FWP_V4_ADDR_AND_MASK) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "addr", &x.addr, sizeof(x.addr), typeof(x.addr))
    row(rows, x, "mask", &x.mask, sizeof(x.mask), typeof(x.mask))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple v6_addr_and_mask():
    cdef (char, FWP_V6_ADDR_AND_MASK) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "addr", &x.addr, sizeof(x.addr), typeof(x.addr))
    row(rows, x, "prefixLength", &x.prefixLength, sizeof(x.prefixLength), typeof(x.prefixLength))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple token_information():
    cdef (char, FWP_TOKEN_INFORMATION) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "sidCount", &x.sidCount, sizeof(x.sidCount), typeof(x.sidCount))
    row(rows, x, "sids", &x.sids, sizeof(x.sids), typeof(x.sids))
    row(rows, x, "restrictedSidCount", &x.restrictedSidCount,
        sizeof(x.restrictedSidCount), typeof(x.restrictedSidCount))
    row(rows, x, "restrictedSids", &x.restrictedSids,
        sizeof(x.restrictedSids), typeof(x.restrictedSids))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple sid_and_attributes():
    cdef (char, SID_AND_ATTRIBUTES) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "Sid", &x.Sid, sizeof(x.Sid), typeof(x.Sid))
    row(rows, x, "Attributes", &x.Attributes, sizeof(x.Attributes), typeof(x.Attributes))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple sid():
    cdef (char, SID) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "Revision", &x.Revision, sizeof(x.Revision), typeof(x.Revision))
    row(rows, x, "SubAuthorityCount", &x.SubAuthorityCount,
        sizeof(x.SubAuthorityCount), typeof(x.SubAuthorityCount))
    row(rows, x, "IdentifierAuthority", &x.IdentifierAuthority,
        sizeof(x.IdentifierAuthority), typeof(x.IdentifierAuthority))
    row(rows, x, "SubAuthority", &x.SubAuthority, sizeof(x.SubAuthority), typeof(x.SubAuthority))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple sid_identifier_authority():
    cdef (char, SID_IDENTIFIER_AUTHORITY) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "Value", &x.Value, sizeof(x.Value), typeof(x.Value))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple guid():
    cdef (char, GUID) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "Data1", &x.Data1, sizeof(x.Data1), typeof(x.Data1))
    row(rows, x, "Data2", &x.Data2, sizeof(x.Data2), typeof(x.Data2))
    row(rows, x, "Data3", &x.Data3, sizeof(x.Data3), typeof(x.Data3))
    row(rows, x, "Data4", &x.Data4, sizeof(x.Data4), typeof(x.Data4))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple filetime():
    cdef (char, FILETIME) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "dwLowDateTime", &x.dwLowDateTime,
        sizeof(x.dwLowDateTime), typeof(x.dwLowDateTime))
    row(rows, x, "dwHighDateTime", &x.dwHighDateTime,
        sizeof(x.dwHighDateTime), typeof(x.dwHighDateTime))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple terminating_filter0():
    cdef (char, TERMINATING_FILTER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "subLayer", &x.subLayer, sizeof(x.subLayer), typeof(x.subLayer))
    row(rows, x, "actionType", &x.actionType, sizeof(x.actionType), typeof(x.actionType))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple internal_fields0():
    cdef (char, INTERNAL_FIELDS0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "present", &x.present, sizeof(x.present), typeof(x.present))
    row(rows, x, "processId", &x.processId, sizeof(x.processId), typeof(x.processId))
    row(rows, x, "interfaceIndex", &x.interfaceIndex,
        sizeof(x.interfaceIndex), typeof(x.interfaceIndex))
    row(rows, x, "numTerminatingFilters", &x.numTerminatingFilters,
        sizeof(x.numTerminatingFilters), typeof(x.numTerminatingFilters))
    row(rows, x, "filterOrigin", &x.filterOrigin, sizeof(x.filterOrigin), typeof(x.filterOrigin))
    row(rows, x, "terminatingFilters", &x.terminatingFilters,
        sizeof(x.terminatingFilters), typeof(x.terminatingFilters))
    row(rows, x, "absent", &x.absent, sizeof(x.absent), typeof(x.absent))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


STRUCTS = {
    struct[0]: described(struct)
    for struct in [
        *events(), *payloads(), *objects(), byte_blob(), byte_array6(), byte_array16(), value0(),
        condition_value0(), range0(), v4_addr_and_mask(), v6_addr_and_mask(), token_information(),
        sid_and_attributes(), sid(), sid_identifier_authority(), guid(), filetime(),
        terminating_filter0(), internal_fields0(),
    ]
}
