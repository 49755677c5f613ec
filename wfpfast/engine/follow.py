"""Joins the log with what happens afterwards; must not know how either is fetched.

The subscription begins before the snapshot is taken, so no event is lost between the two. Events
that happen in the meantime come twice, and Windows gives events no number by which to recognize
them. So the late events of the snapshot are remembered with all their values, and for each of them
one live event with the same values is left out.
"""

import threading
import time
from collections import Counter
from typing import Any

from wfpfast._blocks.block import Block
from wfpfast._blocks.repack import repack
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast.engine._inbox import Inbox
from wfpfast.engine._session import Enumeration, Page
from wfpfast.engine.enumeration import read_pages
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
    """The events of a snapshot that the subscription may deliver again."""

    def __init__(self) -> None:
        self._decoder = Decoder(errors="null")  # all columns: any may tell two events apart
        self._first = time.time_ns() - OLD_NS
        self._last = 0
        self._seen: Counter[Row] = Counter()

    @property
    def open(self) -> bool:
        """Whether a duplicate may still come."""
        return bool(self._seen)

    def _rows(self, block: Block, first: int = 0) -> dict[int, Row]:
        """Return the values of the events that happened at `first` or later, by their place."""
        batch = self._decoder.decode(block)
        times = memoryview(batch["timestamp"]).tolist()  # a null is 0
        late = [k for k, at in enumerate(times) if at >= first]
        if not late:
            return {}
        columns = [batch[name].to_pylist() for name in batch.column_names[1:]]
        return {k: (times[k], *(_hashable(column[k]) for column in columns)) for k in late}

    def remember(self, block: Block) -> None:
        """Note the events of a page of the snapshot."""
        for row in self._rows(block, self._first).values():
            self._seen[row] += 1
            self._last = max(self._last, row[0])

    def without_duplicates(self, block: Block) -> Block | None:
        """Return a live block without events of the snapshot; None if nothing is left of it."""
        rows = self._rows(block)
        new = []
        for place, row in rows.items():
            if self._seen[row]:
                self._seen[row] -= 1
            else:
                new.append(place)
        self._seen = +self._seen
        if min(row[0] for row in rows.values()) > self._last + LATE_NS:
            self._seen.clear()
        if len(new) == block.count:
            return block
        return repack(block, new) if new else None


class Following(Subscription):
    """The events of the log, then those that happen, each once; from `Engine.follow`."""

    def __init__(
        self, inbox: Inbox, enumeration: Enumeration, batch_size: int, *, decoder: Decoder
    ) -> None:
        super().__init__(inbox, decoder=decoder)
        self._enumeration = enumeration
        self._pages = read_pages(enumeration, batch_size, Page.copy)
        self._overlap = Overlap()
        self._reading = threading.Lock()

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
            return super().read_block(timeout)
        return taken

    def _read_joined(self, timeout: float | None) -> tuple[Block, int] | None:
        """Return a page of the log, or live events while there may be duplicates among them."""
        page = next(self._pages, None)
        if page is not None:
            self._overlap.remember(page)
            return page, 0
        self._enumeration.close()
        dropped = 0
        while self._overlap.open:
            taken = super().read_block(timeout)
            if taken is None:
                return None
            dropped += taken[1]
            block = self._overlap.without_duplicates(taken[0])
            if block is not None:
                return block, dropped
        return None

    def close(self) -> None:
        """End the enumeration and unsubscribe; live events that were received can still be read."""
        try:
            self._enumeration.close()
        finally:
            super().close()
