"""Allocates, grows and frees columns; must not know events, Python objects or who fills them.

A column without `values` is untouched: all its rows are null, and it exports zeros.
"""

from libc.stdint cimport INT32_MAX
from libc.string cimport memcpy, memset

from wfpfast._base.memory cimport (
    COLUMNS_SLOT, buffer_release, buffer_take, buffer_unpool, piece_reserve, recycler_take)
from wfpfast._base.portable cimport wf_atomic_add
from wfpfast._base.shared_buffers cimport shared_buffers_release

cdef enum:
    PAGE = 4096
    # Columns that begin at the same offset in a page compete for the same sets of the cache when a
    # row of each is written in turn. 192 is an odd number of lines, so that they use all sets.
    STAGGER = 192


cdef ColumnSet* columns_new(
    Recycler* recycler, const Spec* specs, int count, int n_tops, int64_t length
) noexcept nogil:
    """Return a set of untouched columns with one reference, or NULL without memory.

    The first `n_tops` columns have `length` rows, all null; the others are children without rows.
    All sets of one recycler must have the same specs, since a set that was used before is reused.
    """
    cdef Buffer* memory = recycler_take(
        recycler, COLUMNS_SLOT, sizeof(ColumnSet) + count * sizeof(Column))
    cdef ColumnSet* columns
    cdef bint fresh
    cdef int i
    if memory == NULL:
        return NULL
    columns = <ColumnSet*>memory.data
    fresh = columns.memory == NULL
    if fresh:
        memset(columns, 0, sizeof(ColumnSet) + count * sizeof(Column))
        columns.memory = memory
        columns.count = count
        columns.n_tops = n_tops
        columns.columns = <Column*>(columns + 1)
        for i in range(count):
            columns.columns[i].spec = specs + i
    columns.refs = 1
    if fresh or columns.length != length:
        columns.length = length
        columns.rows = (length + CHUNK - 1) // CHUNK * CHUNK
        for i in range(n_tops):
            columns.columns[i].length = columns.columns[i].null_count = length
    return columns


cdef ColumnSet* columns_share(ColumnSet* columns) noexcept nogil:
    wf_atomic_add(&columns.refs, 1)
    return columns


cdef void wipe(Column* column, int64_t chunks) noexcept nogil:
    """Make a sparse column all zero again, as the pool requires of zeroed memory."""
    cdef uint64_t* validity = <uint64_t*>column.validity.data
    cdef int size = column.spec.chunk
    cdef int64_t k
    if column.null_count == column.length:
        return
    for k in range(chunks):
        if validity[k]:
            validity[k] = 0
            memset(column.values.data + k * size, 0, size)


cdef inline void untouch(ColumnSet* columns, int index) noexcept nogil:
    """Release a column's own buffers and make it untouched."""
    cdef Column* column = columns.columns + index
    cdef const Spec* spec = column.spec
    if column.values.own != NULL or column.text.own != NULL or column.validity.own != NULL:
        buffer_release(column.values.own)
        buffer_release(column.text.own)
        buffer_release(column.validity.own)
    if column.sparse and not columns.dirty:
        wipe(column, columns.rows // CHUNK)
    memset(column, 0, sizeof(Column))
    column.spec = spec
    if index < columns.n_tops:
        column.length = column.null_count = columns.length


cdef void columns_release(ColumnSet* columns) noexcept nogil:
    """Release one reference; the last one releases every buffer. Any thread, no GIL needed."""
    cdef int i
    cdef Column* column
    cdef Buffer* slab
    if columns == NULL or wf_atomic_add(&columns.refs, -1) != 0:
        return
    for i in range(columns.count):
        column = columns.columns + i
        if column.values.data != NULL or column.text.data != NULL or column.validity.data != NULL:
            untouch(columns, i)
    while columns.slabs != NULL:
        slab = columns.slabs
        columns.slabs = slab.next
        if columns.dirty:
            buffer_unpool(slab)
        buffer_release(slab)
    buffer_release(columns.zeros)
    shared_buffers_release(columns.dictionary_buffers)
    columns.zeros = NULL
    columns.dictionary_buffers = NULL
    columns.dirty = False
    columns.stagger = 0
    buffer_release(columns.memory)


cdef inline uint8_t* slab_reserve(ColumnSet* columns, size_t* end, size_t size) noexcept nogil:
    """Reserve `size` bytes behind `end`, the end of a slab; return their offset as a pointer."""
    cdef size_t start = (end[0] + LINE - 1) & ~<size_t>(LINE - 1)
    if size >= PAGE // 2:
        start += (columns.stagger - start) & (PAGE - 1)
        columns.stagger += STAGGER
    end[0] = start + size
    return <uint8_t*>start


cdef int columns_allocate(
    ColumnSet* columns, const int* slots, int count, bint sparse
) noexcept nogil:
    """Give `count` columns memory in one slab; -1 without memory.

    Each gets room for whole chunks of rows and, if its text has a limit, for the longest texts.
    Sparse columns are all zero; the others have any content.
    """
    cdef size_t end = 0, chunks = <size_t>columns.rows // CHUNK
    cdef size_t offsets = 4 * (<size_t>columns.rows + 1)
    cdef Column* column
    cdef Buffer* slab
    cdef int k
    for k in range(count):
        column = columns.columns + slots[k]
        column.values.data = slab_reserve(
            columns, &end, chunks * column.spec.chunk if column.spec.chunk else offsets)
        column.validity.data = slab_reserve(columns, &end, 8 * chunks)
        if column.spec.kind == TEXT and column.spec.width:
            column.text.data = slab_reserve(
                columns, &end, <size_t>columns.rows * column.spec.width + LINE)
    slab = buffer_take(end, sparse)
    for k in range(count):
        column = columns.columns + slots[k]
        if slab == NULL:
            column.values.data = column.validity.data = column.text.data = NULL
            continue
        column.sparse = sparse
        column.values.data = slab.data + <size_t>column.values.data
        column.validity.data = slab.data + <size_t>column.validity.data
        if column.spec.kind == TEXT and column.spec.width:
            column.text.data = slab.data + <size_t>column.text.data
    if slab == NULL:
        return -1
    slab.next = columns.slabs
    columns.slabs = slab
    return 0


cdef void end_rows(Column* column, int64_t row, int64_t end) noexcept nogil:
    """Write the end offsets that rows before `row` lack: these rows are empty."""
    cdef int32_t* offsets = <int32_t*>column.values.data
    cdef int64_t k
    for k in range(column.ended + 1, row + 1):
        offsets[k] = <int32_t>end
    column.ended = max(column.ended, row)


cdef int text_reserve(Column* column, size_t more) noexcept nogil:
    """Make room for `more` bytes of text; -1 without memory or if int32 offsets would overflow."""
    if <size_t>column.text_used + more > INT32_MAX:
        return -1
    return piece_reserve(&column.text, <size_t>column.text_used, <size_t>column.text_used + more)


cdef int row_append(Column* column, bint valid) noexcept nogil:
    """Add a row's validity to a column that grows; the caller adds the row's values."""
    cdef int64_t row = column.length
    cdef size_t used = <size_t>(row + 7) // 8
    cdef const Buffer* old = column.validity.own
    if piece_reserve(&column.validity, used, used + 1) < 0:
        return -1
    if column.validity.own != old:
        memset(column.validity.data + used, 0, column.validity.own.capacity - used)
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
    if piece_reserve(&column.values, used, <size_t>(row + 2) * 4) < 0:
        return -1
    if row == 0:
        (<int32_t*>column.values.data)[0] = 0
    if size:
        memcpy(column.text.data + column.text_used, text, size)
    column.text_used += <int64_t>size
    end_rows(column, row + 1, column.text_used)
    return 0


cdef void cut_rows(Column* column, int64_t length) noexcept nogil:
    """Take the rows from `length` on back from a column that grows."""
    cdef int64_t row
    if column.length == length:
        return
    for row in range(length, column.length):
        column.null_count -= not is_valid(column, row)
        column.validity.data[row >> 3] &= ~<uint8_t>(1 << (row & 7))
    column.length = length
    if column.spec.kind == TEXT:
        column.text_used = (<const int32_t*>column.values.data)[length]
        column.ended = length


cdef int fixed_append(Column* column, const void* value) noexcept nogil:
    """Add one row to a FIXED column that grows; a NULL value is a null row."""
    cdef size_t width = column.spec.width
    cdef size_t used = <size_t>column.length * width
    if piece_reserve(&column.values, used, used + width) < 0:
        return -1
    if value != NULL:
        memcpy(column.values.data + used, value, width)
    else:
        memset(column.values.data + used, 0, width)
    return row_append(column, value != NULL)
