"""The long runs in short: that they work, and that they would notice what they are there for."""

import shutil
import sys
from collections.abc import Callable

import pytest

from long import clocks, different, items, stalling
from long.measure import MEBIBYTE, Sample, Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at memory as Linux tells it")


def nobody(line: str) -> None:
    """Take a line that a long run would say."""


@pytest.mark.parametrize(("run", "amount", "figures"), [
    (stalling.run, 2, "+ 0 waiting"),
    (different.run, 100_000, "100,000 came = 100,000 delivered + 0 dropped + 0 waiting"),
    (items.run, 20_000, "20,000 came = 20,000 delivered + 0 lost"),
    pytest.param(clocks.run, 2, "each once", marks=pytest.mark.skipif(
        not shutil.which("cc"), reason="the clock is written in C")),
])
def test_a_short_run(run: Callable[..., str], amount: int, figures: str) -> None:
    assert figures in run(amount, nobody)


def watch(*mebibytes: int) -> Watch:
    found = Watch("", every=1, say=nobody)
    found.samples = [Sample(at, rss * MEBIBYTE) for at, rss in enumerate(mebibytes)]
    return found


def test_memory_that_grows_is_noticed() -> None:
    watch(10, 90, 20, 80, 30, 91, 20, 80).check_flat(MEBIBYTE)
    with pytest.raises(AssertionError, match="3,145,728 bytes more in the second half"):
        watch(10, 90, 20, 80, 30, 93, 20, 80).check_flat(MEBIBYTE)
    with pytest.raises(AssertionError, match="too short"):
        watch(10, 10, 10, 10, 10, 10, 10).check_flat(MEBIBYTE)
