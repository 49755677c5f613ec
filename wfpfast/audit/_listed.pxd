# Records that are given as a list of fields; must not know which format they had.
from libc.stdint cimport uint8_t

from wfpfast._evtx.records cimport Chunk

cdef int next_listed(Chunk* chunk, const uint8_t** at, const uint8_t* end) noexcept nogil
