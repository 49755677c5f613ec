# Numbers, addresses and identifiers as text; must not know blocks, columns or Python objects.
# Every put_... function writes at `out`, which must have room for the text's largest size, and
# returns the end of the text.
from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._base.portable cimport wf_trailing_zeros
from wfpfast._base.vector cimport wf_hex16

cdef extern from "_octets.h" nogil:
    const uint64_t[256] wf_octets

cdef enum:
    ADDRESS_SIZE = 48    # the longest IPv6 text is 39; writers may write whole words past the end
    MAC_SIZE = 17
    GUID_SIZE = 36
    SID_SIZE = 2 + 3 + 1 + 14 + 255 * 11 + 1
    DECIMAL_SIZE = 20

cdef char* put_decimal(char* out, uint64_t value) noexcept nogil
cdef char* put_compressed(
    char* out, const char* digits, uint32_t others, uint32_t zeros) noexcept nogil
cdef char* put_mac(char* out, const uint8_t* address) noexcept nogil
cdef char* put_hex(char* out, const uint8_t* data, size_t size) noexcept nogil
cdef char* put_guid(char* out, const uint8_t* guid) noexcept nogil
cdef char* put_sid(char* out, const uint8_t* sid, uint32_t size) noexcept nogil
cdef size_t utf8_from_utf16(
    uint8_t* out, const uint8_t* text, size_t units, size_t* replaced
) noexcept nogil
cdef int utf8_size(const uint8_t* p, const uint8_t* end) noexcept nogil


cdef inline char* put_octet(char* out, uint32_t value) noexcept nogil:
    """Write a number below 256 and a dot."""
    cdef uint64_t octet = wf_octets[value & 255]
    memcpy(out, &octet, 4)
    return out + (octet >> 32)


cdef inline char* put_ipv4(char* out, uint32_t address) noexcept nogil:
    """Write an address, given as a number in host order: its highest byte is the first octet."""
    out = put_octet(out, address >> 24)
    out = put_octet(out, address >> 16)
    out = put_octet(out, address >> 8)
    return put_octet(out, address) - 1  # the last dot


cdef inline char* put_group_range(
    char* out, const char* digits, uint32_t others, int first, int last
) noexcept nogil:
    """Write groups of IPv6 without leading zeros, each with a colon; `0000` becomes `0`.

    Bit k of `others` is set if digit k is not 0, or is the last of its group.
    """
    cdef uint64_t text, skip
    cdef uint32_t group
    cdef int k
    for k in range(first, last):
        memcpy(&group, digits + 4 * k, 4)
        text = group | <uint64_t>0x3a << 32  # little-endian: the first digit is the lowest byte
        skip = <uint64_t>wf_trailing_zeros(others >> 4 * k)
        text >>= 8 * skip
        memcpy(out + 5 * (k - first), &text, 8)
        out -= skip
    return out + 5 * (last - first)


cdef inline char* put_ipv6(char* out, const uint8_t* address) noexcept nogil:
    """Write an address as RFC 5952, section 4, says, always in hexadecimal."""
    cdef char[32] digits
    cdef uint32_t others = wf_hex16(digits, address)
    cdef uint32_t zeros = others | others >> 1
    zeros = ~(zeros | zeros >> 2) & 0x11111111  # bit 4 * k: group k is zero
    others |= <uint32_t>0x88888888
    if zeros & zeros >> 4:  # a single zero group is not shortened
        return put_compressed(out, digits, others, zeros)
    return put_group_range(out, digits, others, 0, 8) - 1


cdef inline uint8_t* put_code_point(uint8_t* out, uint32_t c) noexcept nogil:
    """Write a character as UTF-8, at most 4 bytes."""
    if c < 0x80:
        out[0] = <uint8_t>c
        return out + 1
    if c < 0x800:
        out[0] = <uint8_t>(0xc0 | c >> 6)
        out[1] = <uint8_t>(0x80 | (c & 0x3f))
        return out + 2
    if c < 0x10000:
        out[0] = <uint8_t>(0xe0 | c >> 12)
        out[1] = <uint8_t>(0x80 | (c >> 6 & 0x3f))
        out[2] = <uint8_t>(0x80 | (c & 0x3f))
        return out + 3
    out[0] = <uint8_t>(0xf0 | c >> 18)
    out[1] = <uint8_t>(0x80 | (c >> 12 & 0x3f))
    out[2] = <uint8_t>(0x80 | (c >> 6 & 0x3f))
    out[3] = <uint8_t>(0x80 | (c & 0x3f))
    return out + 4
