"""Remembers what values have become in memory, since most recur; must not know what they mean.

A value is known by its bytes in the file. What a converter and an encoder made of it is copied the
next time: the member, and all that it points to, with the pointers moved.
"""

cimport cython
from libc.stdint cimport uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcmp, memcpy, memmove

from wfpfast._blocks.arena cimport MAX_POINTS

cdef enum:
    N_SETS = 1024
    N_WAYS = 4
    MAX_KEY = 2048          # bytes; longer values hardly recur
    MAX_AREA = 8192
    MAX_HELD = 1 << 23      # bytes in all: then all are forgotten

# Large odd numbers, whose bits are about half ones.
cdef uint64_t MIX_ONE = 0x9E3779B97F4A7C15
cdef uint64_t MIX_TWO = 0xD6E8FEB86659FD93

cdef struct Point:
    uint64_t slot           # where a pointer is; from the member, or behind it in what it points to
    uint64_t target         # in what the member points to


cdef inline uint64_t word_at(const char* key) noexcept:
    cdef uint64_t word
    memcpy(&word, key, 8)
    return word


cdef uint64_t hash_of(size_t owner, const char* key, Py_ssize_t size) noexcept:
    """Mix all bytes of the key, in two sums that do not wait for each other.

    A collision costs time only, and a file that is made to have them is read as slowly as one in
    which no value recurs.
    """
    cdef uint64_t one = owner * MIX_ONE, other = <uint64_t>size * MIX_TWO, last = 0
    cdef Py_ssize_t k = 0
    while k + 16 <= size:
        one = (one ^ word_at(key + k)) * MIX_ONE
        other = (other ^ word_at(key + k + 8)) * MIX_TWO
        one ^= one >> 29
        other ^= other >> 31
        k += 16
    if k + 8 <= size:
        one = (one ^ word_at(key + k)) * MIX_ONE
        k += 8
    memcpy(&last, key + k, size - k)
    one = (one ^ one >> 32 ^ last) * MIX_TWO ^ other
    return (one ^ one >> 32) * MIX_ONE >> 40


cdef size_t size_of(const Patch* patch) noexcept:
    return patch.key_size + patch.size + patch.area + patch.n_points * sizeof(Point)


@cython.final
cdef class Patches:
    """A cache of limited size."""

    def __cinit__(self):
        self.slots = <Patch*>calloc(N_SETS * N_WAYS, sizeof(Patch))
        if self.slots == NULL:
            raise MemoryError

    def __dealloc__(self):
        if self.slots != NULL:
            self.forget()
            free(self.slots)

    cdef void forget(self) noexcept:
        cdef int k
        for k in range(N_SETS * N_WAYS):
            free(self.slots[k].memory)
            self.slots[k].memory = NULL
        self.held = 0

    cdef Patch* find(self, size_t owner, const char* key, Py_ssize_t size) noexcept:
        """Return what a value has become, or NULL."""
        cdef Patch* patch
        cdef Patch* end
        if size > MAX_KEY:
            return NULL
        patch = self.slots + N_WAYS * (hash_of(owner, key, size) % N_SETS)
        end = patch + N_WAYS
        while patch < end:
            if (
                patch.memory != NULL and patch.owner == owner and patch.key_size == size
                and memcmp(patch.memory, key, size) == 0
            ):
                return patch
            patch += 1
        return NULL

    cdef int write(self, const Patch* patch, Arena arena, size_t offset) except -1:
        """Write the member at `offset`, and what it points to."""
        cdef const char* own = patch.memory + patch.key_size
        cdef size_t area = 0
        cdef Point point
        cdef uint32_t k
        if patch.area:
            area = arena.copy(own + patch.size, patch.area)
        memcpy(arena.data + offset, own, patch.size)
        for k in range(patch.n_points):
            memcpy(&point, own + patch.size + patch.area + k * sizeof(Point), sizeof(Point))
            arena.point(
                offset + point.slot if point.slot < patch.size
                else area + (point.slot - patch.size), area + point.target)
        return 0

    cdef int keep(
        self, const Patch* description, const char* key, Arena arena, size_t offset, size_t begin
    ) except -1:
        """Remember what was written at `offset`, and from `begin` on for it to point to."""
        cdef Patch* patch = self.slots
        cdef size_t area = arena.used - begin if arena.used > begin else 0
        cdef size_t total
        cdef char* memory
        cdef int k = 0
        if description.key_size > MAX_KEY or area > MAX_AREA or arena.n_points > MAX_POINTS:
            return 0
        total = description.key_size + description.size + area + arena.n_points * sizeof(Point)
        if self.held + total > MAX_HELD:
            self.forget()
        memory = <char*>malloc(total)
        if memory == NULL:
            raise MemoryError
        self.held += total
        patch += N_WAYS * (hash_of(description.owner, key, description.key_size) % N_SETS)
        while k < N_WAYS - 1 and patch[k].memory != NULL:
            k += 1
        if patch[k].memory != NULL:     # the one that was there longest goes
            self.held -= size_of(patch)
            free(patch.memory)
            memmove(patch, patch + 1, (N_WAYS - 1) * sizeof(Patch))
        patch[k] = description[0]
        patch[k].memory = memory
        patch[k].area = area
        patch[k].n_points = <uint32_t>arena.n_points
        memcpy(memory, key, description.key_size)
        memory += description.key_size
        memcpy(memory, arena.data + offset, description.size)
        memcpy(memory + description.size, arena.data + begin, area)
        write_points(
            memory + description.size + area, &patch[k], arena, offset, begin)
        return 0


cdef void write_points(
    char* memory, const Patch* patch, Arena arena, size_t offset, size_t begin
) noexcept:
    cdef Point point
    cdef uint64_t target
    cdef size_t slot
    cdef uint32_t k
    for k in range(patch.n_points):
        slot = arena.points[k]
        memcpy(&target, arena.data + slot, sizeof(target))
        point.target = target - arena.base - begin
        if slot < begin:
            point.slot = slot - offset
        else:
            point.slot = patch.size + (slot - begin)
        memcpy(memory + k * sizeof(Point), &point, sizeof(Point))
