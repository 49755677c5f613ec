"""The log of a simulated engine and snapshots of it; must not know engines or handles.

A log is a chain of segments, which snapshots share with it, and a page is mostly a copy out of one
or two of them. Whoever calls has the engine's lock.
"""

from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from wfpfast.abi.events cimport NEWEST, POINTER_SIZE
from wfpfast.simulator._match cimport matches
from wfpfast.simulator._units cimport aligned, event_fits, head_size, relocate, write_older


cdef struct Stretch:
    # Neighbours in a segment.
    Segment* segment
    uint32_t first
    uint32_t end


cdef Segment* segment_new(size_t bytes, size_t places) noexcept nogil:
    """Return an empty segment with one count and at least so much room, or NULL without memory."""
    cdef Segment* segment
    cdef size_t head
    bytes = max(bytes, <size_t>SEGMENT_BYTES)
    places = max(places, <size_t>SEGMENT_PLACES)
    head = aligned(sizeof(Segment) + places * sizeof(uint32_t))
    segment = <Segment*>malloc(head + bytes)
    if segment == NULL:
        return NULL
    memset(segment, 0, sizeof(Segment))
    segment.refs = 1
    segment.capacity = <uint32_t>bytes
    segment.most_places = <uint32_t>places
    segment.places = <uint32_t*>(segment + 1)
    segment.data = <uint8_t*>segment + head
    return segment


cdef void segment_release(Segment* segment) noexcept nogil:
    segment.refs -= 1
    if segment.refs == 0:
        free(segment)


cdef void append(Segment* segment, const Unit* unit) noexcept nogil:
    cdef uint32_t k = segment.count
    cdef uint32_t begin = segment.offset[k]
    cdef uint32_t end = begin + <uint32_t>aligned(unit.size)
    cdef uint32_t* places = segment.places + segment.place[k]
    cdef uint8_t* to = segment.data + begin
    cdef uint32_t p
    memcpy(to, unit.data, unit.size)
    memset(to + unit.size, 0, end - begin - unit.size)
    for p in range(unit.n_places):
        places[p] = begin + unit.places[p]
        (<uint64_t*>(segment.data + places[p]))[0] += begin
    segment.count = k + 1
    segment.offset[k + 1] = end
    segment.place[k + 1] = segment.place[k] + unit.n_places


cdef bint has_room(const Segment* segment, const Unit* unit) noexcept nogil:
    cdef uint32_t k = segment.count
    return (k < SEGMENT_UNITS
            and segment.offset[k] + aligned(unit.size) <= segment.capacity
            and segment.place[k] + unit.n_places <= segment.most_places)


cdef int log_add(Log* log, const Unit* unit) noexcept nogil:
    """Copy a unit to the log's end; -1 without memory."""
    cdef Segment* segment = log.newest
    if segment == NULL or not has_room(segment, unit):
        segment = segment_new(aligned(unit.size), unit.n_places)
        if segment == NULL:
            return -1
        if log.newest == NULL:
            log.oldest = segment
        else:
            log.newest.next = segment
        log.newest = segment
        log.segments += 1
    append(segment, unit)
    log.count += 1
    log.bytes += aligned(unit.size)
    return 0


cdef void log_evict(Log* log) noexcept nogil:
    """Forget the oldest unit."""
    cdef Segment* segment = log.oldest
    log.bytes -= segment.offset[log.first + 1] - segment.offset[log.first]
    log.count -= 1
    log.first += 1
    if log.first == segment.count:
        log.first = 0
        log.segments -= 1
        log.oldest = segment.next
        if log.oldest == NULL:
            log.newest = NULL
        segment_release(segment)


cdef void log_clear(Log* log) noexcept nogil:
    cdef Segment* segment
    while log.oldest != NULL:
        segment = log.oldest
        log.oldest = segment.next
        segment_release(segment)
    memset(log, 0, sizeof(Log))


# --- Snapshots


cdef int snapshot_take(Snapshot* snapshot, const Log* log) noexcept nogil:
    """Keep what a log has now; -1 without memory."""
    cdef Segment* segment = log.oldest
    snapshot.segments = <Segment**>malloc((log.segments + 1) * sizeof(Segment*))
    if snapshot.segments == NULL:
        return -1
    while segment != NULL:
        segment.refs += 1
        snapshot.segments[snapshot.count] = segment
        snapshot.count += 1
        segment = segment.next
    snapshot.first = log.first
    snapshot.left = log.count
    return 0


cdef void snapshot_end(Snapshot* snapshot) noexcept nogil:
    cdef int64_t k
    for k in range(snapshot.count):
        segment_release(snapshot.segments[k])
    free(snapshot.segments)


cdef bint wanted(
    const uint8_t* data, uint32_t offset, const Match* match, int version
) noexcept nogil:
    return event_fits(data + offset, version) and matches(match, data + offset, data)


cdef Stretch next_stretch(
    Snapshot* at, const Match* match, int version, uint32_t most
) noexcept nogil:
    """Go on behind the next units that are wanted and return them; none after the last."""
    cdef Stretch found = Stretch(NULL, 0, 0)
    # Templates are for events, and the newest version has them all.
    cdef bint everything = match == NULL and not 0 <= version < NEWEST
    cdef Segment* segment
    cdef const uint32_t* offset
    cdef uint32_t end
    while at.left and found.first == found.end:
        if at.first == at.segments[at.at].count:
            at.at += 1
            at.first = 0
        segment = at.segments[at.at]
        offset = segment.offset
        end = <uint32_t>min(<int64_t>segment.count, at.first + at.left)
        found = Stretch(segment, at.first, at.first)
        if everything:
            found.end = found.first + min(end - found.first, most)
        else:
            while found.first < end and not wanted(
                    segment.data, offset[found.first], match, version):
                found.first += 1
            found.end = found.first
            end = found.first + min(end - found.first, most)
            while found.end < end and wanted(
                    segment.data, offset[found.end], match, version):
                found.end += 1
        at.left -= found.end - at.first
        at.first = found.end
    return found


cdef size_t block_needed(
    Snapshot snapshot, const Match* match, int version, uint32_t most, uint32_t* count
) noexcept nogil:
    """Return how many bytes a block of the next units has, and how many units these are."""
    cdef Stretch next
    cdef size_t size = 0
    count[0] = 0
    while count[0] < most:
        next = next_stretch(&snapshot, match, version, most - count[0])
        if next.first == next.end:
            break
        count[0] += next.end - next.first
        size += next.segment.offset[next.end] - next.segment.offset[next.first]
    return size + count[0] * (POINTER_SIZE + head_size(version))


cdef uint8_t* write_stretch(
    const Stretch* given, int version, void** entries, uint8_t* to
) noexcept nogil:
    """Write units, each behind its older head if there is one; return where the next one begins."""
    cdef Segment* source = given.segment
    cdef const uint32_t* offset = source.offset
    cdef size_t head = head_size(version)
    cdef uint32_t first = given.first
    cdef uint32_t end, k
    while first < given.end:
        end = first + 1 if head else given.end
        relocate(
            source.data + offset[first], offset[end] - offset[first],
            source.places + source.place[first], source.place[end] - source.place[first],
            offset[first], to + head)
        if head:
            write_older(version, to + head, to)
        for k in range(first, end):
            entries[k - given.first] = to + (offset[k] - offset[first])
        to += head + (offset[end] - offset[first])
        first = end
    return to


cdef void block_write(
    Snapshot* snapshot, const Match* match, int version, uint32_t count, uint8_t* to
) noexcept nogil:
    """Write a block: the pointers, then what they point to; its units have then been read."""
    cdef void** entries = <void**>to
    cdef uint8_t* next = to + POINTER_SIZE * <size_t>count
    cdef uint32_t written = 0
    cdef Stretch stretch
    while written < count:
        stretch = next_stretch(snapshot, match, version, count - written)
        next = write_stretch(&stretch, version, entries + written, next)
        written += stretch.end - stretch.first
