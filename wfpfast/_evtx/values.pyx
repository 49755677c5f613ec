"""Reads values as records have them: numbers, times, texts; must not know what they mean.

A number may be written as one, or as text. Each function returns False for a
value that it cannot read.
"""

from wfpfast._base.forms cimport MOMENT, NUMBER, read_form

cdef enum:
    MAX_HEX = 16
    MESSAGE = 2              # characters of `%%`


cdef inline uint32_t width_of(uint32_t type) noexcept nogil:
    """Return the bytes that a number of a type has, or 0 if the type is no number."""
    if type == TYPE_UINT64 or type == TYPE_HEX64 or type == TYPE_INT64 or type == TYPE_FILETIME:
        return 8
    if type == TYPE_UINT32 or type == TYPE_HEX32 or type == TYPE_INT32 or type == TYPE_BOOL:
        return 4
    if type == TYPE_UINT16 or type == TYPE_INT16:
        return 2
    return 1 if type == TYPE_UINT8 or type == TYPE_INT8 else 0


cdef bint hexadecimal(const char* text, uint32_t size, uint64_t* number) noexcept nogil:
    cdef uint32_t k
    cdef int digit
    number[0] = 0
    for k in range(size):
        digit = text[k] | 0x20
        if c"0" <= text[k] <= c"9":
            digit = text[k] - c"0"
        elif c"a" <= digit <= c"f":
            digit -= c"a" - 10
        else:
            return False
        number[0] = number[0] << 4 | <uint64_t>digit
    return 0 < size <= MAX_HEX


cdef bint value_number(const Value* value, uint64_t* number) noexcept nogil:
    """Read an integer, or a text that is one: decimal, or hexadecimal behind `0x`."""
    cdef uint32_t width = width_of(value.type), size = 0
    cdef char[MAX_TEXT + 1] text
    number[0] = 0
    if value.type == TYPE_SIZE and (value.size == 4 or value.size == 8):
        width = value.size
    if width:
        if value.size != width:
            return False
        if width == 8:
            number[0] = get_64(value.data)
        elif width == 4:
            number[0] = get_32(value.data)
        else:
            number[0] = value.data[0] if width == 1 else get_16(value.data)
        return True
    if not value_ascii(value, text, &size):
        return False
    if size > 2 and text[0] == c"0" and text[1] | 0x20 == c"x":
        return hexadecimal(text + 2, size - 2, number)
    return read_form(NUMBER, text, size, number, NULL)


cdef bint value_message(const Value* value, uint64_t* number) noexcept nogil:
    """Read the number of a message, `%%14592`, in whose place people see the message."""
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t size = 0
    number[0] = 0
    return (
        value_ascii(value, text, &size) and size > MESSAGE and text[0] == text[1] == c"%"
        and read_form(NUMBER, text + MESSAGE, size - MESSAGE, number, NULL))


cdef bint value_time(const Value* value, uint64_t* ticks) noexcept nogil:
    """Read a time as a FILETIME: 100 ns from 1601."""
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t size = 0
    if value.type == TYPE_FILETIME or value.type == TYPE_UINT64:
        return value_number(value, ticks)
    return value_ascii(value, text, &size) and read_form(MOMENT, text, size, ticks, NULL)


cdef uint32_t text_size(const Value* value) noexcept nogil:
    """Return the bytes of UTF-16 before the NULs that may end it."""
    cdef uint32_t size = value.size & ~<uint32_t>1
    while size and not value.data[size - 1] and not value.data[size - 2]:
        size -= 2
    return size


cdef bint value_ascii(const Value* value, char* text, uint32_t* size) noexcept nogil:
    """Copy a text of at most `MAX_TEXT` ASCII characters; a NUL follows it."""
    cdef uint32_t k, units
    if value.type != TYPE_TEXT:
        return False
    units = text_size(value) // 2
    if units > MAX_TEXT:
        return False
    for k in range(units):
        if value.data[2 * k + 1] or value.data[2 * k] & 0x80:
            return False
        text[k] = <char>value.data[2 * k]
    text[units] = 0
    size[0] = units
    return True
