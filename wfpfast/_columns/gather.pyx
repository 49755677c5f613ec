"""Copies some rows of columns into columns of their own; must not know who asks for which rows.

Dictionaries are shared with the columns that the rows come from; columns without values stay so.
"""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._base.shared_buffers cimport shared_buffers_share
from wfpfast._columns.columns cimport (
    BOOL, CODES, FIXED, LIST, STRUCT, TEXT, Column, columns_allocate, columns_new,
    columns_release, end_rows, fixed_append, is_valid, row_append, text_append, text_reserve)


cdef ColumnSet* columns_gather(
    const ColumnSet* source, Recycler* recycler, const int64_t* rows, int64_t count
) noexcept nogil:
    """Return the rows with these numbers, in this order; NULL without memory."""
    cdef ColumnSet* out = columns_new(
        recycler, source.columns[0].spec, source.count, source.n_tops, count)
    cdef int k
    if out == NULL:
        return NULL
    if source.dictionary_buffers != NULL:
        out.dictionary_buffers = shared_buffers_share(source.dictionary_buffers)
    for k in range(source.n_tops):
        if source.columns[k].values.data != NULL and (
                columns_allocate(out, &k, 1, False) < 0 or gather(out, source, k, rows) < 0):
            columns_release(out)
            return NULL
    return out


cdef int gather(
    ColumnSet* out, const ColumnSet* source, int index, const int64_t* rows
) noexcept nogil:
    cdef Column* target = out.columns + index
    cdef const Column* column = source.columns + index
    cdef int kind = column.spec.kind
    gather_validity(target, column, rows, out.rows)
    if kind == FIXED or kind == CODES:
        target.dictionary_offsets = column.dictionary_offsets
        target.dictionary_text = column.dictionary_text
        target.dictionary_length = column.dictionary_length
        gather_fixed(target, column, rows)
    elif kind == BOOL:
        gather_bits(target.values.data, column.values.data, rows, out.length, out.rows)
    elif kind == TEXT:
        return gather_text(target, column, rows)
    elif kind == LIST:
        return gather_lists(out, source, index, rows)
    return 0


cdef void gather_bits(
    uint8_t* target, const uint8_t* bits, const int64_t* rows, int64_t count, int64_t room
) noexcept nogil:
    cdef int64_t k
    memset(target, 0, <size_t>room // 8)
    for k in range(count):
        target[k >> 3] |= <uint8_t>((bits[rows[k] >> 3] >> (rows[k] & 7) & 1) << (k & 7))


cdef void gather_validity(
    Column* target, const Column* column, const int64_t* rows, int64_t room
) noexcept nogil:
    cdef int64_t k
    if column.validity.data == NULL:  # all are valid
        memset(target.validity.data, 0xff, <size_t>room // 8)
        target.null_count = 0
        return
    gather_bits(target.validity.data, column.validity.data, rows, target.length, room)
    target.null_count = 0
    for k in range(target.length):
        target.null_count += not is_valid(column, rows[k])


cdef void gather_fixed(Column* target, const Column* column, const int64_t* rows) noexcept nogil:
    cdef const uint8_t* values = column.values.data
    cdef uint8_t* to = target.values.data
    cdef size_t width = <size_t>column.spec.width
    cdef int64_t k, count = target.length
    if width == 8:
        for k in range(count):
            (<uint64_t*>to)[k] = (<const uint64_t*>values)[rows[k]]
    elif width == 4:
        for k in range(count):
            (<uint32_t*>to)[k] = (<const uint32_t*>values)[rows[k]]
    elif width == 2:
        for k in range(count):
            (<uint16_t*>to)[k] = (<const uint16_t*>values)[rows[k]]
    else:
        for k in range(count):
            memcpy(to + k * width, values + rows[k] * width, width)


cdef int gather_text(Column* target, const Column* column, const int64_t* rows) noexcept nogil:
    cdef const int32_t* offsets = <const int32_t*>column.values.data
    cdef int32_t* ends = <int32_t*>target.values.data
    cdef size_t size, used = 0
    cdef int64_t k
    for k in range(target.length):
        used += <size_t>(offsets[rows[k] + 1] - offsets[rows[k]])
    if target.text.data == NULL and text_reserve(target, used) < 0:
        return -1
    used = 0
    ends[0] = 0
    for k in range(target.length):
        size = <size_t>(offsets[rows[k] + 1] - offsets[rows[k]])
        if size:
            memcpy(target.text.data + used, column.text.data + offsets[rows[k]], size)
        used += size
        ends[k + 1] = <int32_t>used
    target.text_used = <int64_t>used
    target.ended = target.length
    return 0


cdef int gather_lists(
    ColumnSet* out, const ColumnSet* source, int index, const int64_t* rows
) noexcept nogil:
    cdef const Column* column = source.columns + index
    cdef const int32_t* offsets = <const int32_t*>column.values.data
    cdef int child = column.spec.first_child
    cdef int64_t k, item
    (<int32_t*>out.columns[index].values.data)[0] = 0
    for k in range(out.length):
        for item in range(offsets[rows[k]], offsets[rows[k] + 1]):
            if append(out, source, child, item) < 0:
                return -1
        end_rows(out.columns + index, k + 1, out.columns[child].length)
    return 0


cdef int append(
    ColumnSet* out, const ColumnSet* source, int index, int64_t row
) noexcept nogil:
    """Add a row of a child to the same child of `out`."""
    cdef const Column* column = source.columns + index
    cdef bint valid = is_valid(column, row)
    cdef const int32_t* offsets
    cdef int k
    if column.spec.kind == STRUCT:
        for k in range(column.spec.n_children):
            if append(out, source, column.spec.first_child + k, row) < 0:
                return -1
        return row_append(out.columns + index, valid)
    if column.spec.kind == TEXT:
        offsets = <const int32_t*>column.values.data + row
        return text_append(
            out.columns + index, column.text.data + offsets[0],
            <size_t>(offsets[1] - offsets[0]), valid)
    return fixed_append(
        out.columns + index, column.values.data + row * column.spec.width if valid else NULL)
