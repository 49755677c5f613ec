"""Live events as fast as they can be made, to a reader that stalls; must not know how they come."""

import math
import random
import time
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from long.measure import MEBIBYTE, Watch
from wfpfast import Engine, EventBatch, Simulator, Subscription

CAPACITY = 64 * MEBIBYTE
GROWTH = 32 * MEBIBYTE      # what the allocators may keep: nothing that grows with the events
READ, STALL = 2.0, 3.0      # seconds, at most, of which each time is drawn anew


class Reader:
    """Counts what it reads, and sees that no event comes before an older one."""

    def __init__(self) -> None:
        self.rows = 0
        self.batches = 0
        self.dropped = 0    # as the batches say
        self._newest: pa.Scalar | None = None

    def take(self, batch: EventBatch) -> None:
        self.rows += len(batch)
        self.batches += 1
        self.dropped += batch.stats["dropped"]
        times = pa.array(batch["timestamp"])
        span = pc.min_max(times)
        assert times.null_count == 0
        assert self._newest is None or self._newest.as_py() <= times[0].as_py()
        assert (span["min"], span["max"]) == (times[0], times[-1])
        self._newest = times[-1]


def check(stream: Subscription, reader: Reader) -> None:
    """What came was delivered, was dropped, or waits; of each there is another witness."""
    stats = stream.stats
    assert stats["unreadable"] == 0
    assert stats["delivered"] == reader.rows == stats["events"]
    assert 0 <= stats["waiting"] * 100 <= CAPACITY       # no event is as small as 100 bytes
    assert reader.dropped <= stats["dropped"]
    assert stats["received"] == stats["delivered"] + stats["dropped"] + stats["waiting"]


def state(stream: Subscription) -> str:
    stats = stream.stats
    return (f"{stats['received']:,} came = {stats['delivered']:,} delivered"
            f" + {stats['dropped']:,} dropped + {stats['waiting']:,} waiting")


def run(seconds: float, say: Callable[[str], None]) -> str:
    """Receive for so many seconds, then all that waits; return figures."""
    chance, reader = random.Random(0), Reader()
    read, stall = min(READ, seconds / 20), min(STALL, seconds / 20)
    with Simulator(events=[]) as simulator, Engine(simulator) as engine:
        stream = engine.subscribe(capacity=CAPACITY)
        watch = Watch("stalling", every=min(1.0, seconds / 50), say=say)
        simulator.start(math.inf)
        while watch.seconds < seconds or watch.is_short:
            until = time.monotonic() + chance.uniform(0, read)
            while time.monotonic() < until and (batch := stream.read(0.1)) is not None:
                reader.take(batch)
                watch.look(state(stream))
            check(stream, reader)
            time.sleep(chance.uniform(0, stall))
            watch.look(state(stream))
        watch.check_flat(GROWTH)
        simulator.stop()
        stream.close()
        while (batch := stream.read(0)) is not None:
            reader.take(batch)
        check(stream, reader)
        stats = stream.stats
        assert stats["waiting"] == 0 < stats["dropped"]
        assert stats["received"] == simulator.stats["delivered"]
        # Those that were dropped after the last one that waited are in no batch.
        behind = stats["dropped"] - reader.dropped
        return (f"{watch.seconds:,.0f} s; {state(stream)}; {behind:,} of them behind the last"
                f" batch; {reader.batches:,} batches, in order; {watch.memory()}")
