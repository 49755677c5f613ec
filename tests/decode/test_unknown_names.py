"""Names that a source has for values to which no number is known; must not know files of netsh."""

import struct
from typing import Any

import pytest
from example_events import ALL_FLAGS, event

from wfpfast import Block, Decoder, MalformedBlockError, decode, encode
from wfpfast._tables.members import MEMBERS

NAMED = [(number, member) for number, member in enumerate(MEMBERS) if member.named]


def unknown(kind: int, names: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {**event(kind), "internalFields": {"unknown": names, **others}}


@pytest.mark.parametrize("version", range(6))
def test_the_name_is_shown_and_its_number_is_null(version: int) -> None:
    batch = decode(encode([
        unknown(3, {"event_type": "FWPM_NET_EVENT_TYPE_NEW", "direction": "DIRECTION_É"}),
        event(3),
    ], version=version))
    first, second = batch
    assert (first.event_type, first.direction) == (
        "UNKNOWN_FWPM_NET_EVENT_TYPE_NEW", "UNKNOWN_DIRECTION_É")
    assert (first.direction_code, first.filter_id, first.flags) == (None, 68893, ALL_FLAGS)
    assert (second.event_type, second.filter_id) == ("CLASSIFY_DROP", 68893)
    assert second.direction == ("OUTBOUND" if version else None)
    assert (batch.stats["unknown_names"], batch.stats["unknown_types"]) == (2, 0)


def test_each_column_of_names_takes_one() -> None:
    assert len(NAMED) == 12
    names = {member.columns[0]: f"NEW_{number}" for number, member in NAMED}
    [row] = decode(encode([{"internalFields": {"unknown": names}}])).to_pylist()
    assert {name: value for name, value in row.items() if value is not None} == {
        name: f"UNKNOWN_{text}" for name, text in names.items()}


def test_a_name_is_stronger_than_a_member_that_is_absent() -> None:
    [row] = decode(encode([unknown(3, {"event_type": "NEW"}, absent=["event_type", "flags"])]))
    assert (row.event_type, row.flags) == ("UNKNOWN_NEW", None)


def test_equal_names_are_one_value_of_the_dictionary() -> None:
    """Also if a number is called as a name is."""
    decoder = Decoder(columns=["event_type"])
    block = encode([unknown(3, {"event_type": "12"}), {"type": 12}, unknown(6, {"event_type": "X"}),
                    unknown(7, {"event_type": "X"})])
    for _ in range(2):
        batch = decoder.decode(block)
        assert batch["event_type"].to_pylist() == [
            "UNKNOWN_12", "UNKNOWN_12", "UNKNOWN_X", "UNKNOWN_X"]
        assert batch.stats["unknown_names"] == 3


def test_unpaired_surrogates_are_counted() -> None:
    batch = decode(encode([unknown(3, {"auth_method": b"A\0\x00\xd8\0\0"})]))
    assert batch[0].auth_method == "UNKNOWN_A\ufffd"
    assert batch.stats["replaced_text"] == 1


def test_only_what_was_asked_for_is_read_and_counted() -> None:
    block = encode([unknown(3, {"event_type": "X", "direction": "Y"})])
    batch = decode(block, columns=["direction_code", "filter_id", "event_type"])
    assert batch.to_pylist() == [
        {"direction_code": None, "filter_id": 68893, "event_type": "UNKNOWN_X"}]
    assert batch.stats["unknown_names"] == 1


def image_of(block: Block) -> tuple[bytearray, int, int]:
    """The block's bytes, where its first tail's names are counted, and where the names are."""
    image = bytearray(block.data)
    [entry] = struct.unpack_from("<Q", image, block.entries_offset)
    tail = entry - block.base + 152
    [names] = struct.unpack_from("<Q", image, tail + 56)
    return image, tail + 48, names - block.base


BASE = 0x10000
OUTSIDE, ODD, NULL = "points outside the block", "is misaligned", "is NULL"


@pytest.mark.parametrize(("at", "value", "reason", "expected"), [
    ("count", struct.pack("<I", 2**32 - 1), OUTSIDE, (None, None)),
    ("names", struct.pack("<Q", 0), NULL, (None, None)),
    ("names", struct.pack("<Q", BASE + 4), ODD, (None, None)),
    ("names", struct.pack("<Q", 2**64 - 8), OUTSIDE, (None, None)),
    ("first", struct.pack("<IIQ", 1, 0, 0), NULL, (None, "UNKNOWN_Y")),
    ("first", struct.pack("<IIQ", 1, 0, BASE + 1), ODD, (None, "UNKNOWN_Y")),
    ("first", struct.pack("<IIQ", 22, 0, BASE - 2), OUTSIDE, ("CLASSIFY_DROP", "UNKNOWN_Y")),
])
def test_pointers_are_not_trusted(
    at: str, value: bytes, reason: str, expected: tuple[str | None, str | None]
) -> None:
    block = encode([unknown(3, {"event_type": "X", "direction": "Y"})], base=BASE)
    image, count, names = image_of(block)
    place = {"count": count, "names": count + 8, "first": names}[at]
    image[place:place + len(value)] = value
    bad = Block(bytes(image), base=BASE, count=1, version=5, internal=True)
    with pytest.raises(MalformedBlockError, match=f"internalFields.unknownNames: {reason}"):
        decode(bad)
    batch = decode(bad, errors="null")
    assert (batch[0].event_type, batch[0].direction) == expected
    assert (batch[0].direction_code, batch[0].filter_id) == (None, 68893)
    assert batch.stats["malformed"] == 1


@pytest.mark.parametrize("member", [0, 17, 55, 127, 128, 2**32 - 1])
def test_members_without_names_are_ignored(member: int) -> None:
    """A later wfpfast may know columns that this one does not."""
    block = encode([unknown(3, {"event_type": "X"})], base=BASE)
    image, _, names = image_of(block)
    struct.pack_into("<I", image, names, member)
    batch = decode(Block(bytes(image), base=BASE, count=1, version=5, internal=True))
    assert (batch[0].event_type, batch[0].filter_id) == ("CLASSIFY_DROP", 68893)
    assert (batch.stats["unknown_names"], batch.stats["malformed"]) == (0, 0)


def test_a_text_that_many_names_share_exhausts_the_budget() -> None:
    long = "N" * 40_000
    events = [unknown(3, {"event_type": long})] + [unknown(3, {"event_type": "X"})] * 400
    block = encode(events, base=BASE)
    image = bytearray(block.data)
    entries = struct.unpack_from("<401Q", image, block.entries_offset)
    pointers = [struct.unpack_from("<Q", image, entry - BASE + 152 + 56)[0] for entry in entries]
    [text] = struct.unpack_from("<Q", image, pointers[0] - BASE + 8)
    for pointer in pointers:
        struct.pack_into("<Q", image, pointer - BASE + 8, text)
    shared = Block(bytes(image), base=BASE, count=401, version=5, internal=True)
    batch = decode(shared, errors="null", columns=["event_type"])
    read = batch.stats["unknown_names"]
    # 64 times the block, and 1 MiB: docs/columns.md.
    assert read == (64 * len(image) + (1 << 20)) // (2 * len(long) + 16)
    assert batch.stats["malformed"] == 401 - read > 0


def test_names_that_many_events_share_exhaust_the_budget() -> None:
    """Also if nothing comes of them: 17 is no member with names."""
    events, names = 400, 20_000
    block = encode([unknown(3, {"event_type": "X"})] * events, base=BASE)
    image = bytearray(block.data)
    image += bytes(-len(image) % 8) + struct.pack("<IIQ", 17, 0, 0) * names
    array = BASE + len(image) - 16 * names
    for entry in struct.unpack_from(f"<{events}Q", block.data, block.entries_offset):
        struct.pack_into("<IIQ", image, entry - BASE + 152 + 48, names, 0, array)
    shared = Block(bytes(image), base=BASE, count=events, version=5, internal=True)
    batch = decode(shared, errors="null", columns=["event_type"])
    read = (64 * len(image) + (1 << 20)) // (16 * names)
    assert 0 < read < events
    assert batch["event_type"].to_pylist() == ["CLASSIFY_DROP"] * read + [None] * (events - read)
    assert batch.stats["malformed"] == events - read
