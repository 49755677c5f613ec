"""Moves the state of one decode from chunk to chunk; must not know the members of any event.

Validity is gathered as one word an event, with a bit a column. After 64 events the words are
transposed into one word a column, which is Arrow's layout.
"""

from libc.stdint cimport INT32_MAX
from libc.string cimport memset

from wfpfast._base.portable cimport wf_lowest_bit, wf_popcount
from wfpfast._base.shared_buffers cimport shared_buffers_release, shared_buffers_share
from wfpfast._base.vector cimport wf_transpose
from wfpfast._columns.columns cimport CODES, LIST, TEXT, Spec, columns_allocate, end_rows
from wfpfast._columns.dictionaries cimport (
    dictionaries_share, dictionary_begin, dictionary_export, dictionary_is_shared,
    dictionary_unknown)
from wfpfast._decode.schema cimport N_EVENT_COLUMNS, N_WORDS

cdef enum:
    # Some ten milliseconds of work.
    ASK_ROWS = 1 << 16
    ASK_BYTES = 1 << 24

cdef uint64_t ALL = ~<uint64_t>0  # all rows of a chunk are valid


cdef int touch(Decode* d, int word, uint64_t columns) noexcept nogil:
    """Give memory to `columns`, given as bits of `word`; -1 and d.failure if there is none."""
    cdef int slots[2][64]
    cdef int[2] counts = [0, 0]
    cdef const Spec* spec
    cdef int index, sparse, k
    if word and not d.live[word]:
        begin_word(d, word)
    d.live[word] |= columns
    d.untouched[word] &= ~columns
    while columns:
        k = wf_lowest_bit(columns)
        columns &= columns - 1
        index = 64 * word + k
        spec = d.out.columns[index].spec
        # A column of offsets cannot be sparse: every row has an offset.
        sparse = not d.dense[word] >> k & 1 and spec.chunk != 0
        slots[sparse][counts[sparse]] = index
        counts[sparse] += 1
        if spec.kind == CODES and dictionary_begin(d.dictionaries + index) < 0:
            d.failure = NO_MEMORY
            return -1
    for sparse in range(2):
        if counts[sparse] == 0:
            continue
        if columns_allocate(d.out, slots[sparse], counts[sparse], sparse) < 0:
            d.failure = NO_MEMORY
            return -1
        for k in range(counts[sparse]):
            begin(d, slots[sparse][k])
    return 0


cdef void begin_word(Decode* d, int word) noexcept nogil:
    cdef int row
    for row in range(CHUNK):
        d.words[word][row] = d.initial[word]


cdef inline void begin(Decode* d, int index) noexcept nogil:
    """Point the cursor at the current chunk; all rows up to its end become null and zero."""
    cdef Column* column = d.out.columns + index
    cdef Live* live = d.live_columns + d.n_live
    cdef size_t chunks = <size_t>d.first_row // CHUNK
    cdef bint row_by_row = d.row_by_row[index >> 6] >> (index & 63) & 1
    d.n_live += 1
    live.column = column
    live.validity = <uint64_t*>column.validity.data + chunks
    live.n_valid = 0
    live.index = index
    live.sparse = column.sparse
    live.stride = column.spec.chunk
    live.cleared = 0 if column.sparse or row_by_row else live.stride
    d.cursor[index] = column.values.data + chunks * live.stride
    if column.sparse:
        return
    if chunks:
        memset(column.validity.data, 0, 8 * chunks)
    if live.cleared and d.out.length:
        memset(column.values.data, 0, (chunks + 1) * live.cleared)
    if live.stride == 0:  # offsets: the first one is written here, the others as the rows end
        (<int32_t*>column.values.data)[0] = 0
        if row_by_row:
            d.cursor[index] += 4
            live.stride = 4 * CHUNK


cdef void end_chunk(Decode* d) noexcept nogil:
    """Write the validity of the chunk to the columns, and advance to the next chunk.

    Somebody may want to stop here: then d.failure is set.
    """
    cdef uint64_t planes[N_WORDS][CHUNK]
    cdef bint more = d.first_row + CHUNK < d.out.length
    cdef uint64_t valid
    cdef int k
    cdef Live* live
    for k in range(N_WORDS):
        if d.live[k]:
            wf_transpose(d.words[k], planes[k])
            if k:
                begin_word(d, k)
    for k in range(d.n_live):
        live = d.live_columns + k
        valid = planes[live.index >> 6][live.index & 63]
        d.cursor[live.index] += live.stride
        if valid or not live.sparse:
            live.validity[0] = valid
            live.n_valid += CHUNK if valid == ALL else wf_popcount(valid)
        live.validity += 1
        if more and live.cleared:
            memset(d.cursor[live.index], 0, live.cleared)
    if d.stops != NULL:
        ask(d)


cdef void ask(Decode* d) noexcept nogil:
    """Ask whether to give up, once in so many rows or bytes: the answer waits for the GIL."""
    if d.first_row - d.asked_at >= ASK_ROWS or d.asked_budget - d.budget >= ASK_BYTES:
        d.asked_at = d.first_row
        d.asked_budget = d.budget
        if d.stops():
            d.failure = INTERRUPTED


cdef void finish(Decode* d) noexcept nogil:
    """Complete the counts, offsets and dictionaries of a decoded batch."""
    cdef Column* column
    cdef bint shared = True
    cdef int k, index
    for k in range(d.n_live):
        column = d.live_columns[k].column
        column.null_count -= d.live_columns[k].n_valid
        if column.spec.kind == TEXT and d.live_columns[k].stride == 0:
            end_rows(column, column.length, column.text_used)
        elif column.spec.kind == LIST:
            end_rows(column, column.length, d.out.columns[column.spec.first_child].length)
        elif column.spec.kind == CODES:
            index = d.live_columns[k].index
            dictionary_export(d.dictionaries + index, column)
            shared = shared and dictionary_is_shared(
                d.dictionaries + index, d.dictionary_buffers[0], index)
    if not shared:
        shared_buffers_release(d.dictionary_buffers[0])
        d.dictionary_buffers[0] = dictionaries_share(d.dictionaries, N_EVENT_COLUMNS)
        if d.dictionary_buffers[0] == NULL:
            d.failure = NO_MEMORY
            return
    d.out.dictionary_buffers = shared_buffers_share(d.dictionary_buffers[0])


cdef const uint8_t* locate(
    Decode* d, const void* pointer, uint64_t size, uint64_t alignment
) noexcept nogil:
    """Return where the `size` bytes are that a pointer of the block leads to, or NULL and a reason.

    Every pointer of a block is checked here or in locate_small() before it is followed.
    """
    cdef uint64_t address = <uint64_t>pointer
    cdef uint64_t offset = address - d.base
    if address == 0:
        d.reason = "is NULL"
        return NULL
    if offset > d.size or d.size - offset < size:
        d.reason = "points outside the block"
        return NULL
    if address & (alignment - 1):
        d.reason = "is misaligned"
        return NULL
    return d.memory + offset


cdef void out_of_room(Decode* d, size_t used, size_t more) noexcept nogil:
    """Set why text could not grow: int32 offsets end at 2 GiB, or there is no memory."""
    d.failure = TOO_LARGE if used + more > INT32_MAX else NO_MEMORY


cdef void malformed(Decode* d, int i, const char* field) noexcept nogil:
    """Count a pointer that may not be followed, or fail with the first one."""
    if d.null_errors:
        d.malformed += 1
    elif d.failure == NO_FAILURE:
        d.failure = MALFORMED
        d.bad_index = d.first_row + i
        d.bad_field = field


cdef void put_unknown(Decode* d, int column, int i, uint32_t value) noexcept nogil:
    """Write an enumerator for which the SDK has no name."""
    cdef int32_t code
    if not is_live(d, column):
        return
    code = dictionary_unknown(d.dictionaries + column, value)
    if code < 0:
        d.failure = NO_MEMORY
    put_32(d, column, i, <uint32_t>code)
