"""Counts combinations of numbers of rows; must not know what columns the numbers are of."""

import os

from cpython.bytes cimport PyBytes_AsString
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from wfpfast._base.portable cimport wf_fold
from wfpfast._columns.export cimport ArrowArray
from wfpfast.counting._rows cimport Numbers, Rows, at
from wfpfast.counting._values cimport Values
from wfpfast.lines cimport TIME, Node, has_bit

cdef enum:
    FIRST_SLOTS = 64


cdef int used_of(const Column* columns, int width, int* used) noexcept nogil:
    """Find the columns that are not null throughout; return how many there are."""
    cdef int k, count = 0
    for k in range(width):
        if columns[k] != NULL:
            used[count] = k
            count += 1
    return count


cdef class Tally:
    """How often each combination of values of some columns occurs.

    Parameters
    ----------
    values : list of Values
        Of the columns, in their order.
    """

    def __cinit__(self, list values not None):
        cdef bytes secrets = os.urandom(sizeof(self.factors))
        cdef int k
        if not 0 < len(values) <= MOST_KEYS:
            raise ValueError(f"{len(values)} columns: from 1 to {MOST_KEYS} can be counted")
        self.values = [<Values?>each for each in values]
        self.width = len(values)
        self.pairs = (self.width + 1) // 2
        memcpy(self.factors, PyBytes_AsString(secrets), sizeof(self.factors))
        for k in range(self.width):
            self.factors[k] |= 1
        self.used, self.capacity, self.mask = 1, FIRST_SLOTS, 4 * FIRST_SLOTS - 1
        self.keys = <uint64_t*>calloc(FIRST_SLOTS * self.pairs, sizeof(uint64_t))
        self.counts = <Count*>calloc(FIRST_SLOTS, sizeof(Count))
        self.slots = <uint32_t*>calloc(4 * FIRST_SLOTS, sizeof(uint32_t))
        if self.keys == NULL or self.counts == NULL or self.slots == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.keys)
        free(self.counts)
        free(self.slots)

    def __len__(self):
        """How many combinations there are; they are the entries from 1 on."""
        return self.used - 1

    def add(self, list numbers not None, Rows rows=None, str span=None):
        """Count rows.

        Parameters
        ----------
        numbers : list of Numbers
            Of each column, in their order.
        rows, span : Rows and str, optional
            A column of times, of which each combination's first and last are kept.
        """
        cdef Column[MOST_KEYS] columns
        cdef const ArrowArray* array
        cdef const Node* times = NULL
        cdef Numbers each
        cdef uint64_t[MOST_KEYS] strides
        cdef uint64_t cells
        cdef int64_t length = (<Numbers?>numbers[0]).length
        cdef int k
        cdef int status
        if len(numbers) != self.width:
            raise ValueError(f"{len(numbers)} columns of {self.width}")
        for k in range(self.width):
            each = <Numbers?>numbers[k]
            columns[k] = each.data if each.some else NULL
            if each.length != length:
                raise ValueError(f"{each.length} rows and {length}")
        if span is not None:
            if rows.length != length:
                raise ValueError(f"{rows.length} rows and {length}")
            times = rows.node(span, &array)
            if times.kind != TIME:
                times = NULL
        cells = length + 1 if times != NULL else self.measure(numbers, length, strides)
        with nogil:
            if cells <= <uint64_t>length:
                status = self.count_cells(columns, length, strides, cells)
            else:
                status = self.count_rows(columns, length, times, rows)
        if status < 0:
            raise MemoryError

    cdef uint64_t measure(self, list numbers, int64_t length, uint64_t* strides) except 0:
        """Return how many cells there would be with one for each combination.

        If they are more than rows, it is not said how many.
        """
        cdef uint64_t cells = 1
        cdef int k
        for k in range(self.width):
            strides[k] = cells
            cells *= <uint64_t>(<Numbers>numbers[k]).greatest() + 1
            if cells > <uint64_t>length:
                return <uint64_t>length + 1
        return cells

    cdef int count_cells(
        self, const Column* columns, int64_t length, const uint64_t* strides, uint64_t cells
    ) noexcept nogil:
        """Count rows in a cell for each combination that there may be, and then add these."""
        cdef uint32_t* counts = <uint32_t*>calloc(cells, sizeof(uint32_t))
        cdef int[MOST_KEYS] used    # columns that are not null throughout
        cdef Key key
        cdef uint64_t cell, rest, hash
        cdef uint32_t entry
        cdef int64_t row
        cdef int k, i, n_used = used_of(columns, self.width, used)
        if counts == NULL:
            return -1
        for row in range(length):
            cell = 0
            for i in range(n_used):
                cell += strides[used[i]] * columns[used[i]][row]
            counts[cell] += 1
        memset(&key, 0, sizeof(key))
        for cell in range(cells):
            if counts[cell] == 0:
                continue
            rest, hash = cell, 0
            for k in range(self.width - 1, -1, -1):
                key.numbers[k] = <uint32_t>(rest // strides[k])
                rest = rest % strides[k]
                hash += self.factors[k] * key.numbers[k]
            entry = self.entry(&key, hash)
            if entry == 0:
                break
            self.counts[entry].count = self.counts[entry].count + counts[cell]
        else:
            free(counts)
            return 0
        free(counts)
        return -1

    cdef int count_rows(
        self, const Column* columns, int64_t length, const Node* times, Rows rows
    ) noexcept nogil:
        cdef Key key
        cdef int[MOST_KEYS] used
        cdef uint32_t entry
        cdef uint64_t hash
        cdef int64_t row
        cdef int k, i, n_used = used_of(columns, self.width, used)
        memset(&key, 0, sizeof(key))
        for row in range(length):
            hash = 0
            for i in range(n_used):
                k = used[i]
                key.numbers[k] = columns[k][row]
                hash += self.factors[k] * key.numbers[k]
            entry = self.entry(&key, hash)
            if entry == 0:
                return -1
            # "+=" of what an attribute points to needs the GIL in checked builds.
            self.counts[entry].count = self.counts[entry].count + 1
            if times != NULL:
                self.widen(entry, times, at(rows.chosen, row) + times.offset)
        return 0

    cdef void widen(self, uint32_t entry, const Node* times, int64_t k) noexcept nogil:
        cdef int64_t time
        if times.validity == NULL or has_bit(times.validity, k):
            time = (<const int64_t*>times.values)[k]
            self.counts[entry].first = min(self.counts[entry].first, time)
            self.counts[entry].last = max(self.counts[entry].last, time)

    cdef uint32_t entry(self, const Key* key, uint64_t hash) noexcept nogil:
        """Return the entry of a combination, which is made if there is none; 0 without memory."""
        cdef uint32_t found
        cdef uint64_t place
        hash = wf_fold(hash, <uint64_t>0x9e3779b97f4a7c15)
        place = hash & self.mask
        while self.slots[place]:
            found = self.slots[place]
            if self.is_key(found, key):
                return found
            place = (place + 1) & self.mask
        if self.used == self.capacity and self.grow() < 0:
            return 0
        found = self.used
        self.used = found + 1
        memcpy(
            self.keys + <uint64_t>found * self.pairs, key.pairs, self.pairs * sizeof(uint64_t))
        self.counts[found] = Count(hash, 0, INT64_MAX, INT64_MIN)
        place = hash & self.mask
        while self.slots[place]:
            place = (place + 1) & self.mask
        self.slots[place] = found
        return found

    cdef bint is_key(self, uint32_t entry, const Key* key) noexcept nogil:
        cdef const uint64_t* mine = self.keys + <uint64_t>entry * self.pairs
        cdef uint64_t other = 0
        cdef int k
        for k in range(self.pairs):
            other |= mine[k] ^ key.pairs[k]
        return other == 0

    cdef int grow(self) noexcept nogil:
        """Make room for twice as many entries; a quarter of the slots is used at most."""
        cdef uint64_t capacity = 2 * <uint64_t>self.capacity
        cdef uint64_t place, mask = 4 * capacity - 1
        cdef uint64_t* keys = <uint64_t*>realloc(
            self.keys, capacity * self.pairs * sizeof(uint64_t))
        cdef Count* counts = <Count*>realloc(self.counts, capacity * sizeof(Count))
        cdef uint32_t* slots = <uint32_t*>calloc(mask + 1, sizeof(uint32_t))
        cdef uint32_t k
        if keys != NULL:
            self.keys = keys
        if counts != NULL:
            self.counts = counts
        if keys == NULL or counts == NULL or slots == NULL or capacity > <uint64_t>1 << 31:
            free(slots)
            return -1
        for k in range(1, self.used):
            place = counts[k].hash & mask
            while slots[place]:
                place = (place + 1) & mask
            slots[place] = k
        free(self.slots)
        self.slots, self.mask, self.capacity = slots, mask, <uint32_t>capacity
        return 0

    def project(self, list columns not None):
        """Return the counts of some of the columns only, given by their places."""
        cdef Tally found = Tally([self.values[k] for k in columns])
        cdef Key key
        cdef int[MOST_KEYS] place
        cdef uint64_t hash
        cdef uint32_t k, entry
        cdef int i
        memset(&key, 0, sizeof(key))
        for i in range(found.width):
            place[i] = columns[i]
        for k in range(1, self.used):
            hash = 0
            for i in range(found.width):
                key.numbers[i] = key_of(self, k, place[i])
                hash += found.factors[i] * key.numbers[i]
            entry = found.entry(&key, hash)
            if entry == 0:
                raise MemoryError
            found.counts[entry].count += self.counts[k].count
        return found

    def numbers(self, uint32_t entry):
        """Return the numbers of an entry's values."""
        self.check(entry)
        return [key_of(self, entry, k) for k in range(self.width)]

    def row(self, uint32_t entry):
        """Return the values of an entry."""
        return [
            values[number]
            for values, number in zip(self.values, self.numbers(entry), strict=True)]

    def count(self, uint32_t entry):
        """Return how often an entry occurred."""
        self.check(entry)
        return self.counts[entry].count

    def span(self, uint32_t entry):
        """Return the first and the last time of an entry; None if it has none."""
        self.check(entry)
        if self.counts[entry].first > self.counts[entry].last:
            return None
        return self.counts[entry].first, self.counts[entry].last

    def count_of(self, list numbers not None):
        """Return how often a combination of numbers occurred."""
        cdef Key key
        cdef uint64_t place, hash = 0
        cdef int k
        memset(&key, 0, sizeof(key))
        if len(numbers) != self.width:
            raise ValueError(f"{len(numbers)} columns of {self.width}")
        for k in range(self.width):
            key.numbers[k] = numbers[k]
            hash += self.factors[k] * key.numbers[k]
        place = wf_fold(hash, <uint64_t>0x9e3779b97f4a7c15) & self.mask
        while self.slots[place]:
            if self.is_key(self.slots[place], &key):
                return self.counts[self.slots[place]].count
            place = (place + 1) & self.mask
        return 0

    cdef int check(self, uint32_t entry) except -1:
        if not 0 < entry < self.used:
            raise IndexError(entry)
        return 0
