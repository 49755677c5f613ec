# Mappings into structs; must not know which struct is an event.
from libc.stddef cimport size_t
from libc.stdint cimport uint64_t

from wfpfast._blocks.arena cimport Arena


cdef class Field:
    # How a member is written; `offset` is in its struct.
    cdef int kind
    cdef size_t offset
    cdef size_t size
    cdef str c_type
    cdef uint64_t group    # a bit of its struct's own: its union, or itself if it is a count; or 0
    cdef bint is_arm       # whether `group` is a union
    cdef Field target      # AS_POINTER: to what; AS_ARRAY: its elements
    cdef Field counter     # AS_ARRAY: the member that holds its length
    cdef Plan plan         # AS_STRUCT: its members
    cdef dict arms         # AS_VALUE: data type -> the arm that the type selects


cdef class Plan:
    # How a mapping becomes a struct.
    cdef str family        # the struct's name without its version
    cdef size_t size
    cdef dict fields       # member -> Field


cdef Plan plan_of(str name)
cdef bint has_member(Plan plan, str member) except -1
cdef Field field_of(str struct, str member)
cdef int write_member(Arena arena, Field field, member, value, size_t at) except -1
cdef int write_inner(Arena arena, Plan plan, member, value, size_t at) except -1
