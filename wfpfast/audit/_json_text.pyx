"""Walks over a line of JSON, and reads its strings; must not know what members mean.

What is no JSON ends the walk, and so does what is rare: Python's reader, which knows all of it,
then reads the line. Behind the text stands a character that belongs to no value: a line feed, or
the NUL behind each `bytes`. So only what reads several characters at once asks where it ends.
"""

from libc.stdint cimport uint64_t
from libc.string cimport memcmp

from wfpfast._base.text cimport utf8_size
from wfpfast._base.vector cimport wf_plain_16

cdef enum:
    MAX_DEPTH = 64
    LONGEST_NUMBER = 64      # characters; Python has a limit, too
    VECTOR = 16

# A bit for each character from 0x40 to 0x7f: those of \\ \b \f \n \r \t.
cdef uint64_t letters = 0x0014404410000000


cdef inline bint is_digit(uint8_t c) noexcept nogil:
    return c"0" <= c <= c"9"


cdef inline int digit_of(uint8_t c) noexcept nogil:
    """Return the value of a hexadecimal digit, or -1."""
    cdef int letter = c | 0x20
    if is_digit(c):
        return c - c"0"
    return letter - (c"a" - 10) if c"a" <= letter <= c"f" else -1


cdef inline int unit_of(const uint8_t* p) noexcept nogil:
    """Return the unit that four hexadecimal digits stand for, or -1."""
    cdef int unit = 0, k, digit
    for k in range(4):
        digit = digit_of(p[k])
        if digit < 0:
            return -1
        unit = unit << 4 | digit
    return unit


cdef inline bint is_short_escape(uint8_t c) noexcept nogil:
    """Tell whether a character behind a backslash is all of an escape."""
    if c & 0xc0 == 0x40:
        return letters >> (c & 63) & 1
    return c == c'"' or c == c"/"


cdef inline int escape_size(const uint8_t* p) noexcept nogil:
    """Return the size of what begins with a backslash; 0 if there is no such escape."""
    if is_short_escape(p[1]):
        return 2
    return 6 if p[1] == c"u" and unit_of(p + 2) >= 0 else 0


cdef inline bint is_replacement(const uint8_t* p) noexcept nogil:
    return p[0] == 0xef and p[1] == 0xbf and p[2] == 0xbd


cdef const uint8_t* after_string(
    const uint8_t* p, const uint8_t* limit, uint8_t* form
) noexcept nogil:
    """Return the quotation mark that ends a string, whose first character is at `p`, or NULL."""
    cdef int size
    while True:
        if limit - p >= VECTOR:
            size = wf_plain_16(p)
            p += size
            if size == VECTOR:
                continue
        if p[0] == c'"':
            return p
        if p[0] == c"\\":
            form[0] |= ESCAPES
            while p[0] == c"\\":  # one is seldom alone
                size = escape_size(p)
                if size == 0:
                    return NULL
                p += size
            continue
        if p[0] & 0x80:
            form[0] |= NOT_ASCII
            # U+FFFD says that something was lost before.
            size = 0 if is_replacement(p) else utf8_size(p, limit)
        else:
            size = p[0] >= 0x20  # a plain one near the end of the memory
        if size <= 0:
            return NULL
        p += size


cdef const uint8_t* after_number(const uint8_t* p, Span* span) noexcept nogil:
    span.kind = INTEGER
    span.data = p
    p += p[0] == c"-"
    if not is_digit(p[0]):
        return NULL
    if p[0] == c"0":
        p += 1
    else:
        while is_digit(p[0]):
            p += 1
    if p[0] == c".":
        span.kind = FRACTION
        p += 1
        if not is_digit(p[0]):
            return NULL
        while is_digit(p[0]):
            p += 1
    if p[0] | 0x20 == c"e":
        span.kind = FRACTION
        p += 1
        p += p[0] == c"-" or p[0] == c"+"
        if not is_digit(p[0]):
            return NULL
        while is_digit(p[0]):
            p += 1
    span.size = <uint32_t>(p - span.data)
    return p if p - span.data <= LONGEST_NUMBER else NULL


cdef const uint8_t* after_word(
    const uint8_t* p, const uint8_t* limit, const char* word, uint32_t size
) noexcept nogil:
    return p + size if limit - p >= size and memcmp(p, word, size) == 0 else NULL


cdef const uint8_t* after_scalar(
    const uint8_t* p, const uint8_t* limit, Span* span
) noexcept nogil:
    """Read a value that has no others in it; return what is behind it, or NULL."""
    cdef const uint8_t* end
    span.data = p
    span.form = 0
    span.kind = ANSWER
    if p[0] == c'"':
        end = after_string(p + 1, limit, &span.form)
        if end == NULL:
            return NULL
        span.kind = STRING
        span.data = p + 1
        span.size = <uint32_t>(end - span.data)
        return end + 1
    if p[0] == c"n":
        span.kind = NULL_VALUE
        end = after_word(p, limit, "null", 4)
    elif p[0] == c"t":
        end = after_word(p, limit, "true", 4)
    elif p[0] == c"f":
        end = after_word(p, limit, "false", 5)
    else:
        return after_number(p, span)
    span.size = 5 if p[0] == c"f" else 4
    return end


cdef const uint8_t* after_name(const uint8_t* p, const uint8_t* limit) noexcept nogil:
    """Return where the value of a member begins, or NULL."""
    cdef uint8_t form = 0
    if p[0] != c'"':
        return NULL
    p = after_string(p + 1, limit, &form)
    if p == NULL:
        return NULL
    p = after_blanks(p + 1)
    return after_blanks(p + 1) if p[0] == c":" else NULL


cdef const uint8_t* after_nested(const uint8_t* p, const uint8_t* limit) noexcept nogil:
    """Return what is behind an object or a list, or NULL."""
    cdef uint64_t objects = 0    # a bit for each that is open: whether it is an object
    cdef int depth = 0
    cdef Span span
    while True:
        if p[0] == c"{" or p[0] == c"[":
            if depth == MAX_DEPTH:
                return NULL
            objects = objects << 1 | (p[0] == c"{")
            depth += 1
            p = after_blanks(p + 1)
            if p[0] != closing(objects):
                if objects & 1:
                    p = after_name(p, limit)
                    if p == NULL:
                        return NULL
                continue
        else:
            p = after_scalar(p, limit, &span)
            if p == NULL:
                return NULL
            p = after_blanks(p)
        while p[0] == closing(objects):
            p += 1
            depth -= 1
            objects >>= 1
            if depth == 0:
                return p
            p = after_blanks(p)
        if p[0] != c",":
            return NULL
        p = after_blanks(p + 1)
        if objects & 1:
            p = after_name(p, limit)
            if p == NULL:
                return NULL


cdef inline uint8_t closing(uint64_t objects) noexcept nogil:
    return c"}" if objects & 1 else c"]"


cdef inline uint8_t* put_unit(uint8_t* out, uint32_t unit) noexcept nogil:
    out[0] = <uint8_t>unit
    out[1] = <uint8_t>(unit >> 8)
    return out + 2


cdef uint8_t* put_utf16(uint8_t* out, const Span* span) noexcept nogil:
    """Write what a value says as UTF-16, at most twice as many bytes; return the end of it."""
    cdef const uint8_t* p = span.data
    cdef const uint8_t* end = p + span.size
    cdef uint32_t k, c
    if span.form == 0:
        for k in range(span.size):
            out[2 * k] = p[k]
            out[2 * k + 1] = 0
        return out + 2 * span.size
    while p < end:
        c = p[0]
        if c == c"\\":
            out = put_unit(out, escaped(p))
            p += escape_size(p)
        elif c < 0x80:
            out = put_unit(out, c)
            p += 1
        elif c < 0xe0:
            out = put_unit(out, (c & 0x1f) << 6 | (p[1] & 0x3f))
            p += 2
        elif c < 0xf0:
            out = put_unit(out, (c & 0xf) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f))
            p += 3
        else:
            c = (c & 7) << 18 | (p[1] & 0x3f) << 12 | (p[2] & 0x3f) << 6 | (p[3] & 0x3f)
            out = put_unit(out, 0xd7c0 + (c >> 10))
            out = put_unit(out, 0xdc00 | (c & 0x3ff))
            p += 4
    return out


cdef uint32_t escaped(const uint8_t* p) noexcept nogil:
    """Return the unit that an escape stands for; of a pair of surrogates, each has its own."""
    cdef uint8_t c = p[1]
    if c == c"u":
        return <uint32_t>unit_of(p + 2)
    if c == c"n":
        return 0x0a
    if c == c"t":
        return 0x09
    if c == c"r":
        return 0x0d
    if c == c"b":
        return 0x08
    return 0x0c if c == c"f" else c
