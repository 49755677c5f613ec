"""Grows and bounds dictionaries of text; must not know events or what the text means.

A dictionary lives from block to block, so that a path is converted once, not once an event. Batches
share its memory: text is only ever appended, and growth leaves the old memory to those who hold it.
"""

from libc.stdint cimport INT32_MAX
from libc.stdlib cimport free, malloc
from libc.string cimport memset, strlen

from wfpfast._memory cimport buffer_release, buffer_reserve, buffer_share
from wfpfast._text cimport DECIMAL_SIZE, put_decimal

cdef enum:
    # What a dictionary may carry over to the next block; beyond it, it begins anew.
    MOST_VALUES = 1 << 16
    MOST_BYTES = 1 << 24
    FIRST_SLOTS = 64


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
    buffer_release(dictionary.offsets)
    buffer_release(dictionary.text)
    dictionary.offsets = dictionary.text = NULL
    dictionary.text_used = 0
    dictionary.length = 0


cdef int dictionary_begin(Dictionary* dictionary) noexcept nogil:
    """Make the dictionary ready for a block: begin anew if it has grown too large."""
    cdef size_t bytes = dictionary.raw.keys_used + dictionary.text_used
    cdef int i
    if dictionary.raw.used > MOST_VALUES or dictionary.length > MOST_VALUES or bytes > MOST_BYTES:
        dictionary_clear(dictionary)
    if dictionary.offsets != NULL:
        return 0
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
    cdef int32_t code = table_find(&dictionary.texts, text, size, hash)
    cdef size_t used = <size_t>(dictionary.length + 1) * 4
    if code >= 0:
        return code
    code = dictionary.length
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


cdef int dictionary_remember(
    Dictionary* dictionary, const uint8_t* raw, uint32_t size, uint64_t hash, int32_t code
) noexcept nogil:
    """Let `raw`, which `table_find` did not find, give `code` from now on."""
    return table_insert(&dictionary.raw, raw, size, hash, code)


cdef int32_t dictionary_unknown(Dictionary* dictionary, uint32_t value) noexcept nogil:
    """Return the code of a value that the SDK does not name."""
    cdef char[8 + DECIMAL_SIZE] text
    cdef char* end
    memcpy(text, b"UNKNOWN_", 8)
    end = put_decimal(text + 8, value)
    return dictionary_code(dictionary, <const uint8_t*>text, <uint32_t>(end - text))


cdef void dictionary_export(const Dictionary* dictionary, Column* column) noexcept nogil:
    """Let a batch's column share the dictionary as it is now."""
    column.dictionary_offsets = buffer_share(dictionary.offsets)
    column.dictionary_text = buffer_share(dictionary.text)
    column.dictionary_length = dictionary.length
