# Python values into the bytes of members; must not know which struct a member belongs to.
from libc.stddef cimport size_t

from wfpfast._blocks.arena cimport Arena

# Each of these writes one member at `offset`; `member` is its name in errors.
cdef int put_unsigned(
    Arena arena, member, value, size_t offset, size_t size, str c_type) except -1
cdef int put_signed(Arena arena, member, value, size_t offset, size_t size, str c_type) except -1
cdef int put_float(Arena arena, member, value, size_t offset, size_t size, str c_type) except -1
cdef int put_bytes(Arena arena, member, value, size_t offset, size_t size) except -1
cdef int put_guid(Arena arena, member, value, size_t offset) except -1
cdef int put_blob(Arena arena, member, value, size_t offset) except -1
cdef int point_to_text(Arena arena, member, value, size_t slot) except -1
cdef int point_to_sid(Arena arena, member, value, size_t slot) except -1

cdef dict as_dict(Arena arena, member, value)
