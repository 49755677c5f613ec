# A batch of events, which other readers than the decoder make, too; must not know where events lie.
cimport cython
from libc.stdint cimport int64_t

from wfpfast._columns.batch cimport Batch


@cython.final
cdef class EventBatch(Batch):
    cdef readonly int version   # of FWPM_NET_EVENTn; -1: the events are no such structs
    cdef dict _stats
    cdef int64_t malformed
    cdef int64_t replaced
    cdef int64_t out_of_range
    cdef int64_t unknown_types
    cdef int64_t unknown_names
