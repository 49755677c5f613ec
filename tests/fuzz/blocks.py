"""Blocks of any bytes, in any version, with any tail and option: a batch, or one clear error.

An input is a header of eight bytes that says what the block claims of itself and how it is decoded,
and the image.
"""

import ctypes
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyarrow as pa
from example_events import PAYLOADS, event, one_of_each
from oracle.structs import COLUMNS
from parity import assert_same

from fuzz import Chance, Door, Step
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


def block_of(data: bytes) -> tuple[Block, dict[str, Any]] | None:
    """Return the block and the options of a decode; None if there is no such block."""
    if len(data) < HEAD.size:
        return None
    options, columns, place, count = HEAD.unpack_from(data)
    image = data[HEAD.size:]
    # Memory of just this size, so that the sanitizer sees one byte too many.
    memory = (ctypes.c_uint8 * len(image)).from_buffer_copy(image)
    tail = TAILS[options >> 5 & 3]
    try:
        block = Block(
            memory, base=BASES[columns & 3], count=min(count, MOST_COUNT), version=options % 8 % 6,
            entries_offset=8 * place + (BASES[columns & 3] & 4), internal=tail > 0, tail_size=tail)
    except ValueError:
        return None
    decode: dict[str, Any] = {
        "errors": "null" if options & NULL else "raise",
        "addresses": "binary" if options & BINARY else "text"}
    if columns >> 2:
        decode["columns"] = some_columns(columns >> 2)
    return block, decode


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


def decoded(decoder: Decoder, block: Block, lenient: bool) -> EventBatch | MalformedBlockError:
    try:
        batch = decoder.decode(block)
    except MalformedBlockError as error:
        if lenient:
            raise
        assert len(str(error)) < 500
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


def try_input(data: bytes, known: dict[Any, Any]) -> None:
    given = block_of(data)
    if given is None:
        return
    block, options = given
    if "first" not in known:
        known["first"] = True
        decoded_twice(block, options)
        check_copy(block)
    key = tuple(options.values())
    if key not in known:
        known[key] = Decoder(**options)
    batch = decoded(known[key], block, options["errors"] == "null")
    chance = zlib.crc32(data)       # what follows takes its time
    if not chance % 4:
        check_copy(block)
    if isinstance(batch, EventBatch) and not chance % 64:
        check_batch(block, batch)


def compare(data: bytes) -> bool:
    given = block_of(data)
    if given is None:
        return False
    block, options = given
    assert_same(block, **options)
    batch = decoded_twice(block, options)
    if isinstance(batch, EventBatch):
        check_batch(block, batch)
    return True


def seeds() -> Iterator[bytes]:
    for base in BASES:
        for version in range(6):
            for internal in (False, True):
                events = one_of_each(internal=internal)
                yield input_of(encode(events, version=version, base=base), NULL * internal)
    for kind in PAYLOADS:
        for options in (0, NULL, BINARY):
            yield input_of(encode([event(kind)] * 2, base=BASES[0]), options, kind << 2)


def walk(data: bytes, steps: list[Step]) -> Iterator[bytes]:
    if len(data) < HEAD.size + 8:
        return
    head = data[:HEAD.size]
    shape = Shape(bytearray(data[HEAD.size:]), BASES[head[1] & 3])
    for step in steps:
        if step.how & 15 == 15:
            yield other_head(head, step) + shape.image
            continue
        was = shape.take(step)
        if was is None:
            continue
        yield head + shape.image
        if not step.stays:
            shape.image[was[0]:was[0] + len(was[1])] = was[1]


def other_head(head: bytes, step: Step) -> bytes:
    """Return a header that differs in one thing."""
    options, columns, place, count = HEAD.unpack(head)
    way = step.which & 7
    if way < 3:
        options ^= 1 << step.number % 7
    elif way < 5:
        columns = columns & 3 | (step.number & 63) << 2
    elif way == 5:
        place += step.number % 9 - 4
    else:
        count += (1, -1, 2, 64)[step.number & 3]
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


DOOR = Door(try_input, walk, compare, seeds, mutate)
