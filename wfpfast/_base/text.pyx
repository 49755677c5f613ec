"""Writes numbers, addresses and identifiers as text; must not know blocks, columns or Python.

IPv6 follows RFC 5952 section 4, always in hexadecimal; a SID follows [MS-DTYP] 2.4.2.1.
"""

from libc.stdint cimport uint16_t
from libc.string cimport memcpy

cdef const char* HEX = "0123456789abcdef"


cdef char* put_decimal(char* out, uint64_t value) noexcept nogil:
    cdef char[DECIMAL_SIZE] digits
    cdef int start = DECIMAL_SIZE
    while True:
        start -= 1
        digits[start] = <char>(48 + value % 10)
        value //= 10
        if value == 0:
            break
    memcpy(out, digits + start, DECIMAL_SIZE - start)
    return out + DECIMAL_SIZE - start


cdef char* put_compressed(
    char* out, const char* digits, uint32_t others, uint32_t zeros
) noexcept nogil:
    """Write an IPv6 address with `::` for the first of the longest runs of zero groups."""
    cdef int start = 0, length = 0, k = 0, run
    while k < 8:
        run = 0
        while k + run < 8 and zeros >> 4 * (k + run) & 1:
            run += 1
        if run > length:
            start = k
            length = run
        k += run + 1
    out = put_group_range(out, digits, others, 0, start)
    out[0] = out[1] = b":"
    if start + length == 8:
        return out + 1 + (start == 0)
    return put_group_range(
        out + 1 + (start == 0), digits, others, start + length, 8) - 1


cdef char* put_hex(char* out, const uint8_t* data, size_t size) noexcept nogil:
    cdef size_t i
    for i in range(size):
        out[0] = HEX[data[i] >> 4]
        out[1] = HEX[data[i] & 15]
        out += 2
    return out


cdef char* put_mac(char* out, const uint8_t* address) noexcept nogil:
    cdef int i
    for i in range(6):
        out = put_hex(out, address + i, 1)
        out[0] = b":"
        out += i < 5
    return out


cdef inline char* put_reversed(char* out, const uint8_t* data, int size) noexcept nogil:
    while size:
        size -= 1
        out = put_hex(out, data + size, 1)
    return out


cdef char* put_guid(char* out, const uint8_t* guid) noexcept nogil:
    """Write a GUID: its first three members are little-endian numbers, the rest are bytes."""
    out = put_reversed(out, guid, 4)
    out[0] = b"-"
    out = put_reversed(out + 1, guid + 4, 2)
    out[0] = b"-"
    out = put_reversed(out + 1, guid + 6, 2)
    out[0] = b"-"
    out = put_hex(out + 1, guid + 8, 2)
    out[0] = b"-"
    return put_hex(out + 1, guid + 10, 6)


cdef char* put_sid(char* out, const uint8_t* sid, uint32_t size) noexcept nogil:
    """Write a SID of `size` bytes; an authority of 2**32 or more is written in hexadecimal.

    The SID's own count of parts may have changed since its size was checked.
    """
    cdef uint64_t authority = 0
    cdef uint32_t i, part
    memcpy(out, b"S-", 2)
    out = put_decimal(out + 2, sid[0])
    out[0] = b"-"
    for i in range(2, 8):
        authority = authority << 8 | sid[i]
    if authority >> 32:
        memcpy(out + 1, b"0x", 2)
        out = put_hex(out + 3, sid + 2, 6)
    else:
        out = put_decimal(out + 1, authority)
    for i in range((size - 8) // 4):
        memcpy(&part, sid + 8 + 4 * i, 4)
        out[0] = b"-"
        out = put_decimal(out + 1, part)
    return out


cdef size_t utf8_from_utf16(
    uint8_t* out, const uint8_t* text, size_t units, size_t* replaced
) noexcept nogil:
    """Convert `units` little-endian units, which may be unaligned; `out` has 3 bytes for each.

    Every unpaired surrogate becomes one U+FFFD and is counted in `replaced`.
    """
    cdef uint8_t* end = out
    cdef size_t i = 0
    cdef uint16_t unit, low
    while i < units:
        memcpy(&unit, text + 2 * i, 2)
        i += 1
        if unit & 0xf800 != 0xd800:
            end = put_code_point(end, unit)
            continue
        if unit < 0xdc00 and i < units:
            memcpy(&low, text + 2 * i, 2)
            if low & 0xfc00 == 0xdc00:
                i += 1
                end = put_code_point(end, 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff)))
                continue
        replaced[0] += 1
        end = put_code_point(end, 0xfffd)
    return <size_t>(end - out)


cdef int utf8_size(const uint8_t* p, const uint8_t* end) noexcept nogil:
    """Return the size of the character at `p`, after the Unicode Standard, table 3-7.

    If it is invalid, the negative size of what one U+FFFD replaces; if it is cut off, 0.
    """
    cdef uint8_t lead = p[0], low = 0x80, high = 0xbf
    cdef int k, size
    if lead < 0x80:
        return 1
    if lead < 0xc2 or lead > 0xf4:
        return -1
    size = 2 + (lead >= 0xe0) + (lead >= 0xf0)
    if lead == 0xe0:
        low = 0xa0
    elif lead == 0xed:
        high = 0x9f
    elif lead == 0xf0:
        low = 0x90
    elif lead == 0xf4:
        high = 0x8f
    for k in range(1, size):
        if p + k == end:
            return 0
        if p[k] < low or p[k] > high:
            return -k
        low, high = 0x80, 0xbf
    return size
