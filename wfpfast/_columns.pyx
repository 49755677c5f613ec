"""Allocates, grows and frees columns; must not know events, Python objects or who fills them.

A column without `values` has never been touched: all its rows are null, and it exports zeros.
"""

from libc.stdint cimport INT32_MAX
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

from wfpfast._memory cimport buffer_new, buffer_release, buffer_reserve
from wfpfast._portable cimport wf_atomic_add


cdef ColumnSet* columns_new(const Spec* specs, int count, int64_t length) noexcept nogil:
    """Return a set of untouched columns with one count, or NULL without memory."""
    cdef ColumnSet* columns = <ColumnSet*>calloc(1, sizeof(ColumnSet) + count * sizeof(Column))
    cdef int i
    if columns == NULL:
        return NULL
    columns.refs = 1
    columns.length = length
    columns.count = count
    columns.columns = <Column*>(columns + 1)
    for i in range(count):
        columns.columns[i].spec = specs + i
    return columns


cdef ColumnSet* columns_share(ColumnSet* columns) noexcept nogil:
    wf_atomic_add(&columns.refs, 1)
    return columns


cdef void columns_release(ColumnSet* columns) noexcept nogil:
    """Give back one count; the last one frees every buffer. Any thread, no GIL."""
    cdef int i
    cdef Column* column
    if columns == NULL or wf_atomic_add(&columns.refs, -1) != 0:
        return
    for i in range(columns.count):
        column = columns.columns + i
        buffer_release(column.values)
        buffer_release(column.validity)
        buffer_release(column.text)
        buffer_release(column.dictionary_offsets)
        buffer_release(column.dictionary_text)
    buffer_release(columns.zeros)
    free(columns)


cdef size_t values_size(const Spec* spec, int64_t length) noexcept nogil:
    """Return the bytes of `values` for `length` rows."""
    if spec.kind == FIXED:
        return <size_t>length * spec.width
    if spec.kind == BOOL:
        return <size_t>(length + 63) // 64 * 8
    if spec.kind == STRUCT:
        return 0
    return <size_t>(length + 1) * 4


cdef int column_allocate(ColumnSet* columns, int index, int64_t length) noexcept nogil:
    """Give column `index` zeroed values and an all-null validity for `length` rows."""
    cdef Column* column = columns.columns + index
    # 192 is odd in units of a cache line: neighbours spread over all sets of a page.
    cdef size_t stagger = (index * 192) % 4096
    column.values = buffer_new(values_size(column.spec, length), stagger, True)
    column.validity = buffer_new(<size_t>(length + 63) // 64 * 8, stagger, True)
    if column.values == NULL or column.validity == NULL:
        return -1
    return 0


cdef int text_reserve(Column* column, size_t more) noexcept nogil:
    """Make room for `more` bytes of text; -1 without memory or where int32 offsets end."""
    if <size_t>column.text_used + more > INT32_MAX:
        return -1
    return buffer_reserve(&column.text, <size_t>column.text_used, <size_t>column.text_used + more)


cdef int row_append(Column* column, bint valid) noexcept nogil:
    """Add one row's validity to a column that grows; its values are the caller's."""
    cdef int64_t row = column.length
    cdef size_t used = <size_t>(row + 7) // 8
    cdef size_t old = 0 if column.validity == NULL else column.validity.capacity
    if buffer_reserve(&column.validity, used, used + 1) < 0:
        return -1
    if column.validity.capacity != old:
        memset(column.validity.data + used, 0, column.validity.capacity - used)
    if valid:
        column.validity.data[row >> 3] |= <uint8_t>(1 << (row & 7))
    else:
        column.null_count += 1
    column.length = row + 1
    return 0


cdef int text_append(Column* column, const uint8_t* text, size_t size, bint valid) noexcept nogil:
    """Add one row to a TEXT column that grows."""
    cdef int64_t row = column.length
    cdef size_t used
    if text_reserve(column, size) < 0 or row_append(column, valid) < 0:
        return -1
    used = <size_t>(row + 1) * 4 if row else 0
    if buffer_reserve(&column.values, used, <size_t>(row + 2) * 4) < 0:
        return -1
    if row == 0:
        (<int32_t*>column.values.data)[0] = 0
    if size:
        memcpy(column.text.data + column.text_used, text, size)
    column.text_used += <int64_t>size
    end_rows(column, row + 1, column.text_used)
    return 0


cdef int fixed_append(Column* column, const void* value) noexcept nogil:
    """Add one row to a FIXED column that grows; a NULL value is a null row."""
    cdef size_t width = column.spec.width
    cdef size_t used = <size_t>column.length * width
    if buffer_reserve(&column.values, used, used + width) < 0:
        return -1
    if value != NULL:
        memcpy(column.values.data + used, value, width)
    else:
        memset(column.values.data + used, 0, width)
    return row_append(column, value != NULL)
