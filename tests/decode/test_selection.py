"""Each column asked for alone: what lies beside it is passed over, what it says stays the same.

Expected values are the ctypes twin's, which reads every member of every event.
"""

from typing import Any

import oracle
import pyarrow as pa
import pytest
from example_events import event, one_of_each

from wfpfast import Decoder, encode
from wfpfast._decode.schema import EVENT_COLUMNS

# Chunks with and without a classify event, rows without a payload, a type that nobody knows.
EVENTS = [
    *(event(3) for _ in range(70)),
    *({"header": {}, "type": 3} for _ in range(70)),
    *one_of_each()[:11], *(event(kind) for kind in (3, 6, 8, 4, 0, 9) * 12),
    {"header": {}, "type": 99},
]
FULL = encode([event(kind) for kind in (3, 6, 9, 0, 1, 2, 5, 7) * 50])


def read(batch: Any, name: str) -> list[Any]:
    column = pa.record_batch(batch)[name]
    return (column.cast("int64") if pa.types.is_timestamp(column.type) else column).to_pylist()


@pytest.mark.parametrize("addresses", ["text", "binary"])
@pytest.mark.parametrize("version", range(6))
def test_a_column_alone_is_that_of_all(version: int, addresses: str) -> None:
    block = encode(EVENTS, version=version)
    expected = oracle.decode(block, addresses=addresses)
    assert list(expected) == list(EVENT_COLUMNS)
    for name in EVENT_COLUMNS:
        decoder = Decoder(columns=[name], addresses=addresses)
        for _ in range(2):  # in memory of the pool, too
            decoder.decode(FULL)
            assert read(decoder.decode(block), name) == expected[name], name


@pytest.mark.parametrize("alone", [True, False])
def test_under_a_null_of_the_payload_lies_zero(alone: bool) -> None:
    """Whoever had the memory before, and whether other columns are written beside."""
    block = encode(EVENTS)
    seen = 0
    for name in EVENT_COLUMNS[EVENT_COLUMNS.index("filter_id"):]:
        decoder = Decoder(columns=[name] if alone else None, addresses="binary")
        decoder.decode(FULL)
        column = pa.record_batch(decoder.decode(block))[name]
        if pa.types.is_nested(column.type):
            continue
        cells = column.indices if pa.types.is_dictionary(column.type) else column
        if pa.types.is_string(cells.type) or pa.types.is_boolean(cells.type):
            continue
        width, raw = cells.type.byte_width, bytes(cells.buffers()[1])
        nulls = [row for row, valid in enumerate(column.is_valid().to_pylist()) if not valid]
        under = {raw[width * row:width * (row + 1)] for row in nulls}
        assert under <= {bytes(width)}, name
        seen += bool(nulls)
    assert seen >= 44  # at first 50 columns but three lists, two texts and the bits of is_loopback
