# One row of _layout's table; must not know what any member means.
from libc.stddef cimport size_t


cdef inline int row(
    list rows, const void* x, str member, const void* at, size_t size, str c_type
) except -1:
    rows.append((member, <const char*>at - <const char*>x, size, c_type))
    return 0
