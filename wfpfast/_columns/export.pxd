# The Arrow C data and stream interfaces; must not see an event.
# https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html
from libc.stdint cimport int64_t

from wfpfast._columns.columns cimport ColumnSet, Spec
from wfpfast._base.memory cimport Nest


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


cdef struct Shape:
    # Which columns of a set are exported, and what their structs need.
    Nest* nest             # where the structs of an export that has ended wait for the next one
    const Spec* specs
    const int* selected    # places in `specs` of the `count` columns at the top
    int count
    int structs
    size_t texts


cdef void measure_shape(Shape* shape) noexcept
cdef object schema_capsule(const Shape* shape)
cdef object array_capsule(const Shape* shape, ColumnSet* columns)
cdef int ensure_zeros(ColumnSet* columns) except -1
