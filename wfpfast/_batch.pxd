# Columns with names as one Python object; must not know events.
from wfpfast._columns cimport ColumnSet, Spec
from wfpfast._memory cimport Buffer


cdef class Selection:
    cdef int* places
    cdef int count
    cdef dict by_name
    cdef list names
    cdef Buffer* schema           # what exports copy
    cdef int prepare(self, const Spec* specs) except -1


cdef class Batch:
    cdef ColumnSet* columns
    cdef const Spec* specs
    cdef Selection _selection     # keeps `selected`
    cdef const int* selected      # places of the columns in the set
    cdef int n_selected
    cdef dict _places             # name -> place
    cdef list _names
    cdef int _show(self, Selection selection) except -1
