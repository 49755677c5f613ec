# The rows of a batch that is being made, and how values get into them; must not know records.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from wfpfast._base.memory cimport Buffer, Recycler
from wfpfast._base.portable cimport wf_likely
from wfpfast._base.shared_buffers cimport SharedBuffers
from wfpfast._columns.columns cimport Column, ColumnSet, end_rows
from wfpfast._columns.dictionaries cimport N_SECRETS, Dictionary
from wfpfast.audit._schema cimport N_AUDIT_COLUMNS

cdef enum:
    UNTOUCHED = 0       # wanted, and has no memory yet
    LIVE = 1
    UNWANTED = 2


cdef struct Address:
    uint8_t[16] octets  # of IPv4, a number in host order
    bint is_v6


cdef struct Rows:
    ColumnSet* out
    int64_t capacity
    int64_t row                 # that is being written
    bint binary_addresses
    bint no_memory
    int64_t replaced            # characters that are no UTF-16
    Dictionary[N_AUDIT_COLUMNS] dictionaries
    SharedBuffers* shared       # the buffers of the dictionaries
    Buffer* scratch
    uint64_t[N_SECRETS] secrets
    uint8_t[N_AUDIT_COLUMNS] wanted
    # Of the batch that is being made.
    uint8_t[N_AUDIT_COLUMNS] state
    uint8_t* values[N_AUDIT_COLUMNS]
    uint8_t* validity[N_AUDIT_COLUMNS]


cdef int rows_begin(Rows* r, Recycler* recycler) noexcept nogil
cdef int rows_finish(Rows* r) noexcept nogil
cdef void rows_forget(Rows* r) noexcept nogil
cdef bint rows_touch(Rows* r, int column) noexcept nogil
cdef void put_utf16(
    Rows* r, int column, const uint8_t* raw, uint32_t size) noexcept nogil
cdef void put_sid(Rows* r, int column, const uint8_t* raw, uint32_t size) noexcept nogil
cdef void put_word(Rows* r, int column, const char* text, uint32_t size) noexcept nogil
cdef void put_address(Rows* r, int column, const Address* address) noexcept nogil
cdef void put_mac_address(Rows* r, int column, const uint8_t* address) noexcept nogil
cdef void put_long_text(Rows* r, int column, const char* text, size_t size) noexcept nogil


cdef inline bint ready(Rows* r, int column) noexcept nogil:
    """Tell whether the cell of the current row may be written, which then must be vouched for."""
    return wf_likely(r.state[column] == LIVE) or rows_touch(r, column)


cdef inline void vouch(Rows* r, int column) noexcept nogil:
    r.validity[column][r.row >> 3] |= <uint8_t>(1 << (r.row & 7))


cdef inline void put_number(Rows* r, int column, uint64_t value) noexcept nogil:
    """Write a number to a column of any width; the caller has seen that it fits."""
    cdef int width
    if ready(r, column):
        width = r.out.columns[column].spec.width
        if width == 8:
            (<uint64_t*>r.values[column])[r.row] = value
        elif width == 4:
            (<uint32_t*>r.values[column])[r.row] = <uint32_t>value
        elif width == 2:
            (<uint16_t*>r.values[column])[r.row] = <uint16_t>value
        else:
            r.values[column][r.row] = <uint8_t>value
        vouch(r, column)


cdef inline void put_bool(Rows* r, int column, bint value) noexcept nogil:
    if ready(r, column):
        r.values[column][r.row >> 3] |= <uint8_t>(value << (r.row & 7))
        vouch(r, column)
