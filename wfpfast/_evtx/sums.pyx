"""The checksum of chunks, CRC-32 as in zlib; must not know chunks."""

from cpython.bytes cimport PyBytes_AsString

cdef extern from "_sums.h" nogil:
    void wf_crc_init() noexcept
    uint32_t wf_crc32(uint32_t crc, const uint8_t* data, size_t size) noexcept
    uint32_t wf_crc32_portable(uint32_t crc, const uint8_t* data, size_t size) noexcept


cdef uint32_t sum_of(uint32_t before, const uint8_t* data, size_t size) noexcept nogil:
    """Continue a checksum, which begins with 0."""
    return wf_crc32(before, data, size)


def crc32(bytes data, before, *, bint portable) -> int:
    """Return what both versions make of some bytes; for tests only."""
    cdef const uint8_t* start = <const uint8_t*>PyBytes_AsString(data)
    cdef uint32_t crc = before
    if portable:
        return wf_crc32_portable(crc, start, len(data))
    return wf_crc32(crc, start, len(data))


wf_crc_init()
