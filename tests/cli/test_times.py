"""Bars over time: steps, sums and memory, against counts by hand and by Python's own arithmetic."""

import itertools
import random
from collections import Counter

import pyarrow as pa
import pytest

from wfpfast.cli._times import Times
from wfpfast.counting import Rows, Values

SECOND, DAY = 10**9, 86_400 * 10**9
# From milliseconds to all that a timestamp can hold.
SPANS = [SECOND, 61 * SECOND, 3600 * SECOND, 100_000 * SECOND, 9 * DAY, 400 * DAY, 40_000 * DAY,
         200_000 * DAY]


def made(times: list[int | None], kinds: list[str | None], batch: int = 100) -> Times:
    values = Values()
    counted = Times(values)
    for start in range(0, len(times), batch):
        rows = Rows(pa.record_batch({
            "time": pa.array(times[start:start + batch], pa.timestamp("ns", "UTC")),
            "kind": pa.array(kinds[start:start + batch], pa.utf8()).dictionary_encode()}))
        counted.add(rows, "time", values.number(rows, "kind"))
    return counted


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("order", ["up", "down", "mixed"])
def test_bars_hold_what_python_counts(span: int, order: str) -> None:
    draw = random.Random(span)
    start = -span // 2  # on both sides of 1970
    times = sorted([start, start + span, *(start + draw.randrange(span) for _ in range(998))])
    if order == "down":
        times.reverse()
    elif order == "mixed":
        draw.shuffle(times)
    kinds = [draw.choice(["a", "b", "c"]) for _ in times]
    step, bars = made(list(times), list(kinds)).bars({"a": "first", "b": "second"})
    assert 24 <= len(bars) <= 60
    expected = Counter(zip((time // step * step for time in times), kinds, strict=True))
    assert all(b["from"] - a["from"] == step for a, b in itertools.pairwise(bars))
    assert [(bar["first"], bar["second"]) for bar in bars] == [
        (expected[bar["from"], "a"], expected[bar["from"], "b"]) for bar in bars]
    assert sum(bar["events"] for bar in bars) == len(times) == 1000


def test_no_events_and_events_without_a_time() -> None:
    assert made([], []).bars({}) == (0, [])
    assert made([None], ["a"]).bars({}) == (0, [])
    step, bars = made([None, 5, None], ["a", "a", None]).bars({"a": "first"})
    assert (step, bars) == (10**6, [{"from": 0, "events": 1, "first": 1}])


def test_memory_does_not_grow_with_the_span() -> None:
    counted = made([n * 977 * SECOND for n in range(60_000)], ["a"] * 60_000, 1000)
    assert 2_000 < len(counted._all()) <= 4_097
