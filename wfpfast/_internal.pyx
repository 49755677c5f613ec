"""Decodes INTERNAL_FIELDS0, wfpfast's own tail of an event; must not know headers or payloads."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t, uint64_t

from wfpfast._columns cimport Column, end_rows, fixed_append, row_append
from wfpfast._context cimport (
    F_FILTER_ORIGIN, F_INTERNAL, F_TERMINATING_FILTERS, bit, locate, malformed, need, out_of_room,
    put_32, touch, spend)
from wfpfast._schema cimport *
from wfpfast._values cimport append_text, find_wide, put_wide
from wfpfast.abi.internal cimport *
from wfpfast.abi.minwindef cimport WCHAR


cdef void decode_internal(Decode* d, int i, uint64_t address) noexcept nogil:
    cdef const INTERNAL_FIELDS0* tail = <const INTERNAL_FIELDS0*>locate(
        d, <const void*>address, sizeof(INTERNAL_FIELDS0), 8)
    cdef uint64_t missing = d.wanted[1] & ~d.live[1]
    if tail == NULL:
        malformed(d, i, F_INTERNAL)
        return
    if not need(d, bit(PROCESS_ID)) or (missing and touch(d, 1, missing) < 0):
        return
    if tail.present & INTERNAL_PROCESS_ID:
        put_32(d, PROCESS_ID, i, tail.processId)
        d.words[0][i] |= bit(PROCESS_ID)
    if tail.present & INTERNAL_INTERFACE_INDEX:
        put_32(d, INTERFACE_INDEX, i, tail.interfaceIndex)
        d.words[1][i] |= bit(INTERFACE_INDEX)
    if tail.present & INTERNAL_FILTER_ORIGIN and d.live[1] & bit(FILTER_ORIGIN):
        if put_wide(d, FILTER_ORIGIN, i, F_FILTER_ORIGIN, tail.filterOrigin):
            d.words[1][i] |= bit(FILTER_ORIGIN)
    if tail.present & INTERNAL_TERMINATING_FILTERS and d.live[1] & bit(TERMINATING_FILTERS):
        if put_filters(d, i, tail.numTerminatingFilters, tail.terminatingFilters):
            d.words[1][i] |= bit(TERMINATING_FILTERS)
    d.words[0][i] &= ~tail.absent


cdef bint good_text(Decode* d, const WCHAR* text) noexcept nogil:
    cdef size_t units = 0
    return text == NULL or find_wide(d, text, &units) != NULL


cdef bint put_filters(
    Decode* d, int i, uint32_t count, const TERMINATING_FILTER0* filters
) noexcept nogil:
    """A list of structs; a text that may not be followed makes the whole list null."""
    cdef Column* columns = d.out.columns
    cdef int64_t row = d.first_row + i
    cdef uint64_t size = count * <uint64_t>sizeof(TERMINATING_FILTER0)
    cdef const TERMINATING_FILTER0* array
    cdef uint32_t k
    if filters == NULL:
        return False
    array = <const TERMINATING_FILTER0*>locate(d, filters, size, 8)
    if array == NULL or not spend(d, size):
        malformed(d, i, F_TERMINATING_FILTERS)
        return False
    for k in range(count):
        if not good_text(d, array[k].subLayer) or not good_text(d, array[k].actionType):
            malformed(d, i, F_TERMINATING_FILTERS)
            return False
    end_rows(columns + TERMINATING_FILTERS, row, columns[TERMINATING_FILTER].length)
    for k in range(count):
        if (
            not append_text(d, columns + TERMINATING_SUBLAYER, array[k].subLayer)
            or not append_text(d, columns + TERMINATING_ACTION, array[k].actionType)
            or fixed_append(columns + TERMINATING_FILTER_ID, &array[k].filterId) < 0
            or row_append(columns + TERMINATING_FILTER, True) < 0
        ):
            out_of_room(d, <size_t>columns[TERMINATING_SUBLAYER].text_used, 0)
            return False
    end_rows(columns + TERMINATING_FILTERS, row + 1, columns[TERMINATING_FILTER].length)
    return True
