# Mappings into structs; must not know which struct is an event.
from libc.stddef cimport size_t
from libc.stdint cimport uint64_t

from wfpfast._blocks.arena cimport Arena


cdef class Field:
    # How to write a member.
    cdef int kind          # AS_UNSIGNED and so on
    cdef size_t offset     # in its struct
    cdef size_t size
    cdef str c_type
    cdef uint64_t group    # a bit for its union, or for itself if it is a counter; else 0
    cdef bint is_arm       # `group` is a union
    cdef Field target      # of AS_POINTER, its target; of AS_ARRAY, its elements
    cdef Field counter     # of AS_ARRAY, the member that holds its length
    cdef Plan plan         # of AS_STRUCT, its members
    cdef dict arms         # of AS_VALUE: data type -> the arm that the type selects


cdef class Plan:
    # How to write a mapping as a struct.
    cdef str family        # the struct's name without its version
    cdef size_t size
    cdef dict fields       # member -> Field


cdef Plan plan_of(str name)
cdef bint has_member(Plan plan, str member) except -1
cdef Field field_of(str struct, str member)
cdef int write_member(Arena arena, Field field, member, value, size_t offset) except -1
cdef int write_inner(Arena arena, Plan plan, member, value, size_t offset) except -1
