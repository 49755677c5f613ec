"""What a block makes the decoder read is charged, whichever member points and however it ends.

The members are those of the SDK's layouts: see shared_blocks.py. Must not know how work is charged,
but that docs/columns.md promises 64 times the block and a mebibyte.
"""

import struct
from typing import Any

import pyarrow as pa
import pytest
from parity import assert_same
from shared_blocks import UNENDED, Heavy, budget, heavies, shared

from wfpfast import Block, decode

SIZE = 24_000
# So often that the budget ends. What is as short as the longest SID hardly costs more than its two
# pointers, whose 16 bytes add 1,024 to the budget.
OFTEN, SELDOM = 6_000, 220
HEAVIES = list(heavies(SIZE))


def test_there_are_members_of_all_kinds() -> None:
    names = " ".join(each.name for each in HEAVIES)
    for member in ("appId", "userId", "enterpriseId", "ikeEmFailure.remotePrincipalGroupSids",
                   "ikeQmFailure.localSubNet 15", "classifyDropMac.vSwitchId", "unknown"):
        assert member in names
    assert len(HEAVIES) > 150


@pytest.mark.parametrize("heavy", HEAVIES, ids=lambda each: each.name)
def test_all_that_is_read_is_charged_and_then_nothing_more_is_followed(heavy: Heavy) -> None:
    times = SELDOM if heavy.cost > 5_000 or heavy.cost < 256 else OFTEN
    block = shared(heavy, SIZE, times)
    paths = decode(block, errors="null")["app_path"].to_pylist()[1::2]
    followed = paths.index(None) if None in paths else times
    assert followed * heavy.cost <= budget(block)
    assert not any(paths[followed:])
    assert followed == times if heavy.cost < 256 else 0 < followed < times
    assert_same(block)
    assert_same(block, errors="null")


@pytest.mark.parametrize(("column", "event"), [
    ("local_groups", {"type": 0, "ikeMmFailure": {
        "localPrincipalGroupSids": ["one", None, "two", UNENDED]}}),
    ("terminating_filters", {"type": 6, "internalFields": {"terminatingFiltersInfo": [
        {"filterId": 1, "subLayer": "one", "actionType": "two"},
        {"filterId": 2, "subLayer": "three", "actionType": "four \ufffe"}]}}),
])
def test_items_before_a_bad_one_leave_nothing_behind(column: str, event: dict[str, Any]) -> None:
    block = shared(Heavy("", {"header": {}, **event}, 0), SIZE, 1)
    image = bytearray(block.data)
    if (place := image.find("four".encode("utf-16-le"))) >= 0:
        slot = image.index(struct.pack("<Q", block.base + place))
        image[slot:slot + 8] = b"\1" * 8
    bad = Block(bytes(image), base=block.base, count=2, version=block.version,
                entries_offset=block.entries_offset, tail_size=block.tail_size,
                internal=block.internal)
    batch = decode(bad, errors="null")
    found = pa.record_batch(batch)[column]
    found.validate(full=True)
    assert (found.to_pylist(), batch.stats["malformed"]) == ([None, None], 1)
    assert len(found.values) == found.values.null_count == 0
