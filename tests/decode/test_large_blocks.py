"""Blocks so large that what rows and events further on need is asked for ahead.

Few events, of all types, sound and damaged, to which many entries point in no order: the twin says
what each entry is.
"""

import struct
from typing import Any

import oracle
import pyarrow as pa
import pytest
from example_events import event, one_of_each

from wfpfast import Block, Decoder, encode

ROWS = 280_000     # more than 2**18, from where on sparse cells are asked for
PATTERN = 211      # a prime: no chunk is as the one before


def few() -> tuple[Block, list[int]]:
    """A block and what its entries may be: its events, and what no event can be at."""
    common = [event(kind) for kind in (3, 6) * 20]
    small = encode([*one_of_each()[:11], *common, {"header": {}, "type": 99}])
    entries = list(struct.unpack_from(f"<{small.count}Q", small.data, small.entries_offset))
    return small, [*entries, 0, entries[0] + 4, small.base - 8, small.base + 2**40, 2**64 - 8]


def pointing(small: Block, entries: list[int]) -> Block:
    """The same events behind other entries."""
    data = bytes(small.data) + b"\0" * (-small.nbytes % 8)
    return Block(data + struct.pack(f"<{len(entries)}Q", *entries), base=small.base,
                 count=len(entries), version=small.version, entries_offset=len(data))


@pytest.mark.parametrize("options", [
    {}, {"addresses": "binary"}, {"columns": ["remote_address", "spi", "app_path", "vlan_tag"]}])
def test_rows_are_those_of_the_few_events(options: dict[str, Any]) -> None:
    small, entries = few()
    places = [(k * k % PATTERN + k // PATTERN) % len(entries) for k in range(ROWS)]
    assert set(places) == set(range(len(entries)))
    block = pointing(small, [entries[place] for place in places])
    few_rows = Block(
        bytes(block.data) + struct.pack(f"<{len(entries)}Q", *entries), base=block.base,
        count=len(entries), version=block.version, entries_offset=block.nbytes)
    expected = oracle.decode(few_rows, errors="null", **options)
    decoder = Decoder(errors="null", **options)
    for _ in range(2):  # the second time in memory that is not fresh
        batch = decoder.decode(block)
        found = pa.record_batch(batch)
        found.validate(full=True)
        assert found.num_rows == ROWS
        for name, column in zip(found.schema.names, found.columns, strict=True):
            rows = column.cast("int64") if pa.types.is_timestamp(column.type) else column
            rows = rows.dictionary_decode() if pa.types.is_dictionary(rows.type) else rows
            assert rows.equals(pa.array(expected[name], rows.type).take(pa.array(places))), name
        assert batch.stats["malformed"] > 0
        del batch, found, column, rows
