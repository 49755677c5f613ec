# The values of columns by number; must not know what they mean.
cimport cython
from libc.stdint cimport int64_t, uint32_t, uint64_t

from wfpfast._base.growing cimport Growing
from wfpfast._columns.dictionaries cimport N_SECRETS
from wfpfast._columns.export cimport ArrowArray
from wfpfast.counting._rows cimport Rows
from wfpfast.lines cimport Node

cdef enum Family:
    UNKNOWN         # no value was met
    SIGNED, UNSIGNED, TRUTHS, TIMES
    TEXTS
    OCTETS


cdef struct Entry:
    uint64_t hash
    uint64_t word       # a number; of a text, where its bytes begin
    uint32_t size       # of a text


cdef struct Met:
    uint64_t word
    uint32_t number     # 0: nothing is here


@cython.final
cdef class Values:
    cdef Met* met               # words that were met lately
    cdef Entry* entries         # 0 is null
    cdef uint32_t count, capacity
    cdef uint32_t* slots        # numbers; 0 is free
    cdef uint64_t mask
    cdef Growing texts
    cdef Family family
    cdef uint32_t* codes        # numbers of a dictionary's values
    cdef int64_t n_codes
    cdef uint64_t[N_SECRETS] secrets

    cdef uint32_t of_word(self, uint64_t word) noexcept nogil
    cdef uint32_t of_text(self, const void* text, uint64_t size) noexcept nogil
    cdef uint32_t add(self, uint64_t hash, uint64_t word, uint32_t size) noexcept nogil
    cdef int grow(self) noexcept nogil
    cdef int compare(self, uint32_t a, uint32_t b) noexcept nogil
    cdef int join(self, Family family) except -1
    cdef int put(
        self, const Node* node, const ArrowArray* array, Rows rows, uint32_t* out
    ) noexcept nogil
    cdef int put_codes(
        self, const Node* node, int64_t length, const uint32_t* chosen, int64_t values,
        uint32_t* out) noexcept nogil
    cdef int put_words(
        self, const Node* node, int64_t length, const uint32_t* chosen, uint32_t* out
    ) noexcept nogil
    cdef int put_texts(
        self, const Node* node, int64_t length, const uint32_t* chosen, uint32_t* out
    ) noexcept nogil
