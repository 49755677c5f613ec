# Columns in memory as Arrow wants them; must not know events, Python objects or who fills them.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from wfpfast._base.memory cimport Buffer, Nest, Piece
from wfpfast._base.shelf cimport Shelf

cdef enum Kind:
    FIXED    # `width` bytes a row
    BOOL     # one bit a row
    TEXT     # utf8 or binary: int32 offsets and bytes
    CODES    # int32 codes into a dictionary of TEXT
    LIST     # int32 offsets into the child
    STRUCT   # the children side by side


cdef enum:
    LINE = 64
    WIDEST = 20             # bytes of the widest fixed-width value
    CHUNK = 64              # rows that are written before the next ones: a word of validity


cdef struct Spec:
    # What a column is; the children of a LIST or STRUCT stand later in the same array of specs.
    const char* name
    const char* format      # Arrow's format string; for CODES that of the dictionary's values
    Kind kind
    int width               # bytes a row; of TEXT the most that a row can have, 0: any number
    int first_child
    int n_children
    int chunk               # bytes of a chunk's cells; 0 where `values` are offsets


cdef struct Column:
    const Spec* spec
    int64_t length          # rows; a batch's own length for the columns at the top
    int64_t null_count
    Piece values            # fixed-width values, bits, codes or offsets
    Piece validity          # a bit a row; nothing: all rows valid
    Piece text              # the bytes of TEXT
    int64_t text_used
    int64_t ended           # rows of TEXT and LIST whose end offset is written
    const uint8_t* dictionary_offsets   # on the set's shelf
    const uint8_t* dictionary_text
    int32_t dictionary_length
    bint sparse             # few rows have a value; a chunk that has none is not written at all


cdef struct ColumnSet:
    # Owned by counts: one for the Python batch, one for every exported Arrow array.
    Buffer* memory          # this set's own, of a nest
    int32_t refs
    int count               # all columns, children included
    int n_tops              # the first ones, which have `length` rows
    bint spoilt             # what is sparse may hold more than the valid rows' values
    int64_t length
    int64_t rows            # that columns have room for: `length` in whole chunks
    size_t place            # of the next column within the sets of a cache
    Buffer* slabs           # a chain: the memory of columns that were allocated together
    Buffer* zeros           # what a column without a value exports
    Shelf* shelf            # the memory of the dictionaries
    Column* columns


cdef ColumnSet* columns_new(
    Nest* nest, const Spec* specs, int count, int n_tops, int64_t length) noexcept nogil
cdef ColumnSet* columns_share(ColumnSet* columns) noexcept nogil
cdef void columns_release(ColumnSet* columns) noexcept nogil
cdef int columns_allocate(
    ColumnSet* columns, const int* places, int count, bint sparse) noexcept nogil
cdef int text_reserve(Column* column, size_t more) noexcept nogil
cdef int text_append(Column* column, const uint8_t* text, size_t size, bint valid) noexcept nogil
cdef int fixed_append(Column* column, const void* value) noexcept nogil
cdef int row_append(Column* column, bint valid) noexcept nogil
cdef void end_rows(Column* column, int64_t row, int64_t end) noexcept nogil


cdef inline Spec new_spec(
    const char* name, const char* format, Kind kind, int width, int first_child, int n_children
) noexcept nogil:
    cdef int chunk = CHUNK // 8 if kind == BOOL else 0
    if kind == FIXED or kind == CODES:
        chunk = CHUNK * width
    return Spec(name, format, kind, width, first_child, n_children, chunk)


cdef inline bint is_valid(const Column* column, int64_t row) noexcept nogil:
    if column.validity.data == NULL:
        return column.null_count == 0
    return (column.validity.data[row >> 3] >> (row & 7)) & 1
