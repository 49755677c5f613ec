"""Compares the rows of a column with one value; must not know batches.

Whatever the type: a row is less than the value, equal to it, or greater. A null is neither.
"""

from cpython.bytes cimport PyBytes_AsString
from cpython.object cimport Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE
from libc.stddef cimport size_t
from libc.stdint cimport (
    INT64_MAX, INT64_MIN, UINT64_MAX, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t)
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp

from wfpfast._columns.columns cimport BOOL, CODES, FIXED, TEXT, Column, is_valid
from wfpfast._columns.mask cimport new_mask

import datetime
import operator

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_WORDS = ("<", "<=", "==", "!=", ">", ">=")     # by Python's number of the comparison

cdef struct Wanted:
    # Which of less, equal and greater is wanted; by 1 plus the sign of row minus value.
    uint8_t[3] hits


cdef Wanted wanted_of(int how) noexcept nogil:
    return Wanted([
        how == Py_LT or how == Py_LE or how == Py_NE, how == Py_EQ or how == Py_LE or how == Py_GE,
        how == Py_GT or how == Py_GE or how == Py_NE])


cdef inline int sign_of(bint less, bint greater) noexcept nogil:
    return 1 - less + greater


cdef Mask compared(const ColumnSet* columns, int index, int how, str kind, object value):
    """Return which rows compare as wanted; TypeError for a value of another type."""
    cdef const Column* column = columns.columns + index
    cdef Mask mask = new_mask(column.length)
    cdef Wanted wanted = wanted_of(how)
    cdef char form = column.spec.format[0]
    if column.spec.kind == TEXT or column.spec.kind == CODES:
        compare_texts(column, as_text(column, kind, value), &wanted, mask)
    elif column.spec.kind == BOOL and isinstance(value, bool):
        compare_bools(column, value, &wanted, mask)
    elif column.spec.kind == FIXED and form == b"w" and isinstance(value, bytes):
        compare_bytes(column, value, &wanted, mask)
    elif column.spec.kind == FIXED and form == b"t" and isinstance(value, datetime.datetime):
        compare_signed(column, nanoseconds(value), &wanted, mask)
    elif column.spec.kind == FIXED and form not in (b"t", b"w") and is_number(value):
        if form in (b"i", b"l"):
            compare_signed(column, operator.index(value), &wanted, mask)
        else:
            compare_unsigned(column, operator.index(value), &wanted, mask)
    else:
        raise TypeError(
            f"{column.spec.name.decode()} is {kind}: {_WORDS[how]} does not take {value!r}"
            + ("; rows without a value are is_null()" if value is None else ""))
    return mask


cdef bint is_number(value) except -1:
    return hasattr(value, "__index__") and not isinstance(value, bool)


cdef bytes as_text(const Column* column, str kind, value):
    if not isinstance(value, str):
        raise TypeError(
            f"{column.spec.name.decode()} is {kind}: a text is expected, not {value!r}"
            + ("; rows without a value are is_null()" if value is None else ""))
    return value.encode("utf-8", "surrogatepass")


cdef object nanoseconds(value):
    if value.tzinfo is None:
        raise TypeError(f"timestamps are in UTC: {value!r} has no time zone; use datetime.UTC")
    return (value - _EPOCH) // _MICROSECOND * 1000


cdef inline void answer(Mask mask, const Column* column, int64_t row, uint8_t hit) noexcept:
    mask.chosen[row] = hit and column.values.data != NULL and is_valid(column, row)


cdef int compare_all(const Column* column, int sign, const Wanted* wanted, Mask mask) except -1:
    """Answer where the value is outside of what the column can hold."""
    cdef int64_t row
    for row in range(column.length):
        answer(mask, column, row, wanted.hits[sign])
    return 0


cdef inline uint64_t number_at(const Column* column, int64_t row) noexcept nogil:
    cdef const uint8_t* values = column.values.data
    if column.spec.width == 8:
        return (<const uint64_t*>values)[row]
    if column.spec.width == 4:
        return (<const uint32_t*>values)[row]
    return (<const uint16_t*>values)[row] if column.spec.width == 2 else values[row]


cdef int compare_unsigned(const Column* column, value, const Wanted* wanted, Mask mask) except -1:
    cdef uint64_t number, limit
    cdef int64_t row
    if not 0 <= value <= UINT64_MAX:
        return compare_all(column, 2 if value < 0 else 0, wanted, mask)
    limit = value
    for row in range(column.length if column.values.data != NULL else 0):
        number = number_at(column, row)
        answer(mask, column, row, wanted.hits[sign_of(number < limit, number > limit)])
    return 0


cdef int compare_signed(const Column* column, value, const Wanted* wanted, Mask mask) except -1:
    cdef int64_t number, limit, row
    if not INT64_MIN <= value <= INT64_MAX:
        return compare_all(column, 2 if value < 0 else 0, wanted, mask)
    limit = value
    for row in range(column.length if column.values.data != NULL else 0):
        number = <int64_t>number_at(column, row)
        if column.spec.width == 4:
            number = <int32_t>number
        answer(mask, column, row, wanted.hits[sign_of(number < limit, number > limit)])
    return 0


cdef int compare_bools(const Column* column, bint value, const Wanted* wanted, Mask mask) except -1:
    cdef int64_t row
    cdef bint bit
    for row in range(column.length if column.values.data != NULL else 0):
        bit = column.values.data[row >> 3] >> (row & 7) & 1
        answer(mask, column, row, wanted.hits[sign_of(bit < value, bit > value)])
    return 0


cdef int compare_bytes(
    const Column* column, bytes value, const Wanted* wanted, Mask mask
) except -1:
    cdef size_t size = <size_t>len(value), width = <size_t>column.spec.width
    cdef const char* text = PyBytes_AsString(value)
    cdef int64_t row
    for row in range(column.length if column.values.data != NULL else 0):
        answer(mask, column, row, wanted.hits[order_of(
            <const char*>column.values.data + row * width, width, text, size)])
    return 0


cdef inline int order_of(
    const char* one, size_t one_size, const char* other, size_t other_size
) noexcept nogil:
    cdef int order = memcmp(one, other, min(one_size, other_size))
    if order == 0:
        return sign_of(one_size < other_size, one_size > other_size)
    return sign_of(order < 0, order > 0)


cdef int compare_texts(
    const Column* column, bytes value, const Wanted* wanted, Mask mask
) except -1:
    """Compare texts, each text of a dictionary once; UTF-8 has the order of its characters."""
    cdef const int32_t* codes = <const int32_t*>column.values.data
    cdef const char* text = PyBytes_AsString(value)
    cdef size_t size = <size_t>len(value)
    cdef uint8_t* hits
    cdef int64_t row
    if column.values.data == NULL:
        return 0
    if column.spec.kind == TEXT:
        for row in range(column.length):
            answer(mask, column, row, wanted.hits[order_of(
                <const char*>column.text.data + codes[row], <size_t>(codes[row + 1] - codes[row]),
                text, size)])
        return 0
    hits = dictionary_hits(column, text, size, wanted)
    if hits == NULL:
        raise MemoryError
    for row in range(column.length):
        if is_valid(column, row):
            mask.chosen[row] = hits[codes[row]]
    free(hits)
    return 0


cdef uint8_t* dictionary_hits(
    const Column* column, const char* text, size_t size, const Wanted* wanted
) noexcept nogil:
    """Return an answer for each text of a dictionary, or NULL without memory."""
    cdef const int32_t* ends = <const int32_t*>column.dictionary_offsets
    cdef uint8_t* hits = <uint8_t*>malloc(<size_t>column.dictionary_length + 1)
    cdef int32_t code
    for code in range(column.dictionary_length if hits != NULL else 0):
        hits[code] = wanted.hits[order_of(
            <const char*>column.dictionary_text + ends[code], <size_t>(ends[code + 1] - ends[code]),
            text, size)]
    return hits


cdef Mask nulls(const ColumnSet* columns, int index):
    """Return which rows have no value."""
    cdef const Column* column = columns.columns + index
    cdef Mask mask = new_mask(column.length)
    cdef int64_t row
    for row in range(column.length):
        mask.chosen[row] = column.values.data == NULL or not is_valid(column, row)
    return mask
