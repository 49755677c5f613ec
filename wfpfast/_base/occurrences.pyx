"""Counts how often keys occur in one source after another; must not know what keys stand for.

A key may occur at several grains. Grain 0 is coarse: it stands for any of the others, because its
source says less of when something happened.
"""

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

cdef enum:
    SMALLEST = 6            # bits


cdef struct Slot:
    uint64_t key
    uint32_t grain
    uint32_t source         # which one `now` is about
    uint32_t most           # the most occurrences in one of the sources before it
    uint32_t now            # 0 with `most` 0: nobody uses the slot


cdef void turn_to(Slot* slot, uint32_t source) noexcept nogil:
    if slot.source != source:
        slot.most = max(slot.most, slot.now)
        slot.now = 0
        slot.source = source


cdef bint used(const Slot* slot) noexcept nogil:
    return slot.most != 0 or slot.now != 0


cdef class Occurrences:
    """Tells which occurrences of keys an earlier source had already."""

    cdef Slot* slots
    cdef uint64_t size          # a power of two
    cdef int shift              # a key's upper bits say where it belongs
    cdef uint64_t filled
    cdef uint32_t source
    cdef bint last

    def __cinit__(self):
        self.size, self.shift = 1 << SMALLEST, 64 - SMALLEST
        self.slots = <Slot*>calloc(self.size, sizeof(Slot))
        if self.slots == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.slots)

    def __len__(self):
        """How many keys are remembered."""
        return self.filled

    def begin(self, *, bint last):
        """Begin with the next source; of the last one only what is known is remembered."""
        self.source += 1
        self.last = last

    def fresh(self, bytes keys not None, bytes grains not None):
        """Return a bit for each key, lowest first: whether no earlier source had it as often.

        Parameters
        ----------
        keys : bytes
            uint64 numbers in the order in which the source has them, evenly spread as hashes are.
        grains : bytes
            uint32 numbers, as many: 0 is coarse.
        """
        cdef const uint64_t* key = <const uint64_t*>PyBytes_AsString(keys)
        cdef const uint32_t* grain = <const uint32_t*>PyBytes_AsString(grains)
        cdef int64_t count = len(grains) // <int64_t>sizeof(uint32_t)
        cdef int64_t k
        cdef uint8_t* bits
        if len(keys) != count * <int64_t>sizeof(uint64_t):
            raise ValueError(f"{len(keys)} bytes of keys and {len(grains)} of grains")
        found = PyBytes_FromStringAndSize(NULL, (count + 7) // 8)
        bits = <uint8_t*>PyBytes_AsString(found)
        self._reserve(count)
        with nogil:
            memset(bits, 0, (count + 7) // 8)
            for k in range(count):
                if self._is_fresh(key[k], grain[k]):
                    bits[k >> 3] |= <uint8_t>(1 << (k & 7))
        return found

    cdef int _reserve(self, uint64_t more) except -1:
        """Let the table be at most three quarters full with so many keys more."""
        cdef uint64_t size = self.size
        cdef uint64_t k, place
        cdef int shift = self.shift
        cdef Slot* slots
        while 3 * size < 4 * (self.filled + more):
            size *= 2
            shift -= 1
        if size == self.size:
            return 0
        slots = <Slot*>calloc(size, sizeof(Slot))
        if slots == NULL:
            raise MemoryError
        with nogil:
            for k in range(self.size):
                if used(&self.slots[k]):
                    place = self.slots[k].key >> shift
                    while used(&slots[place]):
                        place = (place + 1) & (size - 1)
                    slots[place] = self.slots[k]
        free(self.slots)
        self.slots = slots
        self.size, self.shift = size, shift
        return 0

    cdef bint _is_fresh(self, uint64_t key, uint32_t grain) noexcept nogil:
        """Count one occurrence, and compare it with what the sources before had."""
        cdef Slot* slot
        cdef Slot* mine = NULL
        cdef uint64_t place = key >> self.shift
        cdef uint64_t now = 1       # of all grains, with this one
        cdef uint64_t most = 0
        cdef uint64_t coarse = 0
        while used(&self.slots[place]):
            slot = &self.slots[place]
            if slot.key == key:
                turn_to(slot, self.source)
                now += slot.now
                most += slot.most
                if slot.grain == 0:
                    coarse = slot.most
                if slot.grain == grain:
                    mine = slot
            place = (place + 1) & (self.size - 1)
        if mine == NULL:
            if self.last and most == 0 and now == 1:
                return True
            mine = &self.slots[place]
            mine.key, mine.grain, mine.source = key, grain, self.source
            self.filled = self.filled + 1   # "+=" of an attribute needs the GIL in checked builds
        mine.now += 1
        if grain == 0:
            return now > most
        return mine.now > mine.most and now > coarse
