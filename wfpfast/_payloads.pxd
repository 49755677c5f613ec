# One function per payload struct of a net event; must not know headers, blocks or Python objects.
# Each reads through the newest struct of its family and stops at the level that the event's version
# has; `at` is the payload, already found good for that level's size.
from libc.stdint cimport uint8_t, uint32_t

from wfpfast._context cimport Decode
from wfpfast.abi.fwpmtypes cimport FWPM_NET_EVENT_CLASSIFY_DROP2

cdef void decode_mm_failure(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_qm_failure(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_em_failure(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_classify(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_kernel_drop(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_dosp_drop(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_capability(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_drop_mac(Decode* d, int i, const uint8_t* at, int level) noexcept nogil
cdef void decode_packet_arrival(Decode* d, int i, const uint8_t* at, int level) noexcept nogil

# Exported only so that the compiler leaves it a function of its own.
cdef void put_rare(
    Decode* d, int i, const FWPM_NET_EVENT_CLASSIFY_DROP2* e,
    const FWPM_NET_EVENT_CLASSIFY_DROP2* tail) noexcept nogil
