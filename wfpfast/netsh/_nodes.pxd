# The elements of one record, and what they hold; must not know what it means.
from libc.stdint cimport int64_t

from wfpfast.netsh._markup cimport Markup


cdef enum:
    HAS_ELEMENTS = 1
    HAS_MARKUP = 2      # its text has a comment, a section, or a "<" that is text
    HAS_TEXT = 4        # besides blanks
    HAS_BOTH = 5        # text between elements


cdef struct Node:
    # An element of the record.
    Py_ssize_t name     # where the name begins in the data
    Py_ssize_t begin    # of what it holds
    Py_ssize_t end
    int length          # of the name
    int next            # the number of the first node that is not inside this one
    int bits


cdef class Nodes:
    cdef readonly int64_t mended    # characters that XML forbids
    cdef char* data                 # what was fed and not used up, with NULs behind it
    cdef Node* nodes                # of the current record; node 0 is the record
    cdef Py_ssize_t size, room, pos
    cdef int64_t lines              # line feeds before the data
    cdef int n_nodes, nodes_room

    cdef str name(self, const Node* node)
    cdef str text(self, const Node* node)
    cdef object value(self, int number)
    cdef bint is_named(self, const Node* node, const char* name, int length) noexcept
    cdef Py_ssize_t line_at(self, Py_ssize_t pos) noexcept
    cdef str _tag(self, Py_ssize_t name, int length)
    cdef int _reserve(self, Py_ssize_t more) except -1
    cdef Node* _new_node(self, const Markup* m) except NULL
