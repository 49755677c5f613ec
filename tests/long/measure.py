"""Looks at the memory and at the clock while something runs; must not know what runs."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

STATUS = Path("/proc/self/statm")
PAGE = 4096
MEBIBYTE = 1 << 20
SAY_EVERY = 60.0    # seconds
ENOUGH = 16         # samples


class Sample(NamedTuple):
    """How much memory the process had, so many seconds after the beginning."""

    at: float
    rss: int


def resident() -> int:
    """Return how much memory the process has, in bytes."""
    return int(STATUS.read_text().split()[1]) * PAGE


class Watch:
    """Samples memory during a run, and says how it goes.

    Parameters
    ----------
    name : str
        Of the run.
    every : float
        Seconds between two samples.
    say : callable
        Gets a line about every minute.
    """

    def __init__(self, name: str, *, every: float, say: Callable[[str], None]) -> None:
        self.name = name
        self.started = time.monotonic()
        self.samples: list[Sample] = []
        self._every = every
        self._say = say
        self._said = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def is_short(self) -> bool:
        """Whether a run, on however busy a machine, has too few samples to end."""
        return len(self.samples) < ENOUGH

    def look(self, state: str) -> None:
        """Sample the memory if it is time to; about every minute, say how things are."""
        now = self.seconds
        if self.samples and now - self.samples[-1].at < self._every:
            return
        self.samples.append(Sample(now, resident()))
        if now - self._said >= SAY_EVERY:
            self._said = now
            self._say(f"{self.name}: {now:,.0f} s; {state}; {self.memory()}")

    def check_flat(self, growth: int) -> None:
        """Fail if the second half of the run needed more than so many bytes above the first."""
        sizes = [rss for _, rss in self.samples]
        half = len(sizes) // 2
        assert half > 3, f"{self.name}: too short to say whether memory is flat"
        more = max(sizes[half:]) - max(sizes[:half])
        assert more <= growth, f"{self.name}: {more:,} bytes more in the second half"

    def memory(self) -> str:
        """Return in words between what the memory was, apart from the first tenth of the run."""
        late = [rss for _, rss in self.samples[len(self.samples) // 10:]]
        return f"memory {min(late) // MEBIBYTE} to {max(late) // MEBIBYTE} MiB"
