"""Grows and bounds dictionaries of text; must not know events or what the text means.

A dictionary is kept from block to block, so that a path is converted once and not for every event.
Batches share its memory: text is only appended, and a dictionary that grows moves to new memory and
leaves the old memory to the batches that use it.
"""

from libc.stdint cimport INT32_MAX
from libc.stdlib cimport free
from libc.string cimport memset, strlen

from wfpfast._base.memory cimport buffer_release, buffer_reserve, buffer_share
from wfpfast._base.portable cimport wf_popcount, wf_table_new
from wfpfast._base.shared_buffers cimport shared_buffers_new
from wfpfast._base.text cimport (
    DECIMAL_SIZE, SID_SIZE, put_decimal, put_sid, utf8_from_utf16)

cdef enum:
    # A dictionary that is larger than this is cleared before the next block.
    MAX_VALUES = 1 << 16
    MAX_BYTES = 1 << 24
    FIRST_SLOTS = 64
    MIN_RECENT = 1024
    PROBES = 4

# The `recent` of a dictionary that has no raw bytes yet.
cdef Recent[2] no_recent
no_recent[0].size = no_recent[1].size = NOTHING


cdef void table_clear(HashTable* table) noexcept nogil:
    free(table.slots)
    buffer_release(table.keys)
    memset(table, 0, sizeof(HashTable))


cdef int table_grow(HashTable* table) noexcept nogil:
    """Keep the table at most a quarter full: nearly always the first slot is the right one."""
    cdef uint64_t count = 2 * (table.mask + 1) if table.slots != NULL else FIRST_SLOTS
    cdef Slot* slots
    cdef uint64_t i, index
    if table.slots != NULL and 4 * (table.used + 1) <= table.mask + 1:
        return 0
    slots = <Slot*>wf_table_new(count * sizeof(Slot))
    if slots == NULL:
        return -1
    memset(slots, 0xff, count * sizeof(Slot))
    if table.slots != NULL:
        for i in range(table.mask + 1):
            if table.slots[i].code >= 0:
                index = table.slots[i].hash & (count - 1)
                while slots[index].code >= 0:
                    index = (index + 1) & (count - 1)
                slots[index] = table.slots[i]
    free(table.slots)
    table.slots = slots
    table.mask = count - 1
    return 0


cdef int table_insert(
    HashTable* table, const uint8_t* key, uint32_t size, uint64_t hash, int32_t code
) noexcept nogil:
    """Add a key that the table does not have; -1 without memory."""
    cdef uint64_t index
    if table_grow(table) < 0:
        return -1
    if buffer_reserve(&table.keys, table.keys_used, table.keys_used + size) < 0:
        return -1
    memcpy(table.keys.data + table.keys_used, key, size)
    index = hash & table.mask
    while table.slots[index].code >= 0:
        index = (index + 1) & table.mask
    table.slots[index] = Slot(hash, table.keys_used, size, code)
    table.keys_used += size
    table.used += 1
    return 0


cdef void dictionary_clear(Dictionary* dictionary) noexcept nogil:
    """Forget everything; batches that share the memory keep it."""
    table_clear(&dictionary.raw)
    table_clear(&dictionary.texts)
    recent_clear(dictionary)
    buffer_release(dictionary.offsets)
    buffer_release(dictionary.text)
    dictionary.offsets = dictionary.text = NULL
    dictionary.text_used = 0
    dictionary.length = 0


cdef void recent_clear(Dictionary* dictionary) noexcept nogil:
    if dictionary.recent != no_recent:
        free(dictionary.recent)
    dictionary.recent = no_recent
    dictionary.shift = 63


cdef int recent_new(Dictionary* dictionary) noexcept nogil:
    """Make an empty `recent` with as many entries as `raw` has slots; -1 without memory."""
    cdef uint64_t i, count = max(dictionary.raw.mask + 1, <uint64_t>MIN_RECENT)
    recent_clear(dictionary)
    cdef Recent* recent = <Recent*>wf_table_new(count * sizeof(Recent))
    if recent == NULL:
        return -1
    for i in range(count):
        recent[i].size = NOTHING
    dictionary.recent = recent
    dictionary.shift = 64 - wf_popcount(count - 1)
    return 0


cdef int32_t recent_probe(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t key, Recent** entry
) noexcept nogil:
    """Return the code of `raw` from one of the entries from the key's own on, or -1.

    Then `entry` is where to write it: a free entry, or else the key's own.
    """
    cdef uint64_t mask = (<uint64_t>1 << (64 - dictionary.shift)) - 1
    cdef uint64_t home = key >> dictionary.shift
    cdef Recent* recent
    cdef int k
    entry[0] = dictionary.recent + home
    for k in range(PROBES):
        recent = dictionary.recent + (home + k & mask)
        if recent.size == NOTHING:
            entry[0] = recent
            return -1
        if recent.size == size and same(recent_bytes(dictionary, recent), raw, size):
            return recent.code
    return -1


cdef int dictionary_begin(Dictionary* dictionary) noexcept nogil:
    """Prepare the dictionary for a block; it is cleared if it has grown too large."""
    cdef size_t bytes = dictionary.raw.keys_used + dictionary.text_used
    cdef int i
    if dictionary.raw.used > MAX_VALUES or dictionary.length > MAX_VALUES or bytes > MAX_BYTES:
        dictionary_clear(dictionary)
    if dictionary.offsets != NULL:
        return 0
    recent_clear(dictionary)
    if buffer_reserve(&dictionary.offsets, 0, 4) < 0:
        return -1
    (<int32_t*>dictionary.offsets.data)[0] = 0
    if buffer_reserve(&dictionary.text, 0, 1) < 0:
        return -1
    for i in range(dictionary.n_names):
        if dictionary_code(
            dictionary, <const uint8_t*>dictionary.names[i],
            <uint32_t>strlen(dictionary.names[i])
        ) < 0:
            return -1
    return 0


cdef int32_t dictionary_code(
    Dictionary* dictionary, const uint8_t* text, uint32_t size
) noexcept nogil:
    """Return the code of `text`, adding it if it is new; -1 without memory or a free code."""
    cdef uint64_t hash = hash_bytes(text, size, dictionary.secrets)
    cdef const Slot* slot = table_find(&dictionary.texts, text, size, hash)
    cdef size_t used = <size_t>(dictionary.length + 1) * 4
    cdef int32_t code = dictionary.length
    if slot != NULL:
        return slot.code
    if dictionary.text_used + size > INT32_MAX or code == INT32_MAX:
        return -1
    if buffer_reserve(&dictionary.offsets, used, used + 4) < 0:
        return -1
    if buffer_reserve(&dictionary.text, dictionary.text_used, dictionary.text_used + size) < 0:
        return -1
    if table_insert(&dictionary.texts, text, size, hash, code) < 0:
        return -1
    memcpy(dictionary.text.data + dictionary.text_used, text, size)
    dictionary.text_used += size
    (<int32_t*>dictionary.offsets.data)[code + 1] = <int32_t>dictionary.text_used
    dictionary.length = code + 1
    return code


cdef int32_t dictionary_find(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t key
) noexcept nogil:
    """Return the code of `raw`, or -1; afterwards `recent` finds it."""
    cdef Recent* entry
    cdef const Slot* slot
    cdef int32_t code = recent_probe(dictionary, raw, size, key, &entry)
    if code >= 0:
        return code
    slot = table_find(&dictionary.raw, raw, size, hash_bytes(raw, size, dictionary.secrets))
    if slot == NULL:
        return -1
    entry[0] = Recent(slot.key, size, slot.code)
    return slot.code


cdef int dictionary_remember(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, int32_t code
) noexcept nogil:
    """Store the code of `raw`, which dictionary_find() did not find."""
    cdef uint64_t mask = dictionary.raw.mask
    cdef uint64_t hash = hash_bytes(raw, size, dictionary.secrets)
    if table_insert(&dictionary.raw, raw, size, hash, code) < 0:
        return -1
    return recent_new(dictionary) if dictionary.raw.mask != mask else 0


cdef int32_t dictionary_unknown(Dictionary* dictionary, uint32_t value) noexcept nogil:
    """Return the code of a value for which the SDK has no name."""
    cdef char[8 + DECIMAL_SIZE] text
    cdef char* end
    memcpy(text, b"UNKNOWN_", 8)
    end = put_decimal(text + 8, value)
    return dictionary_code(dictionary, <const uint8_t*>text, <uint32_t>(end - text))


cdef int32_t dictionary_utf16(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, bint path, Buffer** scratch,
    int64_t* replaced
) noexcept nogil:
    """Convert UTF-16 whose raw bytes are new to the dictionary, and return its code, or -1.

    What needed a replacement character is not remembered, so that it is counted every time.
    """
    cdef size_t bad = 0, length
    cdef uint8_t* text
    cdef int32_t code
    if buffer_reserve(scratch, 0, <size_t>size // 2 * 3 + 3) < 0:
        return -1
    text = scratch[0].data
    length = utf8_from_utf16(text, raw, size // 2, &bad)
    if size & 1 and raw[size - 1]:  # half a unit; half of a NUL is dropped
        memcpy(text + length, b"\xef\xbf\xbd", 3)
        length += 3
        bad += 1
    while path and length and text[length - 1] == 0:
        length -= 1
    code = dictionary_code(dictionary, text, <uint32_t>length)
    replaced[0] += <int64_t>bad
    if code >= 0 and not bad and dictionary_remember(dictionary, raw, size, code) < 0:
        return -1
    return code


cdef int32_t dictionary_sid(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size
) noexcept nogil:
    """Convert a SID whose raw bytes are new to the dictionary, and return its code, or -1."""
    cdef char[SID_SIZE] text
    cdef int32_t code = dictionary_code(
        dictionary, <uint8_t*>text, <uint32_t>(put_sid(text, raw, size) - text))
    if code >= 0 and dictionary_remember(dictionary, raw, size, code) < 0:
        return -1
    return code


cdef void dictionary_export(const Dictionary* dictionary, Column* column) noexcept nogil:
    """Point a column to the dictionary as it is now; the column's set must share its buffers."""
    column.dictionary_offsets = dictionary.offsets.data
    column.dictionary_text = dictionary.text.data
    column.dictionary_length = dictionary.length


cdef bint dictionary_is_shared(
    const Dictionary* dictionary, const SharedBuffers* shared, int index
) noexcept nogil:
    """Tell whether `shared` has the buffers that the dictionary, number `index`, has now."""
    return (shared != NULL and shared.buffers[2 * index] == dictionary.offsets
            and shared.buffers[2 * index + 1] == dictionary.text)


cdef SharedBuffers* dictionaries_share(const Dictionary* dictionaries, int count) noexcept nogil:
    """Return references to the buffers of `count` dictionaries, or NULL without memory."""
    cdef SharedBuffers* shared = shared_buffers_new(2 * count)
    cdef int k
    if shared != NULL:
        for k in range(count):
            shared.buffers[2 * k] = buffer_share(dictionaries[k].offsets)
            shared.buffers[2 * k + 1] = buffer_share(dictionaries[k].text)
    return shared
