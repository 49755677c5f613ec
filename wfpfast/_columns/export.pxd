# The Arrow C data and stream interfaces; must not see an event.
# https://arrow.apache.org/docs/format/CDataInterface.html and CStreamInterface.html
from libc.stdint cimport int64_t

from wfpfast._base.memory cimport Recycler
from wfpfast._columns.columns cimport ColumnSet, Spec


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
    # The columns of a set that are exported, and the memory that their structs need.
    Recycler* recycler      # keeps the structs of an export that has ended for the next one
    const Spec* specs
    const int* selected     # slots of the `count` exported columns
    int count
    int structs             # with those of children and dictionaries
    size_t texts            # bytes of all names and formats


cdef void measure_shape(Shape* shape) noexcept
cdef object schema_capsule(const Shape* shape)
cdef object array_capsule(const Shape* shape, ColumnSet* columns)
cdef int ensure_zeros(ColumnSet* columns) except -1
