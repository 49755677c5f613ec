# Text that grows, and what JSON and CSV make of texts; must not know columns or Python objects.
# Functions that return an int return -1 if there is no memory.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport realloc
from libc.string cimport memcpy

cdef enum:
    SLACK = 32           # bytes that may be written past what was asked for: a number, marks
    LEAST_ROOM = 4096


cdef struct Growing:
    char* data           # freed by its owner
    size_t used
    size_t capacity


cdef inline int make_room(Growing* out, size_t more) noexcept nogil:
    """Let `more` bytes fit behind what is there, and SLACK bytes more."""
    cdef size_t capacity
    cdef char* data
    if out.capacity - out.used >= more + SLACK:
        return 0
    capacity = 2 * out.capacity + more + LEAST_ROOM
    if capacity < more:
        return -1
    data = <char*>realloc(out.data, capacity)
    if data == NULL:
        return -1
    out.data = data
    out.capacity = capacity
    return 0


cdef inline void put_byte(Growing* out, char byte) noexcept nogil:
    """Write a byte for which there is room."""
    out.data[out.used] = byte
    out.used += 1


cdef inline int put_bytes(Growing* out, const void* data, size_t size) noexcept nogil:
    if make_room(out, size) < 0:
        return -1
    if size:
        memcpy(out.data + out.used, data, size)
        out.used += size
    return 0


cdef int put_json_text(Growing* out, const uint8_t* text, size_t size) noexcept nogil
cdef int put_csv_text(Growing* out, const uint8_t* text, size_t size) noexcept nogil
cdef int put_time(Growing* out, int64_t time) noexcept nogil
