"""What a block says of itself and of its memory; must not know what an event looks like."""

import gc
import sys
from typing import Any

import pytest

from wfpfast import Block

PLACE: dict[str, Any] = {"base": 0x1000, "count": 0, "version": 5}


@pytest.mark.parametrize(("options", "expected"), [
    ({}, (False, 0)), ({"tail_size": 0}, (False, 0)), ({"internal": True}, (True, 64)),
    ({"internal": True, "tail_size": 64}, (True, 64)),
    ({"internal": True, "tail_size": 48}, (True, 48)),
])
def test_whether_there_is_a_tail(options: dict[str, Any], expected: tuple[bool, int]) -> None:
    block = Block(b"", **PLACE, **options)
    assert (block.internal, block.tail_size) == expected


@pytest.mark.parametrize("options", [
    {"tail_size": 48}, {"tail_size": 64}, {"internal": True, "tail_size": 0},
    {"internal": True, "tail_size": 56}, {"internal": True, "tail_size": -48},
    {"internal": True, "tail_size": 72},
])
def test_a_tail_that_no_version_has(options: dict[str, Any]) -> None:
    reason = f"no tail has {options['tail_size']} bytes"
    with pytest.raises(ValueError, match=f"internal is .*: {reason}"):
        Block(b"", **PLACE, **options)


def test_a_block_in_a_cycle_gives_its_memory_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a bytearray cannot be resized while somebody has a buffer of it."""
    told: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    memory = bytearray(64)
    cycle: list[Any] = [Block(memoryview(memory), **PLACE)]
    cycle.append(cycle)
    del cycle
    gc.collect()
    memory.append(1)
    assert told == []
