"""Deep copies of single events into the caller's memory; must not know who calls or reads them.

An event of a subscription is valid only during the callback, and the size of the memory that its
pointers lead to is not known. So sizes are trusted there up to limits far above those of Windows'
events; an event that exceeds a limit is malformed. In a block, the block is the limit. The copy has
the same version and holds exactly what the pointers lead to; a decoder checks it like any block.
"""

from libc.string cimport memcpy, memset

from wfpfast.abi.events cimport POINTER_SIZE, EventVersion, Payload, event_version, payload_of
from wfpfast.abi.fwpmtypes cimport *
from wfpfast.abi.fwptypes cimport *
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.ipsectypes cimport IPSEC_TRAFFIC_TYPE, IPSEC_TRAFFIC_TYPE_TUNNEL
from wfpfast.abi.minwindef cimport UINT32, WCHAR
from wfpfast.abi.winnt cimport SID, SID_AND_ATTRIBUTES

cdef enum:
    MAX_BYTES = 1 << 20        # of a blob
    MAX_CHARACTERS = 1 << 15   # of a text with its NUL
    MAX_ITEMS = 1 << 12        # of an array of groups or SIDs
    MAX_SUB_AUTHORITIES = 15    # SID_MAX_SUB_AUTHORITIES of winnt.h


cdef const void* locate(Pack* p, const void* pointer, uint64_t size) noexcept nogil:
    """Return where the `size` bytes at `pointer` are; NULL and p.failure if outside the image."""
    cdef uint64_t offset = <uint64_t>pointer - p.base
    if p.image == NULL:
        return pointer
    if offset > p.size or p.size - offset < size:
        p.failure = PACK_MALFORMED
        return NULL
    return p.image + offset


cdef uint8_t* room(Pack* p, size_t size, size_t alignment) noexcept nogil:
    """Return the next `size` bytes of the copy; NULL and p.failure if there is no room."""
    cdef size_t start = (p.used + alignment - 1) & ~(alignment - 1)
    if p.failure:
        return NULL
    if p.image != NULL:
        if size > p.budget:
            p.failure = PACK_SPENT
            return NULL
        p.budget -= size
    if start > p.capacity or p.capacity - start < size:
        p.failure = PACK_FULL
        return NULL
    memset(p.out + p.used, 0, start - p.used)
    p.used = start + size
    return p.out + start


cdef void point(Pack* p, void* slot, const uint8_t* copy) noexcept nogil:
    """Write the address of `copy` into `slot`, a pointer of the copy, and record its offset."""
    cdef uint64_t address = p.out_base + <uint64_t>(copy - p.out)
    memcpy(slot, &address, POINTER_SIZE)
    if p.places == NULL:
        return
    if p.n_places == p.most_places:
        p.failure = PACK_FULL
        return
    p.places[p.n_places] = <uint32_t>(<uint8_t*>slot - p.out)
    p.n_places += 1


cdef uint8_t* copy_to(
    Pack* p, void* slot, const void* pointer, size_t size, size_t alignment
) noexcept nogil:
    """Copy `size` bytes at `pointer`, and point `slot`, a pointer of the copy, to them."""
    cdef const void* source = locate(p, pointer, size)
    cdef uint8_t* copy
    if source == NULL:
        return NULL
    copy = room(p, size, alignment)
    if copy == NULL:
        return NULL
    memcpy(copy, source, size)
    point(p, slot, copy)
    return copy


cdef void empty(Pack* p, void* slot) noexcept nogil:
    """Point `slot` to an empty place: the source's pointer to no bytes may be invalid."""
    cdef uint8_t* copy = room(p, 0, 8)
    if copy != NULL:
        point(p, slot, copy)


cdef void pack_blob(Pack* p, FWP_BYTE_BLOB* blob) noexcept nogil:
    if blob.data == NULL:
        return
    if blob.size == 0:
        empty(p, &blob.data)
    elif p.image == NULL and blob.size > MAX_BYTES:
        p.failure = PACK_MALFORMED
    else:
        copy_to(p, &blob.data, blob.data, blob.size, 2)  # most blobs hold UTF-16


cdef void pack_sid(Pack* p, SID** slot) noexcept nogil:
    cdef const uint8_t* sid     # no struct: in a hostile block it may lie at an odd address
    cdef size_t n_parts
    if slot[0] == NULL:
        return
    sid = <const uint8_t*>locate(p, slot[0], 8)
    if sid == NULL:
        return
    n_parts = sid[1]            # SubAuthorityCount
    if p.image == NULL and n_parts > MAX_SUB_AUTHORITIES:
        p.failure = PACK_MALFORMED
        return
    copy_to(p, slot, slot[0], 8 + 4 * n_parts, 4)


cdef void pack_text(Pack* p, WCHAR** slot) noexcept nogil:
    cdef const void* source
    cdef WCHAR character = 1
    cdef size_t length = 0
    if slot[0] == NULL or p.failure:  # not even to find its end
        return
    while character:
        source = locate(p, slot[0] + length, sizeof(WCHAR))
        if source == NULL or (p.image == NULL and length == MAX_CHARACTERS):
            p.failure = PACK_MALFORMED
            return
        memcpy(&character, source, sizeof(WCHAR))
        length += 1
    copy_to(p, slot, slot[0], length * sizeof(WCHAR), 2)


cdef void pack_texts(Pack* p, UINT32 count, WCHAR*** slot) noexcept nogil:
    cdef WCHAR** copy
    cdef UINT32 k
    if slot[0] == NULL:
        return
    if count == 0:
        empty(p, slot)
        return
    if p.image == NULL and count > MAX_ITEMS:
        p.failure = PACK_MALFORMED
        return
    copy = <WCHAR**>copy_to(p, slot, slot[0], POINTER_SIZE * <size_t>count, POINTER_SIZE)
    if copy == NULL:
        return
    for k in range(count):
        pack_text(p, copy + k)


cdef void pack_sids(Pack* p, UINT32 count, SID_AND_ATTRIBUTES** slot) noexcept nogil:
    cdef SID_AND_ATTRIBUTES* copy
    cdef UINT32 k
    if slot[0] == NULL:
        return
    if count == 0:
        empty(p, slot)
        return
    if p.image == NULL and count > MAX_ITEMS:
        p.failure = PACK_MALFORMED
        return
    copy = <SID_AND_ATTRIBUTES*>copy_to(
        p, slot, slot[0], sizeof(SID_AND_ATTRIBUTES) * <size_t>count, POINTER_SIZE)
    if copy == NULL:
        return
    for k in range(count):
        pack_sid(p, &copy[k].Sid)


cdef void pack_bytes(Pack* p, void** slot, size_t size, size_t alignment) noexcept nogil:
    if slot[0] != NULL:
        copy_to(p, slot, slot[0], size, alignment)


cdef void pack_blob_pointer(Pack* p, FWP_BYTE_BLOB** slot) noexcept nogil:
    cdef FWP_BYTE_BLOB* copy
    if slot[0] == NULL:
        return
    copy = <FWP_BYTE_BLOB*>copy_to(p, slot, slot[0], sizeof(FWP_BYTE_BLOB), POINTER_SIZE)
    if copy != NULL:
        pack_blob(p, copy)


cdef void pack_token(Pack* p, FWP_TOKEN_INFORMATION** slot) noexcept nogil:
    cdef FWP_TOKEN_INFORMATION* copy
    if slot[0] == NULL:
        return
    copy = <FWP_TOKEN_INFORMATION*>copy_to(
        p, slot, slot[0], sizeof(FWP_TOKEN_INFORMATION), POINTER_SIZE)
    if copy == NULL:
        return
    pack_sids(p, copy.sidCount, &copy.sids)
    pack_sids(p, copy.restrictedSidCount, &copy.restrictedSids)


cdef void pack_value(Pack* p, FWP_DATA_TYPE type, FWP_VALUE0_UNION* v) noexcept nogil:
    if type in (FWP_UINT64, FWP_INT64, FWP_DOUBLE):
        pack_bytes(p, <void**>&v.uint64, 8, 8)
    elif type == FWP_BYTE_ARRAY16_TYPE:
        pack_bytes(p, <void**>&v.byteArray16, sizeof(FWP_BYTE_ARRAY16), 1)
    elif type == FWP_BYTE_ARRAY6_TYPE:
        pack_bytes(p, <void**>&v.byteArray6, sizeof(FWP_BYTE_ARRAY6), 1)
    elif type in (
            FWP_BYTE_BLOB_TYPE, FWP_SECURITY_DESCRIPTOR_TYPE, FWP_TOKEN_ACCESS_INFORMATION_TYPE):
        pack_blob_pointer(p, &v.byteBlob)
    elif type == FWP_SID:
        pack_sid(p, &v.sid)
    elif type == FWP_TOKEN_INFORMATION_TYPE:
        pack_token(p, &v.tokenInformation)
    elif type == FWP_UNICODE_STRING_TYPE:
        pack_text(p, &v.unicodeString)
    elif type > FWP_FLOAT:
        v.uint64 = NULL  # the type is unknown, so a pointer could not be followed


cdef void pack_range(Pack* p, FWP_RANGE0** slot) noexcept nogil:
    cdef FWP_RANGE0* copy
    if slot[0] == NULL:
        return
    copy = <FWP_RANGE0*>copy_to(p, slot, slot[0], sizeof(FWP_RANGE0), POINTER_SIZE)
    if copy == NULL:
        return
    pack_value(p, copy.valueLow.type, &copy.valueLow.value)
    pack_value(p, copy.valueHigh.type, &copy.valueHigh.value)


cdef void pack_condition(Pack* p, FWP_CONDITION_VALUE0* x) noexcept nogil:
    if x.type == FWP_V4_ADDR_MASK:
        pack_bytes(p, <void**>&x.value.v4AddrMask, sizeof(FWP_V4_ADDR_AND_MASK), 4)
    elif x.type == FWP_V6_ADDR_MASK:
        pack_bytes(p, <void**>&x.value.v6AddrMask, sizeof(FWP_V6_ADDR_AND_MASK), 1)
    elif x.type == FWP_RANGE_TYPE:
        pack_range(p, &x.value.rangeValue)
    else:
        pack_value(p, x.type, <FWP_VALUE0_UNION*>&x.value)  # the unions begin with the same arms


cdef void pack_mm_failure(Pack* p, FWPM_NET_EVENT_IKEEXT_MM_FAILURE2* x, int level) noexcept nogil:
    if level < 1:
        return
    pack_text(p, &x.localPrincipalNameForAuth)
    pack_text(p, &x.remotePrincipalNameForAuth)
    pack_texts(p, x.numLocalPrincipalGroupSids, &x.localPrincipalGroupSids)
    pack_texts(p, x.numRemotePrincipalGroupSids, &x.remotePrincipalGroupSids)
    if level >= 2:
        pack_bytes(p, <void**>&x.providerContextKey, sizeof(GUID), 4)


cdef void pack_em_failure(Pack* p, FWPM_NET_EVENT_IKEEXT_EM_FAILURE1* x, int level) noexcept nogil:
    if level < 1:
        return
    pack_text(p, &x.localPrincipalNameForAuth)
    pack_text(p, &x.remotePrincipalNameForAuth)
    pack_texts(p, x.numLocalPrincipalGroupSids, &x.localPrincipalGroupSids)
    pack_texts(p, x.numRemotePrincipalGroupSids, &x.remotePrincipalGroupSids)


cdef void pack_subnet(Pack* p, IPSEC_TRAFFIC_TYPE traffic, FWP_CONDITION_VALUE0* v) noexcept nogil:
    """Copy what a subnet points to; except for a tunnel its bytes are undefined: clear them."""
    if traffic == IPSEC_TRAFFIC_TYPE_TUNNEL:
        pack_condition(p, v)
    else:
        memset(v, 0, sizeof(v[0]))


cdef void pack_payload(Pack* p, uint32_t type, uint8_t* x, int level) noexcept nogil:
    """Copy what a copied payload points to; the other types have no pointers."""
    cdef FWPM_NET_EVENT_IKEEXT_QM_FAILURE1* qm
    if type == FWPM_NET_EVENT_TYPE_IKEEXT_MM_FAILURE:
        pack_mm_failure(p, <FWPM_NET_EVENT_IKEEXT_MM_FAILURE2*>x, level)
    elif type == FWPM_NET_EVENT_TYPE_IKEEXT_QM_FAILURE:
        qm = <FWPM_NET_EVENT_IKEEXT_QM_FAILURE1*>x
        pack_subnet(p, qm.saTrafficType, &qm.localSubNet)
        pack_subnet(p, qm.saTrafficType, &qm.remoteSubNet)
    elif type == FWPM_NET_EVENT_TYPE_IKEEXT_EM_FAILURE:
        pack_em_failure(p, <FWPM_NET_EVENT_IKEEXT_EM_FAILURE1*>x, level)
    elif type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP and level >= 2:
        pack_blob(p, &(<FWPM_NET_EVENT_CLASSIFY_DROP2*>x).vSwitchId)
    elif type == FWPM_NET_EVENT_TYPE_CLASSIFY_DROP_MAC:
        pack_blob(p, &(<FWPM_NET_EVENT_CLASSIFY_DROP_MAC0*>x).vSwitchId)


cdef void pack_header(Pack* p, FWPM_NET_EVENT_HEADER3* x, int level) noexcept nogil:
    """Copy what a header points to; members whose flag is not set are undefined and are cleared."""
    if not x.flags & FWPM_NET_EVENT_FLAG_APP_ID_SET:
        memset(&x.appId, 0, sizeof(x.appId))
    if not x.flags & FWPM_NET_EVENT_FLAG_USER_ID_SET:
        x.userId = NULL
    pack_blob(p, &x.appId)
    pack_sid(p, &x.userId)
    if level < 2:
        return
    if not x.flags & FWPM_NET_EVENT_FLAG_PACKAGE_ID_SET:
        x.packageSid = NULL
    pack_sid(p, &x.packageSid)
    if level < 3:
        return
    if not x.flags & FWPM_NET_EVENT_FLAG_ENTERPRISE_ID_SET:
        x.enterpriseId = NULL
    if not x.flags & FWPM_NET_EVENT_FLAG_EFFECTIVE_NAME_SET:
        memset(&x.effectiveName, 0, sizeof(x.effectiveName))
    pack_text(p, &x.enterpriseId)
    pack_blob(p, &x.effectiveName)


cdef int64_t pack_event(Pack* p, uint64_t address, int version) noexcept nogil:
    """Copy the event at `address` and all that it points to.

    Return the offset of the copy in `out`; or a PACK_... below zero, with `used` unchanged.
    """
    cdef const EventVersion* v = event_version(version)
    cdef const Payload* struct
    cdef size_t before = p.used
    cdef const void* source
    cdef uint8_t* copy
    cdef uint8_t* payload
    cdef void** slot
    cdef uint32_t type
    p.failure = 0
    p.n_places = 0
    source = locate(p, <const void*>address, v.size)
    if source == NULL:
        return PACK_MALFORMED
    copy = room(p, v.size, 8)
    if copy != NULL:
        memcpy(copy, source, v.size)
        type = (<uint32_t*>(copy + v.type_offset))[0]
        slot = <void**>(copy + v.payload_offset)
        pack_header(p, <FWPM_NET_EVENT_HEADER3*>copy, v.header_level)
        struct = payload_of(version, type)
        if struct.size == 0:
            slot[0] = NULL  # the type is unknown, and so is the payload's size
        elif slot[0] != NULL:
            payload = copy_to(p, slot, slot[0], struct.size, 8)
            if payload != NULL:
                pack_payload(p, type, payload, struct.level)
    if p.failure:
        p.used = before
        return p.failure
    return <int64_t>(copy - p.out)
