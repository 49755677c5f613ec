"""Converts the easy values of an element's members; must not know what a member means.

Easy values are plain numbers, IP addresses, times, and values that were converted before. The
others, and wrong ones, are left to the converters in Python.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdint cimport uint64_t
from libc.string cimport memmove, memset

cdef enum:
    MAX_DIGITS = 19         # so many always fit 64 bits
    DAYS_TO_1601 = 584695   # from 1 March of year 0, plus 1, since days of a month count from 1

cdef uint64_t* MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

cdef enum Form:
    ANY         # left to the converter
    NUMBER      # decimal, without a sign
    ADDRESS_4
    ADDRESS_6
    MOMENT

IPV4, IPV6, TIME = ADDRESS_4, ADDRESS_6, MOMENT
"""Forms of texts that `take_easy` reads, besides numbers."""

cdef enum:
    # For each element, so many values of at most this size are cached, since most values recur.
    MAX_REMEMBERED = 1024
    MAX_REMEMBERED_SIZE = 2048


@cython.final
cdef class Member:
    """An element of the XML: the struct's member, and how to read it.

    Parameters
    ----------
    name : str
        The member, as `encode` knows it.
    convert : callable
        Makes its value from what the element holds; raises ValueError. The value of a text or of
        bytes must depend on nothing else, since it is cached.
    limit : int, optional
        Texts of numbers up to this one may be read without `convert`.
    form : int, optional
        Texts of this form, too: `IPV4`, `IPV6` or `TIME`.
    family : int, optional
        The ``ipVersion`` that selects the member, if it is an arm of a union.
    """

    cdef readonly str name
    cdef readonly object convert
    cdef readonly object family
    cdef Form form
    cdef uint64_t limit
    cdef dict known     # values by the text or the bytes that the element held

    def __init__(self, str name not None, convert, *, limit=None, form=None, family=None):
        self.name = name
        self.convert = convert
        self.family = family
        self.form = ANY if form is None else form
        self.limit = 0
        if limit is not None:
            self.form, self.limit = NUMBER, limit
        self.known = {}

    def fresh(self):
        """Return the same member with an empty cache, for another reader."""
        limit = self.limit if self.form == NUMBER else None
        return Member(self.name, self.convert, limit=limit, form=self.form, family=self.family)

    def remember(self, held not None, value):
        """Cache the value that `convert` made from a text or from bytes."""
        if len(held) <= MAX_REMEMBERED_SIZE:
            if len(self.known) >= MAX_REMEMBERED:
                self.known.clear()
            self.known[held] = value


cdef Py_ssize_t digits(const char* text, uint64_t* value) noexcept:
    """Read at most `MAX_DIGITS` decimal digits; return how many there are."""
    cdef Py_ssize_t count = 0
    value[0] = 0
    while count < MAX_DIGITS and c"0" <= text[count] <= c"9":
        value[0] = 10 * value[0] + <unsigned char>(text[count] - c"0")
        count += 1
    return count


cdef bint is_number(const char* text, Py_ssize_t size, uint64_t* value) noexcept:
    return size > 0 and digits(text, value) == size


cdef bint is_ipv4(const char* text, Py_ssize_t size, uint64_t* value) noexcept:
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


cdef Py_ssize_t group(const char* text, unsigned int* value) noexcept:
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


cdef bint is_ipv6(const char* text, Py_ssize_t size, unsigned char* value) noexcept:
    """Read what ipaddress.IPv6Address accepts, except for IPv4 endings and scopes."""
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


cdef bint is_part(const char** text, Py_ssize_t length, char end, uint64_t* value) noexcept:
    """Read exactly `length` digits and the character `end`, and advance."""
    if digits(text[0], value) != length or text[0][length] != end:
        return False
    text[0] += length + 1
    return True


cdef bint is_time(const char* text, Py_ssize_t size, uint64_t* ticks) noexcept:
    """Read ``2020-05-22T20:54:53.499Z`` as a FILETIME: 100 ns from 1601.

    29 February and times before 1601 are left to the converter.
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
    if not (1601 <= year and 1 <= month <= 12 and 1 <= day <= MONTHS[month - 1]):
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


cdef object fast_value(str text, Member member):
    """Return the value of a text if it has the member's form, else None."""
    cdef Py_ssize_t size = 0
    cdef const char* chars = PyUnicode_AsUTF8AndSize(text, &size)  # ends with a NUL
    cdef uint64_t value = 0
    cdef unsigned char[16] octets
    if member.form == ADDRESS_6:
        return (PyBytes_FromStringAndSize(<char*>octets, 16) if is_ipv6(chars, size, octets)
                else None)
    if member.form == NUMBER:
        return value if is_number(chars, size, &value) and value <= member.limit else None
    if member.form == ADDRESS_4:
        return value if is_ipv4(chars, size, &value) else None
    return value if is_time(chars, size, &value) else None


cdef object converted(Member member, value, missing):
    """Return the value of an easy text, or the cached value of a text or bytes; else `missing`."""
    if member.form != ANY and type(value) is str:
        found = fast_value(<str>value, member)
        if found is not None:
            return found
    return member.known.get(value, missing)


def take_easy(dict node not None, dict table not None, dict built not None):
    """Put the values of easy elements into `built`; return the other elements.

    Parameters
    ----------
    node : dict
        What the elements hold, by tag.
    table : dict of str to Member
        The known elements, by tag.
    built : dict
        Receives the values by member; an element without a value, as an empty one, adds none.

    Returns
    -------
    list of (str, object)
        The known tags, and elements, that are not easy.
    """
    cdef list rest = []
    cdef Member member
    for tag, value in node.items():
        found = table.get(tag)
        if found is None:
            continue
        member = <Member?>found
        if type(value) is dict or type(value) is list:
            rest.append((tag, value))
            continue
        found = converted(member, value, rest)
        if found is rest:
            rest.append((tag, value))
        elif found is not None:
            built[member.name] = found
    return rest
