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
