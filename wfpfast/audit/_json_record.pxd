# A record of a line of JSON, as the list of its fields; must not know files.
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast.audit._json_members cimport Line, Member
from wfpfast.audit._json_text cimport Span

cdef enum:
    HEAD = 12                # bytes of a record besides its fields


cdef struct Telling:
    Line line
    uint8_t* out             # where the next field goes
    uint8_t* room_end        # where the memory for this record ends
    uint32_t count           # of fields
    bint wanted              # whether the record is of interest
    # What it is then.
    int data                 # the object that has the fields; -1: they are no object
    bint flat                # they stand beside what its collector adds
    const Member* left_out   # one of them that is none, or NULL
    bint received            # the time is that at which it came to the collector
    bint lost_process


cdef bint tell(Telling* t) noexcept nogil
cdef bint is_unknown(const Telling* t, const Member* m) noexcept nogil
cdef void put_value(Telling* t, int target, const Span* value) noexcept nogil
