# Which structs each FWPM_NET_EVENTn is made of, as a table; must not know how they are read.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint64_t

from wfpfast._context cimport Decode

cdef enum:
    N_VERSIONS = 6
    N_TYPES = 11          # the highest type and one
    NEWEST = 5            # the version that has an arm for every type


cdef struct Arm:
    # What an event of one type carries in one version; size 0: the version's union has no such arm.
    size_t size
    size_t alignment
    int level             # how far into the newest struct of its family the payload reaches
    uint64_t tail         # of a classify event: all bits where it reaches DROP2's members, or none
    uint64_t columns      # what its decoder writes
    uint64_t always       # of these, what every such event has: the others its decoder vouches for
    int field             # what an error calls its pointer
    bint known            # the SDK's newest version has an arm for this type
    # NULL: a classify event, nearly every one, whose decoder is inlined.
    void (*decode)(Decode* d, int i, const uint8_t* at, int level) noexcept nogil


cdef struct Version:
    size_t size
    size_t type_offset
    size_t payload_offset
    uint64_t columns      # what its header can fill
    int header_level
    const Arm* arms[N_TYPES + 1]  # the last one: of a type that the SDK does not have


cdef const Version* event_version(int version) noexcept nogil
