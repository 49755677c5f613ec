# Columns in memory in Arrow's layout; must not know events, Python objects or who fills them.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from wfpfast._base.memory cimport Buffer, Piece, Recycler
from wfpfast._base.shared_buffers cimport SharedBuffers

cdef enum Kind:
    FIXED    # `width` bytes a row
    BOOL     # one bit a row
    TEXT     # utf8: int32 offsets and bytes
    CODES    # int32 codes into a dictionary of TEXT
    LIST     # int32 offsets into the child
    STRUCT   # the children side by side


cdef enum:
    LINE = 64
    WIDEST = 20             # bytes of the widest fixed-width value
    CHUNK = 64              # rows decoded together: their validity is one 64-bit word


cdef struct Spec:
    # Describes a column. The children of a LIST or STRUCT follow it in the same array of specs.
    const char* name
    const char* format      # Arrow's format string; of CODES, that of the dictionary's values
    Kind kind
    int width               # bytes a row; of TEXT the limit of a row's bytes, or 0 for no limit
    int first_child
    int n_children
    int chunk               # bytes of a chunk's cells, or 0 if `values` are offsets


cdef struct Column:
    const Spec* spec
    int64_t length          # rows; the length of the batch for top-level columns
    int64_t null_count
    Piece values            # fixed-width values, bits, codes or offsets
    Piece validity          # a bit a row; without memory all rows are valid
    Piece text              # the bytes of TEXT
    int64_t text_used
    int64_t ended           # how many rows of TEXT or LIST have their end offset written
    const uint8_t* dictionary_offsets   # of CODES: in the set's `dictionary_buffers`
    const uint8_t* dictionary_text
    int32_t dictionary_length
    bint sparse             # few rows have a value; chunks without a value are not written


cdef struct ColumnSet:
    # Reference-counted: the Python batch and every exported Arrow array have a reference.
    Buffer* memory          # holds this struct and `columns`; from a recycler
    int32_t refs
    int count               # all columns, children included
    int n_tops              # top-level columns, which come first and have `length` rows
    bint dirty              # null cells of sparse columns may not be zero
    int64_t length
    int64_t rows            # room for rows in each column: `length` rounded up to chunks
    size_t stagger          # where in a page the next column begins
    Buffer* slabs           # a chain; each holds columns that were allocated together
    Buffer* zeros           # exported for columns without a value
    SharedBuffers* dictionary_buffers
    Column* columns


cdef ColumnSet* columns_new(
    Recycler* recycler, const Spec* specs, int count, int n_tops, int64_t length) noexcept nogil
cdef ColumnSet* columns_share(ColumnSet* columns) noexcept nogil
cdef void columns_release(ColumnSet* columns) noexcept nogil
cdef int columns_allocate(
    ColumnSet* columns, const int* slots, int count, bint sparse) noexcept nogil
cdef int text_reserve(Column* column, size_t more) noexcept nogil
cdef int text_append(Column* column, const uint8_t* text, size_t size, bint valid) noexcept nogil
cdef int fixed_append(Column* column, const void* value) noexcept nogil
cdef int row_append(Column* column, bint valid) noexcept nogil
cdef void cut_rows(Column* column, int64_t length) noexcept nogil
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
