"""Texts that were made to be hard to tell apart: the values are right, and no event costs more."""

import struct
import time
from collections.abc import Callable

import pytest

from wfpfast import Block, Decoder, encode

APP_ID_SET, USER_ID_SET = 0x20, 0x40
MANY = 60_000  # a dictionary carries 65,536 over to the next block


def alike(k: int) -> str:
    """Paths that differ near their beginning only: not in the middle, and not in the file name."""
    return f"\\{k:08}\\in the middle\\of nowhere\\one.exe"


def distinct(k: int) -> str:
    return f"\\not\\in the middle\\of nowhere\\{k:08}.exe"


def paths(name: Callable[[int], str], count: int) -> Block:
    return encode([
        {"type": 3, "header": {"flags": APP_ID_SET, "appId": (name(k) + "\0").encode("utf-16-le")}}
        for k in range(count)])


@pytest.mark.parametrize("name", [alike, distinct])
def test_paths(name: Callable[[int], str]) -> None:
    block, decoder = paths(name, 3_000), Decoder(columns=["app_path"])
    for _ in range(2):  # new, and known
        batch = decoder.decode(block)
        assert batch["app_path"].to_pylist() == [name(k) for k in range(3_000)]


def test_paths_that_are_asked_for_ahead() -> None:
    """So many texts that the dictionary is in no near cache, among them paths that lead nowhere."""
    count, odd = 6_000, 97
    block = paths(distinct, count)
    # Where appId's size and data are: fwpmtypes.h, FWPM_NET_EVENT_HEADER3.
    data, entries = bytearray(block.data), struct.unpack_from(f"<{count}Q", block.data)
    wrong = [0, 1, block.base - 1, block.base + block.nbytes - 1, 2**64 - 1]
    for k in range(0, count, odd):
        at = entries[k] - block.base + 64
        struct.pack_into("<I4xQ", data, at, 2**32 - 1, wrong[k // odd % len(wrong)])
    spoilt = Block(bytes(data), base=block.base, count=count, version=block.version)
    expected = [None if k % odd == 0 else distinct(k) for k in range(count)]
    decoder = Decoder(columns=["app_path"], errors="null")
    assert len(decoder.decode(block)) == count
    for _ in range(2):
        batch = decoder.decode(spoilt)
        assert batch["app_path"].to_pylist() == expected
        # NULL is no path, which is nothing wrong.
        assert batch.stats["malformed"] == sum(
            1 for k in range(0, count, odd) if wrong[k // odd % len(wrong)])
    assert len(Decoder(columns=["remote_port"]).decode(spoilt)) == count


def test_sids_with_the_same_end() -> None:
    sids = [f"S-1-5-21-{k}-1-2-500" for k in range(3_000)]
    block = encode([{"type": 3, "header": {"flags": USER_ID_SET, "userId": sid}} for sid in sids])
    decoder = Decoder(columns=["user_sid"])
    for _ in range(2):
        assert decoder.decode(block)["user_sid"].to_pylist() == sids


def quickest(block: Block, decoder: Decoder | None) -> float:
    """Return how long a decode takes at its quickest, by this decoder or each time by a new one."""
    taken = []
    for _ in range(3):
        fresh = decoder or Decoder(columns=["app_path"])
        began = time.perf_counter()
        fresh.decode(block)
        taken.append(time.perf_counter() - began)
    return min(taken)


@pytest.mark.parametrize("known", [False, True])
def test_paths_made_alike_take_little_longer(known: bool) -> None:
    """Each is compared with a few others; with all of them would take a thousand times as long."""
    taken = []
    for name in (alike, distinct):
        block, decoder = paths(name, MANY), Decoder(columns=["app_path"]) if known else None
        if decoder:
            decoder.decode(block)
        taken.append(quickest(block, decoder))
    hostile, ordinary = taken
    assert hostile < 12 * ordinary
