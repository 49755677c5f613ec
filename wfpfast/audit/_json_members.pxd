# The members of the objects of a line; must not know records.
from libc.stdint cimport int16_t, uint8_t, uint32_t, uint64_t

from wfpfast.audit._json_names cimport KNOWN_WORDS, N_ROLES, Known
from wfpfast.audit._json_text cimport Span

cdef enum:
    MAX_MEMBERS = 256        # of a line; records have some 60
    MAX_OBJECTS = 10         # the most that can be looked into, as members are not there twice


cdef struct Member:
    const uint8_t* name
    const Known* known       # NULL: it means nothing
    uint32_t name_size
    int owner                # which object it is of
    int object               # which one it is, if it is looked into; otherwise -1
    Span value


cdef struct Objects:
    # Those that are looked into; the first is the line itself.
    int role
    int16_t[N_ROLES] members                    # by role: which member it is, plus 1
    uint64_t[KNOWN_WORDS] seen                  # a bit for each known name that it has


cdef struct Line:
    const uint8_t* limit     # where the memory ends
    int n_members
    int n_objects
    Member[MAX_MEMBERS] members
    Objects[MAX_OBJECTS] objects


cdef const uint8_t* read_members(Line* line, const uint8_t* p) noexcept nogil


cdef inline const Member* member(const Line* line, int object, int role) noexcept nogil:
    """Return the member of an object that has a role, or NULL."""
    cdef int number = line.objects[object].members[role]
    if number == 0:
        return NULL
    return line.members + number - 1
