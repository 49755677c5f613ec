# Columns with names as one Python object; must not know events.
from wfpfast._columns.columns cimport ColumnSet, Spec
from wfpfast._columns.export cimport Shape
from wfpfast._columns.mask cimport Rows


cdef class Selection:
    cdef Shape shape
    cdef int* slots          # of the selected columns, in their order
    cdef dict by_name        # name -> slot
    cdef list names
    cdef int prepare(self, const Spec* specs) except -1


cdef class Batch:
    cdef ColumnSet* columns
    cdef Selection selection
    cdef Batch _rows(self, Rows rows)
    cdef int _slot(self, name) except -1
