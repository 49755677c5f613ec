"""Writes texts and times as JSON and CSV have them; must not know columns or Python objects.

Texts are UTF-8. No byte beyond a text is read, whatever is in it.
"""

cdef enum:
    QUOTE = 0x22
    BACKSLASH = 0x5c
    DELETE = 0x7f

cdef const char* DIGITS = "0123456789abcdef"
cdef const char* SHORT = "btn_fr"          # of the controls 8 to 13; the one at 11 has none
cdef int64_t SECOND = 1_000_000_000
cdef int64_t DAY = 86_400


cdef inline uint64_t eight(uint8_t byte) noexcept nogil:
    return <uint64_t>0x0101010101010101 * byte


cdef inline bint has_quote(uint64_t word) noexcept nogil:
    """Tell whether one of 8 bytes is a quotation mark."""
    cdef uint64_t others = word ^ eight(QUOTE)
    return (others - eight(1)) & ~others & eight(0x80) != 0


cdef inline bint is_plain(uint64_t word) noexcept nogil:
    """Tell whether JSON has 8 bytes as they are; a byte that is not ASCII is looked at alone.

    Only a byte that is not plain can carry into the next one, so that a doubt is never overlooked.
    """
    return (word | (word + eight(1)) | (word - eight(0x20))
            | ((word ^ eight(QUOTE)) - eight(1))
            | ((word ^ eight(BACKSLASH)) - eight(1))) & eight(0x80) == 0


cdef inline bint within(unsigned int c, unsigned int first, unsigned int last) noexcept nogil:
    return first <= c <= last


cdef unsigned int escaped(const uint8_t* text, size_t size) noexcept nogil:
    """Return the character that begins a text, if JSON is to have it escaped; 0x110000 if not.

    Beside what JSON asks for, these are the characters that steer a terminal or an editor: DEL, C1,
    the ends of lines that are not ASCII, and Unicode's Bidi_Control.
    """
    cdef unsigned int c = text[0]
    if c < 0x80:
        return c if c < 0x20 or c == QUOTE or c == BACKSLASH or c == DELETE else 0x110000
    if size >= 2 and (c == 0xc2 or c == 0xd8):
        c = (c & 0x1f) << 6 | (text[1] & 0x3f)
        return c if within(c, 0x80, 0x9f) or c == 0x61c else 0x110000
    if size >= 3 and c == 0xe2:
        c = 0x2000 | (text[1] & 0x3f) << 6 | (text[2] & 0x3f)
        if within(c, 0x200e, 0x200f) or within(c, 0x2028, 0x202e) or within(c, 0x2066, 0x2069):
            return c
    return 0x110000


cdef void put_escape(Growing* out, unsigned int c) noexcept nogil:
    """Write a character of the first plane as JSON escapes it, in at most 6 bytes."""
    cdef int shift
    put_byte(out, BACKSLASH)
    if c == QUOTE or c == BACKSLASH:
        put_byte(out, <char>c)
    elif 8 <= c <= 13 and c != 11:
        put_byte(out, SHORT[c - 8])
    else:
        put_byte(out, b"u")
        for shift in range(12, -4, -4):
            put_byte(out, DIGITS[c >> shift & 15])


cdef int put_json_text(Growing* out, const uint8_t* text, size_t size) noexcept nogil:
    """Write a text as a JSON string."""
    cdef size_t stop, k = 0
    cdef uint64_t word
    cdef unsigned int c
    if make_room(out, size) < 0:
        return -1
    put_byte(out, QUOTE)
    while k < size:
        stop = size
        if size - k >= 8:
            memcpy(&word, text + k, 8)
            if is_plain(word):
                memcpy(out.data + out.used, &word, 8)
                out.used += 8
                k += 8
                continue
            stop = k + 8
        while k < stop:
            c = escaped(text + k, size - k)
            if c > 0xffff:
                put_byte(out, text[k])
                k += 1
                continue
            put_escape(out, c)
            k += 1 if c < 0x80 else 2 if c < 0x800 else 3
            if make_room(out, size - k) < 0:
                return -1
    put_byte(out, QUOTE)
    return 0


cdef bint begins_formula(const uint8_t* text, size_t size) noexcept nogil:
    """Tell whether a text begins a formula for a spreadsheet, perhaps behind apostrophes.

    These are what OWASP's page on CSV injection has, and the same signs at full width: U+FF1D,
    U+FF0B, U+FF0D and U+FF20.
    """
    cdef uint8_t c
    while size and text[0] == b"'":
        text += 1
        size -= 1
    if size == 0:
        return False
    c = text[0]
    if c != 0xef:
        return (c == b"=" or c == b"+" or c == b"-" or c == b"@"
                or c == b"\t" or c == b"\r" or c == b"\n")
    if size < 3:
        return False
    return text[1] == 0xbc and (
        text[2] == 0x9d or text[2] == 0x8b or text[2] == 0x8d or text[2] == 0xa0)


cdef int put_csv_text(Growing* out, const uint8_t* text, size_t size) noexcept nogil:
    """Write a text between quotes, as CSV has it; an apostrophe makes a text of a formula."""
    cdef size_t stop, k = 0
    cdef uint64_t word
    if make_room(out, size) < 0:
        return -1
    put_byte(out, QUOTE)
    if begins_formula(text, size):
        put_byte(out, b"'")
    while k < size:
        stop = size
        if size - k >= 8:
            memcpy(&word, text + k, 8)
            if not has_quote(word):
                memcpy(out.data + out.used, &word, 8)
                out.used += 8
                k += 8
                continue
            stop = k + 8
        while k < stop:
            if text[k] == QUOTE:
                put_byte(out, QUOTE)
                if make_room(out, size - k) < 0:
                    return -1
            put_byte(out, text[k])
            k += 1
    put_byte(out, QUOTE)
    return 0


cdef inline void put_digits(char* out, int count, int64_t value) noexcept nogil:
    """Write a number, which is not negative, with zeros before it."""
    while count:
        count -= 1
        out[count] = DIGITS[value % 10]
        value //= 10


cdef int put_time(Growing* out, int64_t time) noexcept nogil:
    """Write nanoseconds since 1970 between quotes, as ``2020-05-22T20:54:53.4990000Z``.

    The date is computed in years that begin in March, 400 of which have 146,097 days.
    """
    cdef int64_t seconds, rest, days, era, year, month
    cdef char* text
    if make_room(out, SLACK) < 0:
        return -1
    seconds, rest = time // SECOND, time % SECOND
    if rest < 0:
        rest += SECOND
        seconds -= 1
    days, seconds = seconds // DAY, seconds % DAY
    if seconds < 0:
        seconds += DAY
        days -= 1
    days += 719_468                     # from 0000-03-01 on, and the first year is 1677
    era, days = days // 146_097, days % 146_097
    year = (days - days // 1460 + days // 36_524 - days // 146_096) // 365
    days -= 365 * year + year // 4 - year // 100
    month = (5 * days + 2) // 153       # 0 is March
    days -= (153 * month + 2) // 5
    year += 400 * era + (month >= 10)
    text = out.data + out.used
    memcpy(text, b'"0000-00-00T00:00:00.0000000Z"', 30)
    put_digits(text + 1, 4, year)
    put_digits(text + 6, 2, month - 9 if month >= 10 else month + 3)
    put_digits(text + 9, 2, days + 1)
    put_digits(text + 12, 2, seconds // 3600)
    put_digits(text + 15, 2, seconds // 60 % 60)
    put_digits(text + 18, 2, seconds % 60)
    put_digits(text + 21, 7, rest // 100)
    out.used += 30
    return 0
