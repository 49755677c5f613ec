"""Reads values of fields as columns have them: addresses, hashes, answers; must not know events.

Each function returns False for a value that it cannot read.
"""

from libc.string cimport memcpy, memset

from wfpfast._base.forms cimport ADDRESS_4, ADDRESS_6, read_form
from wfpfast._evtx.values cimport (
    MAX_TEXT, TYPE_BOOL, TYPE_NULL, TYPE_SID, TYPE_TEXT, text_size, value_ascii, value_message,
    value_number)

cdef enum:
    # Messages for yes and no, from msobjs.dll as Winlogbeat and Sentinel carry it.
    YES = 1842
    NO = 1843
    OTHER_YES = 14678
    OTHER_NO = 14679


cdef bint says_nothing(const Value* value) noexcept nogil:
    """Tell whether a value stands for none: null, an empty text, a dash, the SID of nobody."""
    cdef uint32_t size
    if value.type == TYPE_TEXT:
        size = text_size(value)
        return size == 0 or (size == 2 and value.data[0] == c"-" and value.data[1] == 0)
    if value.type == TYPE_SID:  # S-1-0-0
        return value.size == 12 and not (
            value.data[7] | value.data[8] | value.data[9] | value.data[10] | value.data[11])
    return value.type == TYPE_NULL or value.size == 0


cdef bint read_address(const Value* value, Address* address) noexcept nogil:
    """Read an IP address."""
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t size = 0, v4
    cdef uint64_t number = 0
    if not value_ascii(value, text, &size):
        return False
    if read_form(ADDRESS_4, text, size, &number, NULL):
        v4 = <uint32_t>number
        memcpy(address.octets, &v4, 4)
        address.is_v6 = False
        return True
    address.is_v6 = True
    return read_form(ADDRESS_6, text, size, NULL, address.octets)


cdef inline int digit_of(char c) noexcept nogil:
    cdef int letter = c | 0x20
    if c"0" <= c <= c"9":
        return c - c"0"
    return letter - (c"a" - 10) if c"a" <= letter <= c"f" else -1


cdef bint from_hex(const char* text, uint32_t count, uint8_t* data, uint32_t size) noexcept nogil:
    """Read `size` bytes as hexadecimal; there may be a separator between two of them."""
    cdef uint32_t step = 2, k
    cdef int high, low
    if count == 3 * size - 1:
        step = 3
    elif count != 2 * size:
        return False
    for k in range(size):
        high = digit_of(text[step * k])
        low = digit_of(text[step * k + 1])
        if high < 0 or low < 0:
            return False
        if step == 3 and k + 1 < size and text[3 * k + 2] not in (c":", c"-", c" "):
            return False
        data[k] = <uint8_t>(high << 4 | low)
    return True


cdef bint read_hex(const Value* value, uint8_t* data, uint32_t size) noexcept nogil:
    """Read `size` bytes that are written in hexadecimal."""
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t count = 0
    return value_ascii(value, text, &count) and from_hex(text, count, data, size)


cdef bint read_mac(const Value* value, uint8_t* address) noexcept nogil:
    return read_hex(value, address, 6)


cdef bint read_bool(const Value* value, bint* answer) noexcept nogil:
    """Read yes or no: a number, a text, or a message."""
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t size = 0, k
    cdef uint64_t number = 0
    if value_message(value, &number):
        answer[0] = number == YES or number == OTHER_YES
        return answer[0] or number == NO or number == OTHER_NO
    if value_number(value, &number):
        answer[0] = number != 0
        return number <= 1 or value.type == TYPE_BOOL
    if not value_ascii(value, text, &size):
        return False
    for k in range(size):
        text[k] |= 0x20
    answer[0] = size == 4 and text[0] == c"t" and text[1] == c"r" and text[2] == c"u"
    return answer[0] or (size == 5 and text[0] == c"f" and text[1] == c"a" and text[2] == c"l")


cdef int prefix_of(const Address* mask) noexcept nogil:
    """Return how many bits a mask has from the highest on; -1 if it is no such mask."""
    cdef uint8_t[16] octets
    cdef int size = 16 if mask.is_v6 else 4, k, bits = 0
    memset(octets, 0, 16)
    if mask.is_v6:
        memcpy(octets, mask.octets, 16)
    else:
        for k in range(4):  # a number in host order
            octets[k] = mask.octets[3 - k]
    while bits < 8 * size and octets[bits >> 3] >> (7 - (bits & 7)) & 1:
        bits += 1
    for k in range(bits, 8 * size):
        if octets[k >> 3] >> (7 - (k & 7)) & 1:
            return -1
    return bits
