"""Every pointer of a block moved: an error that names it, or a null and a count; never a crash."""

import struct
from collections.abc import Iterator

import oracle
import pytest
from example_events import one_of_each
from parity import assert_same

from wfpfast import Block, MalformedBlockError, decode, encode

BASE = 0x5A5A_0000_0000_0000


def moved(block: Block, where: int, value: int) -> Block:
    image = bytearray(block.data)
    struct.pack_into("<Q", image, where, value % 2**64)
    return Block(bytes(image), base=block.base, count=block.count, version=block.version,
                 entries_offset=block.entries_offset, internal=block.internal)


def pointers(block: Block) -> Iterator[int]:
    """Where in the image a pointer into it lies: the base is like no other number in it."""
    words = struct.unpack_from(f"<{block.nbytes // 8}Q", block.data)
    for k, word in enumerate(words):
        if BASE <= word < BASE + block.nbytes:
            yield 8 * k


def values(block: Block) -> dict[str, int]:
    end = block.base + block.nbytes
    return {
        "before": block.base - 8,
        "behind": end,
        "far": 0xFFFF_FFFF_FFFF_FFF8,
        "low": 8,
        "last byte": end - 1,
    }


@pytest.fixture(scope="module", params=range(6), ids="version {}".format)
def block(request: pytest.FixtureRequest) -> Block:
    events = one_of_each(internal=True)
    for event in events:
        event["internalFields"] = {**event["internalFields"], "unknown": {"sa_role": "NEW"}}
    return encode(events, version=request.param, base=BASE)


def outcome(call, block: Block) -> tuple[object, ...]:
    """What a decoder did: its error, or nothing."""
    try:
        call(block)
    except MalformedBlockError as error:
        return error.index, error.field
    return ()


@pytest.mark.parametrize("move", ["before", "behind", "far", "low", "last byte"])
def test_moved_outside_names_event_and_member(block: Block, move: str) -> None:
    places = list(pointers(block))
    assert len(places) > 60
    unfollowed = []
    for where in places:
        bad = moved(block, where, values(block)[move])
        expected = outcome(oracle.decode, bad)
        assert outcome(decode, bad) == expected
        if not expected:
            unfollowed.append(where)
        counted = decode(bad, errors="null").stats["malformed"]
        assert (counted > 0) == bool(expected), hex(where)
    # What may stay silent: arms that this version's union lacks are not followed, and the last byte
    # of the block may be a whole blob of one byte's alignment only if it is one byte long.
    lacking = {0: 5, 1: 5}.get(block.version, 1 if block.version < 5 else 0)
    assert len(unfollowed) <= lacking * 2, unfollowed


def test_misaligned_names_event_and_member(block: Block) -> None:
    silent = 0
    for where in pointers(block):
        (pointer,) = struct.unpack_from("<Q", block.data, where)
        bad = moved(block, where, pointer + 1)
        expected = outcome(oracle.decode, bad)
        assert outcome(decode, bad) == expected
        silent += not expected
    # Bytes have no alignment: appId, effectiveName, vSwitchId and V6 subnets may begin anywhere.
    assert 0 < silent < 40


def test_null_is_null_or_an_error(block: Block) -> None:
    """Pointers may be NULL; but not those of the entries, and of others that a count is about."""
    entries = range(block.entries_offset, block.entries_offset + 8 * block.count)
    counted = set()
    for where in pointers(block):
        bad = moved(block, where, 0)
        expected = outcome(oracle.decode, bad)
        assert outcome(decode, bad) == expected
        assert ("entries" in expected) == (where in entries)
        counted |= {*expected[1:]}
    groups = {f"ike{mode}Failure.{side}PrincipalGroupSids"
              for mode in ("Mm", "Em") for side in ("local", "remote")}
    assert counted == {
        "entries", "internalFields.unknownNames", *(groups if block.version else ())}


def test_errors_null_keeps_all_other_cells(block: Block) -> None:
    whole = decode(block).to_pylist()
    for where in list(pointers(block))[block.count :]:
        rows = decode(moved(block, where, 8), errors="null").to_pylist()
        changed = {
            (k, name)
            for k, (before, after) in enumerate(zip(whole, rows, strict=True))
            for name in before
            if before[name] != after[name]
        }
        assert all(rows[k][name] is None for k, name in changed)
        assert len({k for k, _ in changed}) <= 1


def test_block_cut_anywhere_never_crashes(block: Block) -> None:
    image = bytes(block.data)
    seen = set()
    for end in range(0, len(image), 7):
        with pytest.raises(MalformedBlockError) as caught:
            decode(Block(image[:end], base=BASE, count=block.count, version=block.version,
                         entries_offset=block.entries_offset, internal=True))
        seen.add(caught.value.index)
    assert seen == set(range(block.count))


def test_random_bytes_never_crash() -> None:
    import random

    source = random.Random(1)
    for _ in range(200):
        image = source.randbytes(1024)
        words = [BASE + source.randrange(1024) // 8 * 8 for _ in range(16)]
        image = struct.pack("<16Q", *words) + image
        for version in range(6):
            block = Block(image, base=BASE, count=16, version=version, internal=bool(version % 2))
            batch = decode(block, errors="null")
            assert len(batch.to_pylist()) == 16


@pytest.mark.parametrize("size", [900, 1_100, 4_000])
def test_null_is_no_address_of_a_block_at_0(size: int) -> None:
    """It is not followed, in large blocks either, where nearly no pointer needs to be asked."""
    block = Block(bytes(size), base=0, count=1, version=5, entries_offset=size // 8 * 8 - 8)
    with pytest.raises(MalformedBlockError, match="event 0: entries: is NULL"):
        decode(block)
    assert decode(block, errors="null").stats["malformed"] == 1
    assert_same(block)
    assert_same(block, errors="null")
