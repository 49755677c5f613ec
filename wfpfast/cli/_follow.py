"""Keeps up with the filters of an engine as events name new ones; must not know who needs them."""

import math
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from wfpfast import Engine, EventBatch, WfpError
from wfpfast.cli import _screen

if TYPE_CHECKING:
    from wfpfast.cli._naming import Naming

PAUSE = 1.0         # seconds between two looks, at least
_SHARE = 20         # and this many times as long as the look itself took
_MOST_VAIN = 65_536


def ids(batch: EventBatch) -> set[int]:
    """Return the filters of events."""
    return set(memoryview(batch["filter_id"]).tolist())


class Follow:
    """Says when to ask for the filters again, and asks.

    That is when an event has a filter that was not there at the last look, or when the last look
    is too long ago. An id that a look did not find does not ask for another one.

    Parameters
    ----------
    engine : Engine
        What is asked.
    what : str
        What messages say of filters that cannot be had.
    period : float
        How many seconds a look is good for.
    clock : callable
        Returns seconds; for tests.
    """

    def __init__(
        self, engine: Engine, what: str, *, period: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._what = what
        self._period = period
        self._clock = clock
        self._there: set[int] = set()
        self._vain: set[int] = set()
        self._wanted: set[int] = set()
        self._looked = -math.inf
        self._next = -math.inf
        self._over = False

    def due(self, ids: Iterable[int]) -> bool:
        """Tell whether to look now, with these ids among the events."""
        if self._over:
            return False
        for number in ids:
            if number and number not in self._there and number not in self._vain:
                self._wanted.add(number)    # 0 is what a null is among ids
        now = self._clock()
        old = now - self._looked >= self._period
        return now >= self._next and bool(self._wanted or old)

    @property
    def owing(self) -> bool:
        """Whether there are ids that no look was made for."""
        return bool(self._wanted) and not self._over

    def look(self) -> Any:
        """Return the table of the filters; None if there are none to be had, which is said."""
        began = self._clock()
        try:
            table = self._engine.filters()
        except WfpError as error:
            self._over = True
            _screen.say(f"wfpfast: {self._what}: {error}")
            return None
        now = self._clock()
        self._looked, self._next = now, now + max(PAUSE, _SHARE * (now - began))
        self._there = set(table["filter_id"].to_pylist())
        # What was asked for in vain is not asked for again, but not remembered without an end.
        vain = (self._wanted | self._vain) - self._there
        self._vain = vain if len(vain) <= _MOST_VAIN else set()
        self._wanted.clear()
        return table


class RuleNames:
    """The names of an engine's filters for people, which keep up with the filters.

    Attributes
    ----------
    names : dict of int to str
        Names by ids, also of filters that are just gone: their events may still come.
    """

    def __init__(self, engine: Engine, naming: "Naming | None") -> None:
        self.names: dict[int, str] = {}
        self._naming = naming
        self._there: dict[int, str] = {}
        self._follow = Follow(engine, "filters have no names here")
        self._look()

    def _look(self) -> None:
        before = self._there
        self._there = {rule["filter_id"]: rule["name"] for rule in self._follow.look() or ()}
        self.names = {**before, **self._there}
        if self._naming is not None:
            self.names.update(self._naming.rules())

    def changed(self, batch: EventBatch) -> bool:
        """Look again if events have new filters; tell whether names are new."""
        due = self._follow.due(ids(batch))
        if due:
            self._look()
        return due
