# Members of a section into a block's memory; must not know which section it is.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t, uint64_t

from wfpfast._blocks.arena cimport Arena
from wfpfast._blocks.encode_structs cimport Field
from wfpfast.abi.internal cimport ABSENT_WORDS
from wfpfast.netsh._document cimport Document
from wfpfast.netsh._nodes cimport Node
from wfpfast.netsh._patches cimport Patch, Patches
from wfpfast.netsh._sections cimport Entry, Section


cdef class MemberWriter:
    cdef Document document
    cdef Arena arena
    cdef Patches patches
    cdef bint lenient
    cdef bint recurs                # whether the last value may be copied for its like
    cdef int64_t malformed          # values that cannot be read
    cdef int64_t unknown_names      # of flags
    cdef int64_t stray_texts        # between elements
    cdef list names                 # of the current event: (number of a member, its text)
    cdef dict codes                 # (code, name) of codes that only the file has names for
    cdef uint64_t[ABSENT_WORDS] given   # the members that the current event has

    cdef void give(self, int number) noexcept
    cdef bint is_stray(self, int number) noexcept
    cdef int write_section(
        self, Section section, int number, size_t offset, uint32_t* flags) except -1
    cdef int write_arms(
        self, Section section, const int* arms, int count, size_t offset, uint32_t* flags,
        int has_version) except -1
    cdef bint write_element(
        self, Entry* entry, int number, size_t offset, uint32_t* flags) except -1
    cdef bint write_easy(
        self, const Entry* entry, const char* text, Py_ssize_t size, size_t offset) noexcept
    cdef object converted(self, Entry* entry, int number)
    cdef bint write_other(self, Entry* entry, int number, size_t offset) except -1
    cdef int remember(
        self, Patch* patch, Field field, const Node* node, size_t offset, size_t begin) except -1
    cdef bint bad(self, tag, int number, str what) except -1
