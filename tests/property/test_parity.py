"""The compiled decoder and its ctypes twin say the same of any block.

Must not know how either works; they meet only in the block and in its columns.
"""

import struct
from typing import Any

import pyarrow as pa
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import Block, EventBatch, MalformedBlockError, _reference, decode, encode
from wfpfast._reference_structs import COLUMNS

VERSIONS = st.integers(0, 5)
# What is claimed of a block's place: any number, and `encode` aligns by it.
BASES = st.one_of(
    st.integers(1, 2**40).map(lambda each: each * 8),
    st.integers(1, 2**63),
    st.just(2**64 - 2**20),
)
FORMS = st.sampled_from(["text", "binary"])


def compiled_columns(batch: EventBatch) -> dict[str, list[Any]]:
    """The batch as the twin would give it, by way of Arrow."""
    record = pa.record_batch(batch)
    return {
        name: (column.cast("int64") if pa.types.is_timestamp(column.type) else column).to_pylist()
        for name, column in zip(record.schema.names, record.columns, strict=True)
    }


@st.composite
def blocks(draw: st.DrawFn, min_size: int = 0) -> Block:
    """Any events of any version anywhere in memory, in any order of memory."""
    version = draw(VERSIONS)
    mappings = draw(strategies.event_lists(version, min_size=min_size))
    order = draw(st.permutations(range(len(mappings))))
    return encode(mappings, version=version, base=draw(BASES), order=order)


def both(block: Block, **options: Any) -> list[tuple[object, object]]:
    """What each of the two makes of the block: its columns and counts, or where it stops."""
    outcomes: list[tuple[object, object]] = []
    for decode_all in (decode_compiled, _reference.decode_with_stats):
        try:
            outcomes.append(decode_all(block, **options))
        except MalformedBlockError as error:
            outcomes.append((error.index, error.field))
    return outcomes


def decode_compiled(block: Block, **options: Any) -> tuple[dict[str, list[Any]], dict[str, int]]:
    batch = decode(block, **options)
    return compiled_columns(batch), batch.stats


def assert_same(block: Block, **options: Any) -> None:
    compiled, twin = both(block, **options)
    assert compiled == twin


@given(blocks(), FORMS)
def test_any_events(block: Block, addresses: str) -> None:
    assert_same(block, addresses=addresses)
    assert_same(block, addresses=addresses, errors="null")


@pytest.mark.parametrize("kind", strategies.PAYLOADS)
@given(data=st.data())
def test_each_type_of_event(kind: int, data: st.DataObject) -> None:
    """As above, but no type and no newest structure is left to chance."""
    arm, payloads = strategies.PAYLOADS[kind]
    event = {"header": data.draw(strategies.headers()), "type": kind, arm: data.draw(payloads)}
    assert_same(encode([event]), errors="null")
    assert_same(encode([event], base=8, version=data.draw(VERSIONS)), errors="null")


@given(blocks(), st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True))
def test_any_columns_are_those_of_all(block: Block, names: list[str]) -> None:
    every = _reference.decode(block, errors="null")
    some = compiled_columns(decode(block, columns=names, errors="null"))
    assert list(some) == names
    assert some == {name: every[name] for name in names}
    assert some == _reference.decode(block, columns=names, errors="null")


@given(blocks(min_size=1), st.data())
def test_two_halves_are_the_whole(block: Block, data: st.DataObject) -> None:
    middle = data.draw(st.integers(0, block.count))
    halves = [
        Block(block.data, base=block.base, count=count, version=block.version,
              entries_offset=block.entries_offset + 8 * start, internal=block.internal)
        for start, count in ((0, middle), (middle, block.count - middle))
    ]
    whole, whole_stats = decode_compiled(block, errors="null")
    (first, first_stats), (second, second_stats) = [
        decode_compiled(half, errors="null") for half in halves]
    assert whole == {name: first[name] + second[name] for name in whole}
    assert whole_stats == {name: first_stats[name] + second_stats[name] for name in whole_stats}


def pointer_offsets(block: Block) -> list[int]:
    """Where the words lie that hold an address of the block: mostly pointers."""
    end = block.base + len(block.data)
    return [
        offset for offset in range(-block.base % 8, len(block.data) - 7, 8)
        if block.base <= struct.unpack_from("<Q", block.data, offset)[0] < end
    ]


def damage(draw: st.DrawFn, image: bytearray, offset: int, base: int) -> None:
    """Bend one pointer: out of the block, off its alignment, to its last byte, to NULL."""
    pointer = struct.unpack_from("<Q", image, offset)[0]
    end = base + len(image)
    struct.pack_into("<Q", image, offset, draw(st.sampled_from([
        0, 1, base - 1, base - 8, end, end - 1, end - 2, end - 8, 2**64 - 1, 2**64 - 8,
        pointer + 1, pointer + 2, pointer + 4, pointer ^ 2**63,
    ])) % 2**64)


@st.composite
def damaged_blocks(draw: st.DrawFn) -> Block:
    block = draw(blocks(min_size=1))
    image = bytearray(block.data)
    offsets = st.sampled_from(pointer_offsets(block))
    for offset in draw(st.lists(offsets, min_size=1, max_size=3)):
        damage(draw, image, offset, block.base)
    return Block(bytes(image), base=block.base, count=block.count, version=block.version,
                 entries_offset=block.entries_offset, internal=block.internal)


@given(damaged_blocks())
def test_damaged_pointers(block: Block) -> None:
    assert_same(block)
    assert_same(block, errors="null")


@given(damaged_blocks(), st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_damaged_anywhere(block: Block, words: int, overlay: bytes) -> None:
    """Any bytes may be overwritten but those of the entries: what is no pointer included."""
    image = bytearray(block.data)
    start = block.entries_offset + 8 * block.count
    at = start + 8 * words % max(len(image) - start - len(overlay), 1)
    image[at:at + len(overlay)] = overlay
    assert_same(Block(bytes(image[:len(block.data)]), base=block.base, count=block.count,
                      version=block.version, entries_offset=block.entries_offset,
                      internal=block.internal), errors="null")
