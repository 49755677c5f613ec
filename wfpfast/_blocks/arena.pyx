"""Memory of a block under construction; must not know what an event looks like."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.pyport cimport PY_SSIZE_T_MAX
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

cdef enum:
    ALIGNMENT = 8
    SMALLEST = 4096


cdef class Arena:
    """A growing buffer of zeroed objects, each aligned by the address that it claims to have.

    Objects are referred to by their offset, since growing moves them. The arena frees its memory
    when it is deallocated; `image()` returns a copy.
    """

    def __cinit__(self, uint64_t base):
        self.base = base
        self.section = ""
        self.element = -1
        self.reserve(SMALLEST)

    def __dealloc__(self):
        free(self.data)

    cdef int reserve(self, size_t more) except -1:
        cdef size_t needed = self.used + more
        cdef size_t capacity = max(needed, 2 * self.capacity)
        cdef uint8_t* data
        if needed < more or needed > <size_t>PY_SSIZE_T_MAX:
            raise MemoryError()
        data = <uint8_t*>realloc(self.data, capacity)
        if data == NULL:
            raise MemoryError()
        self.data = data
        self.capacity = capacity
        return 0

    cdef size_t allot(self, size_t size) except? 0:
        """Return the offset of `size` new zero bytes, whose claimed address is a multiple of 8."""
        cdef size_t gap = <size_t>(0 - (self.base + self.used)) % ALIGNMENT
        cdef size_t offset = self.used + gap
        if size > self.capacity - self.used or gap > self.capacity - self.used - size:
            self.reserve(gap + size)
        memset(self.data + self.used, 0, gap + size)
        self.used = offset + size
        return offset

    cdef size_t copy(self, const void* data, size_t size) except? 0:
        """Return the offset of a copy of `data`."""
        cdef size_t offset = self.allot(size)
        memcpy(self.data + offset, data, size)
        return offset

    cdef void store(self, size_t offset, uint64_t value, size_t size) noexcept:
        """Write the lowest `size` bytes of `value`: 1, 2, 4 or 8."""
        if size == 4:
            memcpy(self.data + offset, &value, 4)
        elif size == 8:
            memcpy(self.data + offset, &value, 8)
        else:
            memcpy(self.data + offset, &value, size)

    cdef void point(self, size_t slot, size_t target) noexcept:
        """Make the pointer at `slot` point to `target`."""
        self.store(slot, self.base + target, sizeof(uint64_t))
        if self.n_points < MAX_POINTS:
            self.points[self.n_points] = slot
        self.n_points += 1

    cdef bytes image(self):
        return PyBytes_FromStringAndSize(<char*>self.data, <Py_ssize_t>self.used)

    cdef str label(self, member):
        """Return the name of a member in messages: its path from the event mapping."""
        index = f"[{self.element}]" if self.element >= 0 else ""
        return f"{self.section}{member}{index}"

    cdef int fail(self, type error, member, str reason) except -1:
        """Raise `error` about a member, or about the event itself if `member` is None."""
        path = "" if member is None else f" {self.label(member)}:"
        raise error(f"event {self.event}:{path} {reason}")
