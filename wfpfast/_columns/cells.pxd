# Columns and cells as Python objects; must not know who filled them.
from libc.stdint cimport int64_t

from wfpfast._columns.columns cimport Column as Memory, ColumnSet


cdef class Column:
    cdef object _batch           # keeps the memory alive
    cdef ColumnSet* columns
    cdef int index
    cdef Py_ssize_t[2] shape
    cdef Py_ssize_t[2] strides
    cdef const Memory* memory(self) noexcept


cdef Column new_column(object batch, ColumnSet* columns, int index)
cdef object cell(const ColumnSet* columns, int index, int64_t row)
