"""Decodes INTERNAL_FIELDS0, wfpfast's own tail of an event; must not know headers or payloads."""

from libc.stddef cimport size_t
from libc.stdint cimport INT32_MAX, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from wfpfast._base.memory cimport buffer_reserve
from wfpfast._base.portable cimport wf_lowest_bit, wf_once_32
from wfpfast._base.text cimport utf8_from_utf16
from wfpfast._columns.columns cimport Column, cut_rows, end_rows, fixed_append, row_append
from wfpfast._columns.dictionaries cimport dictionary_code
from wfpfast._decode.context cimport (
    NO_MEMORY, Decode, bit, is_live, locate, malformed, need, out_of_room, put_32, spend, vouch)
from wfpfast._decode.schema cimport *
from wfpfast._decode.values cimport append_text, find_text, find_wide, put_code, put_wide
from wfpfast.abi.internal cimport *
from wfpfast.abi.minwindef cimport WCHAR

from wfpfast._decode.schema import COLUMN_SLOTS
from wfpfast._tables.members import MEMBERS

cdef enum:
    MAX_COLUMNS = 2    # of one member
    PREFIX = 8         # bytes of `UNKNOWN_`

# By number of the member; -1: none.
cdef int[64 * ABSENT_WORDS][MAX_COLUMNS] absent_columns
cdef int[64 * ABSENT_WORDS] name_columns
cdef uint64_t[ABSENT_WORDS] named    # a bit for each member that has a column of names


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
        d, <const void*>address, d.tail_size, 8)
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
        if put_filters(
                d, i, wf_once_32(&tail.numTerminatingFilters), tail.terminatingFilters):
            vouch(d, i, TERMINATING_FILTERS)
    for k in range(ABSENT_WORDS):
        take_back(d, i, 64 * k, tail.absent[k])
    if d.tail_size > OLD_TAIL_SIZE and tail.numUnknownNames:
        put_names(d, i, wf_once_32(&tail.numUnknownNames), tail.unknownNames)


cdef void put_names(
    Decode* d, int i, uint32_t count, const UNKNOWN_NAME0* names
) noexcept nogil:
    """Write the names that the source has in place of values; what the structs say is no value.

    A member without names, or beyond the list, is one of a newer wfpfast, and is ignored.
    """
    cdef uint64_t size = count * <uint64_t>sizeof(UNKNOWN_NAME0)
    cdef const UNKNOWN_NAME0* array = <const UNKNOWN_NAME0*>locate(d, names, size, 8)
    cdef uint32_t k, member
    cdef int column, word
    if array == NULL or not spend(d, size):
        malformed(d, i, "internalFields.unknownNames")
        for word in range(ABSENT_WORDS):  # of which members is not known: no enumerator counts
            take_back(d, i, 64 * word, named[word])
        return
    for k in range(count):
        member = wf_once_32(&array[k].member)
        column = name_columns[member] if member < 64 * ABSENT_WORDS else -1
        if column < 0:
            continue
        take_back(d, i, <int>member, 1)
        if need(d, column) and is_live(d, column) and put_name(d, column, i, array[k].text):
            d.unknown_names += 1
            vouch(d, i, column)


cdef bint put_name(Decode* d, int column, int i, const WCHAR* name) noexcept nogil:
    """Write a name that no enumeration has, behind `UNKNOWN_`."""
    cdef size_t units = 0, replaced = 0, length
    cdef const uint8_t* data = find_wide(d, name, &units)
    if data == NULL:
        malformed(d, i, "internalFields.unknownNames")
        return False
    if 3 * units > INT32_MAX - PREFIX:
        out_of_room(d, 0, INT32_MAX)
        return False
    if buffer_reserve(d.scratch, 0, PREFIX + 3 * units) < 0:
        d.failure = NO_MEMORY
        return False
    memcpy(d.scratch[0].data, b"UNKNOWN_", PREFIX)
    length = PREFIX + utf8_from_utf16(d.scratch[0].data + PREFIX, data, units, &replaced)
    d.replaced += replaced
    return put_code(d, column, i, dictionary_code(
        d.dictionaries + column, d.scratch[0].data, <uint32_t>length))


cdef bint put_filters(
    Decode* d, int i, uint32_t count, const TERMINATING_FILTER0* filters
) noexcept nogil:
    """Write a list of structs; a text that may not be followed makes the whole list null."""
    cdef Column* columns = d.out.columns
    cdef int64_t row = d.first_row + i, replaced = d.replaced
    cdef int64_t first = columns[TERMINATING_FILTER].length
    cdef uint64_t size = count * <uint64_t>sizeof(TERMINATING_FILTER0)
    cdef const TERMINATING_FILTER0* array
    cdef const uint8_t* sublayer
    cdef const uint8_t* action
    cdef size_t sublayer_units, action_units
    cdef uint32_t k
    if filters == NULL:
        return False
    array = <const TERMINATING_FILTER0*>locate(d, filters, size, 8)
    if array == NULL or not spend(d, size):
        malformed(d, i, "internalFields.terminatingFiltersInfo")
        return False
    end_rows(columns + TERMINATING_FILTERS, row, first)
    for k in range(count):
        if (
            not find_text(d, &array[k].subLayer, &sublayer, &sublayer_units)
            or not find_text(d, &array[k].actionType, &action, &action_units)
        ):
            malformed(d, i, "internalFields.terminatingFiltersInfo")
            cut_filters(columns, first)
            d.replaced = replaced
            return False
        if (
            not append_text(d, columns + TERMINATING_SUBLAYER, sublayer, sublayer_units)
            or not append_text(d, columns + TERMINATING_ACTION, action, action_units)
            or fixed_append(columns + TERMINATING_FILTER_ID, &array[k].filterId) < 0
            or row_append(columns + TERMINATING_FILTER, True) < 0
        ):
            out_of_room(d, <size_t>columns[TERMINATING_SUBLAYER].text_used, 0)
            return False
    end_rows(columns + TERMINATING_FILTERS, row + 1, columns[TERMINATING_FILTER].length)
    return True


cdef void cut_filters(Column* columns, int64_t length) noexcept nogil:
    cut_rows(columns + TERMINATING_SUBLAYER, length)
    cut_rows(columns + TERMINATING_ACTION, length)
    cut_rows(columns + TERMINATING_FILTER_ID, length)
    cut_rows(columns + TERMINATING_FILTER, length)


# An unknown column, more members than bits, or names in a column without them fail the import.
memset(absent_columns, 0xff, sizeof(absent_columns))
memset(name_columns, 0xff, sizeof(name_columns))
for number, member in enumerate(MEMBERS):
    if number >= 64 * ABSENT_WORDS or len(member.columns) > MAX_COLUMNS:
        raise ImportError(f"there is no room for member {number}, {member.columns}")
    for k, column in enumerate(member.columns):
        absent_columns[<int>number][<int>k] = COLUMN_SLOTS[column]
    if member.named:
        name_columns[<int>number] = COLUMN_SLOTS[member.columns[0]]
        named[<int>number >> 6] |= bit(number)
for column, slot in COLUMN_SLOTS.items():
    if (enumeration(slot).count > 0) != any([k == slot for k in name_columns]):
        raise ImportError(f"{column}: named in members.py and the names of schema.pyx disagree")
