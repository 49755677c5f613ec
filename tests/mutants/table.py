"""Mistakes that somebody could make in what keeps wfpfast safe, and which tests notice each.

A removed bound, an offset by one, a release that is forgotten, a budget that is not spent, a lock
that is missing. Must not know how they are built: see run.py.
"""

from typing import NamedTuple

DECODE, COLUMNS = "wfpfast/_decode/", "wfpfast/_columns/"
BASE, BLOCKS = "wfpfast/_base/", "wfpfast/_blocks/"
QUEUE, NETSH, RECORDING = "wfpfast/engine/_queue.pyx", "wfpfast/netsh/", "wfpfast/recording/"
POINTERS = "tests/decode/test_pointers.py"
PARITY = "tests/decode/test_parity.py"
SHARING = "tests/decode/test_sharing.py"
BUDGET = "tests/decode/test_budget.py"
LONG = "tests/decode/test_long_pointees.py"
CHANGING = "tests/decode/test_changing_memory.py"
SPARSE = "tests/decode/test_sparse.py"
MEMORY = "tests/base/test_memory.py"
LIMITS = "tests/base/test_pool_limits.py"
MOVES = "tests/columns/test_arrow_moves.py"
WITHOUT = "tests/test_without_memory.py"
KEPT = "tests/fuzz/test_corpus.py"
BLOCK = "tests/blocks/test_block.py"
BATCH = "tests/columns/test_batch.py"
EDGES = "tests/decode/test_edges.py"
SUBSCRIPTION = "tests/engine/test_subscription.py"
PEERS = "tests/engine/test_mistakes_of_peers.py"
CHUNKS = "tests/engine/test_full_chunks.py"
FORMAT = "tests/recording/test_format.py"
RECORDINGS = "tests/recording/test_recording.py"
HOSTILE = "tests/netsh/test_hostile.py"
JSON, LINES = "wfpfast/audit/_json", "tests/audit/test_json_lines.py"
EVTX, LOGS = "wfpfast/_evtx/", "tests/audit/test_damage.py"


class Mutant(NamedTuple):
    """`old` stands once in the file, and becomes `new`; some of the tests must fail then.

    Attributes
    ----------
    same : str
        Why no test can notice, if that is so.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    same: str = ""


MUTANTS = (
    # Bounds of the decoder.
    Mutant("locate: one byte beyond the block", f"{DECODE}context.pyx",
           "if offset > d.size or d.size - offset < size:",
           "if offset > d.size or d.size - offset + 1 < size:", (KEPT, POINTERS, PARITY)),
    Mutant("locate: NULL is followed", f"{DECODE}context.pyx",
           "if address == 0:", "if False:", (LONG,)),
    Mutant("locate: alignment", f"{DECODE}context.pyx",
           "if address & (alignment - 1):", "if False:", (KEPT, POINTERS, PARITY)),
    Mutant("NULL is followed in a large block at 0", f"{DECODE}decoder.pyx",
           "ROOM and block.base else 0)", "ROOM else 0)", (POINTERS,)),
    Mutant("has_room: alignment", f"{DECODE}context.pxd",
           "< d.roomy and not <uint64_t>pointer & (alignment - 1)", "< d.roomy",
           (KEPT, POINTERS, PARITY)),
    Mutant("room of 8 bytes", f"{DECODE}decoder.pyx",
           "block.nbytes - ROOM if block.nbytes > <size_t>ROOM and block.base else 0",
           "block.nbytes - 8 if block.nbytes > 8 and block.base else 0", (KEPT, POINTERS, PARITY)),
    Mutant("room of 1,020 bytes", f"{DECODE}context.pxd", "ROOM = 1032", "ROOM = 1020", (),
           "no more than FREE = 256 bytes are read where there is room"),
    Mutant("a SID's parts are not checked", f"{DECODE}values.pyx",
           "if d.size - <uint64_t>(data - d.memory) < size[0]:", "if False:",
           (KEPT, POINTERS, PARITY)),
    Mutant("a text one unit beyond the block", f"{DECODE}values.pyx",
           "left = (d.size - <uint64_t>(data - d.memory)) // 2",
           "left = (d.size - <uint64_t>(data - d.memory)) // 2 + 1", (KEPT, POINTERS, PARITY)),
    Mutant("a tail of 8 bytes", f"{DECODE}tail.pyx",
           "d, <const void*>address, d.tail_size, 8)", "d, <const void*>address, 8, 8)", (EDGES,)),
    Mutant("the tail of no event", f"{DECODE}events.pyx",
           "if d.tail_size and event != <const uint8_t*>no_event:", "if d.tail_size:",
           (KEPT, PARITY, SPARSE)),
    Mutant("a block's pointers end 8 bytes behind it", f"{BLOCKS}block.pyx",
           "if entries_offset + 8 * count > self.nbytes:",
           "if entries_offset + 8 * count > self.nbytes + 8:", (BLOCK, BATCH)),
    Mutant("a block's pointers at any address", f"{BLOCKS}block.pyx",
           "if (base + entries_offset) % ALIGNMENT and count:", "if False:", (BLOCK, BATCH)),
    Mutant("a block beyond the address space", f"{BLOCKS}block.pyx",
           "base + self.nbytes > 1 << 64", "base + self.nbytes > 1 << 65", (BLOCK, BATCH)),
    Mutant("MM_FAILURE1 is read as MM_FAILURE2", f"{DECODE}payloads.pyx",
           "    if is_live(d, PROVIDER_CONTEXT_KEY):\n        set_valid(d, i, PROVIDER_CONTEXT_KEY,"
           " put_key(\n", "    if True:\n        set_valid(d, i, PROVIDER_CONTEXT_KEY, put_key(\n",
           (), "the columns of the arm of MM_FAILURE1 have no key, and the cell stays null"),
    # Memory that changes: what was checked is what is used.
    Mutant("a blob's size is read twice", f"{DECODE}values.pxd",
           "return put_utf16(d, column, i, data, size, True)",
           "return put_utf16(d, column, i, data, wf_once_32(&blob.size), True)", (CHANGING,)),
    Mutant("a SID's size is read twice", f"{DECODE}values.pyx",
           "    if d.size - <uint64_t>(data - d.memory) < size[0]:",
           "    if d.size - <uint64_t>(data - d.memory) < 8 + 4 * <uint32_t>wf_once_8(data + 1):",
           (CHANGING,)),
    Mutant("the size of a condition's blob is read twice", f"{DECODE}conditions.pyx",
           "    put_hex(<char*>room, data, size)\n",
           "    put_hex(<char*>room, data, wf_once_32(&value.size))\n", (CHANGING,)),
    # The budget.
    Mutant("nothing is spent", f"{DECODE}context.pxd", "if size > d.budget:", "if False:",
           (SHARING,)),
    Mutant("6,400 times the block", f"{DECODE}decoder.pyx",
           "MAX_SHARING = 64", "MAX_SHARING = 6400", (SHARING,)),
    Mutant("a budget that is used up is not empty", f"{DECODE}context.pxd",
           "        d.budget = 0  # nothing more is followed\n", "",
           (BUDGET, SHARING, KEPT)),
    Mutant("a long path is free", f"{DECODE}values.pyx",
           "if data == NULL or (size > FREE and not spend(d, size)):", "if data == NULL:",
           (SHARING, LONG)),
    Mutant("a long SID is free", f"{DECODE}values.pyx",
           "return data if data != NULL and (size[0] <= FREE or spend(d, size[0])) else NULL",
           "return data", (LONG,)),
    Mutant("a SID in a condition is free", f"{DECODE}conditions.pyx",
           "<const SID*>pointer, &size)\n    if data == NULL or not spend(d, size):",
           "<const SID*>pointer, &size)\n    if data == NULL:", (LONG, BUDGET)),
    Mutant("a blob in a condition is free", f"{DECODE}conditions.pyx",
           "data = locate(d, data, size, 1)\n    if data == NULL or not spend(d, size):",
           "data = locate(d, data, size, 1)\n    if data == NULL:", (LONG,)),
    Mutant("an array of SIDs is free", f"{DECODE}conditions.pyx",
           "if items == NULL or not spend(d, size):", "if items == NULL:", (BUDGET,)),
    Mutant("what a condition points to is free", f"{DECODE}conditions.pyx",
           "return how(d, out, pointee) if pointee != NULL and spend(d, size) else BAD",
           "return how(d, out, pointee) if pointee != NULL else BAD", (BUDGET, KEPT)),
    Mutant("a text is free", f"{DECODE}values.pyx",
           "if not spend(d, 2 * n):", "if False:", (SHARING, BUDGET)),
    Mutant("an array of texts is free", f"{DECODE}values.pyx",
           "if array == NULL or not spend(d, size):", "if array == NULL:", (SHARING, BUDGET)),
    Mutant("an array of filters is free", f"{DECODE}tail.pyx",
           "if array == NULL or not spend(d, size):\n        malformed(d, i, \"internalFields.term",
           "if array == NULL:\n        malformed(d, i, \"internalFields.term", (SHARING, BUDGET)),
    Mutant("an array of names is free", f"{DECODE}tail.pyx",
           "if array == NULL or not spend(d, size):\n        malformed(d, i, \"internalFields.unkn",
           "if array == NULL:\n        malformed(d, i, \"internalFields.unkn", (BUDGET,)),
    Mutant("dictionaries have any number of values", f"{COLUMNS}dictionaries.pyx",
           "if dictionary.raw.used > MAX_VALUES or", "if False and", (SHARING,)),
    # What a decode leaves behind.
    Mutant("a decode goes on after a failure", f"{DECODE}events.pyx",
           "if not wf_likely(d.failure == NO_FAILURE):  # columns may lack memory", "if False:",
           (WITHOUT,)),
    Mutant("a spoilt batch's zeros are used again", f"{DECODE}decoder.pyx",
           "state.out.dirty = True", "pass", (SPARSE,)),
    Mutant("a failed decode keeps its columns", f"{DECODE}decoder.pyx",
           "            columns_release(state.out)", "            pass", (WITHOUT, POINTERS)),
    Mutant("validity of earlier chunks is not cleared", f"{DECODE}context.pyx",
           "memset(column.validity.data, 0, 8 * chunks)", "pass", (MEMORY, SPARSE)),
    Mutant("cells of earlier chunks are not cleared", f"{DECODE}context.pyx",
           "memset(column.values.data, 0, (chunks + 1) * live.cleared)", "pass", (MEMORY, SPARSE)),
    Mutant("the dictionaries' old buffers are not released", f"{DECODE}context.pyx",
           "        shared_buffers_release(d.dictionary_buffers[0])\n", "",
           ("tests/decode/test_dictionaries.py", BATCH)),
    Mutant("a decoder of two threads has no lock", f"{DECODE}decoder.pyx",
           "            wf_lock(&self.lock)\n            self.thread = thread\n"
           "            decode_block(state, block.entries, block.count)\n"
           "            self.thread = 0\n            wf_unlock(&self.lock)\n",
           "            decode_block(state, block.entries, block.count)\n",
           ("tests/decode/test_shared_decoder.py",)),
    Mutant("sparse columns are not wiped", f"{COLUMNS}columns.pyx",
           "memset(column.values.data + k * size, 0, size)", "pass", (SPARSE, MEMORY)),
    Mutant("a batch keeps the dictionaries' buffers", f"{COLUMNS}columns.pyx",
           "    shared_buffers_release(columns.dictionary_buffers)\n", "", (BATCH,)),
    Mutant("a batch keeps its slabs", f"{COLUMNS}columns.pyx",
           "        buffer_release(slab)\n", "", (BATCH,)),
    # Exports.
    Mutant("the last struct may be moved unseen", f"{COLUMNS}export.pyx",
           "    for k in range(count):\n        if (<const void* const*>",
           "    for k in range(count - 1):\n        if (<const void* const*>", (MOVES,)),
    Mutant("all structs may be moved unseen", f"{COLUMNS}export.pyx",
           "    for k in range(count):\n        if (<const void* const*>",
           "    for k in range(0):\n        if (<const void* const*>", (MOVES,)),
    Mutant("an export keeps its columns", f"{COLUMNS}export.pyx",
           "        columns_release(arena.columns)\n", "", ("tests/columns/test_arrow.py",)),
    Mutant("an export keeps its arena", f"{COLUMNS}export.pyx",
           "        buffer_release(arena.memory)\n", "        pass\n",
           ("tests/columns/test_arrow.py",)),
    # Memory.
    Mutant("the old buffer stays when one grows", f"{BASE}memory.pyx",
           "        memcpy(new.data, old.data, used)\n    buffer_release(old)\n",
           "        memcpy(new.data, old.data, used)\n", (BATCH, KEPT)),
    Mutant("the pool has no limit", f"{BASE}memory.pyx",
           "if pool.kept + pool.bytes_out + buffer.capacity > limit:", "if False:", (LIMITS,)),
    Mutant("the shared zeros stay", f"{BASE}memory.pyx",
           "    free_chain(chain)\n    buffer_release(zeros)\n", "    free_chain(chain)\n",
           (LIMITS,)),
    Mutant("smaller shared zeros stay", f"{BASE}memory.pyx",
           "    wf_unlock_spin(&pool_lock)\n    buffer_release(old)\n    return zeros",
           "    wf_unlock_spin(&pool_lock)\n    return zeros", (LIMITS,)),
    Mutant("the pool stays when nobody needs it", f"{BASE}memory.pyx",
           "    if pool.users == 0:\n        chain = empty_pool()",
           "    if pool.users == -1:\n        chain = empty_pool()", (LIMITS,)),
    Mutant("the buffers of a decoder stay", f"{BASE}memory.pyx",
           "        free(recycler.waiting[k])\n", "        pass\n", (WITHOUT,)),
    Mutant("repack keeps its copy", f"{BLOCKS}repack.pyx",
           "        free(p.out)\n", "        pass\n", (WITHOUT,)),
    Mutant("a decoder keeps its scratch", f"{DECODE}decoder.pyx",
           "        buffer_release(self.scratch)\n", "", (WITHOUT, BATCH)),
    Mutant("a dictionary keeps its table of the recent", f"{COLUMNS}dictionaries.pyx",
           "        free(dictionary.recent)\n", "        pass\n", (WITHOUT,)),
    Mutant("a buffer that there is no memory for counts as used", f"{BASE}memory.pyx",
           "    pool.used -= 1\n    pool.bytes_out -= capacity\n",
           "    pool.bytes_out -= capacity\n", (WITHOUT,)),
    # The queue of a subscription, and copies of events.
    Mutant("an event may take its pointer's place", QUEUE,
           "POINTER_SIZE * <size_t>(chunk.count + 1)", "POINTER_SIZE * <size_t>chunk.count",
           (CHUNKS,)),
    Mutant("a copy may be 8 bytes too long", f"{BLOCKS}pack.pyx",
           "p.capacity - start < size:", "p.capacity - start + 8 < size:", (CHUNKS,)),
    Mutant("a used chunk keeps its state", QUEUE,
           "    memset(chunk, 0, sizeof(Chunk))\n", "", (SUBSCRIPTION,)),
    Mutant("what is lost is said again and again", QUEUE,
           "            q.lost = 0\n", "", (SUBSCRIPTION,)),
    Mutant("one event of a chunk is counted", QUEUE,
           "q.stats.delivered += chunk.count", "q.stats.delivered += 1", (SUBSCRIPTION,)),
    Mutant("the queue has no capacity", QUEUE, "elif q.n_chunks < q.max_chunks:", "elif True:",
           (SUBSCRIPTION,)),
    Mutant("what is unreadable is not counted", QUEUE,
           "        elif start == PACK_MALFORMED:\n            q.stats.unreadable += 1\n",
           "        elif start == PACK_MALFORMED:\n            pass\n", (SUBSCRIPTION, PEERS)),
    Mutant("a SID of a peer has any length", f"{BLOCKS}pack.pyx",
           "if p.image == NULL and n_parts > MAX_SUB_AUTHORITIES:", "if False:",
           (PEERS, SUBSCRIPTION)),
    Mutant("a blob of a peer has any length", f"{BLOCKS}pack.pyx",
           "elif p.image == NULL and blob.size > MAX_BYTES:", "elif False:", (PEERS, SUBSCRIPTION)),
    Mutant("repack follows pointers out of a block", f"{BLOCKS}pack.pyx",
           "if offset > p.size or p.size - offset < size:", "if offset > p.size:", (EDGES,)),
    # Recordings.
    Mutant("a record's header has any checksum", f"{RECORDING}_format.py",
           "if checksum(header[: RECORD.size]) != header[RECORD.size :]:", "if False:",
           (FORMAT, RECORDINGS)),
    Mutant("a record has any size", f"{RECORDING}_format.py",
           "if nbytes > MAX_BLOCK_BYTES:\n        raise RecordingError(",
           "if False:\n        raise RecordingError(", (FORMAT,)),
    Mutant("a record's data have any checksum", f"{RECORDING}_scan.py",
           "if trailer != pack_trailer(raw, data):", "if trailer[4:] != END_MARK:", (RECORDINGS,)),
    Mutant("more is read than there is", f"{RECORDING}_scan.py",
           "wanted = min(nbytes, max(0, self.size() - offset))", "wanted = nbytes", (),
           "_read_whole() has asked for the size, and _check_zeros() reads 64 KB at most"),
    Mutant("a text may be longer than the header", f"{RECORDING}_format.py",
           "if position > len(body):", "if False:", (FORMAT, KEPT)),
    # netsh's XML.
    Mutant("readers of netsh share what they count", f"{NETSH}_write.pyx",
           "self.header, self.tail = header.copy(), tail.copy()",
           "self.header, self.tail = header, tail", ("tests/netsh/test_odd_events.py",)),
    Mutant("elements are nested as deep as you like", f"{NETSH}_document.pyx",
           "if len(self.tags) >= MAX_DEPTH:", "if False:", (HOSTILE, "tests/netsh/test_xml.py")),
    Mutant("a text is a filter", f"{NETSH}_filters.py",
           "if isinstance(record, str):", "if False:", ("tests/netsh/test_filters.py",)),
    # Event logs.
    Mutant("a record has as many values as it says", f"{EVTX}records.pyx",
           "if count > (end - at) // 4:", "if False:", (LOGS,)),
    Mutant("values are longer than their record", f"{EVTX}records.pyx",
           "if start > end:", "if False:", (LOGS,)),
    Mutant("a field is longer than its list", "wfpfast/audit/_listed.pyx",
           "or size > <uint64_t>(end - at[0]):", "or False:", ("tests/audit/test_listed.py",)),
    Mutant("of a field that is told twice, the last counts", "wfpfast/audit/_listed.pyx",
           "if is_present(c, <int>target):", "if False:", ("tests/audit/test_xml.py",)),
    Mutant("the process that wrote a log is the event's", "wfpfast/audit/_collected.py",
           'and "ThreadID" in found:', "and False:", ("tests/audit/test_json.py",)),
    Mutant("times without a zone are UTC", "wfpfast/audit/_packing.py",
           r"(Z|[+-]\d\d:?\d\d)", r"(Z|[+-]\d\d:?\d\d|)", ("tests/audit/test_json.py",)),
    # Lines of JSON.
    Mutant("JSON: an element of EventData may be cut", f"{JSON}_event_data.pyx",
           'return skip(c, "</Data>")', "return True", (LINES,)),
    Mutant("JSON: EventData may end anywhere", f"{JSON}_event_data.pyx",
           "c.ended = c.p == c.end", "c.ended = True", (LINES,)),
    Mutant("JSON: bytes that are no UTF-8 are text", "wfpfast/_base/text.pyx",
           "if p[k] < low or p[k] > high:", "if False:", (LINES,)),
    Mutant("JSON: characters that were lost are not counted", f"{JSON}_text.pyx",
           "size = 0 if is_replacement(p) else utf8_size(p, limit)", "size = utf8_size(p, limit)",
           (LINES,)),
    Mutant("JSON: an escape may have any digits", f"{JSON}_text.pyx",
           "if digit < 0:", "if False:", (LINES,)),
    Mutant("JSON: values are nested as deep as you like", f"{JSON}_text.pyx",
           "if depth == MAX_DEPTH:", "if False:", (LINES,)),
    Mutant("JSON: a number is as long as you like", f"{JSON}_text.pyx",
           "if p - span.data <= LONGEST_NUMBER", "if True", (LINES,)),
    Mutant("JSON: a record has any number of members", f"{JSON}_members.pyx",
           "if line.n_members == MAX_MEMBERS:", "if False:", (LINES,)),
    Mutant("JSON: a member may be there twice", f"{JSON}_members.pyx",
           "if seen[0] & bit:", "if False:", (LINES,)),
    Mutant("JSON: there is room for any number of names", f"{JSON}_lines.pyx",
           " and s.n_unknown < MOST_UNKNOWN:", ":", (LINES,)),
    Mutant("JSON: a name that is there twice counts twice", f"{JSON}_lines.pyx",
           "one.count -= one.given", "pass", (LINES,)),
    Mutant("JSON: -0 is a text", f"{JSON}_record.pyx",
           'if value.kind == INTEGER and value.size == 2 and not', "if False and not", (LINES,)),
    Mutant("JSON: a time may be before 1601", f"{JSON}_record.pyx",
           " or <int64_t>ticks[0] < ahead:", ":", (LINES,)),
    Mutant("JSON: nothing is behind a record", f"{JSON}_lines.pyx",
           'if p != s.end and p[0] != c"\\n":', "if False:", (LINES,)),
    Mutant("an interval holds its end", "wfpfast/naming/_interval_search.pyx",
           "if time < all.ends[low - 1] or", "if time <= all.ends[low - 1] or",
           ("tests/audit/test_filters_of_events.py",)),
    Mutant("moments have memory of any size", "wfpfast/naming/_interval_search.pyx",
           "(n_intervals if k < 4 else n_moments)", "n_intervals",
           ("tests/audit/test_filters_of_events.py",)),
    Mutant("filters outlive their boot", "wfpfast/audit/_history.py",
           "self._open, self._at_start, self._begun = {}, set(), False",
           "self._at_start, self._begun = set(), False", ("tests/audit/test_filters.py",)),
    Mutant("a filter's id is its name for ever", "wfpfast/audit/_history.py",
           "or self._is_anothers(change) for", "for", ("tests/audit/test_filters.py",)),
    Mutant("a SID has any size", "wfpfast/audit/_change_reader.pyx",
           "SID_HEAD <= value.size == SID_HEAD + 4 * <uint32_t>value.data[1]:",
           "SID_HEAD <= value.size:", ("tests/audit/test_filters.py",)),
)
