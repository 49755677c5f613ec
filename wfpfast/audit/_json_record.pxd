# A record of a line of JSON, as the list of its fields; must not know files.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast.audit._json_members cimport Line, Member
from wfpfast.audit._json_text cimport Span

cdef enum:
    HEAD = 12                # bytes of a record besides its fields


cdef struct Telling:
    Line line
    uint8_t* out             # where the next field goes
    uint32_t count           # of fields
    # What the record is; if it is of interest.
    int data                 # the object that has the fields; otherwise -1
    bint flat                # they stand beside what its collector adds
    const Member* left_out   # one of them that is none, or NULL
    bint received            # the time is that at which it came to the collector
    bint lost_process


cdef bint tell(Telling* t) noexcept nogil
cdef bint is_unknown(const Telling* t, const Member* m) noexcept nogil
cdef void put_value(Telling* t, int target, const Span* value) noexcept nogil
