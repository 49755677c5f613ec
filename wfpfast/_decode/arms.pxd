# Which columns an event's header and payload fill, by version; must not know how they are read.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast._decode.context cimport Decode
from wfpfast._decode.schema cimport N_WORDS
from wfpfast.abi.events cimport N_TYPES


cdef struct Arm:
    # What an event of one type carries in one version; size 0: the version's union has no such arm.
    size_t size
    size_t alignment
    int level                   # how far into the newest struct of its family the payload reaches
    uint64_t tail               # of a classify event: all bits where it reaches DROP2's members
    uint64_t[N_WORDS] columns   # what its decoder writes
    uint64_t[N_WORDS] always    # of these, what every such event has; it vouches for the others
    const char* field           # what an error calls its pointer
    bint known                  # the SDK's newest version has an arm for this type
    # NULL: a classify event, nearly every one, whose decoder is inlined.
    void (*decode)(Decode* d, int i, const uint8_t* at, int level) noexcept nogil


cdef struct EventPlan:
    # How to read an FWPM_NET_EVENTn.
    size_t size
    size_t type_offset
    size_t payload_offset
    uint64_t[N_WORDS] columns   # what its header can fill
    int header_level
    const Arm* arms[N_TYPES + 1]  # the last one: of a type that the SDK does not have


cdef struct HeaderColumns:
    # Sets of header columns.
    uint64_t[N_WORDS] always    # valid whatever the flags say
    uint64_t[N_WORDS] every_row  # every row writes the cell
    uint64_t[N_WORDS] late      # under flags that are seldom set: decode_late_header()


cdef const EventPlan* event_plan(int version) noexcept nogil
cdef const HeaderColumns* header_sets() noexcept nogil
cdef uint64_t columns_of_flags(uint32_t flags) noexcept nogil
cdef uint32_t late_flags(const EventPlan* plan, const uint64_t* wanted) noexcept nogil
