# Columns with names as one Python object; must not know events.
from wfpfast._columns.export cimport Shape
from wfpfast._columns.columns cimport ColumnSet, Spec


cdef class Selection:
    cdef Shape shape
    cdef int* places
    cdef dict by_name
    cdef list names
    cdef int prepare(self, const Spec* specs) except -1


cdef class Batch:
    cdef ColumnSet* columns
    cdef Selection selection
