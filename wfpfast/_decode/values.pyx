"""Follows pointers of headers and payloads into text columns; must not know which member points.

A text that needed a replacement character is not stored in a dictionary's table of raw bytes, so
that it is converted, and counted, at every occurrence.
"""

from libc.stdint cimport INT32_MAX
from libc.string cimport memcpy, memset

from wfpfast._base.memory cimport buffer_reserve
from wfpfast._base.portable cimport wf_once_8, wf_once_pointer
from wfpfast._base.text cimport (
    GUID_SIZE, MAC_SIZE, put_guid, put_mac, utf8_from_utf16)
from wfpfast._columns.columns cimport cut_rows, end_rows, text_append, text_reserve
from wfpfast._columns.dictionaries cimport (
    Dictionary, dictionary_code, dictionary_find, dictionary_sid, dictionary_utf16)
from wfpfast._decode.context cimport NO_MEMORY, locate, malformed, out_of_room, spend


cdef bint put_new_utf16(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, uint64_t key, bint path
) noexcept nogil:
    """Write UTF-16 that is not in the dictionary's `recent` under its key."""
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef int code = dictionary_find(dictionary, raw, size, key)
    return put_code(
        d, column, i, code if code >= 0 else dictionary_utf16(
            dictionary, raw, size, path, d.scratch, &d.replaced))


cdef bint put_new_sid(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, uint64_t key
) noexcept nogil:
    """Write a SID that is not in the dictionary's `recent` under its key."""
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef int code = dictionary_find(dictionary, raw, size, key)
    return put_code(
        d, column, i, code if code >= 0 else dictionary_sid(dictionary, raw, size))


cdef const uint8_t* find_long_blob(
    Decode* d, const uint8_t* pointer, uint32_t size
) noexcept nogil:
    cdef const uint8_t* data = locate(d, pointer, size, 1)
    if data == NULL or (size > FREE and not spend(d, size)):
        return NULL
    if size > INT32_MAX:
        out_of_room(d, 0, size)
        return NULL
    return data


cdef const uint8_t* find_sid(Decode* d, const SID* sid, uint32_t* size) noexcept nogil:
    """Return where a whole SID is, and its size, which the caller spends."""
    cdef const uint8_t* data = locate(d, sid, 8, 4)
    if data == NULL:
        return NULL
    size[0] = 8 + 4 * <uint32_t>wf_once_8(data + 1)
    if d.size - <uint64_t>(data - d.memory) < size[0]:
        d.reason = "points outside the block"
        return NULL
    return data


cdef const uint8_t* find_long_sid(Decode* d, const SID* sid, uint32_t* size) noexcept nogil:
    """As find_sid(), for a SID of an event itself."""
    cdef const uint8_t* data = find_sid(d, sid, size)
    return data if data != NULL and (size[0] <= FREE or spend(d, size[0])) else NULL


cdef bint put_mapped(Decode* d, int column, int i, uint32_t v4) noexcept nogil:
    """Write an IPv4 address as 16 bytes."""
    cdef uint8_t* mapped = d.cursor[column] + 16 * i
    memset(mapped, 0, 10)
    memset(mapped + 10, 0xff, 2)
    mapped[12] = <uint8_t>(v4 >> 24)
    mapped[13] = <uint8_t>(v4 >> 16)
    mapped[14] = <uint8_t>(v4 >> 8)
    mapped[15] = <uint8_t>v4
    return True


cdef const uint8_t* find_wide(Decode* d, const WCHAR* text, size_t* units) noexcept nogil:
    """Return where NUL-terminated UTF-16 begins, and its units; what is walked is spent."""
    cdef const uint8_t* data = locate(d, text, 2, 2)
    cdef uint64_t left, limit, n = 0
    if data == NULL:
        return NULL
    left = (d.size - <uint64_t>(data - d.memory)) // 2
    limit = min(left, d.budget // 2 + 1)
    while n < limit and (data[2 * n] or data[2 * n + 1]):
        n += 1
    if not spend(d, 2 * n):
        return NULL
    if n == left:
        d.reason = "is text that does not end inside the block"
        return NULL
    units[0] = n
    return data


cdef bint find_text(
    Decode* d, WCHAR* const* slot, const uint8_t** text, size_t* units
) noexcept nogil:
    """As find_wide() of what `slot` points to; of NULL the text is NULL."""
    cdef const WCHAR* pointer = <const WCHAR*>wf_once_pointer(slot)
    text[0] = NULL
    units[0] = 0
    if pointer == NULL:
        return True
    text[0] = find_wide(d, pointer, units)
    return text[0] != NULL


cdef bint put_wide(
    Decode* d, int column, int i, const char* field, const WCHAR* text
) noexcept nogil:
    cdef size_t units = 0
    cdef const uint8_t* data
    if text == NULL:
        return False
    data = find_wide(d, text, &units)
    if data == NULL:
        malformed(d, i, field)
        return False
    if 2 * units > INT32_MAX:
        out_of_room(d, 0, 2 * units)
        return False
    return put_utf16(d, column, i, data, <uint32_t>(2 * units), False)


cdef bint put_key_value(Decode* d, int column, int i, const uint8_t* key) noexcept nogil:
    """Write a GUID that the payload itself holds; all zeros stand for none."""
    cdef char[GUID_SIZE] text
    if all_zero(key, sizeof(GUID)):
        return False
    put_guid(text, key)
    return put_code(
        d, column, i, dictionary_code(d.dictionaries + column, <uint8_t*>text, GUID_SIZE))


cdef bint put_key(
    Decode* d, int column, int i, const char* field, const GUID* key
) noexcept nogil:
    cdef const uint8_t* data
    if key == NULL:
        return False
    data = locate(d, key, sizeof(GUID), 4)
    if data == NULL:
        malformed(d, i, field)
        return False
    return put_key_value(d, column, i, data)


cdef uint8_t* room_for_text(Decode* d, Column* column, size_t more) noexcept nogil:
    """Return where the next text of `column` goes, with room for `more` bytes; NULL: no room."""
    if text_reserve(column, more) < 0:
        out_of_room(d, <size_t>column.text_used, more)
        return NULL
    return column.text.data + column.text_used


cdef int append_wide(Decode* d, Column* column, const uint8_t* text, size_t units) noexcept nogil:
    """Convert UTF-16 to the end of a column's text, within the row that is being written."""
    cdef size_t replaced = 0
    cdef uint8_t* out = room_for_text(d, column, 3 * units)
    if out == NULL:
        return -1
    column.text_used += <int64_t>utf8_from_utf16(out, text, units, &replaced)
    d.replaced += replaced
    return 0


cdef bint put_groups(
    Decode* d, int column, int i, const char* field, uint32_t count, WCHAR* const* groups
) noexcept nogil:
    """Write a list of texts; one that may not be followed makes the whole list null.

    A count of 0 is an empty list: the row of a list has no items before some are written.
    """
    cdef Column* list_column = d.out.columns + column
    cdef Column* items = d.out.columns + list_column.spec.first_child
    cdef int64_t first = items.length, replaced = d.replaced
    cdef uint64_t size = 8 * <uint64_t>count
    cdef WCHAR* const* array
    cdef const uint8_t* text
    cdef size_t units
    cdef uint32_t k
    if count == 0:
        return True
    array = <WCHAR* const*>locate(d, groups, size, 8)
    if array == NULL or not spend(d, size):
        malformed(d, i, field)
        return False
    end_rows(list_column, d.first_row + i, first)
    for k in range(count):
        if not find_text(d, array + k, &text, &units):
            malformed(d, i, field)
            cut_rows(items, first)
            d.replaced = replaced
            return False
        if not append_text(d, items, text, units):
            return False
    end_rows(list_column, d.first_row + i + 1, items.length)
    return True


cdef bint append_text(
    Decode* d, Column* items, const uint8_t* text, size_t units
) noexcept nogil:
    """Add a text that find_text() has found, which may be NULL, to a column that grows."""
    cdef size_t size, replaced = 0
    if buffer_reserve(d.scratch, 0, 3 * units + 1) < 0:
        d.failure = NO_MEMORY
        return False
    size = utf8_from_utf16(d.scratch[0].data, text, units, &replaced)
    d.replaced += replaced
    if text_append(items, d.scratch[0].data, size, text != NULL) < 0:
        out_of_room(d, <size_t>items.text_used, size)
        return False
    return True


cdef bint put_mac_address(Decode* d, int column, int i, const uint8_t* address) noexcept nogil:
    cdef char* text
    if d.binary_addresses:
        memcpy(d.cursor[column] + 6 * i, address, 6)
        return True
    text = next_text(d, column, i)
    put_mac(text, address)
    end_text(d, column, i, text + MAC_SIZE)
    return True
