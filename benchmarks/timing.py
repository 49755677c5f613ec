"""Takes turns and the time; must not know what it times."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from time import perf_counter


@dataclass(frozen=True)
class Contestant:
    """Somebody who reads `events` events a call, and which columns come of it."""

    name: str
    columns: tuple[str, ...]
    events: int
    call: Callable[[], object]


@dataclass(frozen=True)
class Result:
    """The best call of a contestant."""

    contestant: Contestant
    seconds: float

    @property
    def per_event(self) -> float:
        return self.seconds / self.contestant.events


def race(contestants: Sequence[Contestant], *, rounds: int, seconds: float) -> list[Result]:
    """Let each in turn call for `seconds`, but once at least, `rounds` times over.

    Turns of all in every round, so that a machine that slows down slows all of them.
    """
    best = [inf] * len(contestants)
    for _ in range(rounds):
        for place, contestant in enumerate(contestants):
            best[place] = min(best[place], _turn(contestant.call, seconds))
    return [Result(*pair) for pair in zip(contestants, best, strict=True)]


def _turn(call: Callable[[], object], seconds: float) -> float:
    """Return how long the shortest call took; a result that has `seconds` took its own time."""
    gc.collect()
    gc.disable()  # as timeit does: the rivals make many objects, which would set it off
    try:
        best, end = inf, perf_counter() + seconds
        while True:
            start = perf_counter()
            result = call()
            stop = perf_counter()
            best = min(best, getattr(result, "seconds", stop - start))
            del result  # off the clock, for all of them
            if stop >= end:
                return best
    finally:
        gc.enable()
