"""Blocks: the memory of one enumeration result; must not know what an event looks like.

A block from outside the running process is untrusted: this module checks only that the array of
entries lies in it; the decoder checks every other pointer before it follows it.
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.string cimport memcpy

from wfpfast.abi.events cimport N_VERSIONS
from wfpfast.abi.internal cimport INTERNAL_FIELDS0, OLD_TAIL_SIZE

from wfpfast.errors import MalformedBlockError

cdef enum:
    ALIGNMENT = 8

cdef tuple TAIL_SIZES = (OLD_TAIL_SIZE, sizeof(INTERNAL_FIELDS0))
cdef tuple NO_TAIL = (0,)


# The collector would clear a memoryview whose buffer the block still has, and CPython's release of
# that buffer fails or crashes then.
@cython.no_gc
cdef class Block:
    """Block(data, *, base, count, version, entries_offset=0, internal=False, tail_size=None)
--

The memory of one enumeration result, at the address where it was taken.

    Parameters
    ----------
    data : bytes-like
        The image: pointers, events and all that they point to. It is not copied, unless it lies
        in memory at another alignment than `base` says, and must not change while the block lives.
    base : int
        The address that `data[0]` had when the block was taken; the pointers in it are relative
        to nothing but the process that it came from.
    count : int
        How many event pointers there are.
    version : int
        0 to 5: which ``FWPM_NET_EVENTn`` the pointers point to.
    entries_offset : int
        Where in `data` the array of `count` pointers begins.
    internal : bool
        Whether every event is followed by wfpfast's own tail, as `encode` writes it for
        ``internalFields``.
    tail_size : int, optional
        Of that tail, in bytes: 64, or 48 in recordings of format version 2; 0 without `internal`.

    Raises
    ------
    MalformedBlockError
        If the array of pointers does not lie in `data`, or not on an 8-byte boundary.
    ValueError
        If the version is unknown, or a number is negative or does not fit the address space.
    """

    def __cinit__(
        self, data, *, base, count, version, entries_offset=0, internal=False, tail_size=None
    ):
        PyObject_GetBuffer(data, &self._buffer, PyBUF_SIMPLE)
        self._owner = data
        self.memory = <const uint8_t*>self._buffer.buf
        self.nbytes = <size_t>self._buffer.len
        if not 0 <= version < N_VERSIONS:
            raise ValueError(f"version {version}: FWPM_NET_EVENT0 to {N_VERSIONS - 1} are known")
        if base < 0 or base + self.nbytes > 1 << 64:
            raise ValueError(f"base {base:#x}: {self.nbytes} bytes there leave the address space")
        if tail_size is None:
            tail_size = TAIL_SIZES[1] if internal else 0
        if tail_size not in (TAIL_SIZES if internal else NO_TAIL):
            raise ValueError(f"internal is {internal}: no tail has {tail_size} bytes then")
        if count < 0 or entries_offset < 0:
            raise ValueError(f"count {count} or entries_offset {entries_offset} is negative")
        if (base + entries_offset) % ALIGNMENT and count:
            raise MalformedBlockError(0, "entries", "is misaligned")
        if entries_offset + 8 * count > self.nbytes:
            first = max(0, (<object>self.nbytes - entries_offset) // 8)
            raise MalformedBlockError(first, "entries", "points outside the block")
        self.base = base
        self.count = count
        self.version = version
        self.entries_offset = entries_offset
        self.tail_size = tail_size
        self._align()
        self.entries = <const uint64_t*>(self.memory + self.entries_offset)

    cdef int _align(self) except -1:
        """Copy the image if its alignment in memory differs from that of `base`."""
        cdef bytes copy
        cdef size_t shift
        if (<size_t>self.memory - self.base) % ALIGNMENT == 0 or self.nbytes == 0:
            return 0
        copy = PyBytes_FromStringAndSize(NULL, self.nbytes + ALIGNMENT)
        shift = (self.base - <size_t>PyBytes_AsString(copy)) % ALIGNMENT
        memcpy(PyBytes_AsString(copy) + shift, self.memory, self.nbytes)
        self._copy = copy
        self.memory = <const uint8_t*>PyBytes_AsString(copy) + shift
        return 0

    cdef void _end(self) noexcept:
        """Detach the block from memory that its owner takes back: the block is empty afterwards."""
        self.memory, self.entries, self.count, self.nbytes = NULL, NULL, 0, 0

    def __dealloc__(self):
        PyBuffer_Release(&self._buffer)  # does nothing if nothing was acquired

    @property
    def data(self):
        """The image, as a read-only memoryview of bytes."""
        return memoryview(self._owner).cast("B").toreadonly()

    @property
    def internal(self):
        """Whether every event is followed by wfpfast's own tail."""
        return self.tail_size != 0

    def __len__(self):
        return self.count

    def __repr__(self):
        return (
            f"<wfpfast.Block of {self.count} FWPM_NET_EVENT{self.version},"
            f" {self.nbytes} bytes at {self.base:#x}>"
        )
