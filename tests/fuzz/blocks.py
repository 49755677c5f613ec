"""Blocks of any bytes, in any version, with any tail and option: a batch, or one clear error.

An input is a header of eight bytes that says what the block claims of itself and how it is decoded,
and the image.
"""

import ctypes
import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyarrow as pa
from example_events import INTERNAL, PAYLOADS, event, one_of_each
from oracle.structs import COLUMNS
from parity import assert_same

from fuzz import Chance, Door, Step, Told, stays
from fuzz.shapes import Shape, changed
from wfpfast import Block, Decoder, EventBatch, MalformedBlockError, encode
from wfpfast._blocks.repack import repack

HEAD = struct.Struct("<BBHI")   # options and version; place and columns; entries' place; count
NULL, BINARY = 8, 16
TAILS = (0, 48, 64, 64)
# Low, as of a process, with an alignment of 4, and so high that sums overflow.
BASES = (0x10000, 0x7FF6_0000_0000, 0x10004, 2**64 - 2**20)
MOST_COUNT = 1 << 16
ROW, TEXT = 4096, 4     # bytes of columns that a row, and a byte that may be read, can become


def memory_of(data: bytes, shift: int) -> memoryview:
    """Return a copy of data behind which the sanitizer, or the system, sees every byte too many.

    It begins as many bytes behind a multiple of eight as wanted: else a block would copy it again.
    """
    if PAGES is None:
        memory = (ctypes.c_uint8 * (shift + len(data)))()
        view = memoryview(memory).cast("B")[shift:]
    else:
        start = (LAST_PAGE - shift - len(data) & ~7) + shift
        view = memoryview(PAGES)[start:start + len(data)]
    view[:] = data
    return view


def guarded() -> mmap.mmap | None:
    """Return pages of which nobody may read the last one; None where a sanitizer looks on.

    Nor on Windows, where nobody searches, and kept inputs are tried as they are.
    """
    if os.name == "nt" or hasattr(ctypes.CDLL(None), "__asan_init"):
        return None
    pages = mmap.mmap(-1, LAST_PAGE + mmap.PAGESIZE)
    begin = ctypes.addressof(ctypes.c_uint8.from_buffer(pages))
    assert ctypes.CDLL(None).mprotect(
        ctypes.c_void_p(begin + LAST_PAGE), ctypes.c_size_t(mmap.PAGESIZE), 0) == 0
    return pages


LAST_PAGE = 1 << 18
PAGES = guarded()


def block_of(head: bytes, memory: Any) -> Block | None:
    """Return the block that a header tells of; None if there is no such block."""
    options, columns, place, count = HEAD.unpack(head)
    tail = TAILS[options >> 5 & 3]
    try:
        return Block(
            memory, base=BASES[columns & 3], count=min(count, MOST_COUNT), version=options % 8 % 6,
            entries_offset=8 * place + (BASES[columns & 3] & 4), internal=tail > 0, tail_size=tail)
    except ValueError:
        return None


def options_of(head: bytes) -> dict[str, Any]:
    """Return the options of the decode."""
    decode: dict[str, Any] = {
        "errors": "null" if head[0] & NULL else "raise",
        "addresses": "binary" if head[0] & BINARY else "text"}
    if head[1] >> 2:
        decode["columns"] = some_columns(head[1] >> 2)
    return decode


@cache
def some_columns(number: int) -> tuple[str, ...]:
    return tuple(Chance(number).sample(COLUMNS, number))


def input_of(block: Block, options: int = 0, columns: int = 0) -> bytes:
    """Return the input of a block that stands at one of the bases."""
    options |= block.version | TAILS.index(block.tail_size) << 5
    columns |= BASES.index(block.base)
    return HEAD.pack(
        options, columns, block.entries_offset // 8, block.count) + bytes(block.data)


def check_batch(block: Block, batch: EventBatch) -> None:
    """An export is sound, and its size in proportion to what it was made of."""
    record = pa.record_batch(batch)
    record.validate(full=True)
    assert record.num_rows == block.count
    assert record.nbytes <= TEXT * (64 * block.nbytes + 2**20) + ROW * (block.count + 1)


def decoded(
    decoder: Decoder, block: Block, lenient: int
) -> EventBatch | MalformedBlockError:
    try:
        batch = decoder.decode(block)
    except MalformedBlockError as error:
        if lenient or len(str(error)) > 500:
            raise
        return error
    assert len(batch) == block.count
    return batch


def decoded_twice(block: Block, options: dict[str, Any]) -> EventBatch | MalformedBlockError:
    """Decode twice: the second time all paths and SIDs are known already."""
    decoder = Decoder(**options)
    first, second = [decoded(decoder, block, options["errors"] == "null") for _ in range(2)]
    if isinstance(first, EventBatch):
        assert isinstance(second, EventBatch)
        assert first.stats == second.stats
    else:
        assert str(first) == str(second)
    return first


def check_copy(block: Block) -> None:
    """A copy holds no more than it should: a copy of it is the same."""
    if block.internal:
        return
    try:
        copy = repack(block)
    except MalformedBlockError:
        return
    assert copy.count == block.count
    assert copy.nbytes <= 65 * block.nbytes + 2**20
    assert bytes(repack(copy).data) == bytes(copy.data)


def try_unit(first: bytes, steps: list[Step], told: Told) -> None:
    """Decode, and decode again after each step.

    The first input is decoded three times, and copied; of the others, some are copied or exported,
    which takes its time.
    """
    if len(first) < HEAD.size:
        return
    head = first[:HEAD.size]
    memory = memory_of(first[HEAD.size:], BASES[head[1] & 3] & 4)
    decoders: dict[tuple[int, int], Decoder] = {}
    block = block_of(head, memory)
    if block is not None:
        told(first)
        decoded_twice(block, options_of(head))
        check_copy(block)
    for now in walked(head, memory, steps):
        if now is not head or block is None:
            block = block_of(now, memory)
        if block is not None:
            told(memory)
            try_block(block, now, decoders, zlib.crc32(memory))


def try_block(
    block: Block, head: bytes, decoders: dict[tuple[int, int], Decoder], chance: int
) -> None:
    key = head[0] & (NULL | BINARY), head[1] >> 2
    if key not in decoders:
        decoders[key] = Decoder(**options_of(head))
    batch = decoded(decoders[key], block, key[0] & NULL)
    if not chance % 16:
        check_copy(block)
    elif not chance % 509 and isinstance(batch, EventBatch):
        check_batch(block, batch)


def compare(data: bytes) -> bool:
    if len(data) < HEAD.size:
        return False
    head = data[:HEAD.size]
    block, options = block_of(head, data[HEAD.size:]), options_of(head)
    if block is None:
        return False
    assert_same(block, **options)
    batch = decoded_twice(block, options)
    if isinstance(batch, EventBatch):
        check_batch(block, batch)
    return True


def one_of(kind: int, *, internal: bool) -> dict[str, Any]:
    return {**event(kind), **({"internalFields": INTERNAL} if internal else {})}


def seeds() -> Iterator[bytes]:
    """Yield small blocks of each type, and a few of all types: a small one is decoded sooner."""
    for k, kind in enumerate(PAYLOADS):
        for version in range(6):
            internal = version % 2 == k % 2
            base = BASES[(k + version) % 4]
            block = encode([one_of(kind, internal=internal)], version=version, base=base)
            yield input_of(block, (0, NULL, NULL, NULL | BINARY)[(k + version) % 4])
        yield input_of(encode([event(kind)] * 2, base=BASES[0]), NULL, kind << 2)
    for internal in (False, True):
        yield input_of(encode(one_of_each(internal=internal), base=BASES[0]), NULL)


def walked(head: bytes, memory: Any, steps: list[Step]) -> Iterator[bytes]:
    """Change the image in place, and yield the header of each input that is new."""
    if len(memory) < 8:
        return
    shape = Shape(memory, BASES[head[1] & 3])
    for step in steps:
        how = step[1]
        if how & 15 == 15:
            yield other_head(head, step)
            continue
        at, old = shape.take(step)
        if old:
            yield head
            if not stays(how):
                memory[at:at + len(old)] = old


def walk(data: bytes, steps: list[Step]) -> Iterator[bytes]:
    memory = bytearray(data[HEAD.size:])
    for head in walked(data[:HEAD.size], memory, steps):
        yield head + memory


def other_head(head: bytes, step: Step) -> bytes:
    """Return a header that differs in one thing."""
    options, columns, place, count = HEAD.unpack(head)
    _, _, way, number = step
    if way < 96:
        options ^= 1 << number % 7
    elif way < 160:
        columns = columns & 3 | (number & 63) << 2
    elif way < 192:
        place += number % 9 - 4
    else:
        count += (1, -1, 2, 64)[number & 3]
    return HEAD.pack(options, columns, place & 0xFFFF, count & 0xFFFFFFFF)


def mutate(data: bytes, chance: Chance) -> bytes:
    """Change the header, or the image where it means something."""
    if len(data) < HEAD.size + 8:
        return input_of(encode([event(chance.choice(list(PAYLOADS)))], base=BASES[0]))
    head, image = bytearray(data[:HEAD.size]), bytearray(data[HEAD.size:])
    options, columns, place, count = HEAD.unpack(head)
    base = BASES[columns & 3]
    entries = 8 * place + (base & 4)
    way = chance.randrange(12)
    if way == 0:
        options ^= 1 << chance.randrange(7)
    elif way == 1:
        columns ^= 1 << chance.randrange(2, 8)
    elif way == 2 and entries + 8 <= len(image):   # more pointers to the same events
        image += bytes(-(len(image) + base) % 8)
        known = [bytes(image[at:at + 8]) for at in range(entries, len(image) - 7, 8)][:count or 1]
        place, count = len(image) // 8, chance.choice([2, 3, 63, 64, 65, 130])
        image += b"".join(chance.choices(known, k=count))
    elif way == 3:
        count = chance.choice([0, 1, 2, max(0, count - 1), count + 1, 64, 65])
    else:
        image = changed(image, base, chance)
    return HEAD.pack(options & 127, columns, place & 0xFFFF, count & 0xFFFFFFFF) + bytes(image)


DOOR = Door(try_unit, walk, compare, seeds, mutate)
