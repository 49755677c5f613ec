# What a source knows more or less than the SDK's structs; must not know headers or payloads.
from libc.stdint cimport uint64_t

from wfpfast._decode.context cimport Decode

cdef void decode_tail(Decode* d, int i, uint64_t address) noexcept nogil
