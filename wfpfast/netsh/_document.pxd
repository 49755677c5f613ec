# The records of an XML file, one at a time; must not know what a record means.
from libc.stdint cimport int64_t

from wfpfast.netsh._markup cimport Markup
from wfpfast.netsh._nodes cimport Nodes


cdef class Document(Nodes):
    cdef readonly str path
    cdef public int64_t lost        # records that could not be read
    cdef Py_ssize_t tried           # how many bytes did not suffice the last time
    cdef bint lenient, ended, searching
    cdef bint torn                  # since the last record, one could not be read
    cdef dict lists, heads
    cdef list tags                  # open elements outside of records
    cdef dict seen                  # names of all such elements, up to a limit
    cdef bytes outside              # the first text outside of elements
    cdef str kind                   # of the current record

    cdef int _keep_outside(self, Py_ssize_t end) except -1
    cdef object next_record(self)
    cdef str _inner(self)
    cdef int _enter(self, Py_ssize_t name, int length) except -1
    cdef bint _leave(self, Py_ssize_t name, int length) except -1
    cdef int _is_record(
        self, Py_ssize_t name, int length, Py_ssize_t after, bint by_head) except -1
    cdef bint _is_empty_record(self, const Markup* m) except -1
    cdef object _more(self, str too_long)
    cdef bint _read_record(self, const Markup* first) except -1
    cdef bint _too_large(
        self, int depth, const Markup* m, Py_ssize_t at, Py_ssize_t after) except -1
    cdef bint _unexpected(
        self, int kind, const Markup* m, str element, Py_ssize_t at, Py_ssize_t after) except -1
    cdef bint _fault(
        self, str what, str element, Py_ssize_t at, Py_ssize_t after) except -1
    cdef bint _cut(self, str element, Py_ssize_t at, Py_ssize_t after) except -1
    cdef bint _search(self) except -1
