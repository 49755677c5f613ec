"""Writes the rows of a batch whose number of rows is not known before; must not know records.

Columns get memory when the first row has a value for them. All but those of text are sparse: their
memory is zero when it is taken, and a cell is only written together with its validity.
"""

from libc.string cimport memcpy, memset

from wfpfast._base.portable cimport wf_popcount
from wfpfast._base.shared_buffers cimport shared_buffers_release, shared_buffers_share
from wfpfast._base.text cimport MAC_SIZE, put_mac
from wfpfast._columns.columns cimport (
    CODES, TEXT, columns_allocate, columns_new, columns_release, text_reserve)
from wfpfast._columns.dictionaries cimport (
    Recent, cheap_key, dictionaries_share, dictionary_begin, dictionary_code, dictionary_export,
    dictionary_find, dictionary_is_shared, dictionary_sid, dictionary_utf16, recent_bytes, same,
    sid_key)
from wfpfast._decode.values cimport put_ip
from wfpfast.audit._schema cimport N_AUDIT_SPECS, audit_specs


cdef int rows_begin(Rows* r, Recycler* recycler) noexcept nogil:
    """Begin a batch; -1 without memory."""
    r.out = columns_new(
        recycler, audit_specs(r.binary_addresses), N_AUDIT_SPECS, N_AUDIT_COLUMNS, r.capacity)
    if r.out == NULL:
        return -1
    r.row = 0
    r.no_memory = False
    r.replaced = 0
    memcpy(r.state, r.wanted, sizeof(r.state))
    return 0


cdef bint rows_touch(Rows* r, int column) noexcept nogil:
    """Give memory to a column; False if it is not wanted, or there is no memory."""
    cdef Column* target = r.out.columns + column
    cdef bint sparse = target.spec.chunk != 0
    if r.state[column] == UNWANTED:
        return False
    if columns_allocate(r.out, &column, 1, sparse) < 0:
        r.no_memory = True
        return False
    if target.spec.kind == CODES and dictionary_begin(r.dictionaries + column) < 0:
        r.no_memory = True
        return False
    if not sparse:
        memset(target.validity.data, 0, <size_t>r.out.rows // 8)
        (<int32_t*>target.values.data)[0] = 0
    r.values[column] = target.values.data
    r.validity[column] = target.validity.data
    r.state[column] = LIVE
    return True


cdef inline void put_code(Rows* r, int column, int32_t code) noexcept nogil:
    if code < 0:
        r.no_memory = True
        return
    (<int32_t*>r.values[column])[r.row] = code
    vouch(r, column)


cdef inline int32_t recent_code(
    const Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t key
) noexcept nogil:
    cdef const Recent* recent = dictionary.recent + (key >> dictionary.shift)
    if wf_likely(recent.size == size and same(recent_bytes(dictionary, recent), raw, size)):
        return recent.code
    return -1


cdef void put_utf16(Rows* r, int column, const uint8_t* raw, uint32_t size) noexcept nogil:
    """Write a text of a column with a dictionary."""
    cdef Dictionary* dictionary = r.dictionaries + column
    cdef uint64_t key
    cdef int32_t code
    if not ready(r, column):
        return
    key = cheap_key(raw, size)
    code = recent_code(dictionary, raw, size, key)
    if code < 0:
        code = dictionary_find(dictionary, raw, size, key)
    if code < 0:
        code = dictionary_utf16(dictionary, raw, size, False, &r.scratch, &r.replaced)
    put_code(r, column, code)


cdef void put_sid(Rows* r, int column, const uint8_t* raw, uint32_t size) noexcept nogil:
    cdef Dictionary* dictionary = r.dictionaries + column
    cdef uint64_t key
    cdef int32_t code
    if not ready(r, column):
        return
    key = sid_key(raw, size)
    code = recent_code(dictionary, raw, size, key)
    if code < 0:
        code = dictionary_find(dictionary, raw, size, key)
    put_code(r, column, code if code >= 0 else dictionary_sid(dictionary, raw, size))


cdef void put_word(Rows* r, int column, const char* text, uint32_t size) noexcept nogil:
    """Write a text of UTF-8 to a column with a dictionary."""
    if ready(r, column):
        put_code(r, column, dictionary_code(
            r.dictionaries + column, <const uint8_t*>text, size))


cdef inline char* text_end(Rows* r, int column) noexcept nogil:
    """Return where the text of the current row goes; the rows before it that lack one are empty."""
    cdef Column* target = r.out.columns + column
    end_rows(target, r.row, target.text_used)
    return <char*>target.text.data + target.text_used


cdef inline void end_text(Rows* r, int column, const char* end) noexcept nogil:
    cdef Column* target = r.out.columns + column
    target.text_used = end - <char*>target.text.data
    end_rows(target, r.row + 1, target.text_used)
    vouch(r, column)


cdef void put_address(Rows* r, int column, const Address* address) noexcept nogil:
    cdef uint8_t* cell
    if not ready(r, column):
        return
    if not r.binary_addresses:
        end_text(r, column, put_ip(text_end(r, column), address.octets, address.is_v6))
        return
    cell = r.values[column] + 16 * r.row
    if address.is_v6:
        memcpy(cell, address.octets, 16)
    else:
        memset(cell + 10, 0xff, 2)
        cell[12] = address.octets[3]
        cell[13] = address.octets[2]
        cell[14] = address.octets[1]
        cell[15] = address.octets[0]
    vouch(r, column)


cdef void put_mac_address(Rows* r, int column, const uint8_t* address) noexcept nogil:
    cdef char* text
    if not ready(r, column):
        return
    if r.binary_addresses:
        memcpy(r.values[column] + 6 * r.row, address, 6)
        vouch(r, column)
        return
    text = text_end(r, column)
    put_mac(text, address)
    end_text(r, column, text + MAC_SIZE)


cdef void put_long_text(Rows* r, int column, const char* text, size_t size) noexcept nogil:
    """Write UTF-8 to a column of text without a limit."""
    if not ready(r, column):
        return
    if text_reserve(r.out.columns + column, size) < 0:
        r.no_memory = True
        return
    memcpy(text_end(r, column), text, size)
    end_text(r, column, <char*>r.out.columns[column].text.data
             + r.out.columns[column].text_used + size)


cdef int64_t n_valid(const uint8_t* validity, int64_t rows) noexcept nogil:
    cdef const uint64_t* words = <const uint64_t*>validity
    cdef int64_t count = 0, k
    for k in range(rows // 64):
        count += wf_popcount(words[k])
    if rows & 63:
        count += wf_popcount(words[rows // 64] & ((<uint64_t>1 << (rows & 63)) - 1))
    return count


cdef int rows_finish(Rows* r) noexcept nogil:
    """Complete the batch, which has as many rows as were written; -1 without memory."""
    cdef Column* column
    cdef bint shared = True
    cdef int k
    r.out.length = r.row
    for k in range(N_AUDIT_COLUMNS):
        column = r.out.columns + k
        column.length = column.null_count = r.row
        if r.state[k] != LIVE:
            continue
        column.null_count -= n_valid(r.validity[k], r.row)
        if column.spec.kind == TEXT:
            end_rows(column, r.row, column.text_used)
        elif column.spec.kind == CODES:
            dictionary_export(r.dictionaries + k, column)
            shared = shared and dictionary_is_shared(r.dictionaries + k, r.shared, k)
    if not shared:
        shared_buffers_release(r.shared)
        r.shared = dictionaries_share(r.dictionaries, N_AUDIT_COLUMNS)
        if r.shared == NULL:
            return -1
    r.out.dictionary_buffers = shared_buffers_share(r.shared)
    return 0


cdef void rows_forget(Rows* r) noexcept nogil:
    """Give up the batch that is being made."""
    if r.out != NULL:
        r.out.dirty = True
        columns_release(r.out)
        r.out = NULL
