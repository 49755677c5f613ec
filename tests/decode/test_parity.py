"""The compiled decoder and its ctypes twin say the same of any block.

Must not know how either works; they meet only in the block and in its columns.
"""

import struct
from typing import Any

import oracle
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from oracle import structs
from oracle.structs import COLUMNS
from parity import assert_same, compiled_columns, decode_compiled

from wfpfast import Block, decode, encode

VERSIONS = st.integers(0, len(structs.VERSIONS) - 1)
# What is claimed of a block's place: any number, and `encode` aligns by it.
BASES = st.one_of(
    st.integers(1, 2**40).map(lambda each: each * 8),
    st.integers(1, 2**63),
    st.just(2**64 - 2**20),
)
FORMS = st.sampled_from(["text", "binary"])


@st.composite
def blocks(draw: st.DrawFn, min_size: int = 0) -> Block:
    """Any events of any version anywhere in memory, in any order of memory.

    Some say that their tails are as long as those of old recordings: what follows is not read.
    """
    version = draw(VERSIONS)
    mappings = draw(strategies.event_lists(version, min_size=min_size))
    order = draw(st.permutations(range(len(mappings))))
    block = encode(mappings, version=version, base=draw(BASES), order=order)
    old = block.internal and draw(st.integers(0, 3)) == 0
    return like(block, block.data, tail_size=structs.OLD_TAIL_SIZE) if old else block


def like(block: Block, data: bytes | memoryview, **others: int) -> Block:
    """The block with other data, or another number."""
    return Block(data, **{
        "base": block.base, "count": block.count, "version": block.version,
        "entries_offset": block.entries_offset, "internal": block.internal,
        "tail_size": block.tail_size, **others})


@given(blocks(), FORMS)
def test_any_events(block: Block, addresses: str) -> None:
    assert_same(block, addresses=addresses)
    assert_same(block, addresses=addresses, errors="null")


@given(blocks(min_size=1), st.data())
def test_two_halves_are_the_whole(block: Block, data: st.DataObject) -> None:
    middle = data.draw(st.integers(0, block.count))
    halves = [
        like(block, block.data, count=count, entries_offset=block.entries_offset + 8 * start)
        for start, count in ((0, middle), (middle, block.count - middle))
    ]
    whole, whole_stats = decode_compiled(block, errors="null")
    (first, first_stats), (second, second_stats) = [
        decode_compiled(half, errors="null") for half in halves]
    assert whole == {name: first[name] + second[name] for name in whole}
    assert whole_stats == {name: first_stats[name] + second_stats[name] for name in whole_stats}


def words(block: Block) -> list[tuple[int, int]]:
    """The aligned words that hold an address of the block, and where: mostly pointers."""
    end = block.base + len(block.data)
    aligned = range(-block.base % 8, len(block.data) - 7, 8)
    found = [(at, struct.unpack_from("<Q", block.data, at)[0]) for at in aligned]
    return [(at, word) for at, word in found if block.base <= word < end]


@st.composite
def damaged(draw: st.DrawFn, sound: st.SearchStrategy[Block]) -> Block:
    """Some pointers bent: out of the block, off their alignment, astray within it, to NULL."""
    block = draw(sound)
    pointers = words(block)
    # The entries come first, and are drawn from where there are no others.
    victims = pointers[block.count:] or pointers
    end = block.base + len(block.data)
    image = bytearray(block.data)
    for at, pointer in draw(st.lists(st.sampled_from(victims), min_size=1, max_size=3)):
        astray = draw(st.sampled_from([
            pointer + 1, pointer + 2, pointer + 4, end - 1, end - 2, end - 8, end,
            block.base - 1, block.base - 8, 0, 1, 2**64 - 1, 2**64 - 8, pointer ^ 2**63,
            *(other for _, other in pointers),
        ]))
        struct.pack_into("<Q", image, at, astray % 2**64)
    return with_data(block, image)


def with_data(block: Block, image: bytearray) -> Block:
    return like(block, bytes(image))


@given(damaged(blocks(min_size=1)))
def test_damaged_pointers(block: Block) -> None:
    assert_same(block)
    assert_same(block, errors="null")


@given(blocks(min_size=1), st.data())
def test_damaged_entries(block: Block, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, block.count - 1))
    image = bytearray(block.data)
    struct.pack_into("<Q", image, block.entries_offset + 8 * index, data.draw(st.one_of(
        st.sampled_from([0, block.base + 4, block.base + len(image) - 8, 2**64 - 8]),
        st.integers(0, len(image)).map(lambda offset: block.base + offset))))
    assert_same(with_data(block, image))
    assert_same(with_data(block, image), errors="null")


@given(damaged(blocks(min_size=1)), st.integers(0, 2**16), st.binary(min_size=1, max_size=8))
def test_damaged_anywhere(block: Block, place: int, overlay: bytes) -> None:
    """Any bytes behind the entries are overwritten: counts, sizes, types and texts too."""
    image = bytearray(block.data)
    start = block.entries_offset + 8 * block.count
    at = start + place % (len(image) - start - len(overlay))
    image[at:at + len(overlay)] = overlay
    assert_same(with_data(block, image))
    assert_same(with_data(block, image), errors="null")


def assert_same_sound_and_damaged(event: dict[str, Any], data: st.DataObject) -> None:
    block = encode([event], version=data.draw(st.just(5) | VERSIONS), base=data.draw(BASES))
    for each in (block, data.draw(damaged(st.just(block)))):
        assert_same(each)
        assert_same(each, errors="null")


@pytest.mark.parametrize("kind", strategies.PAYLOADS)
@given(data=st.data())
def test_each_type_of_event(kind: int, data: st.DataObject) -> None:
    arm, payloads = strategies.PAYLOADS[kind]
    assert_same_sound_and_damaged({"header": {}, "type": kind, arm: data.draw(payloads)}, data)


@pytest.mark.parametrize("kind", strategies.CONDITION_VALUES)
@given(data=st.data())
def test_each_type_of_subnet(kind: int, data: st.DataObject) -> None:
    subnet = (kind, data.draw(strategies.CONDITION_VALUES[kind]))
    failure = {"saTrafficType": 1, "localSubNet": subnet, "remoteSubNet": (13, "S-1-0-0")}
    assert_same_sound_and_damaged({"header": {}, "type": 1, "ikeQmFailure": failure}, data)


@given(blocks() | damaged(blocks(min_size=1)),
       st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True))
def test_any_columns_are_those_of_all(block: Block, names: list[str]) -> None:
    assert_same(block, columns=names)
    assert_same(block, columns=names, errors="null")
    every = oracle.decode(block, errors="null")
    some = compiled_columns(decode(block, columns=names, errors="null"))
    assert list(some) == names
    assert some == {name: every[name] for name in names}
