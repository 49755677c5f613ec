"""Moves the state of one decode from chunk to chunk; must not know the members of any event.

Validity is one word an event, a bit a column. After 64 events the words are transposed and are then
one word a column, as Arrow wants them.
"""

from libc.stdint cimport INT32_MAX

from wfpfast._columns cimport (
    BOOL, CODES, FIXED, LIST, TEXT, Column, column_allocate, end_rows)
from wfpfast._portable cimport wf_lowest_bit, wf_popcount
from wfpfast._strings cimport dictionary_begin, dictionary_export, dictionary_unknown
from wfpfast._vector cimport wf_transpose

_PRINCIPALS = (
    "localPrincipalNameForAuth", "remotePrincipalNameForAuth",
    "localPrincipalGroupSids", "remotePrincipalGroupSids",
)
FIELD_NAMES = (
    "entries",
    *(f"header.{m}" for m in ("appId", "userId", "packageSid", "enterpriseId", "effectiveName")),
    "ikeMmFailure", "ikeQmFailure", "ikeEmFailure", "classifyDrop", "ipsecDrop", "idpDrop",
    "classifyAllow", "capabilityDrop", "capabilityAllow", "classifyDropMac", "lpmPacketArrival",
    "classifyDrop.vSwitchId",
    "classifyDropMac.vSwitchId",
    *(f"ikeMmFailure.{m}" for m in _PRINCIPALS),
    "ikeMmFailure.providerContextKey",
    *(f"ikeEmFailure.{m}" for m in _PRINCIPALS),
    "ikeQmFailure.localSubNet",
    "ikeQmFailure.remoteSubNet",
    "internalFields",
    "internalFields.filterOrigin",
    "internalFields.terminatingFiltersInfo",
)
"""What MalformedBlockError.field can be, in the order of the enumeration Field."""

REASONS = (
    "points outside the block",
    "is misaligned",
    "is text that does not end inside the block",
    "would make the block's text be read more than 64 times over",
    "is NULL",
)
"""Why a pointer was not followed, in the order of the enumeration Reason."""


cdef inline int stride(const Column* column) noexcept nogil:
    """Bytes that a column's cursor moves for a chunk of rows."""
    if column.spec.kind == FIXED or column.spec.kind == CODES:
        return CHUNK * column.spec.width
    return CHUNK // 8 if column.spec.kind == BOOL else 0


cdef int touch(Decode* d, int word, uint64_t columns) noexcept nogil:
    """Give memory to `columns`, bits of `word`; -1 and a failure without memory."""
    cdef int index
    cdef Column* column
    while columns:
        index = 64 * word + wf_lowest_bit(columns)
        columns &= columns - 1
        column = d.out.columns + index
        if column_allocate(d.out, index, d.out.length) < 0:
            d.failure = NO_MEMORY
            return -1
        if column.spec.kind == CODES and dictionary_begin(d.dictionaries + index) < 0:
            d.failure = NO_MEMORY
            return -1
        d.cursor[index] = column.values.data + d.first_row // CHUNK * stride(column)
        d.live[word] |= bit(index)
        d.live_columns[d.n_live] = index
        d.n_live += 1
    return 0


cdef void end_chunk(Decode* d) noexcept nogil:
    """Turn the rows' validity words into the columns' and move the cursors on."""
    cdef uint64_t planes[2][CHUNK]
    cdef int k, index
    cdef Column* column
    for k in range(2):
        if d.live[k]:
            wf_transpose(d.words[k], planes[k])
    for k in range(d.n_live):
        index = d.live_columns[k]
        column = d.out.columns + index
        (<uint64_t*>column.validity.data)[d.first_row // CHUNK] = planes[index >> 6][index & 63]
        column.null_count -= wf_popcount(planes[index >> 6][index & 63])
        d.cursor[index] += stride(column)


cdef int finish(Decode* d) noexcept nogil:
    """Complete offsets, counts of nulls and dictionaries of a decoded batch."""
    cdef int index
    cdef Column* column
    for index in range(d.out.count):
        column = d.out.columns + index
        if index >= N_EVENT_COLUMNS:
            continue  # children count for themselves
        column.length = d.out.length
        column.null_count += d.out.length
        if column.values == NULL:
            continue
        if column.spec.kind == TEXT:
            end_rows(column, column.length, column.text_used)
        elif column.spec.kind == LIST:
            end_rows(column, column.length, d.out.columns[column.spec.first_child].length)
        elif column.spec.kind == CODES:
            dictionary_export(d.dictionaries + index, column)
    return 0


cdef void out_of_room(Decode* d, size_t used, size_t more) noexcept nogil:
    """Say why text could not grow: int32 offsets end at 2 GiB, or there is no memory."""
    d.failure = TOO_LARGE if used + more > INT32_MAX else NO_MEMORY


cdef void malformed(Decode* d, int i, int field) noexcept nogil:
    """Count a member that may not be followed, or fail with the first one."""
    if d.null_errors:
        d.malformed += 1
    elif d.failure == NO_FAILURE:
        d.failure = MALFORMED
        d.bad_index = d.first_row + i
        d.bad_field = field


cdef void put_unknown(Decode* d, int column, int i, uint32_t value) noexcept nogil:
    """An enumerator that the SDK does not name."""
    cdef int32_t code
    if not d.live[0] & bit(column):
        return
    code = dictionary_unknown(d.dictionaries + column, value)
    if code < 0:
        d.failure = NO_MEMORY
    put_32(d, column, i, <uint32_t>code)
