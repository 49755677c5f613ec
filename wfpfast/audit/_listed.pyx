"""Reads records that are given as a list of fields; must not know which format they had.

A record is its place (64 bits), how many fields it has (32), and these: the target (16), the type
(16), the size (32), and the value. _packing.py writes them.
"""

from cpython.bytearray cimport PyByteArray_AsString, PyByteArray_Resize, PyByteArray_Size
from cpython.bytes cimport PyBytes_AsString, PyBytes_Size
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._evtx.records cimport (
    BROKEN, NO_RECORD, OTHER_EVENT, WANTED, is_present, is_wanted)
from wfpfast._evtx.templates cimport N_TARGETS
from wfpfast._evtx.values cimport TYPE_SEVERAL, TYPE_TEXT, Value, get_16, get_32, get_64

cdef enum:
    HEAD = 12
    FIELD_HEAD = 8
    MOST = 1 << 30           # characters of a text; what reads texts has much smaller bounds


cdef int next_listed(Chunk* c, const uint8_t** at, const uint8_t* end) noexcept nogil:
    """Read the next record, as next_record() does it; return its Outcome."""
    cdef uint32_t count, target, kind, size
    if at[0] == end:
        return NO_RECORD
    memset(c.present, 0, sizeof(c.present))
    if end - at[0] < HEAD:
        return broken(c, at, end)
    c.number = get_64(at[0])
    count = get_32(at[0] + 8)
    at[0] += HEAD
    for _ in range(count):
        if end - at[0] < FIELD_HEAD:
            return broken(c, at, end)
        target = get_16(at[0])
        kind = get_16(at[0] + 2)
        size = get_32(at[0] + 4)
        at[0] += FIELD_HEAD
        if target >= <uint32_t>N_TARGETS or size > <uint64_t>(end - at[0]):
            return broken(c, at, end)
        if is_present(c, <int>target):  # in several places: which one counts?
            kind = TYPE_SEVERAL
        c.values[target] = Value(at[0], size, kind)
        c.present[target >> 6] |= <uint64_t>1 << (target & 63)
        at[0] += size
    return WANTED if is_wanted(c) else OTHER_EVENT


def put_texts(bytearray memory, dict targets, items) -> list:
    """Append fields, given as names and texts, to a list; return the names without a target."""
    unknown = []
    for name, text in items:
        target = targets.get(name)
        if target is None:
            unknown.append(name)
        else:
            put_text(memory, target, text)
    return unknown


cdef int put_text(bytearray memory, int target, str text) except -1:
    cdef Py_ssize_t start = PyByteArray_Size(memory), size = 0, k
    cdef const char* characters
    cdef uint8_t* field
    cdef bint is_ascii = text.isascii()
    if is_ascii:
        characters = PyUnicode_AsUTF8AndSize(text, &size)
    else:
        units = text.encode("utf-16-le", "surrogatepass")
        characters = PyBytes_AsString(units)
        size = PyBytes_Size(units) // 2
    if size > MOST:
        raise ValueError(f"a text of {size} characters")
    PyByteArray_Resize(memory, start + FIELD_HEAD + 2 * size)
    field = <uint8_t*>PyByteArray_AsString(memory) + start
    field[0] = <uint8_t>target
    field[1] = <uint8_t>(target >> 8)
    field[2] = TYPE_TEXT
    field[3] = 0
    for k in range(4):
        field[4 + k] = <uint8_t>(2 * size >> 8 * k)
    field += FIELD_HEAD
    if is_ascii:
        for k in range(size):
            field[2 * k] = <uint8_t>characters[k]
            field[2 * k + 1] = 0
    else:
        memcpy(field, characters, 2 * size)
    return 0


cdef int broken(Chunk* c, const uint8_t** at, const uint8_t* end) noexcept nogil:
    at[0] = end
    c.fault = "the list of its fields breaks off"
    return BROKEN
