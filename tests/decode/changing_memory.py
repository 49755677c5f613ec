"""Decodes blocks whose memory a native thread changes; to be run as a program, since it may crash.

    python changing_memory.py FLIPPER.so SECONDS

The memory ends where the block does: a read behind its end is a segmentation fault.
"""

import ctypes
import mmap
import random
import struct
import sys
import time

from example_events import PAYLOADS, event
from oracle import structs
from shared_blocks import heavies

from wfpfast import Block, Decoder, MalformedBlockError, encode
from wfpfast._blocks.repack import repack

BASE = 0x10_0000
EVENTS = 600         # enough for a decode without the GIL
DECODES = 100        # of an image, before there is another one
SIZE = 300           # of what a member points to
IMAGES = 16          # for one block, one after the other
PAGE = mmap.PAGESIZE
LAST = [each for each in heavies(SIZE) if "without an end" not in each.name]


def image_of(chance: random.Random) -> tuple[bytes, int, int, bool]:
    """Return an image, its base, how many events it has, and whether they have tails.

    It has all types of events, and half of its entries lead to one with a single member that
    points. What that leads to is last: a size that is believed too late leads out of the memory,
    whichever member has it.
    """
    last = chance.choice(LAST)
    events = [event(kind) for kind in PAYLOADS] + [last.event]
    block = encode(events, base=BASE)
    image = bytes(block.data) + bytes(-block.nbytes % 8)
    pointers = image[block.entries_offset:block.entries_offset + 8 * len(events)]
    pointers = (pointers + pointers[-8:] * len(events)) * (EVENTS // (2 * len(events)))
    # The entries come first: what is behind the events is the end of the memory.
    return pointers + image, BASE - len(pointers), len(pointers) // 8, block.internal


def places(image: bytes, base: int, entries: int) -> tuple[list[int], list[int]]:
    """Where pointers are; and where sizes and counts are: before a pointer, or where it leads."""
    pointers = [at for at in range(entries, len(image), 8)
                if base <= struct.unpack_from("<Q", image, at)[0] < base + len(image)]
    targets = [(struct.unpack_from("<Q", image, at)[0] - base) // 4 * 4 for at in pointers]
    return pointers, [at for at in (*targets, *(each - 8 for each in pointers)) if at >= entries]


def changed(image: bytes, base: int, entries: int, chance: random.Random) -> bytes:
    """The image with some words that claim more than there is, or lead elsewhere."""
    other = bytearray(image)
    end = base + len(image)
    pointers, sizes = places(image, base, entries)
    for at in chance.sample(sizes, len(sizes) // 4):
        word = chance.choice([0, 1, 200, 0x7FFFFF00, 2**32 - 1, 0xFF01, 0x1001, 15, 256])
        struct.pack_into("<I", other, at, word)
    for at in chance.sample(pointers, len(pointers) // 8):
        astray = chance.choice([0, end - 8, end - 2, base - 8, end, end - 16])
        struct.pack_into("<Q", other, at, astray)
    return bytes(other)


def guarded(size: int) -> int:
    """The address of `size` bytes, behind which no memory can be read."""
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    whole = -(-size // PAGE) * PAGE
    start = libc.mmap(None, whole + 64 * PAGE, mmap.PROT_READ | mmap.PROT_WRITE,
                      mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    assert libc.mprotect(start + whole, 64 * PAGE, 0) == 0
    return start + whole - size


def attack(flipper: ctypes.CDLL, until: float, chance: random.Random) -> int:
    image, base, entries, internal = image_of(chance)
    address = guarded(len(image))
    images = b"".join(
        image if k % 2 else changed(image, base, 8 * entries, chance) for k in range(IMAGES))
    memory = (ctypes.c_char * len(image)).from_address(address)
    memory[:] = image
    block = Block(memoryview(memory), base=base, count=entries, version=structs.NEWEST,
                  entries_offset=0, internal=internal)
    decoders = [Decoder(errors="null"), Decoder(errors="raise", addresses="binary")]
    assert flipper.start(ctypes.c_void_p(address), images, len(image) // 8, IMAGES) == 0
    decodes = 0
    try:
        while time.monotonic() < until and decodes < DECODES:
            decodes += 1
            try:
                checked(decoders[decodes % 2].decode(block))
                if not internal:
                    repack(block)
            except (MalformedBlockError, OverflowError):
                pass
    finally:
        flipper.stop()
    return decodes


def checked(batch: object) -> None:
    """What was made of it is well-formed, whatever the values are."""
    try:
        import pyarrow as pa
    except ImportError:
        return
    pa.record_batch(batch).validate(full=True)


def main() -> None:
    flipper = ctypes.CDLL(sys.argv[1])
    flipper.start.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t]
    until = time.monotonic() + float(sys.argv[2])
    decodes = seed = 0
    while time.monotonic() < until:
        decodes += attack(flipper, until, random.Random(seed))
        seed += 1
    print(decodes)


if __name__ == "__main__":
    main()
