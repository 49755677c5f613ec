"""What a block makes the decoder read is charged, whichever member points to it and however it ends.

The members are those of the SDK's layouts: see shared_blocks.py. Must not know how work is charged,
but that docs/columns.md promises 64 times the block and a mebibyte.
"""

import pytest
from parity import assert_same
from shared_blocks import Heavy, budget, heavies, shared

from wfpfast import decode

SIZE = 24_000
TIMES = 220
HEAVIES = list(heavies(SIZE))


def test_there_are_members_of_all_kinds() -> None:
    names = " ".join(each.name for each in HEAVIES)
    for member in ("appId", "userId", "enterpriseId", "ikeEmFailure.remotePrincipalGroupSids",
                   "ikeQmFailure.localSubNet 15", "classifyDropMac.vSwitchId", "unknown"):
        assert member in names
    assert len(HEAVIES) > 150


@pytest.mark.parametrize("heavy", HEAVIES, ids=lambda each: each.name)
def test_all_that_is_read_is_charged_and_then_nothing_more_is_followed(heavy: Heavy) -> None:
    block = shared(heavy, SIZE, TIMES)
    paths = decode(block, errors="null")["app_path"].to_pylist()[1::2]
    followed = paths.index(None) if None in paths else TIMES
    assert followed * heavy.cost <= budget(block)
    assert not any(paths[followed:])
    if heavy.cost > 5_000:
        assert 0 < followed < TIMES
    assert_same(block)
    assert_same(block, errors="null")
