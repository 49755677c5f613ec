"""Small blocks that would cost much: one event that points to much, and many pointers to it.

Every member that holds a pointer is here because the SDK's layouts say so, not because somebody
thought of it: a new struct brings its members along. Must not know how anything is decoded.
"""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import strategies
from oracle import structs

from wfpfast import Block, encode
from wfpfast._blocks.layouts import STRUCTS

BASE = 0x10_0000
SLACK = 2**20
PROBE = "p" * 150    # a path of 300 bytes, which is more than is free
ALL_FLAGS = 0x3FFF
UNENDED = b"\x13\x57\x9b\xdf" * 4    # where a text shall be that does not end


class Heavy(NamedTuple):
    """An event that points to much. `cost` is how many bytes it makes a decoder read, or more."""

    name: str
    event: dict[str, Any]
    cost: int


def budget(block: Block) -> int:
    """How many bytes a decoder may read behind the pointers of a block: docs/columns.md."""
    return 64 * block.nbytes + SLACK


def heavies(size: int) -> Iterator[Heavy]:
    """Each member that points, to about `size` bytes, in each way that they can end."""
    version = f"FWPM_NET_EVENT{structs.NEWEST}"
    event = STRUCTS[version].members
    for path, value, cost in _of_struct(event["header"].c_type, size):
        header = {"flags": ALL_FLAGS, path.split(" ")[0]: value}
        yield Heavy(f"header.{path}", {"header": header, "type": 6}, cost)
    for number, (arm, _) in structs.VERSIONS[structs.NEWEST][1].items():
        for path, value, cost in _of_struct(event[arm].c_type.removesuffix(" *"), size):
            payload = {"saTrafficType": 1, path.split(" ")[0]: value}
            if arm not in ("ikeQmFailure",):
                del payload["saTrafficType"]
            yield Heavy(f"{arm}.{path}", {"header": {}, "type": number, arm: payload}, cost)
    for path, value, cost in _of_tail(size):
        yield Heavy(f"internalFields.{path}", {
            "header": {}, "type": 6, "internalFields": {path.split(" ")[0]: value}}, cost)


Values = Iterator[tuple[str, Any, int]]


def _of_struct(name: str, size: int) -> Values:
    for member, (_, _, c_type) in STRUCTS[name].members.items():
        if "*" in c_type or c_type in ("FWP_BYTE_BLOB", "FWP_CONDITION_VALUE0"):
            for way, value, cost in BY_TYPE[c_type](size):
                yield f"{member} {way}", value, cost


def _of_tail(size: int) -> Values:
    for way, text, cost in _texts(size):
        if isinstance(text, str):
            yield f"filterOrigin {way}", text, cost
            yield f"terminatingFiltersInfo of a text, {way}", [{"subLayer": text}], cost
        yield f"unknown {way}", {"direction": text}, cost
    yield "terminatingFiltersInfo of nothing", [{}] * (size // 24), size // 24 * 24


def _blobs(size: int) -> Values:
    yield "good", b"b" * size, size


def _texts(size: int) -> Values:
    yield "good", "t" * (size // 2), size // 2 * 2
    yield "without an end", UNENDED, size // 2 * 2


def _text_arrays(size: int) -> Values:
    yield "of nothing", [None] * (size // 8), size // 8 * 8
    yield "of empty texts", [""] * (size // 10), size // 10 * 8
    for way, text, cost in _texts(size):
        yield f"of a text, {way}", [text], cost
        yield f"of texts, the last {way}", ["x"] * (size // 10) + [text], size // 10 * 10 + cost


def _long_sids(size: int) -> Values:
    yield "good", struct.pack("<BB6x255I", 1, 255, *range(255)), 1028


def _guids(size: int) -> Values:
    yield "good", bytes(range(16)), 0


def _tokens(size: int) -> Values:
    count = size // 24
    many = ["S-1-5"] * count
    cost = count * 24
    for own in ("sids", "restrictedSids"):
        token = {"sids": [], "restrictedSids": []}
        yield f"good {own}", token | {own: many}, cost
        yield f"{own} to NULL", token | {own: [*many, None]}, cost
        long = [struct.pack("<BB6x60I", 1, 60, *range(60))] * (size // 264)
        yield f"long {own}", token | {own: long}, size // 264 * 264


def _conditions(size: int) -> Values:
    for kind in strategies.CONDITION_VALUES:
        for way, value, cost in CONDITIONS.get(kind, _nothing)(size):
            yield f"{kind} {way}", (kind, value), cost
            if kind < 256:
                low = {"valueLow": (kind, value), "valueHigh": (1, 2)}
                yield f"range from {kind} {way}", (258, low), cost
                high = {"valueLow": (1, 2), "valueHigh": (kind, value)}
                yield f"range to {kind} {way}", (258, high), cost


def _nothing(size: int) -> Values:
    """Of a value that is no pointer; the values of fixed size are behind one."""
    return iter(())


def _fixed(value: Any, cost: int) -> Any:
    return lambda size: iter([("good", value, cost)])


BY_TYPE = {
    "FWP_BYTE_BLOB": _blobs, "wchar_t *": _texts, "LPWSTR *": _text_arrays, "SID *": _long_sids,
    "GUID *": _guids, "FWP_CONDITION_VALUE0": _conditions,
}
CONDITIONS = {
    4: _fixed(1, 8), 8: _fixed(-1, 8), 10: _fixed(0.5, 8), 11: _fixed(bytes(16), 16),
    12: _blobs, 13: _long_sids, 14: _blobs, 15: _tokens, 16: _blobs, 17: _texts,
    18: _fixed(bytes(6), 6), 256: _fixed({"addr": 1, "mask": 2}, 8),
    257: _fixed({"addr": bytes(16), "prefixLength": 3}, 17),
}


def shared(heavy: Heavy, size: int, times: int) -> Block:
    """The event `times` times, each followed by an event with a path, which shows what is left.

    A text that shall not end is at the end of the block, and has about `size` bytes.
    """
    probe = {"header": {"flags": 0x20, "appId": PROBE}, "type": 6}
    small = encode([heavy.event, probe], version=structs.NEWEST, base=BASE)
    image = bytearray(small.data) + bytes(-small.nbytes % 8)
    pointers = image[small.entries_offset:small.entries_offset + 16]
    entries = len(image)
    image += pointers * times
    if (place := image.find(UNENDED)) >= 0:
        slot = image.index(struct.pack("<Q", BASE + place))
        struct.pack_into("<Q", image, slot, BASE + len(image))
        image += b"e\0" * (size // 2)
    return Block(bytes(image), base=BASE, count=2 * times, version=structs.NEWEST,
                 entries_offset=entries, tail_size=small.tail_size, internal=small.internal)
