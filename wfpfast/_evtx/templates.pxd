# Which value of a record goes where, found once for each template; must not know records.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t

from wfpfast._evtx.names cimport MAX_NAMES, Names
from wfpfast._evtx.values cimport Value

cdef enum:
    CHUNK_SIZE = 65536
    MAX_NESTING = 32         # of elements; real events have 4

cdef enum Target:
    # Where a value goes: what every event has, and from `FIELD` on the fields that a caller named.
    NOWHERE = -1
    PROVIDER
    EVENT_ID
    TIME
    RECORD_ID
    COMPUTER
    REST                     # another fragment, which holds the rest of the event
    FIELD
    N_TARGETS = FIELD + MAX_NAMES
    FIELD_NAME = 1000        # the value is the name of the field whose value follows


cdef struct Entry:
    # A value of a template.
    int32_t target
    int32_t gap              # which value of the record it is; -1: `literal`
    Value literal            # text of the template itself


cdef struct Plan:
    uint32_t end             # offset of the byte behind the template
    uint32_t first           # of its entries
    uint32_t count
    const char* fault        # why it cannot be used, or NULL


cdef struct Templates:
    # The templates of one chunk.
    const uint8_t* data      # the chunk: CHUNK_SIZE bytes
    const Names* fields
    uint16_t* numbers        # by offset in the chunk: a template's number, from 1; 0: not read yet
    uint32_t* offsets        # by number
    Plan* plans              # by number
    Entry* entries
    uint32_t n_plans
    uint32_t n_entries
    uint32_t room            # for entries
    int64_t budget           # bytes that may still be read
    const char* fault
    bint no_memory


cdef struct Walk:
    # The state of reading a fragment.
    Templates* templates
    uint32_t at
    uint32_t end
    bint has_dependencies    # whether elements say what they depend on
    int depth
    int target               # of the next value
    int field                # of the current Data element
    int count
    int[MAX_NESTING] kinds   # of the open elements
    int[N_TARGETS] places    # in `entries`, plus 1, by target
    Entry[N_TARGETS] entries


cdef int templates_begin(Templates* templates, const Names* fields) except -1
cdef void templates_end(Templates* templates) noexcept nogil
cdef void templates_reset(Templates* templates, const uint8_t* data) noexcept nogil
cdef const Plan* template_at(Templates* templates, uint32_t offset) noexcept nogil
cdef int walk(
    Walk* w, Templates* templates, uint32_t at, uint32_t end, bint has_dependencies) noexcept nogil
