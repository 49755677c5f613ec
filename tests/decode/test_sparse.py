"""What sparse columns leave behind: the memory that waits for the next batch as zeros is zero."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfpfast import Block, Decoder, MalformedBlockError, encode
from wfpfast._base.memory import pooled_zeros
from wfpfast.simulator.synthetic import Mix

EVENTS = list(Mix(7).events(3_000))
FAILURES = [e for e in EVENTS if not {"classifyDrop", "classifyAllow"} & e.keys()]


@pytest.mark.parametrize("options", [{}, {"addresses": "binary"}])
def test_batches_of_a_mix(options: Any) -> None:
    assert len({next(iter(e.keys() - {"header", "type"}), "") for e in FAILURES}) > 5
    decoder, expected = Decoder(**options), [Decoder(**options) for _ in range(3)]
    blocks = [encode(EVENTS), encode(FAILURES), encode(EVENTS[::-1])]
    for block, other in zip(blocks * 3, expected * 3, strict=True):
        batch = decoder.decode(block)
        assert batch.to_pylist() == other.decode(block).to_pylist()
        del batch
        size, others = pooled_zeros()
        assert size > 0
        assert others == 0


@settings(max_examples=60)
@given(st.data())
def test_damaged_blocks(data: st.DataObject) -> None:
    """Also where a cell turns out to be null, or the decode stops in the middle of an event."""
    block = encode(
        FAILURES[:3] + data.draw(st.lists(st.sampled_from(FAILURES), min_size=1, max_size=80)))
    image = bytearray(block.data)
    for _ in range(data.draw(st.integers(0, 6))):
        image[data.draw(st.integers(8 * block.count, len(image) - 1))] = data.draw(
            st.integers(0, 255))
    damaged = Block(bytes(image), base=block.base, count=block.count, version=block.version)
    keeper = Decoder(errors="null")
    keeper.decode(block)
    keeper.decode(damaged)
    size, others = pooled_zeros()
    assert size > 0
    assert others == 0
    with suppress(MalformedBlockError):
        Decoder().decode(damaged)  # which then gives its memory up: there may be none that waits
    assert pooled_zeros()[1] == 0
