"""Counts events over time, in few bars whatever their span is; must not know what they are.

Bars are counted finer than they are shown. As more time is met, fine ones become coarser ones, each
of which is a multiple of those before, so that nothing is split.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._tally import COUNT, Tally

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
_BAR = "bar"


class Times:
    """How many events of each kind there are over time.

    Parameters
    ----------
    kind : str
        The column that says which kind an event is of.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._tally = Tally([_BAR, kind])
        self._step = _COUNTED[0]
        self.first: int | None = None
        self.last: int | None = None

    def add(self, times: pa.Array, kinds: pa.Array) -> None:
        """Count events at some times, which may be null."""
        ends = pc.min_max(times)
        if not ends["min"].is_valid:
            return
        first, last = ends["min"].value, ends["max"].value
        self.first = first if self.first is None else min(first, self.first)
        self.last = last if self.last is None else max(last, self.last)
        self._widen(self.first, self.last)
        self._tally.add({_BAR: _floor(times.cast(pa.int64()), self._step), self._kind: kinds})

    def _widen(self, first: int, last: int) -> None:
        step = next(
            (step for step in _COUNTED if (last - first) // step < _FINE), _COUNTED[-1])
        if step <= self._step:
            return
        counted = self._tally.take()
        if counted:
            counted[_BAR] = _floor(counted[_BAR], step // self._step)
            self._tally.add(counted, counted[COUNT])
        self._step = step

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
        for row in self._tally.top()["top"]:
            if row[_BAR] is not None:
                bar = rows[row[_BAR] * self._step // step - first // step]
                bar[COUNT] += row[COUNT]
                if row[self._kind] in kinds:
                    bar[kinds[row[self._kind]]] += row[COUNT]
        return step, rows


def _floor(values: pa.Array, step: int) -> pa.Array:
    """Return how many steps below or at a value there are: as floor does, not as C does."""
    found = pc.divide(values, step)
    if (pc.min(values).as_py() or 0) >= 0:
        return found
    above = pc.greater(pc.multiply(found, step), values)
    return pc.subtract(found, above.cast(pa.int64()))
