"""Finds which member a name in JSON is, of those that mean something; must not know where they are.

Names are hashed with secrets, so that no file can have names that all meet in one place.
"""

from libc.string cimport memcmp, memcpy

from wfpfast._base.portable cimport wf_fold

import os

from wfpfast.audit._collected import COLLECTORS
from wfpfast.audit._fields import FIELDS
from wfpfast.audit._packing import WITHOUT_COLUMN

cdef enum:
    SLOTS = 1024             # a power of 2, and much more than there are names

# In the order of the enumeration.
ROLES = (
    "_source", "winlog", "event_data", "@timestamp", "provider_name", "source_name", "event_id",
    "record_id", "record_number", "computer_name", "SourceName", "EventID", "TimeCreated",
    "EventTime", "RecordNumber", "Hostname", "ThreadID", "ProcessID", "ProcessId", "EventData",
    "EventSourceName", "Provider", "TimeGenerated", "TimeGenerated [UTC]", "EventRecordId",
    "EventRecordID", "Computer", "MachineName", "Id")

cdef Known[SLOTS] table
cdef uint64_t[2] secrets


cdef uint64_t name_hash(const uint8_t* text, uint32_t size) noexcept nogil:
    cdef uint64_t hash = secrets[0] ^ size, word = 0
    cdef uint32_t rest = size
    while rest > 8:
        memcpy(&word, text, 8)
        hash = wf_fold(hash ^ word, secrets[1])
        text += 8
        rest -= 8
    if size >= 8:
        memcpy(&word, text + rest - 8, 8)
    elif size >= 4:
        memcpy(&word, text, 4)
        word = word << 32
        memcpy(&word, text + size - 4, 4)
    elif size:
        word = text[0] | text[size >> 1] << 8 | text[size - 1] << 16
    return wf_fold(hash ^ word, secrets[1])


cdef const Known* known_name(const uint8_t* text, uint32_t size) noexcept nogil:
    """Return what a name means, or NULL."""
    cdef uint64_t slot = name_hash(text, size) & (SLOTS - 1)
    while table[slot].text != NULL:
        if table[slot].size == size and memcmp(table[slot].text, text, size) == 0:
            return table + slot
        slot = (slot + 1) & (SLOTS - 1)
    return NULL


cdef int add(bytes name, int number, int role, int target, bint collector, bint without) except -1:
    cdef const char* text = name
    cdef uint64_t slot = name_hash(<const uint8_t*>text, <uint32_t>len(name)) & (SLOTS - 1)
    while table[slot].text != NULL:
        slot = (slot + 1) & (SLOTS - 1)
    table[slot] = Known(text, <uint32_t>len(name), number, role, target, collector, without)
    return 0


random = os.urandom(sizeof(secrets))
memcpy(secrets, <const char*>random, sizeof(secrets))
secrets[1] |= 1  # a product with 0 would be 0
if len(ROLES) != <int>N_ROLES - 1:
    raise ImportError(f"{len(ROLES)} members have names, of {<int>N_ROLES - 1}")
NAMES = [name.encode() for name in {**dict.fromkeys(ROLES), **FIELDS}.keys()
         | COLLECTORS | WITHOUT_COLUMN]     # the table points to these
if len(NAMES) > 64 * <int>KNOWN_WORDS:
    raise ImportError(f"{len(NAMES)} names, of at most {64 * <int>KNOWN_WORDS}")
for number, each in enumerate(NAMES):
    name = each.decode()
    add(each, number, ROLES.index(name) + 1 if name in ROLES else 0, FIELDS.get(name, -1),
        name in COLLECTORS, name in WITHOUT_COLUMN)
