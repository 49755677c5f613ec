# What header and payloads point to, put into text columns; must not know which member points.
from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from wfpfast._columns cimport Column
from wfpfast._context cimport Decode
from wfpfast.abi.fwptypes cimport FWP_BYTE_BLOB
from wfpfast.abi.guiddef cimport GUID
from wfpfast.abi.minwindef cimport WCHAR
from wfpfast.abi.winnt cimport SID

# Each of these writes the cell of row `i` of the chunk and returns True, or returns False for null;
# a pointer that may not be followed is reported under `field` first.
cdef bint put_path(
    Decode* d, int column, int i, int field, const FWP_BYTE_BLOB* blob
) noexcept nogil
cdef bint put_blob(
    Decode* d, int column, int i, int field, const FWP_BYTE_BLOB* blob
) noexcept nogil
cdef bint put_sid_text(Decode* d, int column, int i, int field, const SID* sid) noexcept nogil
cdef bint put_wide(Decode* d, int column, int i, int field, const WCHAR* text) noexcept nogil
cdef bint put_key(Decode* d, int column, int i, int field, const GUID* key) noexcept nogil
cdef bint put_key_value(Decode* d, int column, int i, const uint8_t* key) noexcept nogil
cdef bint put_groups(
    Decode* d, int column, int i, int field, uint32_t count, WCHAR* const* groups
) noexcept nogil
cdef bint put_address(
    Decode* d, int column, int i, const uint8_t* address, bint is_v6
) noexcept nogil
cdef bint put_mac_address(Decode* d, int column, int i, const uint8_t* address) noexcept nogil

# The pieces that rendering a condition value needs too.
cdef const uint8_t* find_sid(Decode* d, const SID* sid) noexcept nogil
cdef const uint8_t* find_wide(Decode* d, const WCHAR* text, size_t* units) noexcept nogil
cdef uint8_t* room_for_text(Decode* d, Column* column, size_t more) noexcept nogil
cdef bint append_text(Decode* d, Column* items, const WCHAR* text) noexcept nogil
cdef int append_wide(
    Decode* d, Column* column, const uint8_t* text, size_t units
) noexcept nogil
