"""What the pool may keep, and that it keeps nothing when nobody needs it."""

import ctypes
import sys

import pytest
from fresh_python import IN_USE, fresh_python

# Memory that is never touched, in sparse columns of long blocks: gigabytes of it cost nothing.
PREPARE = """
import struct
from wfpfast import Block, Decoder, encode
from wfpfast._base.memory import live_buffers, pooled_bytes

COLUMNS = ["mm_id", "mm_filter_id", "qm_filter_id", "mm_sa_luid", "interface_luid", "end_cert_hash"]
one = encode([{"header": {}, "type": 0, "ikeMmFailure": {}},
              {"header": {}, "type": 1, "ikeQmFailure": {}},
              {"header": {}, "type": 9, "classifyDropMac": {}},
              {"header": {}, "type": 10, "lpmPacketArrival": {"spi": 1}},
              {"header": {}, "type": 6}], base=0x10000)
pointers = struct.unpack_from("<5Q", one.data, one.entries_offset)

def long(count):
    image = bytes(one.data) + bytes(-one.nbytes % 8)
    entries = struct.pack("<4Q", *pointers[:4]) + struct.pack("<Q", pointers[4]) * (count - 4)
    return Block(image + entries, base=one.base, count=count, version=5,
                 entries_offset=len(image))
"""
LIMIT = PREPARE + """
decoder = Decoder(columns=COLUMNS)
for many in (20, 25, 30, 35, 40, 50, 60, 70, 80):
    decoder.decode(long(many * 100_000))
    print(pooled_bytes())
"""
ZEROS = PREPARE + IN_USE + """
def work():
    decoder = Decoder(columns=["mm_id", "filter_id"])
    for rows in (400_000, 1_000_000):   # there the zeros of the first are too few
        capsules = decoder.decode(long(rows)).__arrow_c_array__()
        del capsules
    used = in_use()
    del decoder
    return used

work()
before = in_use()
used = work()
print(used - before, in_use() - before)
"""
NOBODY = PREPARE + """
decoder = Decoder()
decoder.decode(long(1000))
print(pooled_bytes())
del decoder
print(pooled_bytes())
"""
linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lends memory that is not touched")


def test_the_pool_is_empty_when_there_is_no_decoder() -> None:
    used, left = map(int, fresh_python(NOBODY).split())
    assert used > 0
    assert left == 0


@linux
def test_the_pool_keeps_a_gigabyte_at_most_beyond_what_is_used() -> None:
    kept = [int(each) for each in fresh_python(LIMIT).split()]
    # What each batch gave back, which is the most that was in use until then; a pool that was
    # emptied has that of the last one alone.
    sizes = [now - before if now > before else now
             for before, now in zip([0, *kept], kept, strict=False)]
    assert sum(sizes) > 2**30 + 2 * max(sizes)
    assert 2**30 < max(kept) <= 2**30 + max(sizes)


@linux
@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"),
    reason="only glibc counts what is in use")
def test_shared_zeros_are_freed_with_the_last_decoder() -> None:
    used, left = map(int, fresh_python(ZEROS).split())
    assert used > 8_000_000
    assert left < 1_000_000
