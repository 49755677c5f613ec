"""Finds the most frequent combinations of a tally; must not know how they were counted."""

from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from wfpfast.counting._tally cimport MOST_KEYS, Tally, key_of
from wfpfast.counting._values cimport Values


cdef struct Fixed:
    int[MOST_KEYS] places
    uint32_t[MOST_KEYS] numbers
    int count


cdef struct Heap:
    uint32_t* entries       # of the best so far: the worst of them is the first
    uint64_t size
    uint64_t most
    uint64_t distinct
    uint64_t total


cdef bint fits(Tally tally, uint32_t entry, const Fixed* fixed) noexcept nogil:
    cdef int k
    for k in range(fixed.count):
        if key_of(tally, entry, fixed.places[k]) != fixed.numbers[k]:
            return False
    return True


cdef bint before(Tally tally, uint32_t a, uint32_t b) noexcept:
    """Tell whether entry a is better than entry b."""
    cdef int k, found
    if tally.counts[a].count != tally.counts[b].count:
        return tally.counts[a].count > tally.counts[b].count
    for k in range(tally.width):
        found = (<Values>tally.values[k]).compare(key_of(tally, a, k), key_of(tally, b, k))
        if found:
            return found < 0
    return False


cdef void rise(Tally tally, Heap* heap) noexcept:
    """Let the last entry of a heap find its place."""
    cdef uint32_t* entries = heap.entries
    cdef uint64_t above, place = heap.size - 1
    while place:
        above = (place - 1) // 2
        if not before(tally, entries[above], entries[place]):
            return
        entries[above], entries[place] = entries[place], entries[above]
        place = above


cdef void sink(Tally tally, Heap* heap) noexcept:
    """Let the first entry of a heap find its place."""
    cdef uint32_t* entries = heap.entries
    cdef uint64_t below, place = 0
    while 2 * place + 1 < heap.size:
        below = 2 * place + 1
        if below + 1 < heap.size and before(tally, entries[below], entries[below + 1]):
            below += 1
        if not before(tally, entries[place], entries[below]):
            return
        entries[below], entries[place] = entries[place], entries[below]
        place = below


cdef void fill(Tally tally, Heap* heap, const Fixed* fixed) noexcept:
    cdef uint32_t entry
    for entry in range(1, tally.used):
        if not fits(tally, entry, fixed):
            continue
        heap.total += tally.counts[entry].count
        heap.distinct += 1
        if heap.size < heap.most:
            heap.entries[heap.size] = entry
            heap.size += 1
            rise(tally, heap)
        elif heap.most and before(tally, entry, heap.entries[0]):
            heap.entries[0] = entry
            sink(tally, heap)


def best(Tally tally not None, most=None, dict numbers=None):
    """Return the entries with the highest counts, equal counts in the order of their values.

    Parameters
    ----------
    tally : Tally
        What was counted.
    most : int, optional
        How many; all by default.
    numbers : dict of int to int, optional
        Only entries that have these numbers at these places.

    Returns
    -------
    tuple
        How often they occurred together, how many there are, and the best of them.
    """
    cdef Heap heap = Heap(NULL, 0, len(tally), 0, 0)
    cdef Fixed fixed
    cdef list found = []
    fixed.count = 0
    for place, number in (numbers or {}).items():
        if not 0 <= place < tally.width:
            raise IndexError(place)
        fixed.places[fixed.count], fixed.numbers[fixed.count] = place, number
        fixed.count += 1
    if most is not None and most < len(tally):
        heap.most = most
    heap.entries = <uint32_t*>malloc((heap.most + 1) * sizeof(uint32_t))
    if heap.entries == NULL:
        raise MemoryError
    fill(tally, &heap, &fixed)
    while heap.size:
        found.append(heap.entries[0])
        heap.size -= 1
        heap.entries[0] = heap.entries[heap.size]
        sink(tally, &heap)
    free(heap.entries)
    return heap.total, heap.distinct, found[::-1]
