# Walking over JSON; must not know what members mean.
from libc.stdint cimport uint8_t, uint32_t

cdef enum Kind:
    NULL_VALUE
    ANSWER               # true or false
    INTEGER
    FRACTION             # a number with a fraction or an exponent
    STRING
    OBJECT
    ARRAY

cdef enum:
    # What a string may have that is not plain.
    ESCAPES = 1
    NOT_ASCII = 2


cdef struct Span:
    const uint8_t* data      # of a string, what stands between the quotation marks
    uint32_t size
    uint8_t kind
    uint8_t form             # ESCAPES, NOT_ASCII


cdef const uint8_t* after_string(
    const uint8_t* p, const uint8_t* limit, uint8_t* form) noexcept nogil
cdef const uint8_t* after_scalar(
    const uint8_t* p, const uint8_t* limit, Span* span) noexcept nogil
cdef const uint8_t* after_nested(const uint8_t* p, const uint8_t* limit) noexcept nogil
cdef uint8_t* put_utf16(uint8_t* out, const Span* span) noexcept nogil


cdef inline const uint8_t* after_blanks(const uint8_t* p) noexcept nogil:
    """Return the first character that is no white space; a line feed ends a line."""
    while p[0] == c" " or p[0] == c"\t" or p[0] == c"\r":
        p += 1
    return p
