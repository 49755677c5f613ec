"""Templates as the simulated engine understands them; must not know engines or handles.

What a template may hold, and what is wrong with one, follows the pages of
FWPM_NET_EVENT_ENUM_TEMPLATE0 and FwpmNetEventCreateEnumHandle0.
"""

from libc.stdlib cimport calloc, free
from libc.string cimport memcmp, memcpy

from wfpfast.abi.fwpmobjects cimport FWP_MATCH_EQUAL, FWPM_FILTER_CONDITION0
from wfpfast.abi.fwpmevents cimport FWPM_NET_EVENT5
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.fwptypes cimport *
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport FILETIME
from wfpfast.abi.winerror cimport *
from wfpfast.abi.winnt cimport SID

import uuid

from wfpfast._tables.enums import NET_EVENT_KEYWORDS
from wfpfast._tables.event_kinds import EVENT_KINDS

cdef enum:
    DIRECTION_IN = 0x3900   # FWP_DIRECTION_IN of kernel classification
    MAX_KEYWORDS = 32       # an engine option of 32 bits

cdef enum Field:
    PROTOCOL = 0
    LOCAL_ADDRESS = 1
    REMOTE_ADDRESS = 2
    LOCAL_PORT = 3
    REMOTE_PORT = 4
    APP_ID = 5
    USER_ID = 6
    EVENT_TYPE = 7

# By Field: FWPM_CONDITION_* of fwpmu.h. They are written down here a second time on purpose: the
# simulator stands for Windows, so it must refuse a condition whose GUID is wrong in `template.py`.
cdef GUID[MAX_CONDITIONS] keys
cdef bytes raw
for place, text in enumerate((
    "3971ef2b-623e-4f9a-8cb1-6e79b806b9a7", "d9ee00de-c1ef-4617-bfe3-ffd8f5a08957",
    "b235ae9a-1d64-49b8-a44c-5ff3d9095045", "0c1ba1af-5765-453f-af22-a8f791ac775b",
    "c35a604d-d22b-4e1a-91b4-68f674ee674b", "d78e1e87-8644-4ea5-9437-d809ecefc971",
    "af043a0a-b34d-4f86-979c-c90371af6e66", "206e9996-490e-40cf-b831-b38641eb6fcb",
)):
    raw = uuid.UUID(text).bytes_le
    memcpy(&keys[<int>place], <const char*>raw, sizeof(GUID))

# The types of events that are collected only with a keyword.
cdef struct Optional:
    uint32_t type
    uint32_t keyword

cdef Optional[MAX_KEYWORDS] optionals
cdef int n_optionals = 0
for kind in EVENT_KINDS.values():
    if kind.keyword is not None:
        optionals[n_optionals] = Optional(kind.number, kind.keyword_bit)
        n_optionals += 1
known_keywords = sum(NET_EVENT_KEYWORDS.values())
cdef uint32_t inbound_multicast = NET_EVENT_KEYWORDS["FWPM_NET_EVENT_KEYWORD_INBOUND_MCAST"]
cdef uint32_t inbound_broadcast = NET_EVENT_KEYWORDS["FWPM_NET_EVENT_KEYWORD_INBOUND_BCAST"]


cdef int field_of(const GUID* key) noexcept nogil:
    cdef int field
    for field in range(MAX_CONDITIONS):
        if memcmp(&keys[field], key, sizeof(GUID)) == 0:
            return field
    return -1


cdef DWORD keep(Condition* c, const void* operand, size_t size) noexcept nogil:
    if operand == NULL:
        return FWP_E_NULL_POINTER
    if size > MAX_OPERAND:
        return FWP_E_TYPE_MISMATCH
    memcpy(c.operand, operand, size)
    c.size = <uint32_t>size
    return 0


cdef DWORD keep_address(Condition* c, const FWP_CONDITION_VALUE0* v) noexcept nogil:
    if v.type == FWP_UINT32:
        return keep(c, &v.value.uint32, 4)
    if v.type == FWP_V4_ADDR_MASK:
        return keep(c, v.value.v4AddrMask, sizeof(FWP_V4_ADDR_AND_MASK))
    if v.type == FWP_BYTE_ARRAY16_TYPE:
        return keep(c, v.value.byteArray16, sizeof(FWP_BYTE_ARRAY16))
    if v.type == FWP_V6_ADDR_MASK:
        return keep(c, v.value.v6AddrMask, sizeof(FWP_V6_ADDR_AND_MASK))
    return FWP_E_TYPE_MISMATCH


cdef DWORD keep_value(Condition* c, const FWP_CONDITION_VALUE0* v) noexcept nogil:
    """Copy a condition's value, which is the caller's, if it is of the type that its field has."""
    if c.field in (LOCAL_ADDRESS, REMOTE_ADDRESS):
        return keep_address(c, v)
    if c.field == PROTOCOL and v.type == FWP_UINT8:
        return keep(c, &v.value.uint8, 1)
    if c.field in (LOCAL_PORT, REMOTE_PORT) and v.type == FWP_UINT16:
        return keep(c, &v.value.uint16, 2)
    if c.field == EVENT_TYPE and v.type == FWP_UINT32:
        return keep(c, &v.value.uint32, 4)
    if c.field == APP_ID and v.type == FWP_BYTE_BLOB_TYPE:
        if v.value.byteBlob == NULL:
            return FWP_E_NULL_POINTER
        return keep(c, v.value.byteBlob.data, v.value.byteBlob.size)
    if c.field == USER_ID and v.type == FWP_SID:
        if v.value.sid == NULL:
            return FWP_E_NULL_POINTER
        return keep(c, v.value.sid, 8 + 4 * <size_t>v.value.sid.SubAuthorityCount)
    return FWP_E_TYPE_MISMATCH


cdef uint64_t ticks(const FILETIME* time) noexcept nogil:
    return <uint64_t>time.dwHighDateTime << 32 | time.dwLowDateTime


cdef DWORD add(Match* match, const FWPM_FILTER_CONDITION0* given) noexcept nogil:
    cdef Condition* c
    cdef int k
    cdef int field = field_of(&given.fieldKey)
    if field < 0:
        return FWP_E_CONDITION_NOT_FOUND
    if given.matchType != FWP_MATCH_EQUAL:
        return FWP_E_INVALID_ENUMERATOR
    for k in range(match.count):
        if match.conditions[k].field == field:
            return FWP_E_DUPLICATE_CONDITION
    c = &match.conditions[match.count]
    c.field = field
    c.type = given.conditionValue.type
    match.count += 1
    return keep_value(c, &given.conditionValue)


cdef DWORD match_new(const FWPM_NET_EVENT_ENUM_TEMPLATE0* given, Match** built) noexcept nogil:
    """Copy a template; NULL is NULL: everything. The caller frees what is built."""
    cdef Match* match
    cdef DWORD code = 0
    cdef uint32_t k
    built[0] = NULL
    if given == NULL:
        return 0
    match = <Match*>calloc(1, sizeof(Match))
    if match == NULL:
        return ERROR_NOT_ENOUGH_MEMORY
    match.start = ticks(&given.startTime)
    match.end = ticks(&given.endTime)
    if match.start > match.end:
        code = FWP_E_INVALID_INTERVAL
    elif given.numFilterConditions and given.filterCondition == NULL:
        code = FWP_E_NULL_POINTER
    for k in range(given.numFilterConditions):
        if code == 0:
            code = add(match, given.filterCondition + k)
    if code:
        free(match)
        return code
    built[0] = match
    return 0


cdef bint same_prefix(const uint8_t* a, const uint8_t* b, int bits) noexcept nogil:
    cdef int whole = bits // 8
    cdef int rest = bits % 8
    if memcmp(a, b, whole):
        return False
    return rest == 0 or (a[whole] ^ b[whole]) >> (8 - rest) == 0


cdef bint is_address(
    const Condition* c, uint32_t ip_version, const void* address
) noexcept nogil:
    cdef uint32_t v4 = (<const uint32_t*>address)[0]
    cdef const FWP_V4_ADDR_AND_MASK* masked = <const FWP_V4_ADDR_AND_MASK*>c.operand
    if ip_version == FWP_IP_VERSION_V4:
        if c.type == FWP_UINT32:
            return v4 == (<const uint32_t*>c.operand)[0]
        return c.type == FWP_V4_ADDR_MASK and (v4 ^ masked.addr) & masked.mask == 0
    if ip_version != FWP_IP_VERSION_V6:
        return False
    if c.type == FWP_BYTE_ARRAY16_TYPE:
        return memcmp(address, c.operand, 16) == 0
    return c.type == FWP_V6_ADDR_MASK and same_prefix(
        <const uint8_t*>address, c.operand, min(<int>c.operand[16], 128))


cdef bint says(const Condition* c, const FWPM_NET_EVENT5* e, const uint8_t* base) noexcept nogil:
    """Tell whether the event has what a condition asks for; a member without its flag has not."""
    cdef const FWPM_NET_EVENT_HEADER3* h = &e.header
    cdef uint32_t flags = h.flags
    cdef const SID* sid
    if not flags & FWPM_NET_EVENT_FLAG_IP_VERSION_SET:
        flags &= ~<uint32_t>(
            FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET | FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET)
    if c.field == EVENT_TYPE:
        return memcmp(&e.type, c.operand, 4) == 0
    if c.field == PROTOCOL:
        return flags & FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET and h.ipProtocol == c.operand[0]
    if c.field == LOCAL_PORT:
        return (flags & FWPM_NET_EVENT_FLAG_LOCAL_PORT_SET
                and memcmp(&h.localPort, c.operand, 2) == 0)
    if c.field == REMOTE_PORT:
        return (flags & FWPM_NET_EVENT_FLAG_REMOTE_PORT_SET
                and memcmp(&h.remotePort, c.operand, 2) == 0)
    if c.field == LOCAL_ADDRESS:
        return (flags & FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET
                and is_address(c, h.ipVersion, &h.localAddr))
    if c.field == REMOTE_ADDRESS:
        return (flags & FWPM_NET_EVENT_FLAG_REMOTE_ADDR_SET
                and is_address(c, h.ipVersion, &h.remoteAddr))
    if c.field == APP_ID:
        return (flags & FWPM_NET_EVENT_FLAG_APP_ID_SET and h.appId.size == c.size
                and h.appId.data != NULL
                and memcmp(base + <uint64_t>h.appId.data, c.operand, c.size) == 0)
    sid = <const SID*>(base + <uint64_t>h.userId)
    return (flags & FWPM_NET_EVENT_FLAG_USER_ID_SET and h.userId != NULL
            and 8 + 4 * <uint32_t>sid.SubAuthorityCount == c.size
            and memcmp(sid, c.operand, c.size) == 0)


cdef bint matches(
    const Match* match, const uint8_t* event, const uint8_t* base
) noexcept nogil:
    """Tell whether all of a template is true of an event, whose pointers count from `base`."""
    cdef const FWPM_NET_EVENT5* e = <const FWPM_NET_EVENT5*>event
    cdef uint64_t time = ticks(&e.header.timeStamp)
    cdef int k
    if match == NULL:
        return True
    # All zero was seen to stand for everything, in two programs. Zero times with conditions were
    # not: they are the period that the page says.
    if (match.start or match.end or match.count) and not match.start <= time <= match.end:
        return False
    for k in range(match.count):
        if not says(&match.conditions[k], e, base):
            return False
    return True


cdef bint received(const FWPM_NET_EVENT5* e, const uint8_t* unit) noexcept nogil:
    """Tell whether a drop says that it was of something inbound."""
    cdef const FWPM_NET_EVENT_CLASSIFY_DROP2* drop
    if e.type != FWPM_NET_EVENT_TYPE_CLASSIFY_DROP or e.payload.classifyDrop == NULL:
        return False
    drop = <const FWPM_NET_EVENT_CLASSIFY_DROP2*>(unit + <uint64_t>e.payload.classifyDrop)
    return drop.msFwpDirection in (DIRECTION_IN, FWP_DIRECTION_INBOUND)


cdef uint32_t group_keyword(const FWPM_NET_EVENT_HEADER3* h) noexcept nogil:
    """Return the keyword for what was sent to many; of a subnet's own broadcast nobody knows."""
    cdef uint32_t needed = (
        FWPM_NET_EVENT_FLAG_IP_VERSION_SET | FWPM_NET_EVENT_FLAG_LOCAL_ADDR_SET)
    if h.flags & needed != needed:
        return 0
    if h.ipVersion == FWP_IP_VERSION_V6:
        return inbound_multicast if h.localAddr.localAddrV6.byteArray16[0] == 0xFF else 0
    if h.ipVersion != FWP_IP_VERSION_V4:
        return 0
    if h.localAddr.localAddrV4 == <uint32_t>0xFFFFFFFF:
        return inbound_broadcast
    return inbound_multicast if h.localAddr.localAddrV4 >> 28 == 0xE else 0


cdef uint32_t event_keyword(const uint8_t* event) noexcept nogil:
    """Return the FWPM_NET_EVENT_KEYWORD_* that a unit's event is collected with, 0: always.

    Nothing in an event says that it was a port scan.
    """
    cdef const FWPM_NET_EVENT5* e = <const FWPM_NET_EVENT5*>event
    cdef int k
    for k in range(n_optionals):
        if e.type == optionals[k].type:
            return optionals[k].keyword
    return group_keyword(&e.header) if received(e, event) else 0
