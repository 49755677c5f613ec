# Not a Windows header: the tail that wfpfast appends to an event whose source has more or less than
# the SDK's structs (netsh XML). It follows the FWPM_NET_EVENTn directly if Block.internal is set.
from wfpfast.abi.minwindef cimport UINT32, UINT64, WCHAR

cdef enum:
    INTERNAL_PROCESS_ID = 0x1
    INTERNAL_INTERFACE_INDEX = 0x2
    INTERNAL_FILTER_ORIGIN = 0x4
    INTERNAL_TERMINATING_FILTERS = 0x8
    ABSENT_WORDS = 2    # of INTERNAL_FIELDS0.absent
    OLD_TAIL_SIZE = 48  # of the tail in recordings of format version 2: it ends before the names


cdef struct TERMINATING_FILTER0 "TERMINATING_FILTER0":
    UINT64 filterId
    WCHAR* subLayer
    WCHAR* actionType


# What the source calls a value of an enumeration for which this wfpfast has no number.
cdef struct UNKNOWN_NAME0 "UNKNOWN_NAME0":
    UINT32 member    # the member's number in _tables/members.py
    WCHAR* text


cdef struct INTERNAL_FIELDS0 "INTERNAL_FIELDS0":
    UINT32 present
    UINT32 processId
    UINT32 interfaceIndex
    UINT32 numTerminatingFilters
    WCHAR* filterOrigin
    TERMINATING_FILTER0* terminatingFilters
    # A bit for each member that the source lacks, by its number in _tables/members.py: the zeros of
    # these members are no values.
    UINT64 absent[2]
    UINT32 numUnknownNames
    UNKNOWN_NAME0* unknownNames
