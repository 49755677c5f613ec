"""Asks an idle engine whether it is there and collects; must not know the events or the queue.

A subscription that Windows has lost says nothing: it is as silent as one without events (TinyWall's
pull request 130), and no user-mode call tells of the engine's end. Other programs switch collection
off for the whole machine when they end (System Informer's EtFwMonitorUninitialize, TinyWall's pull
request 115), without an error either. So a reader that waits asks for an option.
"""

import time

from wfpfast._base.ranges import check_range
from wfpfast.engine.options import Options
from wfpfast.errors import WfpError

SECONDS = 5.0
_ACCESS_DENIED = 5
_LONGEST = 1e9


class Heartbeat:
    """When to ask the engine, and what it said.

    Parameters
    ----------
    options : Options
        Of the engine to be asked.
    seconds : float
        How long no event comes before the engine is asked; 0 asks at every wait that ends without.
    keep_collecting : bool
        Whether collection is switched on again if somebody has switched it off.
    """

    def __init__(self, options: Options, seconds: float, *, keep_collecting: bool) -> None:
        check_range("heartbeat", seconds, 0, _LONGEST)
        self._options = options
        self._seconds = seconds
        self._keep = keep_collecting
        self._next = time.monotonic() + seconds
        self._collecting = True
        self._off = 0
        self._last_event = 0
        self._last_beat = 0

    @property
    def stats(self) -> dict[str, int]:
        """How often collection was off, and when something last came."""
        return {
            "collection_off": self._off,
            "last_event_ns": self._last_event,
            "last_heartbeat_ns": self._last_beat,
        }

    @property
    def due(self) -> bool:
        """Whether it is time to ask."""
        return time.monotonic() >= self._next

    def within(self, left: float | None) -> float | None:
        """Return how long to wait for events: not longer than `left`, nor than to the next beat."""
        beat = max(0.001, self._next - time.monotonic())  # not without a pause, if seconds are 0
        return beat if left is None else min(left, beat)

    def event(self) -> None:
        """Note that events came: who delivers is there."""
        self._last_event = time.time_ns()
        self._next = time.monotonic() + self._seconds

    def beat(self) -> None:
        """Ask; raise what the engine answers if it is gone."""
        self._next = time.monotonic() + self._seconds
        try:
            collecting = self._options.collect_net_events
        except WfpError as error:
            if error.code != _ACCESS_DENIED:  # who may subscribe need not be let read options
                raise
            collecting = True
        self._last_beat = time.time_ns()
        if self._collecting and not collecting:
            self._off += 1
        if not collecting and self._keep:
            self._options.collect_net_events = True
            collecting = True
        self._collecting = collecting
