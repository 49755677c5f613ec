# What the numbers of messages in fields stand for; must not know events.
from libc.stdint cimport uint32_t, uint64_t

cdef struct Word:
    const char* text
    uint32_t size

cdef const Word* layer_word(uint64_t message) noexcept nogil
cdef int enumerator_of(int column, uint64_t message) noexcept nogil
