"""Decodes INTERNAL_FIELDS0, wfpfast's own tail of an event; must not know headers or payloads."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

from wfpfast._base.portable cimport wf_lowest_bit
from wfpfast._columns.columns cimport Column, end_rows, fixed_append, row_append
from wfpfast._decode.context cimport (
    Decode, bit, is_live, locate, malformed, need, out_of_room, put_32, spend, vouch)
from wfpfast._decode.schema cimport *
from wfpfast._decode.values cimport append_text, find_wide, put_wide
from wfpfast.abi.internal cimport *
from wfpfast.abi.minwindef cimport WCHAR

from wfpfast._decode.schema import COLUMN_SLOTS
from wfpfast._tables.members import MEMBERS

cdef enum:
    MAX_COLUMNS = 2    # of one member

cdef int[64 * ABSENT_WORDS][MAX_COLUMNS] absent_columns   # by number of the member; -1: none


cdef void take_back(Decode* d, int i, int first, uint64_t absent) noexcept nogil:
    """Make the columns of absent members null; bit 0 of `absent` is for member number `first`."""
    cdef int number, column, k
    while absent:
        number = first + wf_lowest_bit(absent)
        absent &= absent - 1
        for k in range(MAX_COLUMNS):
            column = absent_columns[number][k]
            if column >= 0:
                d.words[column >> 6][i] &= ~bit(column)


cdef void decode_tail(Decode* d, int i, uint64_t address) noexcept nogil:
    cdef const INTERNAL_FIELDS0* tail = <const INTERNAL_FIELDS0*>locate(
        d, <const void*>address, sizeof(INTERNAL_FIELDS0), 8)
    cdef int k
    if tail == NULL:
        malformed(d, i, "internalFields")
        return
    if not (need(d, PROCESS_ID) and need(d, INTERFACE_INDEX) and need(d, FILTER_ORIGIN)
            and need(d, TERMINATING_FILTERS)):
        return
    if tail.present & INTERNAL_PROCESS_ID:
        put_32(d, PROCESS_ID, i, tail.processId)
        vouch(d, i, PROCESS_ID)
    if tail.present & INTERNAL_INTERFACE_INDEX:
        put_32(d, INTERFACE_INDEX, i, tail.interfaceIndex)
        vouch(d, i, INTERFACE_INDEX)
    if tail.present & INTERNAL_FILTER_ORIGIN and is_live(d, FILTER_ORIGIN):
        if put_wide(d, FILTER_ORIGIN, i, "internalFields.filterOrigin", tail.filterOrigin):
            vouch(d, i, FILTER_ORIGIN)
    if tail.present & INTERNAL_TERMINATING_FILTERS and is_live(d, TERMINATING_FILTERS):
        if put_filters(d, i, tail.numTerminatingFilters, tail.terminatingFilters):
            vouch(d, i, TERMINATING_FILTERS)
    for k in range(ABSENT_WORDS):
        take_back(d, i, 64 * k, tail.absent[k])


cdef bint good_text(Decode* d, const WCHAR* text) noexcept nogil:
    cdef size_t units = 0
    return text == NULL or find_wide(d, text, &units) != NULL


cdef bint put_filters(
    Decode* d, int i, uint32_t count, const TERMINATING_FILTER0* filters
) noexcept nogil:
    """Write a list of structs; a text that may not be followed makes the whole list null."""
    cdef Column* columns = d.out.columns
    cdef int64_t row = d.first_row + i
    cdef uint64_t size = count * <uint64_t>sizeof(TERMINATING_FILTER0)
    cdef const TERMINATING_FILTER0* array
    cdef uint32_t k
    if filters == NULL:
        return False
    array = <const TERMINATING_FILTER0*>locate(d, filters, size, 8)
    if array == NULL or not spend(d, size):
        malformed(d, i, "internalFields.terminatingFiltersInfo")
        return False
    for k in range(count):
        if not good_text(d, array[k].subLayer) or not good_text(d, array[k].actionType):
            malformed(d, i, "internalFields.terminatingFiltersInfo")
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


# An unknown column, or more members than bits, fails the import.
memset(absent_columns, 0xff, sizeof(absent_columns))
for number, member in enumerate(MEMBERS):
    if number >= 64 * ABSENT_WORDS or len(member.columns) > MAX_COLUMNS:
        raise ImportError(f"there is no room for member {number}, {member.columns}")
    for k, column in enumerate(member.columns):
        absent_columns[<int>number][<int>k] = COLUMN_SLOTS[column]
