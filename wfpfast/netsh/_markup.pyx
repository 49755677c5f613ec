"""Finds the markup of an XML text, and reads the text between; must not know records.

It takes more than XML allows, as files have it: text that is no XML around the document, several
documents, characters that XML forbids, a "<" or a "&" that stands for itself. It never reads behind
`end`, where the data have a NUL.
"""

from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcmp, memcpy

from wfpfast._base.portable cimport wf_lowest_bit
from wfpfast._base.text cimport put_code_point

cdef enum:
    MAX_TAG = 1 << 20       # bytes; in a longer one, a quote must have been text
    MAX_REFERENCE = 12      # characters of the longest reference, &#x0010FFFF;

cdef enum Class:
    BLANK = 1
    ENDS_NAME = 2
    BEGINS_NAME = 4
    SPECIAL = 8             # in a text: it is not what it stands for, or XML forbids it

cdef uint8_t[256] classes


cdef void fill_classes() noexcept:
    cdef int c
    for c in range(256):
        classes[c] = 0
        if c < 0x20:
            classes[c] = SPECIAL | ENDS_NAME
        elif c >= 0x80 or c"a" <= (c | 0x20) <= c"z" or c == c"_" or c == c":":
            classes[c] = BEGINS_NAME
    for c in b" /><='\"&":
        classes[c] |= ENDS_NAME
    for c in b" \t\n\r":
        classes[c] |= BLANK
    classes[<int>c"\t"] &= ~SPECIAL
    classes[<int>c"\n"] &= ~SPECIAL
    classes[<int>c"&"] |= SPECIAL


fill_classes()


cdef Py_ssize_t next_markup(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept nogil:
    """Return where the next "<" is, or `end`."""
    cdef const char* found = <const char*>memchr(d + pos, c"<", end - pos)
    return end if found == NULL else found - d


cdef inline Py_ssize_t after_mark(
    const char* d, Py_ssize_t pos, Py_ssize_t end, const char* mark, int length
) noexcept nogil:
    """Return where the first `mark` at or behind `pos` ends, or -1."""
    cdef const char* found
    while True:
        found = <const char*>memchr(d + pos, mark[length - 1], end - pos)
        if found == NULL:
            return -1
        pos = found - d + 1
        if found - d >= length - 1 and memcmp(found - (length - 1), mark, length) == 0:
            return pos


cdef int declaration_at(
    const char* d, Py_ssize_t pos, Py_ssize_t end, Markup* m
) noexcept nogil:
    """Read what begins with "<!" or "<?"."""
    cdef int kind
    if d[pos + 1] == c"?":
        kind = SKIPPED
        if memcmp(d + pos, b"<?xml", 5) == 0 and classes[<uint8_t>d[pos + 5]] & BLANK:
            kind = DECLARATION
        m.after = after_mark(d, pos + 2, end, b"?>", 2)
    elif end - pos < 9 and memchr(d + pos, c">", end - pos) == NULL:
        return UNFINISHED
    elif memcmp(d + pos, b"<!--", 4) == 0:
        kind = SKIPPED
        m.after = after_mark(d, pos + 6, end, b"-->", 3) if end - pos >= 7 else -1
    elif memcmp(d + pos, b"<![CDATA[", 9) == 0:
        kind = SECTION
        m.after = after_mark(d, pos + 9, end, b"]]>", 3)
    elif memcmp(d + pos, b"<!DOCTYPE", 9) == 0 or memcmp(d + pos, b"<!ENTITY", 8) == 0:
        return DOCTYPE
    else:
        return NO_MARKUP
    return kind if m.after >= 0 else UNFINISHED


cdef int attributes_at(
    const char* d, Py_ssize_t pos, Py_ssize_t end, Markup* m
) noexcept nogil:
    """Read the rest of a tag behind its name; what the attributes say does not matter.

    A quote begins a value only behind "=", and no value has an end tag in it: a quote that got
    into a tag, or out of one, shall not hide what follows.
    """
    cdef Py_ssize_t limit = min(end, pos + MAX_TAG)
    cdef char quote = 0, last = 0   # the last character that is no blank
    while pos < limit:
        if quote:
            if d[pos] == quote:
                quote = last = 0
            elif d[pos] == c"<" and d[pos + 1] == c"/":
                return NO_MARKUP
        elif d[pos] == c">":
            m.after = pos + 1
            return EMPTY_TAG if d[pos - 1] == c"/" else START_TAG
        elif d[pos] == c"<":
            return NO_MARKUP
        elif last == c"=" and (d[pos] == c'"' or d[pos] == c"'"):
            quote = d[pos]
        elif not classes[<uint8_t>d[pos]] & BLANK:
            last = d[pos]
        pos += 1
    return UNFINISHED if limit == end else NO_MARKUP


cdef inline Py_ssize_t name_end(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept nogil:
    """Return where a name ends: at a character below "@" that no name has."""
    cdef uint64_t eight
    while pos + 8 <= end:
        memcpy(&eight, d + pos, 8)
        # A one for each byte below 0x40, that is, without the two highest bits.
        eight = ~(eight >> 6 | eight >> 7) & <uint64_t>0x0101010101010101
        if not eight:
            pos += 8
            continue
        pos += wf_lowest_bit(eight) >> 3
        if classes[<uint8_t>d[pos]] & ENDS_NAME:
            return pos
        pos += 1
    while pos < end and not classes[<uint8_t>d[pos]] & ENDS_NAME:
        pos += 1
    return pos


cdef int markup_at(const char* d, Py_ssize_t pos, Py_ssize_t end, Markup* m) noexcept nogil:
    """Read the markup that begins with the "<" at `pos`."""
    cdef Py_ssize_t start
    cdef int kind = START_TAG
    pos += 1
    if pos >= end:
        return UNFINISHED
    if d[pos] == c"/":
        kind = END_TAG
        pos += 1
    elif d[pos] == c"!" or d[pos] == c"?":
        return declaration_at(d, pos - 1, end, m)
    start = pos
    if pos < end and not classes[<uint8_t>d[pos]] & BEGINS_NAME:
        return NO_MARKUP
    pos = name_end(d, pos, end)
    if pos - start > MAX_TAG:
        return NO_MARKUP
    m.name = start
    m.length = <int>(pos - start)
    if pos >= end:
        return UNFINISHED
    if d[pos] == c">":
        m.after = pos + 1
        return kind
    if kind == START_TAG:
        return attributes_at(d, pos, end, m)
    while pos < end and classes[<uint8_t>d[pos]] & BLANK:
        pos += 1
    m.after = pos + 1
    return UNFINISHED if pos >= end else END_TAG if d[pos] == c">" else NO_MARKUP


cdef bint is_blank(const char* d, Py_ssize_t pos, Py_ssize_t end) noexcept nogil:
    while pos < end and classes[<uint8_t>d[pos]] & BLANK:
        pos += 1
    return pos == end


cdef bint is_allowed(uint32_t c) noexcept nogil:
    """Tell whether XML 1.0 allows a character."""
    return (0x20 <= c < 0xD800 or c == 9 or c == 10 or c == 13 or 0xE000 <= c < 0xFFFE
            or 0x10000 <= c < 0x110000)


cdef int character_reference(const char* d, int length, uint32_t* c) noexcept nogil:
    """Read `&#10;` or `&#xA;` between "&#" and ";"; 0 if it is none."""
    cdef uint32_t base = 10, digit
    cdef int k = 0
    if d[0] == c"x":
        base, k = 16, 1
    if k == length:
        return 0
    c[0] = 0
    while k < length:
        digit = <uint8_t>d[k]
        if c"0" <= digit <= c"9":
            digit -= c"0"
        elif base == 16 and c"a" <= (digit | 0x20) <= c"f":
            digit = (digit | 0x20) - c"a" + 10
        else:
            return 0
        c[0] = c[0] * base + digit  # at most nine digits: it does not overflow
        k += 1
    return 1


cdef int reference_at(const char* d, Py_ssize_t size, uint32_t* c) noexcept nogil:
    """Return how many bytes the reference that begins with this "&" has; 0 if it is none."""
    cdef const char* semicolon = <const char*>memchr(d, c";", min(size, MAX_REFERENCE))
    cdef int length
    if semicolon == NULL:
        return 0
    length = <int>(semicolon - d)
    if d[1] == c"#":
        return length + 1 if 2 < length < 12 and character_reference(d + 2, length - 2, c) else 0
    if length == 3 and d[2] == c"t" and (d[1] == c"l" or d[1] == c"g"):
        c[0] = c"<" if d[1] == c"l" else c">"
    elif length == 4 and memcmp(d, b"&amp", 4) == 0:
        c[0] = c"&"
    elif length == 5 and memcmp(d, b"&quot", 5) == 0:
        c[0] = c'"'
    elif length == 5 and memcmp(d, b"&apos", 5) == 0:
        c[0] = c"'"
    else:
        return 0  # an entity that nobody declared: it stays as it is
    return length + 1


cdef Py_ssize_t plain_copy(
    const char* d, Py_ssize_t pos, Py_ssize_t end, char* out, bint resolve, int64_t* mended
) noexcept nogil:
    """Write a text without markup as it is meant; return its bytes, at most three times as many."""
    cdef Py_ssize_t used = 0
    cdef uint32_t c
    cdef int length
    while pos < end:
        c = <uint8_t>d[pos]
        length = 1
        if not classes[c] & SPECIAL:
            out[used] = d[pos]
            used += 1
            pos += 1
            continue
        if c == c"\r":      # XML makes one line feed of each kind of line end
            c = c"\n"
            if pos + 1 < end and d[pos + 1] == c"\n":
                length = 2
        elif c == c"&" and resolve:
            length = max(1, reference_at(d + pos, end - pos, &c))
        if not is_allowed(c):
            mended[0] += 1
            c = 0xFFFD
        used = put_code_point(<uint8_t*>out + used, c) - <uint8_t*>out
        pos += length
    return used


cdef Py_ssize_t copy_with_markup(
    const char* d, Py_ssize_t pos, Py_ssize_t end, char* out, int64_t* mended
) noexcept nogil:
    """Write a text without its comments, and what its sections hold; return its bytes."""
    cdef Markup m
    cdef Py_ssize_t at, used = 0
    cdef int kind
    while pos < end:
        at = next_markup(d, pos, end)
        used += plain_copy(d, pos, at, out + used, True, mended)
        if at == end:
            break
        kind = markup_at(d, at, end, &m)
        if kind == SECTION:
            used += plain_copy(d, at + 9, m.after - 3, out + used, False, mended)
            pos = m.after
        elif kind == SKIPPED:
            pos = m.after
        else:
            out[used] = c"<"
            used += 1
            pos = at + 1
    return used


cdef str text_between(
    const char* d, Py_ssize_t begin, Py_ssize_t end, bint has_markup, int64_t* mended
):
    """Return a text without the blanks around it, its references resolved.

    What XML forbids becomes U+FFFD, and is counted in `mended`.
    """
    cdef uint8_t seen = 0
    cdef Py_ssize_t pos
    cdef char* out
    while begin < end and classes[<uint8_t>d[begin]] & BLANK:
        begin += 1
    while begin < end and classes[<uint8_t>d[end - 1]] & BLANK:
        end -= 1
    for pos in range(begin, end):
        seen |= classes[<uint8_t>d[pos]]
    if not seen & SPECIAL and not has_markup:
        return PyUnicode_DecodeUTF8(d + begin, end - begin, "replace")
    out = <char*>malloc(3 * (end - begin) + 1)
    if out == NULL:
        raise MemoryError
    try:
        pos = copy_with_markup(d, begin, end, out, mended)
        return PyUnicode_DecodeUTF8(out, pos, "replace").strip(" \t\r\n")
    finally:
        free(out)
