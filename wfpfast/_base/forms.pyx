"""Reads the easy forms of texts: numbers, IP addresses, times; must not know what they are for.

All other forms, and what is wrong, are left to the converters in Python. The texts need no NUL at
their end, but a character that can belong to none of them.
"""

from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memmove, memset

cdef enum:
    MAX_DIGITS = 19         # so many always fit 64 bits
    DAYS_TO_1601 = 584695   # from 1 March of year 0, plus 1, since days of a month count from 1

cdef uint64_t* MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


cdef Py_ssize_t digits(const char* text, uint64_t* value) noexcept nogil:
    """Read at most `MAX_DIGITS` decimal digits; return how many there are."""
    cdef Py_ssize_t count = 0
    value[0] = 0
    while count < MAX_DIGITS and c"0" <= text[count] <= c"9":
        value[0] = 10 * value[0] + <unsigned char>(text[count] - c"0")
        count += 1
    return count


cdef bint is_number(const char* text, Py_ssize_t size, uint64_t* value) noexcept nogil:
    return size > 0 and digits(text, value) == size


cdef bint is_ipv4(const char* text, Py_ssize_t size, uint64_t* value) noexcept nogil:
    """Read what ipaddress.IPv4Address accepts: four decimal octets without leading zeros."""
    cdef const char* end = text + size
    cdef uint64_t octet = 0
    cdef Py_ssize_t length
    cdef int k
    value[0] = 0
    for k in range(4):
        length = digits(text, &octet)
        if not 1 <= length <= 3 or octet > 255 or (length > 1 and text[0] == c"0"):
            return False
        value[0] = value[0] << 8 | octet
        text += length
        if k < 3:
            if text[0] != c".":
                return False
            text += 1
    return text == end


cdef Py_ssize_t group(const char* text, unsigned int* value) noexcept nogil:
    """Read at most four hexadecimal digits; return how many there are."""
    cdef Py_ssize_t count = 0
    cdef int c
    value[0] = 0
    while count < 4:
        c = text[count] | 0x20  # makes letters lower case
        if c"0" <= text[count] <= c"9":
            c -= c"0"
        elif c"a" <= c <= c"f":
            c -= c"a" - 10
        else:
            break
        value[0] = value[0] << 4 | <unsigned int>c
        count += 1
    return count


cdef bint put_last(const char* text, Py_ssize_t size, uint8_t* value) noexcept nogil:
    cdef uint64_t v4
    cdef int k
    if not is_ipv4(text, size, &v4):
        return False
    for k in range(4):
        value[k] = <uint8_t>(v4 >> (24 - 8 * k))
    return True


cdef bint is_ipv6(const char* text, Py_ssize_t size, uint8_t* value) noexcept nogil:
    """Read what ipaddress.IPv6Address accepts, except for scopes."""
    cdef const char* end = text + size
    cdef unsigned int number = 0
    cdef int count = 0, gap = -1
    cdef Py_ssize_t length
    memset(value, 0, 16)
    if text[0] == c":":
        if text[1] != c":":
            return False
        gap = 0
        text += 2
    while text < end:
        length = group(text, &number)
        if length == 0 or count == 8:
            return False
        if text + length < end and text[length] == c".":  # the last 32 bits, as IPv4
            if count > 6 or not put_last(text, end - text, value + 2 * count):
                return False
            count += 2
            break
        value[2 * count] = <unsigned char>(number >> 8)
        value[2 * count + 1] = <unsigned char>number
        count += 1
        text += length
        if text == end:
            break
        if text[0] != c":" or text + 1 == end:
            return False
        text += 1
        if text[0] == c":":
            if gap >= 0:
                return False
            gap = count
            text += 1
    if gap < 0:
        return count == 8
    memmove(value + 16 - 2 * (count - gap), value + 2 * gap, 2 * (count - gap))
    memset(value + 2 * gap, 0, 2 * (8 - count))
    return count < 8


cdef bint is_part(const char** text, Py_ssize_t length, char end, uint64_t* value) noexcept nogil:
    """Read exactly `length` digits and the character `end`, and advance."""
    if digits(text[0], value) != length or text[0][length] != end:
        return False
    text[0] += length + 1
    return True


cdef uint64_t days_of(uint64_t year, uint64_t month) noexcept nogil:
    cdef bint leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return MONTHS[month - 1] + (leap and month == 2)


cdef bint is_time(const char* text, Py_ssize_t size, uint64_t* ticks) noexcept nogil:
    """Read ``2020-05-22T20:54:53.499Z`` as a FILETIME: 100 ns from 1601.

    Times before 1601 are left to the converter.
    """
    cdef const char* end = text + size
    cdef uint64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0
    cdef Py_ssize_t length
    if not (
        is_part(&text, 4, c"-", &year) and is_part(&text, 2, c"-", &month)
        and is_part(&text, 2, c"T", &day) and is_part(&text, 2, c":", &hour)
        and is_part(&text, 2, c":", &minute) and is_part(&text, 2, c".", &second)
    ):
        return False
    if not (1601 <= year and 1 <= month <= 12 and 1 <= day <= days_of(year, month)):
        return False
    if not (hour < 24 and minute < 60 and second < 60):
        return False
    length = digits(text, &fraction)
    if not 1 <= length <= 7 or text[length] != c"Z" or text + length + 1 != end:
        return False
    while length < 7:
        fraction *= 10
        length += 1
    # Years begin in March, so that the leap day is the last: months have 31, 30, 31, 30, 31 days.
    year -= month <= 2
    month = (month + 9) % 12
    day += 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5
    day -= DAYS_TO_1601
    ticks[0] = (((day * 24 + hour) * 60 + minute) * 60 + second) * 10_000_000 + fraction
    return True


cdef bint read_form(
    int form, const char* text, Py_ssize_t size, uint64_t* value, uint8_t* octets
) noexcept nogil:
    """Read a text of a form; an IPv6 address goes to `octets`, everything else to `value`."""
    if form == NUMBER:
        return is_number(text, size, value)
    if form == ADDRESS_4:
        return is_ipv4(text, size, value)
    if form == ADDRESS_6:
        return is_ipv6(text, size, octets)
    return is_time(text, size, value)
