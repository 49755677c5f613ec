"""Joins the log with what happens afterwards; must not know how either is fetched.

The subscription begins before the snapshot is taken, so no event is lost between the two. Events
that happen in the meantime come twice, and Windows gives events no number by which to recognize
them. So the late events of the snapshot are remembered with all their values, and for each of them
one live event with the same values is left out.
"""

import time
from collections import Counter
from itertools import compress
from typing import Any

from wfpfast._base.forking import fork_lock
from wfpfast._blocks.block import Block
from wfpfast._blocks.repack import repack
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast.engine._inbox import Inbox
from wfpfast.engine._session import Enumeration, Page
from wfpfast.engine.enumeration import read_pages
from wfpfast.engine.heartbeat import Heartbeat
from wfpfast.engine.subscription import Subscription

# A subscription does not deliver events that happened this long before it began. The span is long
# because events have the time of the clock, and the clock may be set.
OLD_NS = 3_600_000_000_000
# After live events this much later than the snapshot's last event, no duplicate comes any more.
LATE_NS = 10_000_000_000

Row = tuple[Any, ...]


def _hashable(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return tuple((key, _hashable(each)) for key, each in value.items())
    return value


class Overlap:
    """The events of a snapshot that the subscription may deliver again.

    Parameters
    ----------
    began : int
        What the clock said as the subscription began. It may have been set since: what happened
        meanwhile has a time of before or after that.
    """

    def __init__(self, began: int) -> None:
        self._decoder = Decoder(errors="null")  # all columns: any may tell two events apart
        self._clock = Decoder(errors="null", columns=["timestamp"])
        self._first = min(began, time.time_ns()) - OLD_NS
        self._last = 0
        self._seen: Counter[Row] = Counter()
        self._times: set[int] = set()   # of these events: most others differ in it already

    @property
    def open(self) -> bool:
        """Whether a duplicate may still come."""
        return bool(self._seen)

    def _times_of(self, block: Block) -> list[int]:
        times: list[int] = memoryview(self._clock.decode(block)["timestamp"]).tolist()
        return times  # a null is 0

    def _rows(self, block: Block) -> list[Row]:
        """Return all values of the events."""
        batch = self._decoder.decode(block)
        columns = [batch[name].to_pylist() for name in batch.column_names[1:]]
        rows = zip(self._times_of(block), *columns, strict=True)
        return [(at, *map(_hashable, values)) for at, *values in rows]

    def remember(self, block: Block) -> None:
        """Note the events of a page of the snapshot."""
        late = [at >= self._first for at in self._times_of(block)]
        for row in compress(self._rows(block), late) if any(late) else ():
            self._seen[row] += 1
            self._times.add(row[0])
            self._last = max(self._last, row[0])

    def without_duplicates(self, block: Block) -> Block | None:
        """Return a live block without events of the snapshot; None if nothing is left of it."""
        times = self._times_of(block)
        doubtful = [place for place, at in enumerate(times) if at in self._times]
        rows = self._rows(repack(block, doubtful)) if doubtful else []
        doubles = set()
        for place, row in zip(doubtful, rows, strict=True):
            if self._seen[row]:
                doubles.add(place)
                self._seen[row] -= 1
                if not self._seen[row]:
                    del self._seen[row]
        if min(times) > self._last + LATE_NS:
            self._seen.clear()
        new = [place for place in range(block.count) if place not in doubles]
        if len(new) == block.count:
            return block
        return repack(block, new) if new else None


class Following(Subscription):
    """The events of the log, then those that happen, each once; from `Engine.follow`."""

    def __init__(
        self, inbox: Inbox, heartbeat: Heartbeat, enumeration: Enumeration, batch_size: int,
        began: int, *, decoder: Decoder,
    ) -> None:
        super().__init__(inbox, heartbeat, decoder=decoder)
        self._enumeration = enumeration
        self._pages = read_pages(enumeration, batch_size, Page.copy)
        self._overlap = Overlap(began)
        self._reading = fork_lock()
        self._counting = fork_lock()
        self._log = 0
        self._doubles = 0
        self._owed = 0  # events that are missing before the next block, beside those it says

    @property
    def stats(self) -> dict[str, int]:
        """What became of the events so far, as `Subscription.stats` has it, and of the log.

        ``log`` is how many of its events were read; ``doubles`` is how many live events were left
        out because they were among them: these count as ``delivered``.
        """
        return {**super().stats, "log": self._log, "doubles": self._doubles}

    def _decode(self, block: Block, dropped: int) -> EventBatch:
        return super()._decode(block, dropped + self._take_owed())

    def _take_owed(self) -> int:
        with self._counting:
            owed, self._owed = self._owed, 0
        return owed

    def read(self, timeout: float | None = None) -> EventBatch | None:
        """Return the next events of the log; after the last of them, as `Subscription.read`."""
        with self._reading:
            taken = self._read_joined(timeout)
        if taken is None:
            return None if self._overlap.open else super().read(timeout)
        return self._decode(*taken)

    def read_block(self, timeout: float | None = None) -> tuple[Block, int] | None:
        """Return what `read` would, undecoded."""
        with self._reading:
            taken = self._read_joined(timeout)
        if taken is None and not self._overlap.open:
            taken = super().read_block(timeout)
        return None if taken is None else (taken[0], taken[1] + self._take_owed())

    def _read_joined(self, timeout: float | None) -> tuple[Block, int] | None:
        """Return a page of the log, or live events while there may be duplicates among them."""
        page = next(self._pages, None)
        if page is not None:
            self._overlap.remember(page)
            self._log += page.count
            return page, 0
        self._enumeration.close()
        while self._overlap.open:
            taken = super().read_block(timeout)
            if taken is None:
                return None
            block, dropped = taken
            new = self._overlap.without_duplicates(block)
            self._doubles += block.count - (0 if new is None else new.count)
            if new is not None:
                return new, dropped
            with self._counting:
                self._owed += dropped
        return None

    def close(self) -> None:
        """End the enumeration and unsubscribe; live events that were received can still be read."""
        try:
            self._enumeration.close()
        finally:
            super().close()
