# One function per payload struct of a net event; must not know headers, blocks or Python objects.
# Each reads through the newest struct of its family and stops at the level that the event's version
# has. The caller has checked that the memory at `payload` has the size of that level.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast._base.portable cimport wf_likely, wf_low_bit
from wfpfast._decode.context cimport Decode, put_16, put_32, put_64, put_bool
from wfpfast._decode.schema cimport (
    CURRENT_PROFILE, DIRECTION, DIRECTION_CODE, FILTER_ID, IS_LOOPBACK, LAYER_ID, ORIGINAL_PROFILE,
    REAUTH_REASON)
from wfpfast.abi.fwpmtypes cimport FWPM_NET_EVENT_CLASSIFY_DROP2

cdef enum:
    # msFwpDirection is 0x3900 + the code in the dictionary: in, out, forward, both. The headers of
    # the SDK lack these values; they are from the CLASSIFY_DROP1 page and from Windows itself.
    FIRST_MS_FWP_DIRECTION = 0x3900
    N_MS_FWP_DIRECTIONS = 4
    INBOUND = 0
    OUTBOUND = 1


cdef void decode_mm_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_qm_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_em_failure(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_kernel_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_dosp_drop(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_capability(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_drop_mac(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil
cdef void decode_packet_arrival(Decode* d, int i, const uint8_t* payload, int level) noexcept nogil

# The members that few classify events have; not inlined, unlike decode_classify().
cdef void put_uncommon_classify(
    Decode* d, int i, const FWPM_NET_EVENT_CLASSIFY_DROP2* e,
    const FWPM_NET_EVENT_CLASSIFY_DROP2* tail) noexcept nogil


# One test skips all columns that a caller with a short list of columns usually omits.
cdef inline uint64_t seldom_wanted_of_classify() noexcept nogil:
    return (
        wf_low_bit(REAUTH_REASON) | wf_low_bit(ORIGINAL_PROFILE) | wf_low_bit(CURRENT_PROFILE)
        | wf_low_bit(IS_LOOPBACK) | wf_low_bit(DIRECTION_CODE))


cdef inline void decode_classify(
    Decode* d, int i, const uint8_t* payload, int level, uint64_t has_tail
) noexcept nogil:
    """Decode CLASSIFY_DROP0 to 2, or CLASSIFY_ALLOW0, which has the layout of CLASSIFY_DROP1.

    `has_tail` has all bits set or none. Drops and allows come in no predictable order, so a branch
    here would be mispredicted: an event without DROP2's tail reads one of zeros instead.
    """
    cdef const FWPM_NET_EVENT_CLASSIFY_DROP2* e = <const FWPM_NET_EVENT_CLASSIFY_DROP2*>payload
    cdef uint64_t zeros = <uint64_t>d.zeros
    cdef const FWPM_NET_EVENT_CLASSIFY_DROP2* tail = <const FWPM_NET_EVENT_CLASSIFY_DROP2*>(
        zeros + ((<uint64_t>e - zeros) & has_tail))
    cdef uint32_t name
    put_64(d, FILTER_ID, i, e.filterId)
    d.words[0][i] |= <uint64_t>(e.filterId != 0) << FILTER_ID  # valid anyway, but of a permit
    put_16(d, LAYER_ID, i, e.layerId)
    if not wf_likely(level >= 1):
        return
    name = e.msFwpDirection - FIRST_MS_FWP_DIRECTION  # which CLASSIFY_DROP0 does not have
    put_32(d, DIRECTION, i, name)
    if wf_likely(d.wanted[0] & seldom_wanted_of_classify() != 0):
        put_32(d, REAUTH_REASON, i, e.reauthReason)
        put_32(d, ORIGINAL_PROFILE, i, e.originalProfile)
        put_32(d, CURRENT_PROFILE, i, e.currentProfile)
        put_bool(d, IS_LOOPBACK, i, e.isLoopback != 0)
        put_32(d, DIRECTION_CODE, i, e.msFwpDirection)
    if not wf_likely(name < N_MS_FWP_DIRECTIONS and tail.vSwitchId.size == 0):
        put_uncommon_classify(d, i, e, tail)


cdef inline void put_no_classify(Decode* d, int i) noexcept nogil:
    """Write zeros for a row that is no classify event: these cells are not cleared beforehand."""
    put_64(d, FILTER_ID, i, 0)
    put_16(d, LAYER_ID, i, 0)
    put_32(d, REAUTH_REASON, i, 0)
    put_32(d, ORIGINAL_PROFILE, i, 0)
    put_32(d, CURRENT_PROFILE, i, 0)
    put_32(d, DIRECTION_CODE, i, 0)
    put_32(d, DIRECTION, i, 0)
