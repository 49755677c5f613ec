# Dictionaries of text that are kept from block to block; must not know events or what texts mean.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from wfpfast._base.memory cimport Buffer
from wfpfast._base.portable cimport wf_fold, wf_prefetch
from wfpfast._base.shared_buffers cimport SharedBuffers
from wfpfast._base.vector cimport wf_hash_192, wf_same_192
from wfpfast._columns.columns cimport Column


cdef enum:
    N_SECRETS = 25
    NOTHING = 0xffffffff
    SPREAD = 1 << 14     # slots of `raw`, entries of `recent`: some 4,096 texts, or half a megabyte


cdef struct Slot:
    uint64_t hash
    uint64_t key     # offset of the key in `keys`
    uint32_t size    # of the key
    int32_t code     # -1: the slot is free


cdef struct HashTable:
    Slot* slots
    uint64_t mask
    uint64_t used
    Buffer* keys
    size_t keys_used


cdef struct Recent:
    uint64_t key     # offset of the raw bytes in `raw.keys`
    uint32_t size    # of the raw bytes; NOTHING: the entry is free
    int32_t code


cdef struct Dictionary:
    # There are two tables, since one text may have several forms in a block (with and without a
    # final NUL), and consumers expect the values of a dictionary to be distinct.
    HashTable raw        # bytes as they are in the block -> code
    # A cache of `raw` by a cheap key, since hashing all bytes takes longer. A hit is compared in
    # full, so texts that were chosen to share a key only make the cache useless.
    Recent* recent
    int shift            # a key's entry in `recent` is key >> shift
    HashTable texts      # text -> code
    Buffer* offsets
    Buffer* text
    size_t text_used
    int32_t length
    const uint64_t* secrets   # of the hash, so that a block cannot force collisions
    const char** names   # the first texts of the dictionary
    int n_names


cdef int dictionary_begin(Dictionary* dictionary) noexcept nogil
cdef void dictionary_clear(Dictionary* dictionary) noexcept nogil
cdef void dictionary_export(const Dictionary* dictionary, Column* column) noexcept nogil
cdef bint dictionary_is_shared(
    const Dictionary* dictionary, const SharedBuffers* shared, int index) noexcept nogil
cdef SharedBuffers* dictionaries_share(const Dictionary* dictionaries, int count) noexcept nogil
cdef int32_t dictionary_code(
    Dictionary* dictionary, const uint8_t* text, uint32_t size
) noexcept nogil
cdef int32_t dictionary_find(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t key
) noexcept nogil
cdef int dictionary_remember(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, int32_t code
) noexcept nogil
cdef int32_t dictionary_unknown(Dictionary* dictionary, uint32_t value) noexcept nogil
cdef int32_t dictionary_utf16(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, bint path, Buffer** scratch,
    int64_t* replaced) noexcept nogil
cdef int32_t dictionary_sid(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size) noexcept nogil


cdef inline uint64_t word(const uint8_t* data) noexcept nogil:
    cdef uint64_t value
    memcpy(&value, data, 8)
    return value


cdef inline uint64_t mix(
    const uint8_t* first, const uint8_t* second, uint64_t seed, uint64_t position
) noexcept nogil:
    """Return one term of the hash: 16 bytes, whose halves are mixed with different secrets."""
    return wf_fold(
        word(first) ^ (seed + position * <uint64_t>0xe7037ed1a0b428db),
        word(second) ^ (seed * <uint64_t>0x8ebc6af09c88c6e3 + position))


cdef inline uint64_t hash_bytes(
    const uint8_t* data, uint64_t size, const uint64_t* secrets
) noexcept nogil:
    """Hash all bytes; nobody can construct a collision without knowing the secrets."""
    cdef uint64_t h, offset, seed = secrets[N_SECRETS - 1]
    cdef uint8_t[16] short
    if 32 < size <= 192:  # a path
        h = wf_hash_192(data, size, secrets)
    elif size >= 16:
        h = mix(data + size - 16, data + size - 8, seed, 0) + mix(data, data + 8, seed, 1)
        if size > 32:
            for offset in range(16, size - 16, 16):
                h += mix(data + offset, data + offset + 8, seed, offset + 1)
    elif size >= 8:
        h = mix(data, data + size - 8, seed, 1)
    else:
        memset(short, 0, 16)
        memcpy(short, data, size)
        h = mix(short, short + 8, seed, 1)
    return wf_fold(h ^ seed, size ^ <uint64_t>0x9e3779b97f4a7c15)


cdef inline bint same_sid(const uint8_t* a, const uint8_t* b, uint32_t size) noexcept nogil:
    """Tell whether `size` bytes, at least 8, are equal."""
    if size > 32:
        return memcmp(a, b, size) == 0
    if size >= 16:
        return wf_same_192(a, b, size)
    return (word(a) ^ word(b) | word(a + size - 8) ^ word(b + size - 8)) == 0


cdef inline bint same(const uint8_t* a, const uint8_t* b, uint32_t size) noexcept nogil:
    if 16 <= size <= 192:  # a path
        return wf_same_192(a, b, size)
    return memcmp(a, b, size) == 0


cdef inline const Slot* table_find(
    const HashTable* table, const uint8_t* key, uint32_t size, uint64_t hash
) noexcept nogil:
    """Return the slot of `key`, or NULL."""
    cdef uint64_t i = hash & table.mask
    cdef const Slot* slot
    if table.slots == NULL:
        return NULL
    while True:
        slot = table.slots + i
        if slot.code < 0:
            return NULL
        if slot.hash == hash and slot.size == size:
            if same(table.keys.data + slot.key, key, size):
                return slot
        i = (i + 1) & table.mask


cdef inline uint64_t cheap_key(const uint8_t* raw, uint32_t size) noexcept nogil:
    """Compute a key from some of the bytes, mainly the last: most paths and SIDs differ there."""
    cdef const uint8_t* end = raw + size
    cdef uint64_t name, folder, key = 0
    if size >= 48:
        # In UTF-16 most odd bytes are zero: a second word, shifted by a byte, fills the gaps.
        name = word(end - 16) ^ word(end - 24) << 8
        folder = word(end - 32) ^ word(end - 40) << 8
        key = name + (folder ^ word(raw + size // 2)) * <uint64_t>0x8ebc6af09c88c6e3
    elif size >= 8:
        key = word(end - 8)
    return key * <uint64_t>0x9e3779b97f4a7c15


cdef inline uint64_t sid_key(const uint8_t* sid, uint32_t size) noexcept nogil:
    """As cheap_key(), for SIDs: they have at least 8 bytes and differ in the last ones."""
    return word(sid + size - 8) * <uint64_t>0x9e3779b97f4a7c15


cdef inline const uint8_t* recent_bytes(
    const Dictionary* dictionary, const Recent* recent
) noexcept nogil:
    return dictionary.raw.keys.data + recent.key


cdef inline bint is_spread(const Dictionary* dictionary) noexcept nogil:
    """Tell whether the dictionary is too large for the nearer caches, so that prefetching pays."""
    return dictionary.raw.mask >= SPREAD - 1  # 0 if nobody has asked for the column


cdef inline void prefetch_bytes(const Dictionary* dictionary, uint64_t key) noexcept nogil:
    """Prefetch the raw bytes that a text with this key will be compared with."""
    cdef const Recent* recent = dictionary.recent + (key >> dictionary.shift)
    cdef const uint8_t* raw
    if recent.size != NOTHING:
        raw = recent_bytes(dictionary, recent)
        wf_prefetch(raw)
        wf_prefetch(raw + recent.size // 2)
        wf_prefetch(raw + recent.size - 1)
