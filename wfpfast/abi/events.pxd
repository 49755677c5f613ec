# The structs that each FWPM_NET_EVENTn consists of; must not know how any of them is decoded.
from libc.stddef cimport size_t
from libc.stdint cimport uint32_t

cdef enum:
    N_VERSIONS = 6
    NEWEST = N_VERSIONS - 1
    N_TYPES = 11          # FWPM_NET_EVENT_TYPE_MAX: the highest type plus 1
    POINTER_SIZE = 8      # bytes of a pointer in a block, whatever this process has


cdef struct Payload:
    # The struct of an event's payload. Its size is 0 if the version's union has no such arm.
    size_t size
    size_t alignment
    int level             # which struct of its family it is, as the n of CLASSIFY_DROPn


cdef struct EventVersion:
    # An FWPM_NET_EVENTn.
    size_t size
    size_t type_offset
    size_t payload_offset
    int header_level      # the n of FWPM_NET_EVENT_HEADERn, see family()
    Payload[N_TYPES + 1] payloads  # by type; the last is for types that the SDK does not have


cdef const EventVersion* event_version(int version) noexcept nogil
cdef const Payload* payload_of(int version, uint32_t type) noexcept nogil


cdef inline bint is_sdk_type(uint32_t type) noexcept nogil:
    """Tell whether the newest version has a payload for the type."""
    return payload_of(NEWEST, type).size != 0
