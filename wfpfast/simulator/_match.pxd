# Templates as the simulated engine understands them; must not know engines or handles.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast.abi.fwpmobjects cimport FWPM_NET_EVENT_ENUM_TEMPLATE0
from wfpfast.abi.minwindef cimport DWORD

cdef enum:
    MAX_CONDITIONS = 8      # one for each field that a template may have
    MAX_OPERAND = 1 << 11


cdef struct Condition:
    int field
    uint32_t type           # FWP_DATA_TYPE
    uint32_t size
    uint8_t[MAX_OPERAND] operand


cdef struct Match:
    uint64_t start
    uint64_t end
    int count
    Condition[MAX_CONDITIONS] conditions


cdef uint32_t known_keywords    # all FWPM_NET_EVENT_KEYWORD_* bits


cdef DWORD match_new(const FWPM_NET_EVENT_ENUM_TEMPLATE0* given, Match** built) noexcept nogil
cdef uint32_t event_keyword(const uint8_t* event) noexcept nogil
cdef bint matches(
    const Match* match, const uint8_t* event, const uint8_t* base) noexcept nogil
