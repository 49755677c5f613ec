# The state of one decode and the small operations on it; must not know the members of any event.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._columns.columns cimport CHUNK, Column, ColumnSet
from wfpfast._base.memory cimport Buffer
from wfpfast._base.portable cimport wf_assume, wf_likely
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, N_WORDS
from wfpfast._base.shelf cimport Shelf
from wfpfast._columns.dictionaries cimport Dictionary

cdef enum:
    ROOM = 1032       # bytes: the longest SID has 1,028
    SPARE = 160       # words: a chunk of the widest fixed value, 20 bytes

cdef enum Failure:
    NO_FAILURE = 0
    MALFORMED = 1
    NO_MEMORY = 2
    TOO_LARGE = 3


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
    uint64_t[N_WORDS] wanted    # a bit a column, as in all arrays of N_WORDS
    bint binary_addresses
    bint null_errors
    # Where it goes. The cursor of a column that is not wanted or not touched points at `spare`.
    ColumnSet* out
    Dictionary* dictionaries
    Shelf** shelf               # what batches share of their memory
    Buffer** scratch
    const void* zeros           # stand for a struct that is not there
    uint64_t[N_WORDS] dense     # columns where most events have a value
    uint64_t[N_WORDS] row_by_row  # columns whose cell, or end of text, every row writes
    uint64_t[N_WORDS] live      # columns that have memory
    uint64_t[N_WORDS] untouched  # columns that are wanted and have none
    int n_live
    uint64_t[N_WORDS] initial   # what a row's validity begins with; the first word is assigned
    uint32_t late_flags         # flags of the header whose columns are wanted and seldom there
    int64_t first_row           # of this chunk
    # What went wrong.
    Failure failure
    const char* reason          # why the last pointer that was looked at may not be followed
    int64_t bad_index
    const char* bad_field       # what MalformedBlockError calls the member
    # What was counted.
    int64_t malformed
    int64_t replaced
    int64_t out_of_range
    int64_t unknown_types
    # All before is zero when a decode begins, all from here on is not.
    Live[N_EVENT_COLUMNS] live_columns
    uint8_t* cursor[N_EVENT_COLUMNS]
    # Validity: a bit a column of each row, until the chunk ends. A row assigns the first word and
    # adds to the others, which hold `initial` from when the first of their columns has memory.
    uint64_t words[N_WORDS][CHUNK]
    uint64_t[SPARE] spare


cdef int touch(Decode* d, int word, uint64_t columns) noexcept nogil
cdef void end_chunk(Decode* d) noexcept nogil
cdef void finish(Decode* d) noexcept nogil
cdef const uint8_t* locate(
    Decode* d, const void* pointer, uint64_t size, uint64_t alignment
) noexcept nogil
cdef void out_of_room(Decode* d, size_t used, size_t more) noexcept nogil
cdef void malformed(Decode* d, int i, const char* field) noexcept nogil
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


cdef inline void out_of_budget(Decode* d) noexcept nogil:
    d.reason = "would make the block's text be read more than 64 times over"


cdef inline bint spend(Decode* d, uint64_t size) noexcept nogil:
    """Charge `size` bytes of followed text; a block that aliases one big text runs out."""
    if size > d.budget:
        out_of_budget(d)
        return False
    d.budget -= size
    return True


cdef inline bint need_word(Decode* d, int word, uint64_t columns) noexcept nogil:
    """Give memory to the wanted ones of the columns of a word that are about to be written."""
    columns &= d.untouched[word]
    return columns == 0 or touch(d, word, columns) == 0


cdef inline bint need(Decode* d, int column) noexcept nogil:
    """Give memory to a column that is about to be written, if it is wanted."""
    return need_word(d, column >> 6, bit(column))


cdef inline bint is_live(const Decode* d, int column) noexcept nogil:
    """Tell whether the column has memory: it is wanted, and an event needed it."""
    return d.live[column >> 6] >> (column & 63) & 1


cdef inline void vouch(Decode* d, int i, int column) noexcept nogil:
    """Say that row `i` has a value in the column, which has memory if it is wanted."""
    d.words[column >> 6][i] |= bit(column)


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
