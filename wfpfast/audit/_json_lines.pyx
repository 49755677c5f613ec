"""Reads lines of JSON, each a record, into the list of their fields; must not know formats.

A line that is rare or wrong ends the reading, and Python reads it: a record costs more then, but
becomes the same.
"""

cimport cython
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize, PyBytes_Size
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memcpy, memset

from wfpfast.audit._json_members cimport MAX_MEMBERS, Member, read_members
from wfpfast.audit._json_names cimport name_hash
from wfpfast.audit._json_record cimport HEAD, Telling, is_unknown, tell
from wfpfast.audit._json_text cimport NULL_VALUE, after_blanks

cdef enum:
    SLOTS = 1024             # a power of 2
    MOST_UNKNOWN = SLOTS // 2


cdef struct Unknown:
    # A name that means nothing, and in how many records it is.
    const uint8_t* text      # NULL: the slot is free
    uint32_t size
    bint given               # whether the last record with it counts
    uint64_t record          # which one that is
    int64_t count


cdef struct Scan:
    Telling telling
    const uint8_t* at
    const uint8_t* end
    uint8_t* out             # of the next record
    uint64_t number          # of the next record, in its file
    int64_t count
    int64_t received
    int64_t lost_processes
    int n_unknown
    Unknown[SLOTS] unknown


# The collector would clear nothing here.
@cython.no_gc
@cython.final
cdef class LineScanner:
    """Reads lines of JSON."""

    cdef Scan* s
    cdef uint8_t* room
    cdef size_t size

    def __cinit__(self):
        self.s = <Scan*>calloc(1, sizeof(Scan))
        if self.s == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.s)
        free(self.room)

    def scan(self, bytes data not None, Py_ssize_t at, uint64_t number, int64_t most):
        """Read lines from an offset on, until one that is left to Python, or `most` records.

        Parameters
        ----------
        number : int
            That the first record gets.

        Returns
        -------
        tuple
            The offset behind the lines that were read, how many records they are, these as
            _listed.pyx reads them, and what was odd about them, counted.
        """
        cdef Scan* s = self.s
        cdef Py_ssize_t size = PyBytes_Size(data)
        cdef const uint8_t* start = <const uint8_t*>PyBytes_AsString(data)
        if not 0 <= at <= size or most < 0:
            raise IndexError(f"{most} records from {at} on in {size} bytes")
        self._reserve(2 * (size - at) + HEAD * most)
        s.at = start + at
        s.end = s.telling.line.limit = start + size
        s.out = self.room
        s.number = number
        s.count = 0
        with nogil:
            while s.count < most and s.at < s.end and s.n_unknown < MOST_UNKNOWN:
                if not scan_line(s):
                    break
        packed = PyBytes_FromStringAndSize(<const char*>self.room, s.out - self.room)
        return s.at - start, s.count, packed, told(s)

    cdef int _reserve(self, size_t size) except -1:
        # A field takes 8 bytes, and 2 for each character: less than twice its member, name and all.
        if size > self.size:
            free(self.room)
            self.size = 0
            self.room = <uint8_t*>malloc(size)
            if self.room == NULL:
                raise MemoryError
            self.size = size
        return 0


cdef bint scan_line(Scan* s) noexcept nogil:
    """Read the next line, which may be blank; False if Python has to."""
    cdef Telling* t = &s.telling
    cdef const uint8_t* p = after_blanks(s.at)
    if p == s.end or p[0] == c"\n":
        s.at = p + (p != s.end)
        return True
    if p[0] != c"{":
        return False
    p = read_members(&t.line, p)
    if p == NULL:
        return False
    p = after_blanks(p)
    if p != s.end and p[0] != c"\n":
        return False
    t.out = s.out + HEAD
    t.room_end = t.out + 2 * (p - s.at)
    if not tell(t):
        return False
    if not t.wanted:  # of no interest: the fields do not count
        t.out = s.out + HEAD
        t.count = 0
    memcpy(s.out, &s.number, 8)
    memcpy(s.out + 8, &t.count, 4)
    s.out = t.out
    s.received += t.received
    s.lost_processes += t.lost_process
    count_unknown(s)
    s.number += 1
    s.count += 1
    s.at = p + (p != s.end)
    return True


cdef void count_unknown(Scan* s) noexcept nogil:
    cdef Member* m
    cdef Unknown* one
    cdef bint given
    cdef int k
    for k in range(s.telling.line.n_members):
        m = s.telling.line.members + k
        if not is_unknown(&s.telling, m):
            continue
        given = m.value.kind != NULL_VALUE
        one = unknown(s, m.name, m.name_size)
        if one.record == s.number:  # of a name that is there twice, the last one counts
            one.count -= one.given
        one.record = s.number
        one.given = given
        one.count += given


cdef Unknown* unknown(Scan* s, const uint8_t* text, uint32_t size) noexcept nogil:
    """Return where a name is counted; there is room for those of one more line."""
    cdef uint64_t slot = name_hash(text, size) & (SLOTS - 1)
    while s.unknown[slot].text != NULL:
        if s.unknown[slot].size == size and memcmp(s.unknown[slot].text, text, size) == 0:
            return s.unknown + slot
        slot = (slot + 1) & (SLOTS - 1)
    s.unknown[slot] = Unknown(text, size, False, 0, 0)
    s.n_unknown += 1
    return s.unknown + slot


cdef dict told(Scan* s):
    """Return what was odd, and forget it: the names are those in memory that may go away."""
    stats = {}
    cdef int k
    if s.received:
        stats["received_times"] = s.received
    if s.lost_processes:
        stats["lost_process_ids"] = s.lost_processes
    s.received = s.lost_processes = 0
    if s.n_unknown:
        for k in range(SLOTS):
            if s.unknown[k].count:
                name = PyBytes_FromStringAndSize(
                    <const char*>s.unknown[k].text, s.unknown[k].size)
                stats[f"unknown_member:{name.decode()}"] = s.unknown[k].count
        memset(s.unknown, 0, sizeof(s.unknown))
        s.n_unknown = 0
    return stats


if MOST_UNKNOWN + MAX_MEMBERS >= SLOTS:
    raise ImportError("the names of one line may not find room")
