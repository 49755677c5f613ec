# A column against a value; must not know batches.
from wfpfast._columns.columns cimport ColumnSet
from wfpfast._columns.mask cimport Mask


cdef Mask compared(const ColumnSet* columns, int index, int how, str kind, object value)
cdef Mask nulls(const ColumnSet* columns, int index)
