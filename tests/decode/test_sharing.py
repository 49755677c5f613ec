"""Blocks that would make much of little: time and memory stay in proportion to the block."""

import mmap
import struct
import sys

import pytest

from wfpfast import Block, Decoder, MalformedBlockError, decode, encode

BASE = 0x10_0000
MAP_NORESERVE = 0x4000  # of Linux' <asm-generic/mman.h>


def shared(block: Block, times: int) -> Block:
    """The same event pointed to many times."""
    (pointer,) = struct.unpack_from("<Q", block.data, block.entries_offset)
    image = bytes(block.data)
    image += bytes(-len(image) % 8)
    return Block(image + struct.pack("<Q", pointer) * times, base=block.base, count=times,
                 version=block.version, entries_offset=len(image), internal=block.internal)


def big_path() -> Block:
    app = ("x" * 100_000 + "\0").encode("utf-16-le")
    return encode([{"header": {"flags": 0x20, "appId": app}, "type": 3}], base=BASE)


def test_one_big_text_shared_by_many_events_runs_out_of_budget() -> None:
    block = shared(big_path(), 10_000)
    with pytest.raises(MalformedBlockError, match="64 times") as caught:
        decode(block)
    assert caught.value.field == "header.appId"
    # 200,002 bytes an event, against 64 times the block (some 280 KB) and a mebibyte.
    assert caught.value.index == (64 * block.nbytes + 2**20) // 200_002


def test_out_of_budget_is_counted() -> None:
    batch = decode(shared(big_path(), 10_000), errors="null")
    assert batch.stats["malformed"] == batch["app_path"].null_count > 9_800


def test_groups_shared_by_many_events_run_out_of_budget() -> None:
    payload = {"localPrincipalGroupSids": ["g" * 1000] * 1000}
    block = encode([{"header": {}, "type": 0, "ikeMmFailure": payload}], base=BASE)
    with pytest.raises(MalformedBlockError, match=r"localPrincipalGroupSids.*64 times"):
        decode(shared(block, 1_000))


@pytest.mark.parametrize(("part", "event"), [
    ("localPrincipalGroupSids",
     {"header": {}, "type": 0, "ikeMmFailure": {"localPrincipalGroupSids": [""] * 1000}}),
    ("internalFields.terminatingFiltersInfo",
     {"header": {}, "type": 3, "internalFields": {"terminatingFiltersInfo": [{}] * 1000}}),
])
def test_arrays_of_nothing_shared_by_many_events_run_out_of_budget(part: str, event: dict) -> None:
    block = encode([event], base=BASE)
    with pytest.raises(MalformedBlockError, match=f"{part}.*64 times"):
        decode(shared(block, 1_000))


def token(sid: bytes, items: int, events: int) -> Block:
    """Both subnets of an event that is there often are one array, of one SID, again and again."""
    subnet = (15, {"sids": [sid], "restrictedSids": []})
    small = encode([{"header": {}, "type": 1, "ikeQmFailure": {
        "saTrafficType": 1, "localSubNet": subnet, "remoteSubNet": subnet}}], base=BASE)
    image = bytearray(small.data) + bytes(-small.nbytes % 8)
    entries, array = len(image), len(image) + 8 * events
    there = BASE + image.index(sid)
    slot = BASE + image.index(struct.pack("<Q", there))  # the array of one item
    for at in range(0, entries - 15, 8):  # FWP_TOKEN_INFORMATION: sidCount, sids
        if struct.unpack_from("<IxxxxQ", image, at) == (1, slot):
            struct.pack_into("<IxxxxQ", image, at, items, BASE + array)
            first = at
    for at in range(0, entries - 15, 8):  # FWP_CONDITION_VALUE0: type, value
        if image[at:at + 8] == struct.pack("<Q", 15):
            struct.pack_into("<Q", image, at + 8, BASE + first)
    image += image[small.entries_offset:small.entries_offset + 8] * events
    image += struct.pack("<QQ", there, 0) * items
    return Block(bytes(image), base=BASE, count=events, version=5, entries_offset=entries)


SIXTY = struct.pack("<BB6x60I", 1, 60, *[2**32 - 1] * 60)


def test_sids_of_a_token_do_not_make_gigabytes_of_a_small_block() -> None:
    """Of 40 KB they made 2 GiB of text, and of a little more an error that the text is too long."""
    block = token(SIXTY, 1_500, 1_900)
    assert block.nbytes < 41_000
    with pytest.raises(MalformedBlockError, match=r"Sub[Nn]et.*64 times"):
        decode(block)
    batch = decode(block, errors="null")
    # Of 264 bytes of an item, 670 become text.
    written = sum(len(text) for text in batch["local_subnet"].to_pylist() if text)
    assert 0 < written < 3 * (64 * block.nbytes + 2**20)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lends so much memory")
@pytest.mark.parametrize("size", [2**32 - 1, 2**31])
def test_a_path_of_gigabytes_is_too_long(size: int) -> None:
    small = encode([{"header": {"flags": 0x20, "appId": "x" * 3}, "type": 3}], base=BASE)
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE
    with mmap.mmap(-1, 2**32 + 2**16, flags=flags) as memory:  # zeros that take no memory
        memory[:small.nbytes] = bytes(small.data)
        (event,) = struct.unpack_from("<Q", small.data, small.entries_offset)
        blob = event - BASE + 64  # FWP_BYTE_BLOB appId: size, 4 bytes, data
        assert struct.unpack_from("<I", memory, blob) == (8,)
        struct.pack_into("<IIQ", memory, blob, size, 0, BASE + 2**15)
        block = Block(memory, base=BASE, count=1, version=5, entries_offset=small.entries_offset)
        decoder = Decoder()
        with pytest.raises(OverflowError, match="2 GiB"):
            decoder.decode(block)
        del block


def test_a_modestly_shared_block_is_good() -> None:
    block = encode([{"header": {"flags": 0x20, "appId": "a" * 200}, "type": 3}], base=BASE)
    batch = decode(shared(block, 1_000))
    assert batch["app_path"].to_pylist() == ["a" * 200] * 1_000


def test_dictionaries_do_not_grow_for_ever() -> None:
    decoder = Decoder(columns=["app_path"])
    for start in range(0, 200_000, 20_000):
        events = [
            {"header": {"flags": 0x20, "appId": f"\\{k}"}, "type": 3}
            for k in range(start, start + 20_000)
        ]
        batch = decoder.decode(encode(events))
        assert batch["app_path"].to_pylist()[:2] == [f"\\{start}", f"\\{start + 1}"]
        assert len(batch["app_path"].dictionary) <= (1 << 16) + 20_000


def test_batches_keep_their_dictionary_when_the_decoder_begins_anew() -> None:
    decoder = Decoder(columns=["app_path"])
    batches = [
        decoder.decode(encode([
            {"header": {"flags": 0x20, "appId": f"{start}-{k}"}, "type": 3} for k in range(30_000)
        ]))
        for start in range(4)
    ]
    for start, batch in enumerate(batches):
        assert batch["app_path"][7] == f"{start}-7"
