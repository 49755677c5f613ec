"""Both versions of each function in _vector.h, so that tests can compare them; for tests only."""

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from libc.string cimport memcpy


def transpose(bytes rows, *, bint portable) -> bytes:
    """Transpose 64 rows of 64 bits."""
    cdef uint64_t[64] given, turned
    if len(rows) != sizeof(given):
        raise ValueError(f"{len(rows)} bytes are not 64 rows of 64 bits")
    memcpy(given, PyBytes_AsString(rows), sizeof(given))
    if portable:
        wf_transpose_portable(given, turned)
    else:
        wf_transpose(given, turned)
    return PyBytes_FromStringAndSize(<char*>turned, sizeof(turned))


def hexadecimal(bytes data, *, bint portable) -> tuple[bytes, int]:
    """Return the 32 digits of 16 bytes, and a mask with a bit for each digit that is not 0."""
    cdef char[32] digits
    cdef uint32_t others
    if len(data) != 16:
        raise ValueError(f"{len(data)} bytes are not 16")
    if portable:
        others = wf_hex16_portable(digits, <const uint8_t*>PyBytes_AsString(data))
    else:
        others = wf_hex16(digits, <const uint8_t*>PyBytes_AsString(data))
    return PyBytes_FromStringAndSize(digits, sizeof(digits)), others


def narrow_16(bytes units, bint big, *, bint portable) -> bytes | None:
    """Return 16 units of UTF-16 as 16 bytes; None if one is NUL or not ASCII."""
    cdef uint8_t[16] out
    cdef const uint8_t* given = <const uint8_t*>PyBytes_AsString(units)
    if len(units) != 32:
        raise ValueError(f"{len(units)} bytes are not 16 units")
    if not (wf_narrow_16_portable(out, given, big) if portable else wf_narrow_16(out, given, big)):
        return None
    return PyBytes_FromStringAndSize(<char*>out, sizeof(out))


def plain_16(bytes text, *, bint portable) -> int:
    """Return how many of 16 bytes, from the first on, are plain in a JSON string."""
    cdef const uint8_t* given = <const uint8_t*>PyBytes_AsString(text)
    if len(text) != 16:
        raise ValueError(f"{len(text)} bytes are not 16")
    return wf_plain_16_portable(given) if portable else wf_plain_16(given)


def hash_192(bytes text, bytes secrets, *, bint portable) -> int:
    """Return the hash of 32 to 192 bytes."""
    cdef uint64_t[24] numbers
    if not 32 <= len(text) <= 192 or len(secrets) != sizeof(numbers):
        raise ValueError(f"{len(text)} and {len(secrets)} bytes are not 32 to 192, and 192")
    memcpy(numbers, PyBytes_AsString(secrets), sizeof(numbers))
    if portable:
        return wf_hash_192_portable(<const uint8_t*>PyBytes_AsString(text), len(text), numbers)
    return wf_hash_192(<const uint8_t*>PyBytes_AsString(text), len(text), numbers)


def same_192(bytes text, bytes other, *, bint portable) -> bool:
    """Return whether two texts of 16 to 192 bytes are equal."""
    cdef const uint8_t* a = <const uint8_t*>PyBytes_AsString(text)
    cdef const uint8_t* b = <const uint8_t*>PyBytes_AsString(other)
    if not 16 <= len(text) <= 192 or len(other) != len(text):
        raise ValueError(f"{len(text)} and {len(other)} bytes are not equally many, 16 to 192")
    if portable:
        return bool(wf_same_192_portable(a, b, len(text)))
    return bool(wf_same_192(a, b, len(text)))
