"""Blocks of some events of another one, by deep copies; must not know what an event holds."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memset

from wfpfast._blocks.block cimport Block
from wfpfast._blocks.pack cimport (
    PACK_FULL, PACK_MALFORMED, PACK_SPENT, Pack, pack_budget, pack_event)

from wfpfast.errors import MalformedBlockError

cdef enum:
    BASE = 1 << 16              # of a block made here: nothing in it may lie at NULL


def repack(Block block not None, events=None):
    """Return a block of only some events of another one, and of only what they point to.

    Parameters
    ----------
    block : Block
        Without wfpfast's own tail (``internal``).
    events : sequence of int, optional
        Which events, in which order; all by default.

    Raises
    ------
    MalformedBlockError
        If a pointer of one of the events leads out of the block, a size cannot be believed, or the
        copies of bytes that many pointers share take more than 64 times the block.
    """
    cdef Pack p
    chosen = list(range(block.count) if events is None else events)
    if block.internal:
        raise ValueError("a block with wfpfast's own tail behind each event cannot be repacked")
    if chosen and not 0 <= min(chosen) <= max(chosen) < block.count:
        raise IndexError(f"no such event: the block has {block.count}")
    memset(&p, 0, sizeof(p))
    p.image, p.base, p.size = block.memory, block.base, block.nbytes
    p.out_base = BASE
    p.capacity = block.nbytes + 512
    # The caller may ask for an event many times; of a block that shares nothing, none is larger.
    p.budget = (
        pack_budget(block.nbytes) + <uint64_t>(len(chosen) - len(set(chosen))) * block.nbytes)
    p.out = <uint8_t*>malloc(p.capacity)
    if p.out == NULL:
        raise MemoryError
    try:
        return _repack(&p, block, chosen)
    finally:
        free(p.out)


cdef object _repack(Pack* p, Block block, list chosen):
    """Grow what the copies go to until they fit: shared memory is copied for each event."""
    cdef int64_t start
    cdef int64_t event
    cdef uint8_t* larger
    cdef uint64_t budget
    cdef list entries = []
    for event in chosen:
        PyErr_CheckSignals()
        budget = p.budget
        start = pack_event(p, block.entries[event], block.version)
        while start == PACK_FULL:
            larger = <uint8_t*>realloc(p.out, 2 * p.capacity)
            if larger == NULL:
                raise MemoryError
            p.out, p.capacity, p.budget = larger, 2 * p.capacity, budget
            start = pack_event(p, block.entries[event], block.version)
        if start == PACK_MALFORMED:
            raise MalformedBlockError(event, "event", "cannot be followed")
        if start == PACK_SPENT:
            raise MalformedBlockError(
                event, "event", "would make the block be copied more than 64 times over")
        entries.append(start)
    offset = (p.used + 7) // 8 * 8
    data = (
        PyBytes_FromStringAndSize(<char*>p.out, p.used) + bytes(offset - p.used)
        + b"".join([(BASE + start).to_bytes(8, "little") for start in entries]))
    return Block(
        data, base=BASE, count=len(entries), version=block.version, entries_offset=offset)
