"""A consumer that moves structs out of an export, as the C data interface allows it to.

Written over ctypes from the interface's document: a struct is moved by copying it and marking the
original as released; children and dictionaries may be moved, and released, one by one.
"""

import ctypes
import gc
import itertools
from collections.abc import Iterator

import pyarrow as pa
import pytest
from example_events import event, one_of_each

from wfpfast import Decoder, encode
from wfpfast._base.memory import live_buffers

EVENTS = one_of_each(internal=True)[:11]
BLOCK = encode(EVENTS)
OTHER = encode([event(3)] * 70)
COLUMNS = ["filter_id", "app_path", "local_groups", "terminating_filters", "local_address", "spi"]


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))), ("dictionary", ctypes.POINTER(Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)), ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))), ("dictionary", ctypes.POINTER(Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)), ("private_data", ctypes.c_void_p),
]
Struct = Schema | Array
pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


def tops(decoder: Decoder, block=BLOCK) -> tuple[Schema, Array]:
    """Move both structs at the top out of their capsules, which then own nothing."""
    schema, array = decoder.decode(block).__arrow_c_array__()
    return (
        take(Schema.from_address(pointer_of(schema, b"arrow_schema"))),
        take(Array.from_address(pointer_of(array, b"arrow_array"))),
    )


def take(struct: Struct) -> Struct:
    """Move a struct; what is left is all zero, as some consumers leave it."""
    moved = type(struct).from_buffer_copy(struct)
    ctypes.memset(ctypes.addressof(struct), 0, ctypes.sizeof(struct))
    return moved


def release(struct: Struct) -> None:
    struct.release(ctypes.addressof(struct))
    assert not struct.release  # the callback says so of the struct that it was given


def below(struct: Struct) -> Iterator[Struct]:
    for k in range(struct.n_children):
        yield struct.children[k].contents
        yield from below(struct.children[k].contents)
    if struct.dictionary:
        yield struct.dictionary.contents


def column(schema: Schema, array: Array) -> list[object]:
    """Let pyarrow read a column of which both structs have been moved."""
    return pa.Array._import_from_c(ctypes.addressof(array), ctypes.addressof(schema)).to_pylist()


def expected(block=BLOCK) -> dict[str, list[object]]:
    batch = Decoder(columns=COLUMNS).decode(block)
    return {name: batch[name].to_pylist() for name in COLUMNS}


@pytest.mark.parametrize("chosen", [
    tuple(range(6)), (0,), (1,), (2,), (3,), (5, 1), (4, 3, 2, 1, 0)])
@pytest.mark.parametrize("top_first", [True, False])
def test_columns_may_be_moved_and_read_one_by_one(
    chosen: tuple[int, ...], top_first: bool
) -> None:
    decoder = Decoder(columns=COLUMNS)
    wanted = expected()
    for _ in range(3):  # what is left by one export is not what the next one shows
        schema, array = tops(decoder)
        pairs = [
            (take(schema.children[k].contents), take(array.children[k].contents)) for k in chosen]
        if top_first:
            release(schema)
            release(array)
        for k, pair in zip(chosen, pairs, strict=True):
            assert column(*pair) == wanted[COLUMNS[k]]
        if not top_first:
            release(array)
            release(schema)
        assert pa.record_batch(decoder.decode(BLOCK)).to_pydict() == pa.record_batch(
            Decoder(columns=COLUMNS).decode(BLOCK)).to_pydict()


def test_every_struct_may_be_moved_and_released_alone() -> None:
    """In this order and back: twelve structs lie below each top.

    One for each of six columns, a dictionary, the items of two lists, and a struct's three members.
    """
    decoder = Decoder(columns=COLUMNS)
    for turn in (1, -1):
        for top in tops(decoder):
            moved = [take(each) for each in list(below(top))][::turn]
            assert len(moved) == 12
            for struct in moved[:5]:
                release(struct)
            release(top)
            for struct in moved[5:]:
                release(struct)
    assert column_of_the_next(decoder) == expected()["spi"]


def column_of_the_next(decoder: Decoder) -> list[object]:
    schema, array = tops(decoder)
    pair = take(schema.children[5].contents), take(array.children[5].contents)
    release(schema)
    release(array)
    return column(*pair)


def test_exports_in_any_order_do_not_share_their_structs() -> None:
    """Of blocks of different lengths, several alive at once, ended in every order."""
    decoder = Decoder()
    wanted = {id(block): Decoder().decode(block).to_pylist() for block in (BLOCK, OTHER)}
    blocks = [BLOCK, OTHER, BLOCK]
    for order in itertools.permutations(range(3)):
        batches = [pa.record_batch(decoder.decode(block)) for block in blocks]
        for k in order:
            batches[k].validate(full=True)
            rows = pa.record_batch(batches[k]).num_rows
            assert rows == len(blocks[k])
            ours = [row["filter_id"] for row in wanted[id(blocks[k])]]
            assert batches[k]["filter_id"].to_pylist() == ours
            batches[k] = None


def test_an_export_outlives_its_decoder_and_still_ends() -> None:
    schema, array = tops(Decoder(columns=COLUMNS))
    pair = take(schema.children[0].contents), take(array.children[0].contents)
    release(array)
    release(schema)
    gc.collect()
    assert column(*pair) == expected()["filter_id"]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("k", range(12))
def test_any_struct_may_be_the_only_one_that_is_moved(which: int, k: int) -> None:
    """Also the last one in memory: all the others are released, and it holds what it needs."""
    decoder = Decoder(columns=COLUMNS)
    for top in tops(decoder):   # its dictionaries stay
        release(top)
    before = live_buffers()
    pair = tops(decoder)
    moved = take(list(below(pair[which]))[k])
    assert len(list(below(pair[1 - which]))) == 12
    release(pair[0])
    release(pair[1])
    assert live_buffers() > before
    release(moved)
    assert live_buffers() == before
