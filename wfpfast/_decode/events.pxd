# A block into columns; must not know engine handles or Python objects.
from libc.stdint cimport int64_t, uint64_t

from wfpfast._decode.context cimport Decode

cdef void decode_block(Decode* d, const uint64_t* entries, int64_t count) noexcept nogil
