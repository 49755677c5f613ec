"""The blocks that are measured: made-up events of a mix, in any number.

Must not know who reads them.
"""

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks import library
from benchmarks.mixes import MIXES, REALISTIC, SHUFFLED
from wfpfast import Block, Decoder, encode

PIECE = 65_536
BASE = 0x20000000000
POINTER = 8


class TilingError(Exception):
    """A block does not hold the events of the pieces that it was made of."""


@dataclass(frozen=True)
class Sample:
    """A block, and its first piece for those who would take minutes over all of it."""

    block: Block
    prefix: Block


def sample(size: int, *, mix: str = REALISTIC, piece: int = PIECE) -> Sample:
    """Return `size` events of a mix, the same ones every time."""
    parts = pieces(size, piece, mix)
    if len(parts) == 1:
        block = parts[0]
    else:
        block = tile(parts)
        check_tiling(block, parts)
    if mix == SHUFFLED:
        block = shuffle(block)
    return Sample(block, parts[0])


def shuffle(block: Block) -> Block:
    """Return a block whose pointers to the events are in another order than the events."""
    entries = list(struct.unpack_from(f"<{block.count}Q", block.data))
    random.Random(4).shuffle(entries)
    image = struct.pack(f"<{block.count}Q", *entries) + bytes(block.data[POINTER * block.count:])
    return Block(image, base=block.base, count=block.count, version=block.version)


def pieces(size: int, piece: int, mix: str = REALISTIC) -> list[Block]:
    """Encode `size` events a piece at a time: the mappings of a million would fill the memory.

    Behind its entries, each piece has the addresses that it will have in the tiled block.
    """
    supply = islice(MIXES[mix](), size)
    body = BASE + POINTER * size
    parts = []
    while events := list(islice(supply, piece)):
        part = encode(events, base=body - POINTER * len(events))
        body += len(_body(part))
        parts.append(part)
    return parts


def tile(parts: Sequence[Block]) -> Block:
    """Join pieces as if they had been encoded together: all the entries first, then the rest."""
    count = sum(part.count for part in parts)
    entries = (bytes(part.data[:POINTER * part.count]) for part in parts)
    image = b"".join([*entries, *map(_body, parts)])
    first = parts[0].base + POINTER * parts[0].count
    return Block(image, base=first - POINTER * count, count=count, version=parts[0].version)


def _body(part: Block) -> bytes:
    """What lies behind the entries, as long as the next piece's alignment wants it."""
    body = bytes(part.data[POINTER * part.count:])
    return body + bytes(-len(body) % POINTER)


def check_tiling(block: Block, parts: Sequence[Block]) -> None:
    """Decode the block and its pieces, and compare all columns."""
    pyarrow = library("pyarrow")
    decoder = Decoder()
    # The block first: it fills the dictionaries, which every later batch then has whole.
    whole = pyarrow.Table.from_batches([pyarrow.record_batch(decoder.decode(block))])
    split = [pyarrow.record_batch(decoder.decode(part)) for part in parts]
    # A column that a piece does not have has no dictionary there, which is no difference.
    if whole != pyarrow.Table.from_batches(split).unify_dictionaries():
        raise TilingError(f"{len(parts)} pieces do not make the block of {block.count} events")
