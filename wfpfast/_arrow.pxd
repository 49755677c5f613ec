# The Arrow C data and stream interfaces; must not see an event.
# https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html
from libc.stdint cimport int64_t

from wfpfast._columns cimport ColumnSet, Spec
from wfpfast._memory cimport Buffer


cdef struct ArrowSchema:
    const char* format
    const char* name
    const char* metadata
    int64_t flags
    int64_t n_children
    ArrowSchema** children
    ArrowSchema* dictionary
    void (*release)(ArrowSchema*) noexcept nogil
    void* private_data


cdef struct ArrowArray:
    int64_t length
    int64_t null_count
    int64_t offset
    int64_t n_buffers
    int64_t n_children
    const void** buffers
    ArrowArray** children
    ArrowArray* dictionary
    void (*release)(ArrowArray*) noexcept nogil
    void* private_data


cdef struct ArrowArrayStream:
    int (*get_schema)(ArrowArrayStream*, ArrowSchema* out) noexcept nogil
    int (*get_next)(ArrowArrayStream*, ArrowArray* out) noexcept nogil
    const char* (*get_last_error)(ArrowArrayStream*) noexcept nogil
    void (*release)(ArrowArrayStream*) noexcept nogil
    void* private_data


# `selected` are the places in `specs` of the `count` columns at the top.
cdef Buffer* schema_template(const Spec* specs, const int* selected, int count) noexcept
cdef object schema_capsule(Buffer* template)
cdef object array_capsule(
    ColumnSet* columns, const int* selected, int count, const Buffer* template)
cdef int ensure_zeros(ColumnSet* columns) except -1
