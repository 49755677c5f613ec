"""Reads the fields of EventData as Sentinel has it: XML in UTF-16; must not know records.

It reads the form that Windows writes: elements `Data` with a name and a text, and blanks between
them. An entity, a name that means nothing, and all else ends the reading; a parser of XML then
reads the text.
"""

from wfpfast.audit._json_names cimport known_name

cdef enum:
    MAX_NAME = 64
    SURROGATES = 0xd800      # from here on are units that may be no character


cdef inline uint32_t unit(const Cursor* c) noexcept nogil:
    """Return the next unit, or 0 at the end."""
    return c.p[0] | <uint32_t>c.p[1] << 8 if c.p < c.end else 0


cdef bint skip(Cursor* c, const char* text) noexcept nogil:
    """Go on behind a text, if it is there."""
    cdef const uint8_t* start = c.p
    while text[0]:
        if unit(c) != <uint8_t>text[0]:
            c.p = start
            return False
        c.p += 2
        text += 1
    return True


cdef void skip_blanks(Cursor* c) noexcept nogil:
    while unit(c) in (c" ", c"\t", c"\r", c"\n"):
        c.p += 2


cdef bint begin_data(Cursor* c) noexcept nogil:
    """Read the tag with which it begins."""
    c.ended = False
    skip_blanks(c)
    return skip(c, "<EventData>") or skip(
        c, "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">") or skip(
        c, "<EventData xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>")


cdef bint next_data(Cursor* c) noexcept nogil:
    """Read the next field; False if there is none."""
    cdef uint32_t quote
    skip_blanks(c)
    if skip(c, "</EventData>"):
        skip_blanks(c)
        c.ended = c.p == c.end
        return False
    if not skip(c, "<Data Name="):
        return False
    quote = unit(c)
    if quote != c'"' and quote != c"'":
        return False
    c.p += 2
    return read_name(c) and unit(c) == quote and read_text(c)


cdef bint read_name(Cursor* c) noexcept nogil:
    cdef uint8_t[MAX_NAME] name
    cdef uint32_t size = 0, letter
    while size < MAX_NAME:
        letter = unit(c)
        if not (c"0" <= letter <= c"9" or c"a" <= letter | 0x20 <= c"z"):
            break
        name[size] = <uint8_t>letter
        size += 1
        c.p += 2
    c.known = known_name(name, size)
    return c.known != NULL


cdef bint read_text(Cursor* c) noexcept nogil:
    """Read what is behind a name: a text, or the end of an empty element."""
    cdef uint32_t character
    c.p += 2  # a quotation mark
    c.text = c.p
    c.size = 0
    if skip(c, "/>") or skip(c, " />"):
        return True
    if not skip(c, ">"):
        return False
    c.text = c.p
    while True:
        character = unit(c)
        if character < 0x20 and character != c"\n" and character != c"\t":
            return False
        if character in (c"<", c"&", c">") or character >= SURROGATES:
            break
        c.p += 2
    c.size = <uint32_t>(c.p - c.text)
    return skip(c, "</Data>")
