# Finds what a name in a file stands for; must not know where names stand.
from libc.stdint cimport uint8_t, uint32_t

cdef enum:
    MAX_NAMES = 128
    NAME_SLOTS = 512         # a power of 2, and much more than MAX_NAMES


cdef struct Name:
    const char* text         # NULL: the slot is free
    uint32_t size
    int meaning


cdef struct Names:
    Name[NAME_SLOTS] slots
    uint32_t longest         # characters


cdef int names_add(Names* names, const char* text, int meaning) except -1
cdef int names_find(const Names* names, const uint8_t* units, uint32_t count) noexcept nogil
