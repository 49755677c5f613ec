"""Twice the block is at most twice the work, for every member that points: see work.py."""

import os
import shutil
from pathlib import Path

import pytest
from decode import work

HEADER = Path("/usr/include/valgrind/callgrind.h")


@pytest.mark.skipif(
    not (shutil.which("valgrind") and shutil.which("cc") and HEADER.is_file()),
    reason="valgrind counts the instructions")
@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="valgrind runs no sanitizer")
@pytest.mark.parametrize("part", range(work.PARTS))
def test_twice_the_block_is_at_most_twice_the_work(part: int) -> None:
    found = work.counted(part)
    assert len(found) >= 20  # of some 80
    assert min(each.once for each in found) > 100_000
    assert {each.name: (each.once, each.twice) for each in found
            if not 1 < each.twice / each.once < 2.05} == {}
