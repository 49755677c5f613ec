"""Finds in sorted intervals those that moments lie in; must not know what the intervals are of."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport INT64_MAX, int32_t, int64_t, uint64_t

cdef enum:
    N_BUFFERS = 8

cdef enum Answer:
    NO_KEY = -1              # no interval has the key
    NOT_THEN = -2            # there are such intervals, and the moment is in none


cdef struct Intervals:
    # Sorted by group, id and start.
    const int32_t* groups
    const uint64_t* ids
    const int64_t* starts
    const int64_t* ends      # INT64_MAX: open
    Py_ssize_t count


cdef inline bint is_before(
    const Intervals* all, Py_ssize_t k, int32_t group, uint64_t id, int64_t time
) noexcept nogil:
    """Tell whether an interval begins at a moment or before it, or has a lower key."""
    if all.groups[k] != group:
        return all.groups[k] < group
    if all.ids[k] != id:
        return all.ids[k] < id
    return all.starts[k] <= time


cdef int64_t found(
    const Intervals* all, int32_t group, uint64_t id, int64_t time
) noexcept nogil:
    """Return the number of the interval that a moment is in, or an Answer."""
    cdef Py_ssize_t low = 0, high = all.count, middle
    while low < high:
        middle = low + (high - low) // 2
        if is_before(all, middle, group, id, time):
            low = middle + 1
        else:
            high = middle
    if low > 0 and all.groups[low - 1] == group and all.ids[low - 1] == id:
        if time < all.ends[low - 1] or all.ends[low - 1] == INT64_MAX:
            return low - 1
        return NOT_THEN
    if low < all.count and all.groups[low] == group and all.ids[low] == id:
        return NOT_THEN
    return NO_KEY


cdef void find_all(
    const Intervals* all, const int32_t* groups, const uint64_t* ids, const int64_t* times,
    Py_ssize_t count, int64_t* out
) noexcept nogil:
    cdef Py_ssize_t k
    for k in range(count):
        out[k] = found(all, groups[k], ids[k], times[k])


def find_intervals(intervals, moments, answers, Py_ssize_t n_intervals, Py_ssize_t n_moments):
    """Write for each moment the number of the interval that it is in.

    Parameters
    ----------
    intervals : sequence of buffers
        Groups (int32), ids (uint64), starts and ends (int64); sorted by the first three. An end
        is the first moment behind the interval, or the largest number if it has none.
    moments : sequence of buffers
        Groups, ids and times of moments.
    answers : writable buffer
        Room for as many int64; -1: no interval has the group and the id; -2: none then.
    n_intervals, n_moments : int
        How many.
    """
    cdef Py_buffer[N_BUFFERS] buffers
    cdef Intervals all
    cdef int taken = 0, k
    try:
        for item in (*intervals, *moments):
            PyObject_GetBuffer(item, &buffers[taken], PyBUF_SIMPLE)
            taken += 1
        PyObject_GetBuffer(answers, &buffers[taken], PyBUF_WRITABLE)
        taken += 1
        for k in range(taken):
            if buffers[k].len < (n_intervals if k < 4 else n_moments) * (4 if k in (0, 4) else 8):
                raise ValueError("a buffer is too short")
        all = Intervals(
            <const int32_t*>buffers[0].buf, <const uint64_t*>buffers[1].buf,
            <const int64_t*>buffers[2].buf, <const int64_t*>buffers[3].buf, n_intervals)
        with nogil:
            find_all(
                &all, <const int32_t*>buffers[4].buf, <const uint64_t*>buffers[5].buf,
                <const int64_t*>buffers[6].buf, n_moments, <int64_t*>buffers[7].buf)
    finally:
        for k in range(taken):
            PyBuffer_Release(&buffers[k])
