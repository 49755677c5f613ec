"""A packed copy of events is as good as the events: a decoder sees no difference.

Must not know how packing works. What it makes is decoded with every pointer checked, so that the
copy cannot lean on the memory that it was made from.
"""

import struct
from typing import Any

import pytest
import strategies
from block_view import View
from example_events import PAYLOADS, event
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import structs

from wfpfast import Block, MalformedBlockError, decode, encode
from wfpfast._blocks.repack import repack


@st.composite
def blocks(draw: st.DrawFn, min_size: int = 1) -> Block:
    """Events of any version, in any order of memory, that decode without an error."""
    version = draw(st.integers(0, len(structs.VERSIONS) - 1))
    mappings = draw(strategies.event_lists(version, min_size=min_size))
    order = draw(st.permutations(range(len(mappings))))
    block = encode(mappings, version=version, order=order, base=draw(st.just(8) | st.just(2**48)))
    assume(not block.internal)
    try:
        decode(block)
    except MalformedBlockError:
        assume(False)
    return block


def rows(block: Block) -> list[dict[str, Any]]:
    return decode(block).to_pylist()


@given(blocks())
def test_a_copy_decodes_to_what_the_original_does(block: Block) -> None:
    assert repr(rows(repack(block))) == repr(rows(block))  # as text: NaN is not itself


@given(blocks(min_size=2), st.data())
def test_some_of_the_events(block: Block, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, block.count - 1), max_size=6))
    all_rows = rows(block)
    part = repack(block, chosen)
    assert part.version == block.version
    assert repr(rows(part)) == repr([all_rows[k] for k in chosen])


@given(blocks())
def test_copies_hold_nothing_but_events_and_what_they_point_to(block: Block) -> None:
    once = repack(block)
    assert bytes(repack(once).data) == bytes(once.data)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_each_type_is_copied(kind: int) -> None:
    """With all that it points to: what is drawn above seldom has all of one type."""
    block = encode([event(kind)])
    assert rows(repack(block)) == rows(block)


def test_no_such_event() -> None:
    block = encode([{"type": 6}])
    for wrong in (-1, 1):
        with pytest.raises(IndexError):
            repack(block, [wrong])


def test_what_cannot_be_followed_is_named_by_its_event() -> None:
    block = encode([{"type": 3, "classifyDrop": {"filterId": 1}}] * 2)
    image = bytearray(block.data)
    payload = View(block).entries[1] - block.base + 144  # FWPM_NET_EVENT5.classifyDrop on x64
    struct.pack_into("<Q", image, payload, block.base + len(image) - 4)
    cut = Block(bytes(image), base=block.base, count=2, version=block.version)
    assert rows(repack(cut, [0])) == rows(block)[:1]
    with pytest.raises(MalformedBlockError, match="event 1"):
        repack(cut)


def test_a_sid_at_an_odd_address_is_copied_to_an_even_one() -> None:
    """A decoder does not follow such a pointer; the sanitizers look on."""
    user = "S-1-5-21-1-2-3"
    block = encode([{"type": 6, "header": {"flags": 0x40, "userId": user}}])
    image = bytearray(block.data)
    sid = image.index(bytes([1, 4, 0, 0, 0, 0, 0, 5, 21]))
    slot = image.index(struct.pack("<Q", block.base + sid))
    struct.pack_into("<Q", image, slot, block.base + len(image) + 1)
    image += b"\0" + image[sid:sid + 24]
    odd = Block(bytes(image), base=block.base, count=1, version=block.version,
                entries_offset=block.entries_offset)
    with pytest.raises(MalformedBlockError, match=r"header\.userId"):
        decode(odd)
    assert rows(repack(odd)) == rows(block)
    assert rows(block)[0]["user_sid"] == user


def test_what_is_shared_is_copied_for_each_event() -> None:
    path = "\\device\\" + "x" * 5_000
    block = encode([{"type": 6, "header": {"flags": 0x20, "appId": path}}])
    entry = struct.pack("<Q", View(block).entries[0])
    image = bytes(block.data) + bytes(-block.nbytes % 8)
    many = Block(image + entry * 50, base=block.base, count=50, version=5,
                 entries_offset=len(image))
    copy = repack(many)
    assert decode(copy)["app_path"].to_pylist() == [path] * 50
    assert copy.nbytes > 50 * 10_000


def test_what_is_shared_is_not_copied_without_end() -> None:
    """Of 40 KB a copy took 50 MB, and of 160 KB 800 MB."""
    groups = ["g" * 10_000, *["x"] * 1_000]
    block = encode([{"type": 0, "ikeMmFailure": {"localPrincipalGroupSids": groups}}], base=8)
    image = bytearray(block.data)
    long = struct.pack("<Q", 8 + image.index("gg".encode("utf-16-le")))
    array = image.index(long)
    image[array:array + 8 * len(groups)] = long * len(groups)
    bomb = Block(bytes(image), base=8, count=1, version=5, entries_offset=block.entries_offset)
    assert bomb.nbytes < 45_000
    with pytest.raises(MalformedBlockError, match=r"event 0: event: .* copied more than 64 times"):
        repack(bomb)
    assert len(repack(block).data) < 2 * block.nbytes


def test_the_event_for_which_there_is_no_room_is_named() -> None:
    block = encode([{"type": 6, "header": {"flags": 0x20, "appId": b"ab" * 5_000}}])
    image = bytes(block.data) + bytes(-block.nbytes % 8)
    many = Block(image + struct.pack("<Q", View(block).entries[0]) * 1_000, base=block.base,
                 count=1_000, version=5, entries_offset=len(image))
    with pytest.raises(MalformedBlockError) as caught:
        repack(many)
    size = 152 + 10_000  # FWPM_NET_EVENT5 and the path
    assert caught.value.index == (64 * many.nbytes + 2**20) // size


def test_an_event_that_is_chosen_often_is_copied_as_often() -> None:
    block = encode([event(0, appId="x" * 5_000)])
    assert repack(block, [0] * 5_000).count == 5_000
