"""Finds out which end of an inbound connection a host logs as its own; must not know records.

An address is a host's own if the host binds it, or sends from it. An inbound connection of which
one end is the host's own address, and the other is not, says which end is the local one. Windows
versions differ in that, but a host is always the same: if all such connections agree, it is known.

Parts of a file are looked at each on its own, by several threads if there are, and what they say is
learnt in their order: how many threads there are makes no difference.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int32_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

from wfpfast._columns.dictionaries cimport (
    Slot, dictionary_begin, dictionary_clear, dictionary_code, hash_bytes, table_find)
from wfpfast._evtx.values cimport TYPE_TEXT, text_size

cdef enum:
    MAX_NAME = 512           # bytes of UTF-16; a DNS name has 255 characters
    ADDRESS = 17             # bytes of an address in a key
    MAX_KNOWN = 60_000       # hosts, and addresses; of more than that nothing is known
    ENOUGH = 8               # connections that agree, after which no more are looked for


cdef int sides_begin(Sides* sides, const uint64_t* secrets) except -1:
    memset(sides, 0, sizeof(Sides))
    sides.owned.secrets = sides.names.secrets = secrets
    if dictionary_begin(&sides.owned) < 0 or dictionary_begin(&sides.names) < 0:
        raise MemoryError
    return 0


cdef void sides_end(Sides* sides) noexcept nogil:
    if sides.owned.secrets != NULL:
        dictionary_clear(&sides.owned)
        dictionary_clear(&sides.names)
    free(sides.hosts)


cdef uint32_t name_of(const Value* host, uint8_t* key) noexcept nogil:
    """Write a host's name and return its size; 0 if it has none that can be kept."""
    cdef uint32_t size
    if host == NULL or host.type != TYPE_TEXT:
        return 0
    size = text_size(host)
    if size > MAX_NAME:
        return 0
    memcpy(key, host.data, size)
    return size


cdef void with_address(uint8_t* key, uint32_t size, const Address* address) noexcept nogil:
    """Write an address behind a host's name."""
    key[size] = address.is_v6
    memset(key + size + 1, 0, 16)
    memcpy(key + size + 1, address.octets, 16 if address.is_v6 else 4)


cdef bint is_one_hosts(const Address* address) noexcept nogil:
    """Tell whether an address may be that of one host: it is no group, no loopback, and not 0.

    An IPv4 address that ends with 255 may be that of all hosts of a network.
    """
    cdef const uint8_t* a = address.octets
    cdef int k
    if not address.is_v6:  # a number in host order
        return a[3] != 0 and a[3] != 127 and a[3] < 224 and a[0] != 255
    if a[0] == 0xff:
        return False
    for k in range(15):
        if a[k]:
            return True
    return a[15] > 1


cdef Host* host_at(Sides* sides, const uint8_t* key, uint32_t size) noexcept nogil:
    """Return what is known of a host, which may be new; NULL if there are too many."""
    cdef uint32_t room
    cdef Host* hosts
    cdef int32_t code
    if size == 0 or sides.names.length >= MAX_KNOWN:
        return NULL
    code = dictionary_code(&sides.names, key, size)
    if code < 0:
        return NULL
    if <uint32_t>code >= sides.room:
        room = 2 * sides.room + 16
        hosts = <Host*>realloc(sides.hosts, room * sizeof(Host))
        if hosts == NULL:
            return NULL
        memset(hosts + sides.room, 0, (room - sides.room) * sizeof(Host))
        sides.hosts = hosts
        sides.room = room
    return sides.hosts + code


cdef int evidence_begin(Evidence* evidence, const uint64_t* secrets) except -1:
    memset(evidence, 0, sizeof(Evidence))
    memcpy(evidence.secrets, secrets, sizeof(evidence.secrets))
    evidence.owned.secrets = evidence.inbound.secrets = evidence.secrets
    if dictionary_begin(&evidence.owned) < 0 or dictionary_begin(&evidence.inbound) < 0:
        raise MemoryError
    return 0


cdef void evidence_end(Evidence* evidence) noexcept nogil:
    if evidence.owned.secrets != NULL:
        dictionary_clear(&evidence.owned)
        dictionary_clear(&evidence.inbound)
    free(evidence.counts)


cdef void note_owned(Evidence* evidence, const Value* host, const Address* address) noexcept nogil:
    """Note that an address is a host's own."""
    cdef uint8_t[MAX_NAME + ADDRESS] key
    cdef uint32_t size = name_of(host, key)
    if size and is_one_hosts(address) and evidence.owned.length < MAX_KNOWN:
        with_address(key, size, address)
        dictionary_code(&evidence.owned, key, size + ADDRESS)


cdef void note_inbound(
    Evidence* evidence, const Value* host, const Address* source, const Address* destination
) noexcept nogil:
    """Note an inbound connection, and how often there was one like it."""
    cdef uint8_t[MAX_NAME + 2 * ADDRESS] key
    cdef uint32_t room, size = name_of(host, key)
    cdef int64_t* counts
    cdef int32_t code
    if size == 0 or evidence.inbound.length >= MAX_KNOWN:
        return
    memset(key + size, 0, 2 * ADDRESS)  # an address that is nobody's own
    if is_one_hosts(source) and is_one_hosts(destination):
        with_address(key, size, source)
        with_address(key, size + ADDRESS, destination)
    code = dictionary_code(&evidence.inbound, key, size + 2 * ADDRESS)
    if code < 0:
        return
    if <uint32_t>code >= evidence.room:
        room = 2 * evidence.room + 64
        counts = <int64_t*>realloc(evidence.counts, room * sizeof(int64_t))
        if counts == NULL:
            return
        memset(counts + evidence.room, 0, (room - evidence.room) * sizeof(int64_t))
        evidence.counts = counts
        evidence.room = room
    evidence.counts[code] += 1


cdef void sides_learn(Sides* sides, const Evidence* evidence) noexcept nogil:
    """Learn what a part of a file says; an address that is found to be a host's own stays so."""
    cdef const uint8_t* texts = <const uint8_t*>evidence.owned.text.data
    cdef const int32_t* ends = <const int32_t*>evidence.owned.offsets.data
    cdef int32_t k
    for k in range(evidence.owned.length):
        if sides.owned.length < MAX_KNOWN:
            dictionary_code(&sides.owned, texts + ends[k], <uint32_t>(ends[k + 1] - ends[k]))
    texts = <const uint8_t*>evidence.inbound.text.data
    ends = <const int32_t*>evidence.inbound.offsets.data
    for k in range(min(evidence.inbound.length, <int32_t>evidence.room)):
        vote(sides, texts + ends[k], <uint32_t>(ends[k + 1] - ends[k]), evidence.counts[k])


cdef void vote(Sides* sides, const uint8_t* inbound, uint32_t size, int64_t count) noexcept nogil:
    """Let inbound connections that are alike say which end is local, if they can."""
    cdef uint8_t[MAX_NAME + ADDRESS] key
    cdef uint32_t name = size - 2 * ADDRESS
    cdef Host* known = host_at(sides, inbound, name)
    cdef bint of_source, of_destination
    if known == NULL:
        return
    memcpy(key, inbound, name + ADDRESS)
    of_source = owns(sides, key, name + ADDRESS)
    memcpy(key + name, inbound + name + ADDRESS, ADDRESS)
    of_destination = owns(sides, key, name + ADDRESS)
    if of_source and not of_destination:
        known.for_source += count
    elif of_destination and not of_source:
        known.for_destination += count


cdef bint owns(const Sides* sides, const uint8_t* key, uint32_t size) noexcept nogil:
    return table_find(
        &sides.owned.texts, key, size, hash_bytes(key, size, sides.owned.secrets)) != NULL


cdef inline int side(const Host* host) noexcept nogil:
    if host.for_source and not host.for_destination:
        return SOURCE
    return DESTINATION if host.for_destination and not host.for_source else NOT_KNOWN


cdef int side_of(const Sides* sides, const Value* host) noexcept nogil:
    """Return which end of an inbound connection of a host is local; several threads may ask."""
    cdef uint8_t[MAX_NAME + 17] key
    cdef uint32_t size = name_of(host, key)
    cdef const Slot* slot = table_find(
        &sides.names.texts, key, size, hash_bytes(key, size, sides.names.secrets))
    return NOT_KNOWN if slot == NULL else side(sides.hosts + slot.code)


cdef bint sides_settled(const Sides* sides) noexcept nogil:
    """Tell whether there is a host, and of each is known what can be known."""
    cdef int32_t k
    for k in range(sides.names.length):
        if sides.hosts[k].for_source + sides.hosts[k].for_destination < ENOUGH:
            return False
    return sides.names.length > 0


cdef dict sides_told(Sides* sides):
    """Return how many connections have said how a host is, by host, since the last time."""
    told = {}
    cdef const int32_t* ends = <const int32_t*>sides.names.offsets.data
    cdef int64_t votes
    cdef int32_t k
    for k in range(sides.names.length):
        votes = sides.hosts[k].for_source + sides.hosts[k].for_destination
        if votes > sides.hosts[k].told and side(sides.hosts + k) != NOT_KNOWN:
            name = PyBytes_FromStringAndSize(
                <const char*>sides.names.text.data + ends[k], ends[k + 1] - ends[k])
            end = "source" if side(sides.hosts + k) == SOURCE else "destination"
            told[f"local_is_{end}:{name.decode('utf-16-le', 'replace')}"] = (
                votes - sides.hosts[k].told)
            sides.hosts[k].told = votes
    return told
