"""Renders FWP_CONDITION_VALUE0 of every type as text; must not know which member holds the value.

A rendering is written at the end of its column's text; if a part of it is NULL or may not be
followed, the text is cut back to where it began.
"""

from libc.math cimport isinf, isnan
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdio cimport snprintf
from libc.stdlib cimport strtod
from libc.string cimport memcpy, strlen

from wfpfast._base.portable cimport wf_once_32, wf_once_pointer
from wfpfast._base.text cimport (
    ADDRESS_SIZE, DECIMAL_SIZE, MAC_SIZE, SID_SIZE, put_decimal, put_hex, put_ipv4, put_ipv6,
    put_mac, put_sid)
from wfpfast._columns.columns cimport Column, end_rows
from wfpfast._decode.context cimport locate, malformed, spend
from wfpfast._decode.values cimport append_wide, find_sid, find_wide, room_for_text
from wfpfast.abi.fwptypes cimport (
    FWP_BYTE_ARRAY6_TYPE, FWP_BYTE_ARRAY16_TYPE, FWP_BYTE_BLOB, FWP_BYTE_BLOB_TYPE, FWP_DOUBLE,
    FWP_EMPTY, FWP_FLOAT, FWP_INT8, FWP_INT16, FWP_INT32, FWP_INT64, FWP_RANGE0, FWP_RANGE_TYPE,
    FWP_SECURITY_DESCRIPTOR_TYPE, FWP_SID, FWP_TOKEN_ACCESS_INFORMATION_TYPE,
    FWP_TOKEN_INFORMATION, FWP_TOKEN_INFORMATION_TYPE, FWP_UINT8, FWP_UINT16, FWP_UINT32,
    FWP_UINT64, FWP_UNICODE_STRING_TYPE, FWP_V4_ADDR_AND_MASK, FWP_V4_ADDR_MASK,
    FWP_V6_ADDR_AND_MASK, FWP_V6_ADDR_MASK, FWP_VALUE0)
from wfpfast.abi.minwindef cimport WCHAR
from wfpfast.abi.winnt cimport SID, SID_AND_ATTRIBUTES

cdef enum Result:
    DONE = 0
    ABSENT = 1    # a NULL pointer, or d.failure is set: the cell is null
    BAD = 2       # a pointer that may not be followed, for the reason in `d`

ctypedef Result (*Renderer)(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil


cdef bint put_condition(
    Decode* d, int column, int i, const char* field, const FWP_CONDITION_VALUE0* value
) noexcept nogil:
    cdef Column* out = d.out.columns + column
    cdef int64_t start = out.text_used, replaced = d.replaced
    cdef Result result
    if value.type == FWP_EMPTY:
        return False
    end_rows(out, d.first_row + i, start)
    if value.type == FWP_V4_ADDR_MASK:
        result = follow(d, out, value.value.v4AddrMask, sizeof(FWP_V4_ADDR_AND_MASK), 4, v4_subnet)
    elif value.type == FWP_V6_ADDR_MASK:
        result = follow(d, out, value.value.v6AddrMask, sizeof(FWP_V6_ADDR_AND_MASK), 1, v6_subnet)
    elif value.type == FWP_RANGE_TYPE:
        result = follow(d, out, value.value.rangeValue, sizeof(FWP_RANGE0), 8, address_range)
    else:  # the rest of FWP_CONDITION_VALUE0 is laid out as FWP_VALUE0
        result = render(d, out, <const FWP_VALUE0*>value)
    if result == BAD:
        malformed(d, i, field)
    if result != DONE or d.failure:
        out.text_used = start
        d.replaced = replaced
        return False
    end_rows(out, d.first_row + i + 1, out.text_used)
    return True


cdef Result follow(
    Decode* d, Column* out, const void* pointer, uint64_t size, uint64_t alignment, Renderer how
) noexcept nogil:
    """Render what a pointer of the value points to."""
    cdef const uint8_t* pointee
    if pointer == NULL:
        return ABSENT
    pointee = locate(d, pointer, size, alignment)
    return how(d, out, pointee) if pointee != NULL and spend(d, size) else BAD


cdef Result render(Decode* d, Column* out, const FWP_VALUE0* value) noexcept nogil:
    """Render a value by its type; all pointers of the union are the same member in memory."""
    cdef const void* pointer = value.value.uint64
    cdef unsigned int kind = value.type
    if kind == FWP_EMPTY:
        return DONE
    if kind == FWP_UINT8:
        return unsigned_number(d, out, value.value.uint8)
    if kind == FWP_UINT16:
        return unsigned_number(d, out, value.value.uint16)
    if kind == FWP_UINT32:
        return v4_address(d, out, value.value.uint32)
    if kind == FWP_INT8:
        return signed_number(d, out, value.value.int8)
    if kind == FWP_INT16:
        return signed_number(d, out, value.value.int16)
    if kind == FWP_INT32:
        return signed_number(d, out, value.value.int32)
    if kind == FWP_FLOAT:
        return real_number(d, out, value.value.float32, True)
    if kind == FWP_UINT64:
        return follow(d, out, pointer, 8, 8, uint64_value)
    if kind == FWP_INT64:
        return follow(d, out, pointer, 8, 8, int64_value)
    if kind == FWP_DOUBLE:
        return follow(d, out, pointer, 8, 8, double_value)
    if kind == FWP_BYTE_ARRAY16_TYPE:
        return follow(d, out, pointer, 16, 1, v6_address)
    if kind == FWP_BYTE_ARRAY6_TYPE:
        return follow(d, out, pointer, 6, 1, mac_address)
    if (
        kind == FWP_BYTE_BLOB_TYPE or kind == FWP_SECURITY_DESCRIPTOR_TYPE
        or kind == FWP_TOKEN_ACCESS_INFORMATION_TYPE
    ):
        return follow(d, out, pointer, sizeof(FWP_BYTE_BLOB), 8, blob)
    if kind == FWP_SID:
        return sid(d, out, pointer)
    if kind == FWP_TOKEN_INFORMATION_TYPE:
        return follow(d, out, pointer, sizeof(FWP_TOKEN_INFORMATION), 8, token_information)
    if kind == FWP_UNICODE_STRING_TYPE:
        return wide(d, out, pointer)
    return unknown(d, out, kind)


cdef Result literal(Decode* d, Column* out, const char* text) noexcept nogil:
    cdef size_t size = strlen(text)
    cdef uint8_t* room = room_for_text(d, out, size)
    if room == NULL:
        return ABSENT
    memcpy(room, text, size)
    out.text_used += <int64_t>size
    return DONE


cdef Result unknown(Decode* d, Column* out, uint32_t kind) noexcept nogil:
    cdef Result result = literal(d, out, "UNKNOWN_")
    return result if result != DONE else unsigned_number(d, out, kind)


cdef Result unsigned_number(Decode* d, Column* out, uint64_t value) noexcept nogil:
    cdef uint8_t* room = room_for_text(d, out, DECIMAL_SIZE)
    if room == NULL:
        return ABSENT
    out.text_used += put_decimal(<char*>room, value) - <char*>room
    return DONE


cdef Result signed_number(Decode* d, Column* out, int64_t value) noexcept nogil:
    if value >= 0:
        return unsigned_number(d, out, <uint64_t>value)
    if literal(d, out, "-") != DONE:
        return ABSENT
    return unsigned_number(d, out, 0 - <uint64_t>value)


cdef Result real_number(Decode* d, Column* out, double value, bint single) noexcept nogil:
    """Render a number in the shortest %g form that reads back as the same number."""
    cdef char[40] text
    cdef int digits, k
    if isnan(value):
        return literal(d, out, "nan")
    if isinf(value):
        return literal(d, out, "inf" if value > 0 else "-inf")
    for digits in range(1, 18):
        snprintf(text, sizeof(text), "%.*g", digits, value)
        if single and <float>strtod(text, NULL) == <float>value:
            break
        if not single and strtod(text, NULL) == value:
            break
    for k in range(<int>strlen(text)):
        if text[k] == b",":  # a process may have set a locale with another decimal point
            text[k] = b"."
    return literal(d, out, text)


cdef Result uint64_value(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    return unsigned_number(d, out, (<const uint64_t*>pointee)[0])


cdef Result int64_value(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    return signed_number(d, out, (<const int64_t*>pointee)[0])


cdef Result double_value(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    return real_number(d, out, (<const double*>pointee)[0], False)


cdef Result v4_address(Decode* d, Column* out, uint32_t address) noexcept nogil:
    cdef uint8_t* room = room_for_text(d, out, ADDRESS_SIZE)
    if room == NULL:
        return ABSENT
    out.text_used += put_ipv4(<char*>room, address) - <char*>room
    return DONE


cdef Result v6_address(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    cdef uint8_t* room = room_for_text(d, out, ADDRESS_SIZE)
    if room == NULL:
        return ABSENT
    out.text_used += put_ipv6(<char*>room, pointee) - <char*>room
    return DONE


cdef Result mac_address(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    cdef uint8_t* room = room_for_text(d, out, MAC_SIZE + 1)
    if room == NULL:
        return ABSENT
    put_mac(<char*>room, pointee)
    out.text_used += MAC_SIZE
    return DONE


cdef Result v4_subnet(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    """Render `a.b.c.d/n`, or the mask in place of n if its bits are not contiguous."""
    cdef const FWP_V4_ADDR_AND_MASK* subnet = <const FWP_V4_ADDR_AND_MASK*>pointee
    cdef uint32_t host = ~subnet.mask
    cdef int prefix = 0
    if v4_address(d, out, subnet.addr) != DONE or literal(d, out, "/") != DONE:
        return ABSENT
    if host & (host + 1):
        return v4_address(d, out, subnet.mask)
    while prefix < 32 and subnet.mask << prefix & <uint32_t>0x80000000:
        prefix += 1
    return unsigned_number(d, out, prefix)


cdef Result v6_subnet(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    cdef const FWP_V6_ADDR_AND_MASK* subnet = <const FWP_V6_ADDR_AND_MASK*>pointee
    if v6_address(d, out, subnet.addr) != DONE or literal(d, out, "/") != DONE:
        return ABSENT
    return unsigned_number(d, out, subnet.prefixLength)


cdef Result address_range(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    cdef const FWP_RANGE0* bounds = <const FWP_RANGE0*>pointee
    cdef Result result = render(d, out, &bounds.valueLow)
    if result != DONE:
        return result
    if literal(d, out, "-") != DONE:
        return ABSENT
    return render(d, out, &bounds.valueHigh)


cdef Result blob(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    cdef const FWP_BYTE_BLOB* value = <const FWP_BYTE_BLOB*>pointee
    cdef const uint8_t* data
    cdef uint8_t* room
    cdef uint32_t size = wf_once_32(&value.size)
    if size == 0:
        return DONE
    data = <const uint8_t*>wf_once_pointer(&value.data)
    if data == NULL:
        return ABSENT
    data = locate(d, data, size, 1)
    if data == NULL or not spend(d, size):
        return BAD
    room = room_for_text(d, out, 2 * <size_t>size)
    if room == NULL:
        return ABSENT
    put_hex(<char*>room, data, size)
    out.text_used += 2 * <int64_t>size
    return DONE


cdef Result sid(Decode* d, Column* out, const void* pointer) noexcept nogil:
    cdef const uint8_t* data
    cdef uint8_t* room
    cdef uint32_t size = 0
    if pointer == NULL:
        return ABSENT
    data = find_sid(d, <const SID*>pointer, &size)
    if data == NULL or not spend(d, size):
        return BAD
    room = room_for_text(d, out, SID_SIZE)
    if room == NULL:
        return ABSENT
    out.text_used += put_sid(<char*>room, data, size) - <char*>room
    return DONE


cdef Result wide(Decode* d, Column* out, const void* pointer) noexcept nogil:
    cdef size_t units = 0
    cdef const uint8_t* data
    if pointer == NULL:
        return ABSENT
    data = find_wide(d, <const WCHAR*>pointer, &units)
    if data == NULL:
        return BAD
    return DONE if append_wide(d, out, data, units) == 0 else ABSENT


cdef Result sids(
    Decode* d, Column* out, uint32_t count, const SID_AND_ATTRIBUTES* array
) noexcept nogil:
    cdef const SID_AND_ATTRIBUTES* items
    cdef uint64_t size = count * <uint64_t>sizeof(SID_AND_ATTRIBUTES)
    cdef Result result = literal(d, out, "{")
    cdef uint32_t k
    if count and array == NULL:
        return ABSENT
    if array != NULL and result == DONE:
        items = <const SID_AND_ATTRIBUTES*>locate(d, array, size, 8)
        if items == NULL or not spend(d, size):
            return BAD
        for k in range(count):
            if k and literal(d, out, ",") != DONE:
                return ABSENT
            result = sid(d, out, wf_once_pointer(&items[k].Sid))
            if result != DONE:
                return result
    return literal(d, out, "}") if result == DONE else result


cdef Result token_information(Decode* d, Column* out, const uint8_t* pointee) noexcept nogil:
    """Render `{SIDs}/{restricted SIDs}`."""
    cdef const FWP_TOKEN_INFORMATION* token = <const FWP_TOKEN_INFORMATION*>pointee
    cdef Result result = sids(d, out, wf_once_32(&token.sidCount), token.sids)
    if result != DONE:
        return result
    if literal(d, out, "/") != DONE:
        return ABSENT
    return sids(d, out, wf_once_32(&token.restrictedSidCount), token.restrictedSids)
