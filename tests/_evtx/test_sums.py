"""Both versions of the checksum are zlib's."""

import random
import zlib

import pytest

from wfpfast._evtx.sums import crc32


@pytest.mark.parametrize("portable", [False, True])
def test_it_is_the_checksum_of_zlib(portable: bool) -> None:
    chance = random.Random(32)
    sizes = [*range(300), 511, 512, 4096, 65024, 65536, 65543]
    for size in sizes:
        data, before = chance.randbytes(size), chance.getrandbits(32)
        assert crc32(data, before, portable=portable) == zlib.crc32(data, before), size
    assert crc32(b"123456789", 0, portable=portable) == 0xCBF43926
