"""What begins in a block and ends behind it is not read: the tail of an event, an event to copy."""

import struct
from ctypes import sizeof

import pytest
from oracle import structs

from wfpfast import Block, MalformedBlockError, decode, encode, repack

BASE = 0x10_0000
SIZE = sizeof(structs.VERSIONS[structs.NEWEST][0])


def at_the_end(more: int) -> Block:
    """An event whose struct is followed by so many bytes, and then by nothing."""
    block = encode([{"header": {}, "type": 6}], base=BASE)
    (pointer,) = struct.unpack_from("<Q", block.data, block.entries_offset)
    event = bytes(block.data)[pointer - BASE:pointer - BASE + SIZE]
    image = struct.pack("<Q", BASE + 8) + event + bytes(more)
    return Block(image, base=BASE, count=1, version=5, internal=more > 0)


@pytest.mark.parametrize("more", [8, 48, 56, 60, 63])
def test_a_tail_that_is_cut_is_not_read(more: int) -> None:
    with pytest.raises(MalformedBlockError, match="event 0: internalFields: points outside"):
        decode(at_the_end(more))
    assert decode(at_the_end(64)).stats["malformed"] == 0


@pytest.mark.parametrize("there", [8, SIZE - 8])
def test_an_event_that_is_cut_is_not_copied(there: int) -> None:
    """Behind the block are zeros, which would do for the rest of an event."""
    memory = memoryview(struct.pack("<Q", BASE + 8) + bytes(2 * SIZE))
    assert len(repack(Block(memory[:8 + SIZE], base=BASE, count=1, version=5))) == 1
    with pytest.raises(MalformedBlockError, match="event 0"):
        repack(Block(memory[:8 + there], base=BASE, count=1, version=5))
