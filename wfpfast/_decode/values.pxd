# Follows pointers of headers and payloads into text columns; must not know which member points.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._base.portable cimport wf_likely, wf_once_8, wf_once_32, wf_once_pointer
from wfpfast._base.text cimport put_ipv4, put_ipv6
from wfpfast._columns.columns cimport Column, end_rows
from wfpfast._columns.dictionaries cimport (
    Dictionary, Recent, cheap_key, recent_bytes, same, same_sid, sid_key)
from wfpfast._decode.context cimport (
    Decode, bit, has_room, malformed, out_of_room, put_32, translate)
from wfpfast.abi.fwptypes cimport FWP_BYTE_BLOB
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport FILETIME_UNIX_EPOCH, WCHAR
from wfpfast.abi.winnt cimport SID

cdef enum:
    # A path or SID of at most so many bytes costs no more than the event that points to it, so it
    # is not taken from the budget. Each event has a few.
    FREE = 256

# Each of these writes the cell of row `i` of the chunk and returns True, or returns False for null.
# A pointer that may not be followed is reported as malformed, with the name `field`.
cdef bint put_wide(
    Decode* d, int column, int i, const char* field, const WCHAR* text) noexcept nogil
cdef bint put_key(
    Decode* d, int column, int i, const char* field, const GUID* key) noexcept nogil
cdef bint put_key_value(Decode* d, int column, int i, const uint8_t* key) noexcept nogil
cdef bint put_groups(
    Decode* d, int column, int i, const char* field, uint32_t count, WCHAR* const* groups
) noexcept nogil
cdef bint put_mac_address(Decode* d, int column, int i, const uint8_t* address) noexcept nogil

# These return NULL, with the reason in `d`, for a pointer that may not be followed; the caller
# reports it.
cdef const uint8_t* find_long_blob(
    Decode* d, const uint8_t* pointer, uint32_t size) noexcept nogil
cdef const uint8_t* find_long_sid(Decode* d, const SID* sid, uint32_t* size) noexcept nogil

# Parts that conditions.pyx needs, too.
cdef const uint8_t* find_sid(Decode* d, const SID* sid, uint32_t* size) noexcept nogil
cdef const uint8_t* find_wide(Decode* d, const WCHAR* text, size_t* units) noexcept nogil
cdef uint8_t* room_for_text(Decode* d, Column* column, size_t more) noexcept nogil
cdef bint find_text(
    Decode* d, WCHAR* const* slot, const uint8_t** text, size_t* units) noexcept nogil
cdef bint append_text(
    Decode* d, Column* items, const uint8_t* text, size_t units) noexcept nogil
cdef int append_wide(
    Decode* d, Column* column, const uint8_t* text, size_t units
) noexcept nogil

# These convert a text once, before a dictionary has it, so they are not inlined. The functions
# below them are inlined, since nearly every event needs them.
cdef bint put_new_utf16(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, uint64_t key, bint path
) noexcept nogil
cdef bint put_new_sid(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, uint64_t key
) noexcept nogil
cdef bint put_mapped(Decode* d, int column, int i, uint32_t v4) noexcept nogil


# A timestamp counts 1 ns from 1970 and holds 1677 to 2262: so many FILETIME ticks before and after.
# A function, since a compiler's enumerations may end at 32 bits and variables are not folded.
cdef inline uint64_t furthest() noexcept nogil:
    return 92233720368547758


cdef inline bint is_in_range(uint64_t ticks) noexcept nogil:
    return ticks - (FILETIME_UNIX_EPOCH - furthest()) <= 2 * furthest()


cdef inline bint all_zero(const uint8_t* value, size_t size) noexcept nogil:
    cdef size_t k
    for k in range(size):
        if value[k]:
            return False
    return True


cdef inline bint put_code(Decode* d, int column, int i, int code) noexcept nogil:
    if code < 0:
        out_of_room(d, d.dictionaries[column].text_used, 0)
        return False
    put_32(d, column, i, <uint32_t>code)
    return True


cdef inline bint put_utf16(
    Decode* d, int column, int i, const uint8_t* raw, uint32_t size, bint path
) noexcept nogil:
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef uint64_t key = cheap_key(raw, size)
    cdef const Recent* recent = dictionary.recent + (key >> dictionary.shift)
    if wf_likely(recent.size == size):
        if wf_likely(same(recent_bytes(dictionary, recent), raw, size)):
            put_32(d, column, i, <uint32_t>recent.code)
            return True
    return put_new_utf16(d, column, i, raw, size, key, path)


cdef inline const uint8_t* find_blob(
    Decode* d, const uint8_t* pointer, uint32_t size
) noexcept nogil:
    """Return where the bytes of a blob that is not NULL are; an empty one is not followed."""
    if not wf_likely(size != 0):
        return d.memory
    if wf_likely(size <= FREE):
        if wf_likely(has_room(d, pointer, 1)):
            return translate(d, pointer)
    return find_long_blob(d, pointer, size)


cdef inline bint put_path(
    Decode* d, int column, int i, const char* field, const FWP_BYTE_BLOB* blob
) noexcept nogil:
    """Write a blob that holds UTF-16 with or without a final NUL, such as a path."""
    cdef const uint8_t* data = <const uint8_t*>wf_once_pointer(&blob.data)
    cdef uint32_t size = wf_once_32(&blob.size)
    if not wf_likely(data != NULL):
        return False
    data = find_blob(d, data, size)
    if not wf_likely(data != NULL):
        malformed(d, i, field)
        return False
    return put_utf16(d, column, i, data, size, True)


cdef inline bint put_sid_text(
    Decode* d, int column, int i, const char* field, const SID* sid
) noexcept nogil:
    cdef Dictionary* dictionary = d.dictionaries + column
    cdef const Recent* recent
    cdef const uint8_t* raw = NULL
    cdef uint32_t size = 0, found
    cdef uint64_t key
    if not wf_likely(sid != NULL):
        return False
    if wf_likely(has_room(d, sid, 4)):
        raw = translate(d, sid)
        size = 8 + 4 * <uint32_t>wf_once_8(raw + 1)
    if not wf_likely(size - 1 < FREE):  # long, or at the block's end
        found = 0
        raw = find_long_sid(d, sid, &found)
        size = found
        if raw == NULL:
            malformed(d, i, field)
            return False
    key = sid_key(raw, size)
    recent = dictionary.recent + (key >> dictionary.shift)
    if wf_likely(recent.size == size):
        if wf_likely(same_sid(recent_bytes(dictionary, recent), raw, size)):
            put_32(d, column, i, <uint32_t>recent.code)
            return True
    return put_new_sid(d, column, i, raw, size, key)


cdef inline char* next_text(Decode* d, int column, int i) noexcept nogil:
    """Return where the text of row `i` goes; the column has room for the longest texts."""
    cdef Column* target = d.out.columns + column
    if target.ended != d.first_row + i:
        end_rows(target, d.first_row + i, target.text_used)
    return <char*>target.text.data + target.text_used


cdef inline void end_text(Decode* d, int column, int i, const char* end) noexcept nogil:
    cdef Column* target = d.out.columns + column
    target.text_used = end - <char*>target.text.data
    target.ended = d.first_row + i + 1
    (<int32_t*>target.values.data)[target.ended] = <int32_t>target.text_used


cdef inline char* put_ip(char* text, const uint8_t* address, bint is_v6) noexcept nogil:
    cdef uint32_t v4
    if is_v6:
        return put_ipv6(text, address)
    memcpy(&v4, address, 4)  # a number in host order
    return put_ipv4(text, v4)


cdef inline void put_address_row(
    Decode* d, int column, int i, const uint8_t* address, bint is_v6, bint valid
) noexcept nogil:
    """Write an address as text to a column in `row_by_row`; to be called for every row."""
    cdef Column* target = d.out.columns + column
    cdef char* text = <char*>target.text.data + target.text_used
    if wf_likely(valid):
        text = put_ip(text, address, is_v6)
    elif not d.wanted[0] & bit(column):
        return
    target.text_used = text - <char*>target.text.data
    (<int32_t*>d.cursor[column])[i] = <int32_t>target.text_used


cdef inline bint put_address_binary(
    Decode* d, int column, int i, const uint8_t* address, bint is_v6
) noexcept nogil:
    """Write an address as 16 bytes."""
    cdef uint32_t v4
    if is_v6:
        memcpy(d.cursor[column] + 16 * i, address, 16)
        return True
    memcpy(&v4, address, 4)
    return put_mapped(d, column, i, v4)


cdef inline bint put_address(
    Decode* d, int column, int i, const uint8_t* address, bint is_v6
) noexcept nogil:
    """Write an address as text or, if the caller asked for binary addresses, as 16 bytes."""
    if d.binary_addresses:
        return put_address_binary(d, column, i, address, is_v6)
    end_text(d, column, i, put_ip(next_text(d, column, i), address, is_v6))
    return True
