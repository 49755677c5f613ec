# Numbers, addresses and identifiers as text; must not know blocks, columns or Python objects.
# Every function writes at `out`, which has the room named, and returns the end of the text.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    ADDRESS_SIZE = 48    # the longest IPv6 text is 39; writers may write whole words past the end
    MAC_SIZE = 17
    GUID_SIZE = 36
    SID_SIZE = 2 + 3 + 1 + 14 + 255 * 11 + 1
    DECIMAL_SIZE = 20

cdef char* put_decimal(char* out, uint64_t value) noexcept nogil
cdef char* put_ipv4(char* out, uint32_t address) noexcept nogil
cdef char* put_ipv6(char* out, const uint8_t* address) noexcept nogil
cdef char* put_mac(char* out, const uint8_t* address) noexcept nogil
cdef char* put_hex(char* out, const uint8_t* data, size_t size) noexcept nogil
cdef char* put_guid(char* out, const uint8_t* guid) noexcept nogil
cdef char* put_sid(char* out, const uint8_t* sid) noexcept nogil
cdef size_t utf8_from_utf16(
    uint8_t* out, const uint8_t* text, size_t units, size_t* replaced
) noexcept nogil
