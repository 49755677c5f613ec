"""Grows and bounds dictionaries of text; must not know events or what the text means.

A dictionary lives from block to block, so that a path is converted once, not once an event. Batches
share its memory: text is only ever appended, and growth leaves the old memory to those who hold it.
"""

from libc.stdint cimport INT32_MAX
from libc.stdlib cimport free, malloc
from libc.string cimport memset, strlen

from wfpfast._base.memory cimport buffer_release, buffer_reserve, buffer_share
from wfpfast._base.portable cimport wf_popcount
from wfpfast._base.shelf cimport shelf_new
from wfpfast._base.text cimport DECIMAL_SIZE, put_decimal

cdef enum:
    # What a dictionary may carry over to the next block; beyond it, it begins anew.
    MOST_VALUES = 1 << 16
    MOST_BYTES = 1 << 24
    FIRST_SLOTS = 64
    FEWEST_RECENT = 1024
    PROBES = 4

# Where a dictionary without raw bytes looks them up.
cdef Recent[2] no_recent
no_recent[0].size = no_recent[1].size = NOTHING


cdef void table_clear(HashTable* table) noexcept nogil:
    free(table.slots)
    buffer_release(table.keys)
    memset(table, 0, sizeof(HashTable))


cdef int table_grow(HashTable* table) noexcept nogil:
    """Keep the table at most a quarter full: the first slot is nearly always the right one."""
    cdef uint64_t count = 2 * (table.mask + 1) if table.slots != NULL else FIRST_SLOTS
    cdef Slot* slots
    cdef uint64_t i, at
    if table.slots != NULL and 4 * (table.used + 1) <= table.mask + 1:
        return 0
    slots = <Slot*>malloc(count * sizeof(Slot))
    if slots == NULL:
        return -1
    memset(slots, 0xff, count * sizeof(Slot))
    if table.slots != NULL:
        for i in range(table.mask + 1):
            if table.slots[i].code >= 0:
                at = table.slots[i].hash & (count - 1)
                while slots[at].code >= 0:
                    at = (at + 1) & (count - 1)
                slots[at] = table.slots[i]
    free(table.slots)
    table.slots = slots
    table.mask = count - 1
    return 0


cdef int table_insert(
    HashTable* table, const uint8_t* key, uint32_t size, uint64_t hash, int32_t code
) noexcept nogil:
    """Add a key that is not there; -1 without memory."""
    cdef uint64_t at
    if table_grow(table) < 0:
        return -1
    if buffer_reserve(&table.keys, table.keys_used, table.keys_used + size) < 0:
        return -1
    memcpy(table.keys.data + table.keys_used, key, size)
    at = hash & table.mask
    while table.slots[at].code >= 0:
        at = (at + 1) & table.mask
    table.slots[at] = Slot(hash, table.keys_used, size, code)
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


cdef int recent_make(Dictionary* dictionary) noexcept nogil:
    """Make room, empty, for as many as the table of raw bytes can hold; -1 without memory."""
    cdef uint64_t i, count = max(dictionary.raw.mask + 1, <uint64_t>FEWEST_RECENT)
    recent_clear(dictionary)
    cdef Recent* recent = <Recent*>malloc(count * sizeof(Recent))
    if recent == NULL:
        return -1
    for i in range(count):
        recent[i].size = NOTHING
    dictionary.recent = recent
    dictionary.shift = 64 - wf_popcount(count - 1)
    return 0


cdef int32_t recent_probe(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t key, Recent** place
) noexcept nogil:
    """Look at the places after the one that a key says; give a free one, or else that one."""
    cdef uint64_t mask = (<uint64_t>1 << (64 - dictionary.shift)) - 1
    cdef uint64_t home = key >> dictionary.shift
    cdef Recent* recent
    cdef int k
    place[0] = dictionary.recent + home
    for k in range(PROBES):
        recent = dictionary.recent + (home + k & mask)
        if recent.size == NOTHING:
            place[0] = recent
            return -1
        if recent.size == size and same(recent_bytes(dictionary, recent), raw, size):
            return recent.code
    return -1


cdef int dictionary_begin(Dictionary* dictionary) noexcept nogil:
    """Make the dictionary ready for a block: begin anew if it has grown too large."""
    cdef size_t bytes = dictionary.raw.keys_used + dictionary.text_used
    cdef int i
    if dictionary.raw.used > MOST_VALUES or dictionary.length > MOST_VALUES or bytes > MOST_BYTES:
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
    """Return the code of `text`, adding it if it is new; -1 without memory or code."""
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
    """Return the code of `raw`, or -1; from now on its cheap key finds it."""
    cdef Recent* place
    cdef const Slot* slot
    cdef int32_t code = recent_probe(dictionary, raw, size, key, &place)
    if code >= 0:
        return code
    slot = table_find(&dictionary.raw, raw, size, hash_bytes(raw, size, dictionary.secrets))
    if slot == NULL:
        return -1
    place[0] = Recent(slot.key, size, slot.code)
    return slot.code


cdef int dictionary_remember(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, int32_t code
) noexcept nogil:
    """Let `raw`, which `dictionary_find` did not find, give `code` from now on."""
    cdef uint64_t mask = dictionary.raw.mask
    cdef uint64_t hash = hash_bytes(raw, size, dictionary.secrets)
    if table_insert(&dictionary.raw, raw, size, hash, code) < 0:
        return -1
    return recent_make(dictionary) if dictionary.raw.mask != mask else 0


cdef int32_t dictionary_unknown(Dictionary* dictionary, uint32_t value) noexcept nogil:
    """Return the code of a value that the SDK does not name."""
    cdef char[8 + DECIMAL_SIZE] text
    cdef char* end
    memcpy(text, b"UNKNOWN_", 8)
    end = put_decimal(text + 8, value)
    return dictionary_code(dictionary, <const uint8_t*>text, <uint32_t>(end - text))


cdef void dictionary_export(const Dictionary* dictionary, Column* column) noexcept nogil:
    """Let a batch's column see the dictionary as it is now; the batch has to share its shelf."""
    column.dictionary_offsets = dictionary.offsets.data
    column.dictionary_text = dictionary.text.data
    column.dictionary_length = dictionary.length


cdef bint dictionary_is_on(
    const Dictionary* dictionary, const Shelf* shelf, int place
) noexcept nogil:
    """Tell whether the shelf has the dictionary's memory as it is now."""
    return (shelf != NULL and shelf.buffers[2 * place] == dictionary.offsets
            and shelf.buffers[2 * place + 1] == dictionary.text)


cdef Shelf* dictionaries_shelve(const Dictionary* dictionaries, int count) noexcept nogil:
    """Return a new shelf with the memory of all of them, or NULL without memory."""
    cdef Shelf* shelf = shelf_new(2 * count)
    cdef int k
    if shelf != NULL:
        for k in range(count):
            shelf.buffers[2 * k] = buffer_share(dictionaries[k].offsets)
            shelf.buffers[2 * k + 1] = buffer_share(dictionaries[k].text)
    return shelf
