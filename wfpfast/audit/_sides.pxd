# Which end of an inbound connection a host logs as its own; must not know records.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast._columns.dictionaries cimport N_SECRETS, Dictionary
from wfpfast._evtx.values cimport Value
from wfpfast.audit._rows cimport Address

cdef enum Side:
    NOT_KNOWN
    SOURCE              # the local end is logged as the source
    DESTINATION


cdef struct Host:
    int64_t for_source       # inbound connections whose source alone is an address of the host
    int64_t for_destination
    int64_t told             # how many of these have been told


cdef struct Evidence:
    # What one part of a file says.
    Dictionary owned         # a host's name and an address that is its own
    Dictionary inbound       # a host's name and both addresses of a connection
    int64_t* counts          # of such connections, by their code
    uint32_t room
    uint64_t[N_SECRETS] secrets


cdef struct Sides:
    Dictionary owned         # a host's name and an address that is its own
    Dictionary names         # of hosts
    Host* hosts              # by the code of the name
    uint32_t room


cdef int sides_begin(Sides* sides, const uint64_t* secrets) except -1
cdef void sides_end(Sides* sides) noexcept nogil
cdef int evidence_begin(Evidence* evidence, const uint64_t* secrets) except -1
cdef void evidence_end(Evidence* evidence) noexcept nogil
cdef void note_owned(
    Evidence* evidence, const Value* host, const Address* address) noexcept nogil
cdef void note_inbound(
    Evidence* evidence, const Value* host, const Address* source, const Address* destination
) noexcept nogil
cdef void sides_learn(Sides* sides, const Evidence* evidence) noexcept nogil
cdef int side_of(const Sides* sides, const Value* host) noexcept nogil
cdef bint sides_settled(const Sides* sides) noexcept nogil
cdef dict sides_told(Sides* sides)
