# The records of a chunk; must not know what their fields mean.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast._evtx.templates cimport N_TARGETS, Templates, Walk
from wfpfast._evtx.values cimport Value

cdef enum:
    TARGET_WORDS = (N_TARGETS + 63) >> 6

cdef enum Outcome:
    NO_RECORD                # the chunk has no more
    WANTED
    OTHER_EVENT              # of another provider, or with another id
    BROKEN

cdef enum Condition:
    GOOD_CHUNK
    UNUSED_CHUNK             # room that was never used
    BAD_SUM                  # it can be read all the same
    NO_CHUNK


cdef struct Chunk:
    # A chunk that is being read, and the record that was read last.
    Templates templates
    const uint8_t* wanted    # a bit for each event id
    const uint8_t* provider  # in UTF-16
    uint32_t provider_size
    uint32_t at              # of the next record
    uint32_t end             # of the records
    bint unfinished          # there may be more than the chunk's head says
    uint32_t record          # offset of the record
    uint64_t number          # that its head has
    uint64_t event_id
    const char* fault        # why it is BROKEN, or a chunk is not good
    uint64_t[TARGET_WORDS] present
    Value[N_TARGETS] values  # by Target, if its bit of `present` is set
    Walk walk


cdef int chunk_open(Chunk* chunk, const uint8_t* data, bint checking) noexcept nogil
cdef int next_record(Chunk* chunk) noexcept nogil
cdef bint is_wanted(Chunk* chunk) noexcept nogil


cdef inline bint is_present(const Chunk* chunk, int target) noexcept nogil:
    return chunk.present[target >> 6] >> (target & 63) & 1
