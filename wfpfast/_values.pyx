"""Follows the pointers of header and payloads into text columns; must not know which member points.

Text that needed a replacement character is never remembered in a dictionary's table of raw bytes:
each time it is met it is converted, and counted, again.
"""

from libc.string cimport memcpy, memset

from wfpfast._columns cimport end_rows, text_append, text_reserve
from wfpfast._context cimport (
    BUDGET, NO_MEMORY, UNTERMINATED, locate, malformed, out_of_room, put_32, spend)
from wfpfast._memory cimport buffer_reserve
from wfpfast._strings cimport (
    Dictionary, dictionary_code, dictionary_remember, hash_bytes, table_find)
from wfpfast._text cimport (
    ADDRESS_SIZE, GUID_SIZE, MAC_SIZE, SID_SIZE, put_guid, put_ipv4, put_ipv6, put_mac, put_sid,
    utf8_from_utf16)


cdef bint put_code(Decode* d, int column, int i, int code) noexcept nogil:
    if code < 0:
        out_of_room(d, d.dictionaries[column].text_used, 0)
        return False
    put_32(d, column, i, <uint32_t>code)
    return True


cdef int remember(
    Decode* d, Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t hash, int code
) noexcept nogil:
    if code >= 0 and dictionary_remember(dictionary, raw, size, hash, code) < 0:
        d.failure = NO_MEMORY
    return code


cdef int convert(
    Decode* d, Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t hash, bint path
) noexcept nogil:
    """Return the code of UTF-16 that the dictionary has not seen in this form."""
    cdef size_t replaced = 0, length
    cdef uint8_t* text
    cdef int code
    if buffer_reserve(d.scratch, 0, <size_t>size // 2 * 3 + 3) < 0:
        d.failure = NO_MEMORY
        return -1
    text = d.scratch[0].data
    length = utf8_from_utf16(text, raw, size // 2, &replaced)
    if size & 1 and raw[size - 1]:  # half a unit; half a NUL is nothing
        memcpy(text + length, b"\xef\xbf\xbd", 3)
        length += 3
        replaced += 1
    while path and length and text[length - 1] == 0:
        length -= 1
    code = dictionary_code(dictionary, text, <uint32_t>length)
    d.replaced += replaced
    return code if replaced else remember(d, dictionary, raw, size, hash, code)


cdef bint put_utf16(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, bint path
) noexcept nogil:
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef uint64_t hash = hash_bytes(raw, size, dictionary.seed)
    cdef int code = table_find(&dictionary.raw, raw, size, hash)
    if code < 0:
        code = convert(d, dictionary, raw, size, hash, path)
    return put_code(d, column, i, code)


cdef const uint8_t* find_blob(
    Decode* d, int i, int field, const FWP_BYTE_BLOB* blob
) noexcept nogil:
    """Return where a blob's bytes are; a blob of size 0 is not followed."""
    cdef const uint8_t* data
    if blob.data == NULL:
        return NULL
    if blob.size == 0:
        return d.memory
    data = locate(d, blob.data, blob.size, 1)
    if data == NULL or not spend(d, blob.size):
        malformed(d, i, field)
        return NULL
    return data


cdef bint put_path(
    Decode* d, int column, int i, int field, const FWP_BYTE_BLOB* blob
) noexcept nogil:
    """A blob of UTF-16 with or without its NUL: an application's path."""
    cdef const uint8_t* data = find_blob(d, i, field, blob)
    return data != NULL and put_utf16(d, column, i, data, blob.size, True)


cdef bint put_blob(
    Decode* d, int column, int i, int field, const FWP_BYTE_BLOB* blob
) noexcept nogil:
    """A blob of no documented encoding: its bytes."""
    cdef const uint8_t* data = find_blob(d, i, field, blob)
    if data == NULL:
        return False
    return put_code(d, column, i, dictionary_code(d.dictionaries + column, data, blob.size))


cdef const uint8_t* find_sid(Decode* d, const SID* sid) noexcept nogil:
    """Return where a whole SID is, or NULL and the reason."""
    cdef const uint8_t* data = locate(d, sid, 8, 4)
    if data == NULL or locate(d, sid, 8 + 4 * <uint64_t>data[1], 4) == NULL:
        return NULL
    return data if spend(d, 8 + 4 * <uint64_t>data[1]) else NULL


cdef bint put_sid_text(Decode* d, int column, int i, int field, const SID* sid) noexcept nogil:
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef const uint8_t* raw
    cdef uint32_t size
    cdef uint64_t hash
    cdef int code
    cdef char[SID_SIZE] text
    if sid == NULL:
        return False
    raw = find_sid(d, sid)
    if raw == NULL:
        malformed(d, i, field)
        return False
    size = 8 + 4 * <uint32_t>raw[1]
    hash = hash_bytes(raw, size, dictionary.seed)
    code = table_find(&dictionary.raw, raw, size, hash)
    if code < 0:
        code = dictionary_code(
            dictionary, <uint8_t*>text, <uint32_t>(put_sid(text, raw) - text))
        remember(d, dictionary, raw, size, hash, code)
    return put_code(d, column, i, code)


cdef const uint8_t* measure_wide(
    Decode* d, const WCHAR* text, uint64_t most, size_t* units
) noexcept nogil:
    """Return where NUL-terminated UTF-16 of at most `most` bytes begins, and its units."""
    cdef const uint8_t* data = locate(d, text, 2, 2)
    cdef uint64_t left
    if data == NULL:
        return NULL
    left = (d.size - <uint64_t>(data - d.memory)) // 2
    units[0] = 0
    while data[2 * units[0]] or data[2 * units[0] + 1]:
        units[0] += 1
        if 2 * units[0] > most:
            d.reason = BUDGET
            return NULL
        if units[0] == left:
            d.reason = UNTERMINATED
            return NULL
    return data


cdef const uint8_t* find_wide(Decode* d, const WCHAR* text, size_t* units) noexcept nogil:
    """Return where NUL-terminated UTF-16 begins, and its units, and charge it."""
    cdef const uint8_t* data = measure_wide(d, text, d.budget, units)
    return data if data != NULL and spend(d, 2 * units[0]) else NULL


cdef bint put_wide(Decode* d, int column, int i, int field, const WCHAR* text) noexcept nogil:
    cdef size_t units = 0
    cdef const uint8_t* data
    if text == NULL:
        return False
    data = find_wide(d, text, &units)
    if data == NULL:
        malformed(d, i, field)
        return False
    return put_utf16(d, column, i, data, <uint32_t>(2 * units), False)


cdef bint put_key_value(Decode* d, int column, int i, const uint8_t* key) noexcept nogil:
    """A GUID that lies in the payload itself."""
    cdef char[GUID_SIZE] text
    put_guid(text, key)
    return put_code(
        d, column, i, dictionary_code(d.dictionaries + column, <uint8_t*>text, GUID_SIZE))


cdef bint put_key(Decode* d, int column, int i, int field, const GUID* key) noexcept nogil:
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
    Decode* d, int column, int i, int field, uint32_t count, WCHAR* const* groups
) noexcept nogil:
    """An array of texts; one that may not be followed makes the whole list null."""
    cdef Column* list_column = d.out.columns + column
    cdef Column* items = d.out.columns + list_column.spec.first_child
    cdef const WCHAR* const* array
    cdef size_t units = 0
    cdef uint32_t k
    if groups == NULL:
        return False
    array = <const WCHAR* const*>locate(d, groups, 8 * <uint64_t>count, 8)
    if array == NULL:
        malformed(d, i, field)
        return False
    for k in range(count):  # all of them before any is written
        if array[k] != NULL and find_wide(d, array[k], &units) == NULL:
            malformed(d, i, field)
            return False
    end_rows(list_column, d.first_row + i, items.length)
    for k in range(count):
        if not append_text(d, items, array[k]):
            return False
    end_rows(list_column, d.first_row + i + 1, items.length)
    return True


cdef bint append_text(Decode* d, Column* items, const WCHAR* text) noexcept nogil:
    """Add a text that find_wide() has found and charged, or NULL, to a column that grows."""
    cdef size_t units = 0, replaced = 0
    cdef const uint8_t* data
    if text != NULL:
        data = measure_wide(d, text, d.size, &units)
        if buffer_reserve(d.scratch, 0, 3 * units + 1) < 0:
            d.failure = NO_MEMORY
            return False
        units = utf8_from_utf16(d.scratch[0].data, data, units, &replaced)
        d.replaced += replaced
    elif buffer_reserve(d.scratch, 0, 1) < 0:
        d.failure = NO_MEMORY
        return False
    if text_append(items, d.scratch[0].data, units, text != NULL) < 0:
        out_of_room(d, <size_t>items.text_used, units)
        return False
    return True


cdef bint put_address(
    Decode* d, int column, int i, const uint8_t* address, bint is_v6
) noexcept nogil:
    """An address as text or, on request, as 16 bytes; IPv4 is a number in host order."""
    cdef Column* target = d.out.columns + column
    cdef uint8_t[16] mapped
    cdef uint32_t v4
    cdef char* text
    cdef char* end
    memcpy(&v4, address, 4)
    if d.binary_addresses:
        if not is_v6:
            memset(mapped, 0, 10)
            memset(mapped + 10, 0xff, 2)
            mapped[12] = <uint8_t>(v4 >> 24)
            mapped[13] = <uint8_t>(v4 >> 16)
            mapped[14] = <uint8_t>(v4 >> 8)
            mapped[15] = <uint8_t>v4
            address = mapped
        memcpy(d.cursor[column] + 16 * i, address, 16)
        return True
    text = <char*>room_for_text(d, target, ADDRESS_SIZE)
    if text == NULL:
        return False
    end_rows(target, d.first_row + i, target.text_used)
    end = put_ipv6(text, address) if is_v6 else put_ipv4(text, v4)
    target.text_used += end - text
    end_rows(target, d.first_row + i + 1, target.text_used)
    return True


cdef bint put_mac_address(Decode* d, int column, int i, const uint8_t* address) noexcept nogil:
    cdef Column* target = d.out.columns + column
    cdef uint8_t* text
    if d.binary_addresses:
        memcpy(d.cursor[column] + 6 * i, address, 6)
        return True
    text = room_for_text(d, target, MAC_SIZE + 1)
    if text == NULL:
        return False
    end_rows(target, d.first_row + i, target.text_used)
    put_mac(<char*>text, address)
    target.text_used += MAC_SIZE
    end_rows(target, d.first_row + i + 1, target.text_used)
    return True
