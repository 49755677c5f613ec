# Values of fields as columns have them; must not know events.
from libc.stdint cimport uint8_t, uint32_t, uint64_t

from wfpfast._evtx.values cimport Value
from wfpfast.audit._rows cimport Address

cdef bint says_nothing(const Value* value) noexcept nogil
cdef bint read_address(const Value* value, Address* address) noexcept nogil
cdef bint read_mac(const Value* value, uint8_t* address) noexcept nogil
cdef bint read_bool(const Value* value, bint* answer) noexcept nogil
cdef bint read_hex(const Value* value, uint8_t* data, uint32_t size) noexcept nogil
cdef int prefix_of(const Address* mask) noexcept nogil
