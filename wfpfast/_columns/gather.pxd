# Some rows of columns as columns of their own; must not know who asks for which rows.
from libc.stdint cimport int64_t

from wfpfast._base.memory cimport Recycler
from wfpfast._columns.columns cimport ColumnSet


cdef ColumnSet* columns_gather(
    const ColumnSet* source, Recycler* recycler, const int64_t* rows, int64_t count
) noexcept nogil
