# Easy forms of texts; must not know what they are for.
from libc.stdint cimport uint8_t, uint64_t


cdef enum Form:
    ANY         # left to a converter
    NUMBER      # decimal, without a sign
    ADDRESS_4
    ADDRESS_6
    MOMENT


cdef bint read_form(
    int form, const char* text, Py_ssize_t size, uint64_t* value, uint8_t* octets) noexcept nogil
