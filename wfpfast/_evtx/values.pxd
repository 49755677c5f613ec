# Values as records have them; must not know what they mean.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum ValueType:
    TYPE_NULL = 0x00
    TYPE_TEXT = 0x01         # UTF-16
    TYPE_ANSI = 0x02
    TYPE_INT8 = 0x03
    TYPE_UINT8 = 0x04
    TYPE_INT16 = 0x05
    TYPE_UINT16 = 0x06
    TYPE_INT32 = 0x07
    TYPE_UINT32 = 0x08
    TYPE_INT64 = 0x09
    TYPE_UINT64 = 0x0a
    TYPE_BOOL = 0x0d         # 32 bits
    TYPE_GUID = 0x0f
    TYPE_SIZE = 0x10
    TYPE_FILETIME = 0x11
    TYPE_SYSTEMTIME = 0x12
    TYPE_SID = 0x13
    TYPE_HEX32 = 0x14
    TYPE_HEX64 = 0x15
    TYPE_XML = 0x21
    TYPE_SEVERAL = 0x100     # none of the format's: of several parts, or in several places

cdef enum:
    MAX_TEXT = 64            # characters of a number or an address


cdef struct Value:
    const uint8_t* data
    uint32_t size            # bytes
    uint32_t type


cdef bint value_number(const Value* value, uint64_t* number) noexcept nogil
cdef bint value_message(const Value* value, uint64_t* number) noexcept nogil
cdef bint value_time(const Value* value, uint64_t* ticks) noexcept nogil
cdef bint value_ascii(const Value* value, char* text, uint32_t* size) noexcept nogil
cdef uint32_t text_size(const Value* value) noexcept nogil


cdef inline uint16_t get_16(const uint8_t* data) noexcept nogil:
    cdef uint16_t number
    memcpy(&number, data, 2)
    return number


cdef inline uint32_t get_32(const uint8_t* data) noexcept nogil:
    cdef uint32_t number
    memcpy(&number, data, 4)
    return number


cdef inline uint64_t get_64(const uint8_t* data) noexcept nogil:
    cdef uint64_t number
    memcpy(&number, data, 8)
    return number
