"""Python values into the bytes of members; must not know which struct a member belongs to."""

from cpython.exc cimport PyErr_Clear, PyErr_Occurred
from cpython.long cimport PyLong_Check
from cpython.number cimport PyNumber_Index
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.math cimport fabs, isfinite
from libc.stdint cimport INT64_MAX, UINT32_MAX, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from collections.abc import Mapping

from wfpfast._blocks.layouts import STRUCTS

cdef extern from "Python.h":
    # Declared without an exception check, so that the caller can raise one that names the member.
    unsigned long long PyLong_AsUnsignedLongLong(object number) noexcept
    long long PyLong_AsLongLong(object number) noexcept
    double PyFloat_AsDouble(object number) noexcept

cdef size_t BLOB_SIZE = STRUCTS["FWP_BYTE_BLOB"].members["size"].offset
cdef size_t BLOB_DATA = STRUCTS["FWP_BYTE_BLOB"].members["data"].offset

cdef enum:
    SID_HEAD = 8
    MAX_SUB_AUTHORITIES = 255

# The smallest number that rounds to a float's infinity: half a step above the largest float.
cdef double FLOAT_LIMIT = 3.4028235677973366e38


cdef str kind_of(value):
    return type(value).__name__


cdef int misfit(Arena arena, member, value, str c_type) except -1:
    """Raise OverflowError; a message shows only the length of a very large number."""
    bits = value.bit_length() if isinstance(value, int) else 0
    shown = value if bits <= 128 else f"an int of {bits} bits"
    return arena.fail(OverflowError, member, f"{shown} does not fit {c_type}")


cdef object as_int(Arena arena, member, value):
    """Return a value of any type with ``__index__`` as an int."""
    if not hasattr(value, "__index__"):
        arena.fail(TypeError, member, f"{kind_of(value)} is not an int")
    return PyNumber_Index(value)


cdef int put_unsigned(
    Arena arena, member, value, size_t offset, size_t size, str c_type
) except -1:
    cdef uint64_t number
    if not PyLong_Check(value):
        value = as_int(arena, member, value)
    number = PyLong_AsUnsignedLongLong(value)
    if number == <uint64_t>-1 and PyErr_Occurred() != NULL:
        PyErr_Clear()
        return misfit(arena, member, value, c_type)
    if size < 8 and number >> (8 * size):
        return misfit(arena, member, value, c_type)
    arena.store(offset, number, size)
    return 0


cdef int put_signed(Arena arena, member, value, size_t offset, size_t size, str c_type) except -1:
    cdef int64_t number, limit = INT64_MAX >> (64 - 8 * size)
    if not PyLong_Check(value):
        value = as_int(arena, member, value)
    number = PyLong_AsLongLong(value)
    if number == -1 and PyErr_Occurred() != NULL:
        PyErr_Clear()
        return misfit(arena, member, value, c_type)
    if number > limit or number < -limit - 1:
        return misfit(arena, member, value, c_type)
    arena.store(offset, <uint64_t>number, size)
    return 0


cdef int put_float(Arena arena, member, value, size_t offset, size_t size, str c_type) except -1:
    cdef double number
    cdef float single
    if not isinstance(value, (float, int)):
        return arena.fail(TypeError, member, f"{kind_of(value)} is not a number")
    number = PyFloat_AsDouble(value)
    if number == -1 and PyErr_Occurred() != NULL:
        PyErr_Clear()
        return misfit(arena, member, value, c_type)
    if size == sizeof(double):
        memcpy(arena.data + offset, &number, sizeof(double))
        return 0
    if isfinite(number) and fabs(number) >= FLOAT_LIMIT:
        return misfit(arena, member, value, c_type)
    single = <float>number
    memcpy(arena.data + offset, &single, sizeof(float))
    return 0


cdef bytes as_bytes(Arena arena, member, value):
    if type(value) is bytes:
        return value
    if not isinstance(value, (bytes, bytearray, memoryview)):
        arena.fail(TypeError, member, f"{kind_of(value)} is not bytes")
    return bytes(value)


cdef int put_bytes(Arena arena, member, value, size_t offset, size_t size) except -1:
    cdef bytes data = as_bytes(arena, member, value)
    if <size_t>len(data) != size:
        return arena.fail(ValueError, member, f"{len(data)} bytes where {size} belong")
    memcpy(arena.data + offset, <const char*>data, size)
    return 0


cdef int put_guid(Arena arena, member, value, size_t offset) except -1:
    """Write a UUID, its text, or its 16 bytes as they are in memory; None is all zero."""
    if value is None:
        return 0
    if isinstance(value, str):
        from uuid import UUID
        try:
            value = UUID(value)
        except ValueError:
            arena.fail(ValueError, member, f"{value!r} is not a GUID")
    return put_bytes(arena, member, getattr(value, "bytes_le", value), offset, 16)


cdef size_t copy_text(Arena arena, text, size_t* size) except? 0:
    """Write `text` as UTF-16 with a NUL; return its offset, and its bytes in `size`."""
    cdef const char* narrow
    cdef bytes wide
    cdef Py_ssize_t length, k
    cdef uint16_t unit
    cdef size_t offset
    if text.isascii():
        narrow = PyUnicode_AsUTF8AndSize(text, &length)
        size[0] = 2 * <size_t>length + 2
        offset = arena.allot(size[0])
        for k in range(length):
            unit = <uint8_t>narrow[k]
            memcpy(arena.data + offset + 2 * k, &unit, 2)
        return offset
    wide = text.encode("utf-16-le", "surrogatepass")
    size[0] = <size_t>len(wide) + 2
    offset = arena.allot(size[0])
    memcpy(arena.data + offset, <const char*>wide, len(wide))
    return offset


cdef int point_to_text(Arena arena, member, value, size_t slot) except -1:
    """Write a pointer to text with a NUL added, or to bytes as they are; None is NULL."""
    cdef bytes data
    cdef size_t size
    if value is None:
        return 0
    if isinstance(value, str):
        arena.point(slot, copy_text(arena, value, &size))
    else:
        data = as_bytes(arena, member, value)
        arena.point(slot, arena.copy(<const char*>data, len(data)))
    return 0


cdef int put_blob(Arena arena, member, value, size_t offset) except -1:
    """Write a blob of text (its NUL counts), of bytes, or of a mapping of ``size`` and ``data``.

    The mapping allows blobs that contradict themselves, for tests.
    """
    cdef bytes data
    cdef size_t size, target
    if value is None:
        return 0
    if isinstance(value, str):
        target = copy_text(arena, value, &size)
    elif type(value) is not bytes and isinstance(value, Mapping):
        return put_blob_parts(arena, member, dict(value), offset)
    else:
        data = as_bytes(arena, member, value)
        size = len(data)
        target = arena.copy(<const char*>data, size)
    if size > UINT32_MAX:
        return arena.fail(OverflowError, member, f"{size} bytes do not fit a blob")
    arena.store(offset + BLOB_SIZE, size, sizeof(uint32_t))
    arena.point(offset + BLOB_DATA, target)
    return 0


cdef int put_blob_parts(Arena arena, member, dict parts, size_t offset) except -1:
    for key in parts:
        if key not in ("size", "data"):
            return arena.fail(ValueError, f"{member}.{key}", "a blob has no such member")
    if parts.get("data") is not None:
        put_blob(arena, f"{member}.data", as_bytes(arena, f"{member}.data", parts["data"]), offset)
    if "size" in parts:
        put_unsigned(
            arena, f"{member}.size", parts["size"], offset + BLOB_SIZE, sizeof(uint32_t), "UINT32")
    return 0


cdef bint take_decimal(const char** text, uint64_t limit, uint64_t* number) noexcept nogil:
    cdef const char* start = text[0]
    cdef uint64_t digit
    number[0] = 0
    while c"0" <= text[0][0] <= c"9":
        digit = text[0][0] - c"0"
        if number[0] > (limit - digit) // 10:
            return False
        number[0] = 10 * number[0] + digit
        text[0] += 1
    return text[0] != start


cdef bint take_hexadecimal(const char** text, int max_digits, uint64_t* number) noexcept nogil:
    cdef int digits = 0
    cdef char letter
    number[0] = 0
    while digits <= max_digits:
        letter = text[0][0] | 0x20  # lower case; digits have that bit already
        if c"0" <= letter <= c"9" and text[0][0] == letter:
            number[0] = number[0] << 4 | <uint64_t>(letter - c"0")
        elif c"a" <= letter <= c"f":
            number[0] = number[0] << 4 | <uint64_t>(letter - c"a" + 10)
        else:
            break
        digits += 1
        text[0] += 1
    return 1 <= digits <= max_digits


cdef int sid_from_text(const char* text, const char* end, uint8_t* sid) noexcept nogil:
    """Write the SID of a NUL-terminated text and return its size, or -1 if the text is no SID."""
    cdef uint64_t revision, authority, part
    cdef int count = 0, k
    if (text[0] != c"S" and text[0] != c"s") or text[1] != c"-":
        return -1
    text += 2
    if not take_decimal(&text, 0xff, &revision) or text[0] != c"-":
        return -1
    text += 1
    if text[0] == c"0" and (text[1] == c"x" or text[1] == c"X"):
        text += 2
        if not take_hexadecimal(&text, 12, &authority):
            return -1
    elif not take_decimal(&text, 0xffffffffffff, &authority):
        return -1
    while text[0] == c"-":
        text += 1
        if count == MAX_SUB_AUTHORITIES or not take_decimal(&text, UINT32_MAX, &part):
            return -1
        memcpy(sid + SID_HEAD + 4 * count, &part, 4)
        count += 1
    sid[0] = <uint8_t>revision
    sid[1] = <uint8_t>count
    for k in range(6):
        sid[2 + k] = <uint8_t>(authority >> (40 - 8 * k))
    return SID_HEAD + 4 * count if text == end else -1


def sid_to_bytes(str value):
    """Return the bytes in memory of a SID that is given as text."""
    cdef uint8_t[SID_HEAD + 4 * MAX_SUB_AUTHORITIES] sid
    cdef const char* text
    cdef Py_ssize_t length
    cdef int size = -1
    if value.isascii():
        text = PyUnicode_AsUTF8AndSize(value, &length)
        size = sid_from_text(text, text + length, sid)
    if size < 0:
        raise ValueError(f"{value!r} is not a SID")
    return (<const char*>sid)[:size]


cdef int point_to_sid(Arena arena, member, value, size_t slot) except -1:
    """Write a pointer to a SID, given as text or as its bytes; None is NULL."""
    cdef bytes data
    if value is None:
        return 0
    if isinstance(value, str):
        try:
            data = sid_to_bytes(value)
        except ValueError as error:
            return arena.fail(ValueError, member, str(error))
    else:
        data = as_bytes(arena, member, value)
    arena.point(slot, arena.copy(<const char*>data, len(data)))
    return 0


cdef dict as_dict(Arena arena, member, value):
    if type(value) is dict:
        return value
    if not isinstance(value, Mapping):
        arena.fail(TypeError, member, f"{kind_of(value)} is not a mapping")
    return dict(value)
