"""Makes valid UTF-8 of UTF-8 and of UTF-16, as fast as memory; must not know XML or files.

NUL is no character of any text. A stretch of NULs at the end of a text, or beside a blank or a
bracket, is padding and vanishes; between other characters it stands for lost ones, and becomes one
U+FFFD. So does each invalid sequence, as in Python's "replace" and the Unicode Standard, chapter 3,
"U+FFFD Substitution of Maximal Subparts".
"""

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize, PyBytes_Size
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy

from wfpfast._base.portable cimport wf_lowest_bit
from wfpfast._base.text cimport put_code_point, utf8_size
from wfpfast._base.vector cimport wf_narrow_16

cdef enum:
    N_WORDS = 8             # of a block that is looked at at once
    N_UNITS = 16

cdef uint64_t ONES = 0x0101010101010101u
cdef uint64_t HIGH = 0x8080808080808080u


cdef inline uint64_t unusual(const uint8_t* at) noexcept nogil:
    """Return a mask whose lowest bit is in the first byte of eight that is NUL or not ASCII."""
    cdef uint64_t word
    memcpy(&word, at, 8)
    return ((word - ONES) | word) & HIGH


cdef const uint8_t* after_ascii(const uint8_t* p, const uint8_t* end) noexcept nogil:
    """Return the first byte that is NUL or not ASCII."""
    cdef uint64_t found
    cdef int k
    while end - p >= 8 * N_WORDS:
        found = 0
        for k in range(N_WORDS):
            found |= unusual(p + 8 * k)
        if found:
            break
        p += 8 * N_WORDS
    while end - p >= 8:
        found = unusual(p)
        if found:
            return p + (wf_lowest_bit(found) >> 3)
        p += 8
    while p < end and 0 < p[0] < 0x80:
        p += 1
    return p


cdef inline bint is_edge(uint32_t c) noexcept nogil:
    """Tell whether no text can be lost beside this character; 0 is the beginning or the end."""
    return c == 0 or c == 0x20 or 9 <= c <= 13 or c == 0x3c or c == 0x3e


cdef struct Work:
    const uint8_t* p        # what is next
    const uint8_t* end
    uint8_t* out
    uint32_t before         # the character before, or any that is no edge for one that is not ASCII
    bint final              # the text ends at `end`
    bint mixed              # UTF-8 may follow UTF-16
    Py_ssize_t replaced
    Py_ssize_t characters   # valid ones that are not ASCII


cdef void mend_all(Work* w) noexcept nogil:
    cdef const uint8_t* start
    cdef int size
    while True:
        start = w.p
        w.p = after_ascii(w.p, w.end)
        if w.p > start:
            memcpy(w.out, start, w.p - start)
            w.out += w.p - start
            w.before = (w.p - 1)[0]
        if w.p == w.end:
            return
        start = w.p
        if w.p[0] == 0:
            while w.p < w.end and w.p[0] == 0:
                w.p += 1
            if not pad(w, 0 if w.p == w.end else w.p[0], 1):
                return
            continue
        size = utf8_size(w.p, w.end)
        if size == 0:
            return
        w.before = 0xfffd
        if size > 0:
            w.characters += 1
            memcpy(w.out, start, size)
            w.out += size
        else:
            w.replaced += 1
            w.out = put_code_point(w.out, 0xfffd)
            size = -size
        w.p += size


cdef bint pad(Work* w, uint32_t after, int width) noexcept nogil:
    """Deal with NULs that end before `w.p`; return false if what follows is not known yet."""
    if w.p >= w.end - (width - 1) and not w.final:
        w.p -= width        # one of them comes again, with what follows
        return False
    if not is_edge(w.before) and not is_edge(after):
        w.before = 0xfffd
        w.replaced += 1
        w.out = put_code_point(w.out, 0xfffd)
    return True


cdef inline uint16_t unit(const uint8_t* p, bint big) noexcept nogil:
    cdef uint16_t u
    memcpy(&u, p, 2)
    return <uint16_t>(u >> 8 | u << 8) if big else u


cdef inline bint put_ascii(Work* w, bint big) noexcept nogil:
    """Convert N_UNITS units if all are ASCII and none is NUL."""
    if not wf_narrow_16(w.out, w.p, big):
        return False
    w.p += 2 * N_UNITS
    w.out += N_UNITS
    w.before = (w.out - 1)[0]
    return True


cdef inline void transcode(Work* w, bint big) noexcept nogil:
    cdef const uint8_t* patience = w.p      # up to here a block was seen not to be ASCII
    cdef uint32_t c, low
    while w.end - w.p >= 2:
        if w.p >= patience and w.end - w.p >= 2 * N_UNITS:
            if put_ascii(w, big):
                continue
            patience = w.p + 2 * N_UNITS
        c = unit(w.p, big)
        if w.mixed and w.end - w.p >= 4 and (
                memcmp(w.p, b"<?xm", 4) == 0 or memcmp(w.p, b"\xef\xbb\xbf<", 4) == 0):
            return
        if c == 0:
            while w.end - w.p >= 2 and unit(w.p, big) == 0:
                w.p += 2
            if not pad(w, 0 if w.end - w.p < 2 else unit(w.p, big), 2):
                return
            continue
        w.p += 2
        if c & 0xf800 == 0xd800:
            if c < 0xdc00 and w.end - w.p < 2 and not w.final:
                w.p -= 2    # the other half is not here yet
                return
            low = unit(w.p, big) if c < 0xdc00 and w.end - w.p >= 2 else 0
            if low & 0xfc00 == 0xdc00:
                w.p += 2
                c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff))
            else:
                c = 0xfffd
                w.replaced += 1
        w.before = c
        w.out = put_code_point(w.out, c)


cdef void transcode_all(Work* w, bint big) noexcept nogil:
    if big:
        transcode(w, True)
    else:
        transcode(w, False)


cdef int open_work(
    Work* w, bytes data, Py_ssize_t start, Py_ssize_t stop, int before, bint final
) except -1:
    if not 0 <= start <= stop <= PyBytes_Size(data):
        raise IndexError(f"{start} to {stop} is no part of {PyBytes_Size(data)} bytes")
    w.p = <const uint8_t*>PyBytes_AsString(data) + start
    w.end = w.p + (stop - start)
    w.before = before
    w.final = final
    w.mixed = False
    w.replaced = w.characters = 0
    return 0


def valid_prefix(bytes data, Py_ssize_t start, Py_ssize_t stop) -> tuple[int, int]:
    """Return where valid UTF-8 without NULs ends, and how many of its characters are not ASCII."""
    cdef Work w
    cdef int size
    open_work(&w, data, start, stop, 0, False)
    with nogil:
        while True:
            w.p = after_ascii(w.p, w.end)
            if w.p == w.end or w.p[0] == 0:
                break
            size = utf8_size(w.p, w.end)
            if size <= 0:
                break
            w.characters += 1
            w.p += size
    return stop - (w.end - w.p), w.characters


def mend(
    bytes data, Py_ssize_t start, Py_ssize_t stop, *, int before, bint final
) -> tuple[bytes, int, int, int]:
    """Make valid UTF-8 of UTF-8 with faults.

    Returns the text, where it ends in `data`, how many U+FFFD were put, and how many valid
    characters are not ASCII. A character that is cut off at the end is left. `before` is the last
    byte of what came before, or 0; after what is not `final`, more comes.
    """
    cdef Work w
    cdef uint8_t* room
    open_work(&w, data, start, stop, before, final)
    room = w.out = <uint8_t*>PyMem_Malloc(3 * (stop - start) + 1)
    if room == NULL:
        raise MemoryError
    try:
        with nogil:
            mend_all(&w)
        text = PyBytes_FromStringAndSize(<char*>room, w.out - room)
        return text, stop - (w.end - w.p), w.replaced, w.characters
    finally:
        PyMem_Free(room)


def from_utf16(
    bytes data, Py_ssize_t start, Py_ssize_t stop, *,
    bint big, int before, bint final, bint mixed=False
) -> tuple[bytes, int, int]:
    """Make UTF-8 of UTF-16, in big-endian or little-endian order; as `mend` in all else.

    Returns the text, where it ends in `data`, and how many U+FFFD were put. With `mixed`, it ends
    where an XML declaration in UTF-8 begins.
    """
    cdef Work w
    cdef uint8_t* room
    open_work(&w, data, start, stop, before, final)
    # A unit makes at most 3 bytes, and a block is written before it is known to be ASCII.
    room = w.out = <uint8_t*>PyMem_Malloc(3 * ((stop - start) // 2) + N_UNITS)
    if room == NULL:
        raise MemoryError
    try:
        w.mixed = mixed
        with nogil:
            transcode_all(&w, big)
        text = PyBytes_FromStringAndSize(<char*>room, w.out - room)
        return text, stop - (w.end - w.p), w.replaced
    finally:
        PyMem_Free(room)
