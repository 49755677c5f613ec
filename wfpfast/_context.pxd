# The state of one decode and the small operations on it; must not know the members of any event.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._columns cimport CHUNK, Column, ColumnSet
from wfpfast._memory cimport Buffer
from wfpfast._portable cimport wf_assume, wf_likely
from wfpfast._schema cimport N_EVENT_COLUMNS
from wfpfast._shelf cimport Shelf
from wfpfast._strings cimport Dictionary

cdef enum:
    ROOM = 1032       # bytes: the longest SID has 1,028
    SPARE = 160       # words: a chunk of the widest fixed value, 20 bytes

cdef enum Failure:
    NO_FAILURE = 0
    MALFORMED = 1
    NO_MEMORY = 2
    TOO_LARGE = 3

cdef enum Reason:
    OUTSIDE = 0
    MISALIGNED = 1
    UNTERMINATED = 2
    BUDGET = 3
    NULL_EVENT = 4

cdef enum Field:
    F_ENTRIES = 0
    F_APP_ID = 1
    F_USER_ID = 2
    F_PACKAGE_SID = 3
    F_ENTERPRISE_ID = 4
    F_EFFECTIVE_NAME = 5
    F_MM_FAILURE = 6            # the payload pointers
    F_QM_FAILURE = 7
    F_EM_FAILURE = 8
    F_CLASSIFY_DROP = 9
    F_KERNEL_DROP = 10
    F_DOSP_DROP = 11
    F_CLASSIFY_ALLOW = 12
    F_CAPABILITY_DROP = 13
    F_CAPABILITY_ALLOW = 14
    F_CLASSIFY_DROP_MAC = 15
    F_PACKET_ARRIVAL = 16
    F_DROP_VSWITCH_ID = 17
    F_MAC_VSWITCH_ID = 18
    F_MM_PRINCIPALS = 19        # + 0, 1 names, + 2, 3 groups, of local and remote
    F_MM_PROVIDER_CONTEXT_KEY = 23
    F_EM_PRINCIPALS = 24        # likewise
    F_QM_LOCAL_SUBNET = 28
    F_QM_REMOTE_SUBNET = 29
    F_INTERNAL = 30
    F_FILTER_ORIGIN = 31
    F_TERMINATING_FILTERS = 32


cdef struct Live:
    # A column that has memory.
    Column* column
    uint64_t* validity  # the word of this chunk
    int64_t n_valid     # in the chunks before
    int index
    int stride          # bytes that its cursor moves for a chunk of rows
    int cleared         # how many of them are zeroed before the rows are written
    bint sparse


cdef struct Decode:
    # The block: `memory` holds what lay at `base` when it was taken.
    const uint8_t* memory
    uint64_t base
    uint64_t size
    uint64_t roomy              # offsets below it have `ROOM` bytes behind them
    uint64_t budget             # bytes of text and blobs that may still be followed
    int version
    bint internal
    # What is asked for.
    uint64_t[2] wanted          # a bit a column, as in all pairs of words below
    bint binary_addresses
    bint null_errors
    # Where it goes. The cursor of a column that is not wanted or not touched points at `spare`.
    ColumnSet* out
    Dictionary* dictionaries
    Shelf** shelf               # what batches share of their memory
    Buffer** scratch
    const void* zeros           # stand for a struct that is not there
    uint64_t dense              # of the first 64 columns: most events have a value there
    uint64_t row_by_row         # of these: every row writes its cell, or its end, null or not
    uint64_t[2] live            # columns that have memory
    uint64_t untouched          # of the first 64: those that are wanted and have none
    int n_live
    int64_t first_row           # of this chunk
    # What went wrong.
    Failure failure
    Reason reason
    int64_t bad_index
    int bad_field
    # What was counted.
    int64_t malformed
    int64_t replaced
    int64_t out_of_range
    int64_t unknown_types
    # All before is zero when a decode begins, all from here on is not.
    Live[N_EVENT_COLUMNS] live_columns
    uint8_t* cursor[N_EVENT_COLUMNS]
    uint64_t words[2][CHUNK]    # validity: a bit a column of each row, until the chunk ends
    uint64_t[SPARE] spare


cdef int touch(Decode* d, int word, uint64_t columns) noexcept nogil
cdef void end_chunk(Decode* d) noexcept nogil
cdef void finish(Decode* d) noexcept nogil
cdef const uint8_t* locate(
    Decode* d, const void* pointer, uint64_t size, uint64_t alignment
) noexcept nogil
cdef void out_of_room(Decode* d, size_t used, size_t more) noexcept nogil
cdef void malformed(Decode* d, int i, int field) noexcept nogil
cdef void put_unknown(Decode* d, int column, int i, uint32_t value) noexcept nogil


cdef inline uint64_t bit(int column) noexcept nogil:
    return <uint64_t>1 << (column & 63)


cdef inline bint has_room(const Decode* d, const void* pointer, uint64_t alignment) noexcept nogil:
    """Tell whether `ROOM` bytes may be read at `pointer`: only the block's last ones have less."""
    return <uint64_t>pointer - d.base < d.roomy and not <uint64_t>pointer & (alignment - 1)


cdef inline const uint8_t* place_of(const Decode* d, const void* pointer) noexcept nogil:
    cdef const uint8_t* place = d.memory + (<uint64_t>pointer - d.base)
    wf_assume(place != NULL)
    return place


cdef inline const uint8_t* locate_small(
    Decode* d, const void* pointer, uint64_t size, uint64_t alignment
) noexcept nogil:
    """As locate(), of at most `ROOM` bytes."""
    if wf_likely(has_room(d, pointer, alignment)):
        return place_of(d, pointer)
    return locate(d, pointer, size, alignment)


cdef inline bint spend(Decode* d, uint64_t size) noexcept nogil:
    """Charge `size` bytes of followed text; a block that aliases one big text runs out."""
    if size > d.budget:
        d.reason = BUDGET
        return False
    d.budget -= size
    return True


cdef inline bint need(Decode* d, uint64_t columns) noexcept nogil:
    """Give memory to the wanted ones of the first 64 columns that are about to be written."""
    columns &= d.untouched
    return columns == 0 or touch(d, 0, columns) == 0


cdef inline void vouch(Decode* d, int i, uint64_t columns) noexcept nogil:
    """Say that row `i` has values in these of the first 64 columns."""
    d.words[0][i] |= columns


cdef inline void put_8(Decode* d, int column, int i, uint8_t value) noexcept nogil:
    d.cursor[column][i] = value


cdef inline void put_16(Decode* d, int column, int i, uint16_t value) noexcept nogil:
    (<uint16_t*>d.cursor[column])[i] = value


cdef inline void put_32(Decode* d, int column, int i, uint32_t value) noexcept nogil:
    (<uint32_t*>d.cursor[column])[i] = value


cdef inline void put_64(Decode* d, int column, int i, uint64_t value) noexcept nogil:
    (<uint64_t*>d.cursor[column])[i] = value


cdef inline void put_bytes(
    Decode* d, int column, int i, const void* value, size_t width
) noexcept nogil:
    memcpy(d.cursor[column] + i * width, value, width)


cdef inline void put_bool(Decode* d, int column, int i, bint value) noexcept nogil:
    (<uint64_t*>d.cursor[column])[0] |= <uint64_t>value << i


cdef inline void put_enum(Decode* d, int column, int i, uint32_t value) noexcept nogil:
    """An enumeration's names are the first entries of its dictionary: the value is the code."""
    if wf_likely(value < <uint32_t>d.dictionaries[column].n_names):
        put_32(d, column, i, value)
    else:
        put_unknown(d, column, i, value)
