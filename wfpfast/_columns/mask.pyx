"""Which rows are meant: an answer for each of them, and their numbers; must not know columns."""

from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_ND, PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release,
    PyObject_CheckBuffer, PyObject_GetBuffer)
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy


cdef Mask new_mask(int64_t length):
    """Return a mask that chooses no row."""
    cdef Mask mask = Mask.__new__(Mask)
    mask.chosen = <uint8_t*>calloc(<size_t>max(1, length), 1)
    if mask.chosen == NULL:
        raise MemoryError
    mask.shape[0] = length
    return mask


cdef class Mask:
    """For each row of a batch, whether it is chosen: ``batch["remote_port"] == 443``.

    Masks of one batch are joined by ``&``, ``|``, ``^`` and ``~``; ``batch.filter(mask)`` gives
    the rows. NumPy sees a mask as an array of bool, without copying.
    """

    def __init__(self):
        raise TypeError("a Mask comes from a comparison: batch['remote_port'] == 443")

    def __dealloc__(self):
        free(self.chosen)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, row):
        if not isinstance(row, int) or isinstance(row, bool):
            raise TypeError(f"rows are numbers, not {type(row).__name__}")
        if not -self.shape[0] <= row < self.shape[0]:
            raise IndexError(f"row {row} of {self.shape[0]}")
        return bool(self.chosen[row % self.shape[0]])

    def __iter__(self):
        return map(bool, memoryview(self))

    def __bool__(self):
        raise TypeError(
            f"a mask of {self.shape[0]:,} rows is neither true nor false: join masks by & | ~"
            " (in parentheses), and ask count() whether there are any")

    def count(self):
        """Return how many rows are chosen."""
        cdef int64_t k, total = 0
        for k in range(self.shape[0]):
            total += self.chosen[k]
        return total

    def __and__(self, other):
        return joined(self, other, 0)

    def __or__(self, other):
        return joined(self, other, 1)

    def __xor__(self, other):
        return joined(self, other, 2)

    def __invert__(self):
        cdef Mask mask = new_mask(self.shape[0])
        cdef int64_t k
        for k in range(self.shape[0]):
            mask.chosen[k] = not self.chosen[k]
        return mask

    def __getbuffer__(self, Py_buffer* view, int flags):
        if flags & PyBUF_WRITABLE:
            raise BufferError("masks are read-only")
        view.buf = self.chosen
        view.obj = self
        view.len = self.shape[0]
        view.readonly = True
        view.itemsize = 1
        view.ndim = 1
        view.format = NULL
        if flags & PyBUF_FORMAT:
            view.format = b"?"
        view.shape = self.shape if flags & PyBUF_ND else NULL
        view.strides = &view.itemsize if flags & PyBUF_STRIDES == PyBUF_STRIDES else NULL
        view.suboffsets = NULL
        view.internal = NULL

    def __repr__(self):
        return f"<wfpfast.Mask of {self.count():,} of {self.shape[0]:,} rows>"


cdef object joined(object one, object other, int how):
    cdef const uint8_t* a
    cdef const uint8_t* b
    cdef Mask mask
    cdef int64_t k
    if not isinstance(one, Mask) or not isinstance(other, Mask):
        return NotImplemented
    if len(one) != len(other):
        raise ValueError(f"masks of {len(one):,} and {len(other):,} rows are not of one batch")
    mask = new_mask(len(one))
    a = (<Mask>one).chosen
    b = (<Mask>other).chosen
    for k in range(mask.shape[0]):
        mask.chosen[k] = a[k] & b[k] if how == 0 else a[k] | b[k] if how == 1 else a[k] ^ b[k]
    return mask


def mask_of(answers, length):
    """Return a mask from any sequence of bools, or a buffer of them; the length must be right."""
    cdef Mask mask
    cdef Py_buffer view
    if isinstance(answers, Mask):
        mask = answers
    elif PyObject_CheckBuffer(answers) and memoryview(answers).format == "?":
        mask = new_mask(memoryview(answers).nbytes)
        PyObject_GetBuffer(answers, &view, PyBUF_SIMPLE)  # contiguous
        memcpy(mask.chosen, view.buf, <size_t>view.len)
        PyBuffer_Release(&view)
    else:
        mask = listed(answers.to_pylist() if hasattr(answers, "to_pylist") else list(answers))
    if mask.shape[0] != length:
        raise ValueError(f"a mask of {mask.shape[0]:,} rows for a batch of {length:,}")
    return mask


cdef Mask listed(list answers):
    cdef Mask mask = new_mask(len(answers))
    cdef int64_t k
    for k, answer in enumerate(answers):
        if not isinstance(answer, bool) and answer is not None:
            raise TypeError(
                f"a mask holds True, False or None, not {answer!r}; rows by number are batch[3:7]")
        mask.chosen[k] = answer is True
    return mask


cdef class Rows:
    """Numbers of rows, in the order in which they are wanted."""

    def __dealloc__(self):
        free(self.numbers)

    cdef int _take(self, int64_t count) except -1:
        self.numbers = <int64_t*>malloc(<size_t>max(1, count) * sizeof(int64_t))
        if self.numbers == NULL:
            raise MemoryError
        self.count = count
        return 0

    @staticmethod
    def of_mask(Mask mask not None):
        """Return the numbers of the rows that a mask chooses."""
        cdef Rows rows = Rows.__new__(Rows)
        cdef int64_t k, used = 0
        rows._take(mask.count())
        for k in range(mask.shape[0]):
            if mask.chosen[k]:
                rows.numbers[used] = k
                used += 1
        return rows

    @staticmethod
    def of_range(numbers):
        """Return the numbers of a range."""
        cdef Rows rows = Rows.__new__(Rows)
        cdef int64_t k, first = numbers.start, step = numbers.step
        rows._take(len(numbers))
        for k in range(rows.count):
            rows.numbers[k] = first + k * step
        return rows

    def __iter__(self):
        return (self.numbers[k] for k in range(self.count))
