"""Finds the members of an object that is a record, and of those in it that matter.

It must not know what a record is. A name that is there twice, or is not plain, is left to Python's
reader, and so are more members than records have.
"""

from libc.string cimport memset

from wfpfast.audit._json_names cimport (
    EVENT_DATA, NO_ROLE, SENTINEL_DATA, SOURCE_OF_HIT, WINLOG, known_name)
from wfpfast.audit._json_text cimport (
    ARRAY, OBJECT, after_blanks, after_nested, after_scalar, after_string)


cdef const uint8_t* read_members(Line* line, const uint8_t* p) noexcept nogil:
    """Read the object that begins at `p`; return what is behind it, or NULL."""
    line.n_members = line.n_objects = 0
    return after_object(line, p, NO_ROLE)


cdef inline bint is_looked_into(int role, int of_owner) noexcept nogil:
    """Tell whether the members of an object matter, by its role and that of the one it is in."""
    if role == EVENT_DATA:
        return of_owner != EVENT_DATA and of_owner != SENTINEL_DATA
    if role == WINLOG or role == SENTINEL_DATA:
        return of_owner == NO_ROLE or of_owner == SOURCE_OF_HIT
    return role == SOURCE_OF_HIT and of_owner == NO_ROLE


cdef const uint8_t* after_object(Line* line, const uint8_t* p, int role) noexcept nogil:
    cdef int number = line.n_objects
    cdef Objects* own = line.objects + number
    cdef Member* found
    line.n_objects += 1
    memset(own, 0, sizeof(Objects))
    own.role = role
    p = after_blanks(p + 1)
    if p[0] == c"}":
        return p + 1
    while True:
        if line.n_members == MAX_MEMBERS:
            return NULL
        found = line.members + line.n_members
        line.n_members += 1
        found.owner = number
        p = after_plain_name(line, p, found)
        if p == NULL or not is_first(line, own, found):
            return NULL
        p = after_value(line, p, found, own.role)
        if p == NULL:
            return NULL
        p = after_blanks(p)
        if p[0] == c"}":
            return p + 1
        if p[0] != c",":
            return NULL
        p = after_blanks(p + 1)


cdef inline const uint8_t* after_plain_name(
    Line* line, const uint8_t* p, Member* found
) noexcept nogil:
    """Read the name of a member; return where its value begins, or NULL."""
    cdef uint8_t form = 0
    if p[0] != c'"':
        return NULL
    found.name = p + 1
    p = after_string(p + 1, line.limit, &form)
    if p == NULL or form:
        return NULL
    found.name_size = <uint32_t>(p - found.name)
    found.known = known_name(found.name, found.name_size)
    p = after_blanks(p + 1)
    return after_blanks(p + 1) if p[0] == c":" else NULL


cdef inline bint is_first(Line* line, Objects* own, const Member* found) noexcept nogil:
    """Note a member; False if its object has had one of that name."""
    cdef uint64_t* seen
    cdef uint64_t bit
    if found.known == NULL:
        return True
    seen = own.seen + (found.known.number >> 6)
    bit = <uint64_t>1 << (found.known.number & 63)
    if seen[0] & bit:
        return False
    seen[0] |= bit
    own.members[found.known.role] = <int16_t>line.n_members
    return True


cdef inline const uint8_t* after_value(
    Line* line, const uint8_t* p, Member* found, int of_owner
) noexcept nogil:
    cdef int role = NO_ROLE if found.known == NULL else found.known.role
    found.object = -1
    if p[0] != c"{" and p[0] != c"[":
        return after_scalar(p, line.limit, &found.value)
    found.value.data = p
    found.value.size = 0
    found.value.form = 0
    found.value.kind = OBJECT if p[0] == c"{" else ARRAY
    if p[0] == c"{" and is_looked_into(role, of_owner):
        found.object = line.n_objects
        return after_object(line, p, role)
    return after_nested(p, line.limit)
