# Which columns an event's header and payload fill, by version; must not know how they are read.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast._decode.context cimport Decode
from wfpfast._decode.schema cimport N_WORDS
from wfpfast.abi.events cimport N_TYPES


cdef struct Arm:
    # The payload of one event type in one version.
    size_t size                 # 0: the union of this version has no such arm
    size_t alignment
    int level                   # which struct of its family it is, from 0
    uint64_t tail               # of a classify event: all bits set if it has DROP2's members
    uint64_t[N_WORDS] columns   # that its decoder writes
    uint64_t[N_WORDS] always    # of these, columns that are valid in every such event
    const char* field           # the name of its pointer in errors
    bint known                  # the newest version of the SDK has an arm for this type
    # NULL for classify events: nearly every event is one, so their decoder is inlined.
    void (*decode)(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil


cdef struct EventPlan:
    # How to read an FWPM_NET_EVENTn.
    size_t size
    size_t type_offset
    size_t payload_offset
    uint64_t[N_WORDS] columns   # that its header can fill
    int header_level
    const Arm* arms[N_TYPES + 1]  # by type; the last one is for types that the SDK does not have


cdef struct HeaderColumns:
    # Sets of header columns.
    uint64_t[N_WORDS] always    # valid under any flags
    uint64_t[N_WORDS] every_row  # their cells are written for every row
    uint64_t[N_WORDS] late      # left to decode_late_header(): their flags are seldom set


cdef const EventPlan* event_plan(int version) noexcept nogil
cdef const HeaderColumns* header_sets() noexcept nogil
cdef uint64_t columns_of_flags(uint32_t flags) noexcept nogil
cdef uint32_t late_flags(const EventPlan* plan, const uint64_t* wanted) noexcept nogil
