# The log of a simulated engine and snapshots of it; must not know engines or handles.
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from wfpfast.simulator._match cimport Match
from wfpfast.simulator._units cimport Unit

cdef enum:
    SEGMENT_BYTES = 1 << 16
    SEGMENT_UNITS = 256
    SEGMENT_PLACES = 1 << 11


cdef struct Segment:
    # Units one after another, as a block has them. Pointers and places count from `data`.
    int32_t refs                # of the log and snapshots
    Segment* next               # in the log
    uint32_t count
    uint32_t capacity           # of `data`
    uint32_t most_places
    uint32_t[SEGMENT_UNITS + 1] offset     # where a unit begins, and behind the last one
    uint32_t[SEGMENT_UNITS + 1] place      # which of `places` is the first of a unit
    uint32_t* places
    uint8_t* data               # aligned to 8 bytes


cdef struct Log:
    # What is added goes behind the newest; what is there does not change.
    Segment* oldest
    Segment* newest
    uint32_t first              # unit of the oldest segment that is still in the log
    int64_t segments
    int64_t count               # of units
    int64_t bytes


cdef struct Snapshot:
    # What a log had, of which some has been read.
    Segment** segments
    int64_t count               # of segments
    int64_t at                  # segment
    uint32_t first              # unit of this segment that has not been read
    int64_t left                # units, in this segment and those after it


cdef int log_add(Log* log, const Unit* unit) noexcept nogil
cdef void log_evict(Log* log) noexcept nogil
cdef void log_clear(Log* log) noexcept nogil
cdef int snapshot_take(Snapshot* snapshot, const Log* log) noexcept nogil
cdef void snapshot_end(Snapshot* snapshot) noexcept nogil
cdef size_t block_needed(
    Snapshot snapshot, const Match* match, int version, uint32_t most, uint32_t* count
) noexcept nogil
cdef void block_write(
    Snapshot* snapshot, const Match* match, int version, uint32_t count, uint8_t* to
) noexcept nogil
