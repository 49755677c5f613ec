"""Finds what a name in a file stands for; must not know where names stand."""

from libc.string cimport strlen


cdef inline uint32_t hashed(uint32_t hash, uint8_t character) noexcept nogil:
    return (hash ^ character) * <uint32_t>0x01000193  # FNV-1a


cdef inline uint32_t slot_of(uint32_t hash) noexcept nogil:
    return (hash ^ hash >> 15) & (NAME_SLOTS - 1)


cdef int names_add(Names* names, const char* text, int meaning) except -1:
    """Add a name of ASCII, which must live as long as the process; ImportError for the second."""
    cdef uint32_t hash = <uint32_t>0x811c9dc5, slot, size = <uint32_t>strlen(text), k
    for k in range(size):
        hash = hashed(hash, <uint8_t>text[k])
    slot = slot_of(hash)
    while names.slots[slot].text != NULL:
        if names.slots[slot].text[:names.slots[slot].size] == text[:size]:
            raise ImportError(f"the name {text[:size].decode()} is there twice")
        slot = (slot + 1) & (NAME_SLOTS - 1)
    names.slots[slot] = Name(text, size, meaning)
    names.longest = max(names.longest, size)
    return 0


cdef int names_find(const Names* names, const uint8_t* units, uint32_t count) noexcept nogil:
    """Return what `count` units of UTF-16 stand for, or -1."""
    cdef uint32_t hash = <uint32_t>0x811c9dc5, slot, k
    cdef const Name* name
    if count > names.longest:  # one long name may be meant by thousands of elements
        return -1
    for k in range(count):
        if units[2 * k + 1]:
            return -1
        hash = hashed(hash, units[2 * k])
    slot = slot_of(hash)
    while True:
        name = names.slots + slot
        if name.text == NULL:
            return -1
        if name.size == count:
            k = 0
            while k < count and <uint8_t>name.text[k] == units[2 * k]:
                k += 1
            if k == count:
                return name.meaning
        slot = (slot + 1) & (NAME_SLOTS - 1)
