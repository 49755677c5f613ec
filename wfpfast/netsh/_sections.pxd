# The elements of an event, and which members they are; must not know files.
from cpython.object cimport PyObject
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t, uint64_t

from wfpfast._blocks.encode_structs cimport Plan
from wfpfast.abi.internal cimport ABSENT_WORDS


cdef enum:
    MAX_ENTRIES = 128       # of a section, with the elements that should not be there
    N_PLACES = 512


cdef struct Entry:
    # An element of a section.
    const char* tag
    int length
    int form
    int place               # the number of the first entry of the same member
    int next                # the entry that followed the last time
    int number              # of the member in MEMBERS, or -1
    int family              # the ipVersion that selects the member, or -1
    bint is_member
    uint64_t limit          # of a number
    size_t offset           # of the member in its struct
    size_t size
    uint32_t flag           # of the header, or of INTERNAL_FIELDS0.present
    int64_t count           # of an element that is no member, and should not be there: how often
    PyObject* member
    PyObject* field


cdef class Section:
    cdef readonly str tag
    cdef Entry* entries
    cdef int[N_PLACES] places       # by hash: number of an entry, plus 1
    cdef int count, last, first
    cdef int version                # the entry of ipVersion, or -1
    cdef size_t size
    cdef uint64_t[ABSENT_WORDS] expected
    cdef list held

    cdef Section copy(self)
    cdef Entry* find(self, const char* name, int length) noexcept
    cdef Entry* others(self, str name) except NULL
    cdef dict take_unknown(self)
    cdef Entry* add(self, str name) except NULL
    cdef int add_member(self, Plan plan, str name, member) except -1
    cdef int expect(self, int number, row) except -1
    cdef int place_of(self, const char* name, int length) noexcept
