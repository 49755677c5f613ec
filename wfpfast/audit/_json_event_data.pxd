# The elements of EventData in a text; must not know records.
from libc.stdint cimport uint8_t, uint32_t

from wfpfast.audit._json_names cimport Known


cdef struct Cursor:
    const uint8_t* p         # of UTF-16
    const uint8_t* end
    # What was read last.
    const Known* known
    const uint8_t* text
    uint32_t size            # bytes
    bint ended               # nothing follows, and all was well


cdef bint begin_data(Cursor* c) noexcept nogil
cdef bint next_data(Cursor* c) noexcept nogil
