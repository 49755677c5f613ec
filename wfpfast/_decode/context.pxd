# The state of one decode and the small operations on it; must not know the members of any event.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._base.memory cimport Buffer
from wfpfast._base.portable cimport wf_assume, wf_likely
from wfpfast._base.shared_buffers cimport SharedBuffers
from wfpfast._columns.columns cimport CHUNK, Column, ColumnSet
from wfpfast._columns.dictionaries cimport Dictionary
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, N_WORDS

cdef enum:
    ROOM = 1032       # bytes: the longest SID has 1,028
    SPARE = 160       # words: a chunk of the widest fixed value, 20 bytes

cdef enum Failure:
    NO_FAILURE = 0
    MALFORMED = 1
    NO_MEMORY = 2
    TOO_LARGE = 3
    INTERRUPTED = 4


cdef struct Live:
    # A column that has memory.
    Column* column
    uint64_t* validity  # the word for the current chunk
    int64_t n_valid     # valid rows of earlier chunks
    int index           # its slot
    int stride          # bytes that its cursor advances with each chunk
    int cleared         # bytes to zero at the cursor before a chunk is written
    bint sparse


cdef struct Decode:
    # The block: `memory` holds the bytes that were at the address `base` when it was taken.
    const uint8_t* memory
    uint64_t base
    uint64_t size
    uint64_t roomy              # at least `ROOM` bytes of the block follow offsets below this
    uint64_t budget             # bytes that pointers may still lead to: see spend()
    int version
    uint64_t tail_size          # of wfpfast's own tail behind each event, or 0
    # The request.
    uint64_t[N_WORDS] wanted    # a bit a column, as in all arrays of N_WORDS
    bint binary_addresses
    bint null_errors
    # The result. The cursor of a column without memory points at `spare`.
    ColumnSet* out
    Dictionary* dictionaries
    SharedBuffers** dictionary_buffers  # the decoder's, which its batches share
    Buffer** scratch
    const void* zeros           # read in place of a struct that an event does not have
    uint64_t[N_WORDS] dense     # columns that have a value in most events
    uint64_t[N_WORDS] row_by_row  # columns whose cell, or end of text, is written for every row
    uint64_t[N_WORDS] live      # columns that have memory
    uint64_t[N_WORDS] untouched  # columns that are wanted and have no memory yet
    int n_live
    uint64_t[N_WORDS] initial   # a row's validity at the start, in the words after the first
    uint32_t late_flags         # the flags of those late columns of the header that are wanted
    int64_t first_row           # of the current chunk
    # The failure.
    Failure failure
    const char* reason          # why the last pointer checked may not be followed
    int64_t bad_index
    const char* bad_field       # the name of the member for MalformedBlockError
    # Asked every now and then whether to give up; NULL: nobody asks.
    bint (*stops)() noexcept nogil
    int64_t asked_at            # the row, and the budget then
    uint64_t asked_budget
    # Statistics.
    int64_t malformed
    int64_t replaced
    int64_t out_of_range
    int64_t unknown_types
    int64_t unknown_names
    # A decode begins with zeros in all members above; those below are not initialized.
    Live[N_EVENT_COLUMNS] live_columns
    uint8_t* cursor[N_EVENT_COLUMNS]
    # The validity of each row of the chunk, a bit a column. An event assigns the first word of its
    # row and sets bits in the others; these are set to `initial` when the first column of the word
    # gets memory, and after each chunk.
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
    """Tell whether `ROOM` bytes may be read at `pointer`; False in the last `ROOM` of a block."""
    return <uint64_t>pointer - d.base < d.roomy and not <uint64_t>pointer & (alignment - 1)


cdef inline const uint8_t* translate(const Decode* d, const void* pointer) noexcept nogil:
    """Return where the memory is that a pointer of the block leads to, without checking it."""
    cdef const uint8_t* memory = d.memory + (<uint64_t>pointer - d.base)
    wf_assume(memory != NULL)
    return memory


cdef inline const uint8_t* locate_small(
    Decode* d, const void* pointer, uint64_t size, uint64_t alignment
) noexcept nogil:
    """As locate(), for a `size` of at most `ROOM`."""
    if wf_likely(has_room(d, pointer, alignment)):
        return translate(d, pointer)
    return locate(d, pointer, size, alignment)


cdef inline bint spend(Decode* d, uint64_t size) noexcept nogil:
    """Take `size` bytes from the budget; False if many pointers to the same bytes used it up.

    Spent is all that is read behind a pointer and has no fixed size, or is behind a second pointer:
    texts, however they end, blobs, arrays and their items, the values of conditions.
    """
    if size > d.budget:
        d.budget = 0  # nothing more is followed
        d.reason = "would make the block be read more than 64 times over"
        return False
    d.budget -= size
    return True


cdef inline bint need_word(Decode* d, int word, uint64_t columns) noexcept nogil:
    """Give memory to those columns of a word that are wanted and have none."""
    columns &= d.untouched[word]
    return columns == 0 or touch(d, word, columns) == 0


cdef inline bint need(Decode* d, int column) noexcept nogil:
    """Give memory to a column if it is wanted and has none."""
    return need_word(d, column >> 6, bit(column))


cdef inline bint is_live(const Decode* d, int column) noexcept nogil:
    """Tell whether the column has memory: it is wanted, and an event has needed it."""
    return d.live[column >> 6] >> (column & 63) & 1


cdef inline void vouch(Decode* d, int i, int column) noexcept nogil:
    """Mark row `i` of a column as valid; a wanted column must have memory."""
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
    """Write an enumerator: the names are the first entries of the dictionary, so value = code."""
    if wf_likely(value < <uint32_t>d.dictionaries[column].n_names):
        put_32(d, column, i, value)
    else:
        put_unknown(d, column, i, value)
