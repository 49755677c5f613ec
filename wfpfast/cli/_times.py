"""Counts events over time, in few bars whatever their span is; must not know what they are.

Bars are counted finer than they are shown. As more time is met, fine ones become coarser ones, each
of which is a multiple of those before, so that nothing is split.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from wfpfast.cli._tally import COUNT
from wfpfast.counting import Numbers, Rows, Tally, Values

MOST = 60
"""Bars that are shown at most; if the span has milliseconds enough, there are 24 at least."""
_FINE = 4096    # steps that what is counted spans at most, as far as there are steps
_MS, _S, _MIN, _H, _D = 10**6, 10**9, 60 * 10**9, 3600 * 10**9, 86400 * 10**9   # nanoseconds
# What is counted in: each step is a multiple of the one before it.
_COUNTED = (
    _MS, 10 * _MS, 100 * _MS, _S, 10 * _S, _MIN, 10 * _MIN, _H, 6 * _H, _D, 7 * _D, 28 * _D)
# What is shown: each step is at most 2.5 times the one before it.
_SHOWN = (
    *(_MS * n * 10**e for e in range(3) for n in (1, 2, 5)),
    *(n * _S for n in (1, 2, 5, 10, 20, 30)), *(n * _MIN for n in (1, 2, 5, 10, 20, 30)),
    *(n * _H for n in (1, 2, 3, 6, 12)), *(n * _D for n in (1, 2, 4, 7, 14)),
    *(28 * 2**n * _D for n in range(12)))


class Times:
    """How many events of each kind there are over time.

    Parameters
    ----------
    kinds : Values
        Which kinds there are.
    """

    def __init__(self, kinds: Values) -> None:
        self._kinds = kinds
        self._tally = self._new()
        self._counts: Counter[tuple[int, Any]] = Counter()
        self._step = _COUNTED[0]
        self.first: int | None = None
        self.last: int | None = None

    def _new(self) -> Tally:
        self._steps = Values()
        return Tally([self._steps, self._kinds])

    def add(self, rows: Rows, name: str, kinds: Numbers) -> None:
        """Count events at the times of a column, which may be null."""
        ends = rows.ends(name)
        if ends is None:
            return
        self.first = ends[0] if self.first is None else min(ends[0], self.first)
        self.last = ends[1] if self.last is None else max(ends[1], self.last)
        self._widen(self.first, self.last)
        steps = self._steps.steps(rows, name, self._step)
        self._tally.add([steps, kinds])

    def _widen(self, first: int, last: int) -> None:
        step = next(
            (step for step in _COUNTED if (last - first) // step < _FINE), _COUNTED[-1])
        if step > self._step:
            ratio = step // self._step
            wider: Counter[tuple[int, Any]] = Counter()
            for (at, kind), count in self._all().items():
                wider[at // ratio, kind] += count
            self._counts, self._step = wider, step

    def _all(self) -> Counter[tuple[int, Any]]:
        """Return what was counted so far, by step and kind."""
        for entry in range(1, len(self._tally) + 1):
            at, kind = self._tally.row(entry)
            if at is not None:
                self._counts[at, kind] += self._tally.count(entry)
        self._tally = self._new()
        return self._counts

    def bars(self, kinds: Mapping[str, str]) -> tuple[int, list[dict[str, Any]]]:
        """Return a step in nanoseconds, and a row for each from the first event to the last.

        Parameters
        ----------
        kinds : mapping of str to str
            Of which kinds there are counts, and what these are called.
        """
        if self.first is None or self.last is None:
            return 0, []
        first, last = self.first, self.last
        step = next(
            step for step in _SHOWN if last // step - first // step < MOST)
        rows = [
            {"from": at * step, COUNT: 0, **dict.fromkeys(kinds.values(), 0)}
            for at in range(first // step, last // step + 1)]
        for (at, kind), count in self._all().items():
            bar = rows[at * self._step // step - first // step]
            bar[COUNT] += count
            if kind in kinds:
                bar[kinds[kind]] += count
        return step, rows
