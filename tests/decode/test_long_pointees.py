"""What is long and shared by many events runs out of budget, whichever member points to it."""

import struct
from typing import Any

import pytest

from wfpfast import Block, MalformedBlockError, decode, encode

BASE = 0x10_0000
LONG_SID = struct.pack("<BB6s255I", 1, 255, b"\0\0\0\0\0\5", *range(255))
TUNNEL = {"saTrafficType": 1}


def shared(event: dict[str, Any], times: int) -> Block:
    """An event to which many pointers lead."""
    block = encode([event], base=BASE)
    image = bytes(block.data)
    image += bytes(-len(image) % 8)
    (pointer,) = struct.unpack_from("<Q", image, block.entries_offset)
    return Block(image + struct.pack("<Q", pointer) * times, base=BASE, count=times,
                 version=block.version, entries_offset=len(image))


@pytest.mark.parametrize(("field", "event", "size"), [
    ("header.userId", {"header": {"flags": 0x40, "userId": LONG_SID}, "type": 3}, 1028),
    ("header.packageSid", {"header": {"flags": 0x400, "packageSid": LONG_SID}, "type": 3}, 1028),
    ("ikeQmFailure.localSubNet",
     {"header": {}, "type": 1, "ikeQmFailure": TUNNEL | {"localSubNet": (12, b"x" * 1000)}}, 1000),
    ("ikeQmFailure.remoteSubNet",
     {"header": {}, "type": 1, "ikeQmFailure": TUNNEL | {"remoteSubNet": (13, LONG_SID)}}, 1028),
])
def test_what_is_long_is_charged(field: str, event: dict[str, Any], size: int) -> None:
    """An entry adds 8 bytes to the block, 512 to its budget: half of what the event costs."""
    block = shared(event, 4000)
    with pytest.raises(MalformedBlockError, match="64 times") as caught:
        decode(block)
    assert caught.value.field == field
    # What else is charged of an event, such as the struct that points there, is small.
    assert 0.9 < caught.value.index / ((64 * block.nbytes + 2**20) / size) <= 1
    few = decode(shared(event, 100), errors="null")
    assert few.stats["malformed"] == 0


def test_nothing_lies_at_null_even_in_a_block_that_begins_there() -> None:
    with pytest.raises(MalformedBlockError, match="event 0: entries: is NULL"):
        decode(Block(bytes(400), base=0, count=1, version=5))
