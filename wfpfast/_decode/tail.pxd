# Decodes wfpfast's own tail of an event; must not know headers or payloads.
from libc.stdint cimport uint64_t

from wfpfast._decode.context cimport Decode

cdef void decode_tail(Decode* d, int i, uint64_t address) noexcept nogil
