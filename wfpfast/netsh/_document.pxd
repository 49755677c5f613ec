# The records of an XML file, one at a time; must not know what a record means.
from libc.stdint cimport int64_t

from wfpfast.netsh._markup cimport Markup


cdef enum:
    HAS_ELEMENTS = 1
    HAS_MARKUP = 2      # its text has a comment, a section, or a "<" that is text


cdef struct Node:
    # An element of the record.
    Py_ssize_t name     # where the name begins in the data
    Py_ssize_t begin    # of what it holds
    Py_ssize_t end
    int length          # of the name
    int next            # the number of the first node that is not inside this one
    int bits


cdef class Document:
    cdef readonly str path
    cdef public int64_t lost        # records that could not be read
    cdef int64_t mended             # characters that XML forbids
    cdef char* data                 # what was fed and not used up, with NULs behind it
    cdef Node* nodes                # of the current record; node 0 is the record
    cdef Py_ssize_t size, room, pos
    cdef Py_ssize_t tried           # how many bytes did not suffice the last time
    cdef int64_t lines              # line feeds before the data
    cdef int n_nodes, nodes_room
    cdef bint lenient, ended, searching
    cdef dict lists, heads
    cdef list tags                  # open elements outside of records
    cdef set seen                   # names of all such elements, up to a limit
    cdef bytes outside              # the first text outside of elements
    cdef str kind                   # of the current record

    cdef object next_record(self)
    cdef str text(self, const Node* node)
    cdef object value(self, int number)
    cdef str name(self, const Node* node)
    cdef bint is_named(self, const Node* node, const char* name, int length) noexcept
    cdef Py_ssize_t line_at(self, Py_ssize_t pos) noexcept

    cdef int _reserve(self, Py_ssize_t more) except -1
    cdef str _tag(self, Py_ssize_t name, int length)
    cdef int _enter(self, Py_ssize_t name, int length) except -1
    cdef int _leave(self, Py_ssize_t name, int length) except -1
    cdef int _is_record(
        self, Py_ssize_t name, int length, Py_ssize_t after, bint by_head) except -1
    cdef bint _is_empty_record(self, const Markup* m) except -1
    cdef object _more(self, str too_long)
    cdef Node* _new_node(self, const Markup* m) except NULL
    cdef bint _read_record(self, const Markup* first) except -1
    cdef bint _fault(self, str what, str element, Py_ssize_t at) except -1
    cdef bint _cut(self, str element) except -1
    cdef bint _search(self) except -1
