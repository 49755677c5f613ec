"""Memory of a block under construction; must not know what an event looks like."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.pyport cimport PY_SSIZE_T_MAX
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

cdef enum:
    ALIGNMENT = 8
    SMALLEST = 4096


cdef class Arena:
    """Zeroed objects one after another, each aligned by the address that it claims to have.

    It owns its memory until it dies, also when an error ends the work on it; `image()` copies.
    Objects are named by their offset, since growing moves them all.
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
        cdef size_t at = self.used + gap
        if size > self.capacity - self.used or gap > self.capacity - self.used - size:
            self.reserve(gap + size)
        memset(self.data + self.used, 0, gap + size)
        self.used = at + size
        return at

    cdef size_t place(self, const void* data, size_t size) except? 0:
        """Return the offset of a copy of `data`."""
        cdef size_t at = self.allot(size)
        memcpy(self.data + at, data, size)
        return at

    cdef void store(self, size_t at, uint64_t value, size_t size) noexcept:
        """Write the lowest `size` bytes of `value`: 1, 2, 4 or 8."""
        if size == 4:
            memcpy(self.data + at, &value, 4)
        elif size == 8:
            memcpy(self.data + at, &value, 8)
        else:
            memcpy(self.data + at, &value, size)

    cdef void point(self, size_t slot, size_t target) noexcept:
        """Make the pointer at `slot` point to `target`."""
        self.store(slot, self.base + target, sizeof(uint64_t))

    cdef bytes image(self):
        return PyBytes_FromStringAndSize(<char*>self.data, <Py_ssize_t>self.used)

    cdef str label(self, member):
        """Return how messages name what is written: its path from the event mapping on."""
        index = f"[{self.element}]" if self.element >= 0 else ""
        return f"{self.section}{member}{index}"

    cdef int fail(self, type error, member, str reason) except -1:
        """Raise `error`; `member` None means the event itself."""
        place = "" if member is None else f" {self.label(member)}:"
        raise error(f"event {self.event}:{place} {reason}")
