"""`wfpfast collect --engine`: what happens into a dataset; must not know what events mean."""

import contextlib
import platform
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import EngineClosedError, EventBatch, Subscription
from wfpfast.cli import _screen
from wfpfast.cli._account import account, told
from wfpfast.cli._collect import writing
from wfpfast.cli._engine import opened, subscribed
from wfpfast.cli._live import POLL, say_dropped
from wfpfast.cli._live_options import EngineOptions
from wfpfast.cli._stages import Choice, Chosen
from wfpfast.cli._stats import Stats
from wfpfast.cli._stop import Stop, stoppable
from wfpfast.dataset import Origin, Writer
from wfpfast.dataset.lake import TIMESTAMP

EVERY = timedelta(minutes=1)
SIMULATED = "simulated"     # the host of events that no machine has


def collect_live(
    choice: EngineOptions, dataset: str, *, every: timedelta | None, count: int | None,
    duration: timedelta | None, stages: Sequence[Choice],
) -> int:
    """Collect the log and what happens, until Ctrl-C; return the exit status."""
    seconds = (every or EVERY).total_seconds()
    end = float("inf") if duration is None else time.monotonic() + duration.total_seconds()
    host = platform.node() if choice.simulation is None else SIMULATED
    with (
        stoppable() as stop,
        opened(choice) as engine,
        writing(dataset) as writer,
        subscribed(engine, choice, log=True, errors="null") as stream,
    ):
        run = Live(writer, stream, host, stages, sys.maxsize if count is None else count)
        run.take(stop, end, seconds)
        run.finish()
        _say(dataset, run)
        return stop.status if stop.asked and not run.full else 0


def _say(dataset: str, run: "Live") -> None:
    _screen.say("; ".join([f"{_screen.events(run.events)} into {dataset}", *told(run.account)]))


class Live:
    """What one call of the command collects from an engine.

    Attributes
    ----------
    events : int
        How many it wrote.
    """

    def __init__(
        self, writer: Writer, stream: Subscription, host: str, stages: Sequence[Choice],
        limit: int,
    ) -> None:
        self._writer = writer
        self._stream = stream
        self._host = host
        self._chosen = Chosen(stages, None) if stages else None
        self._limit = limit
        self._key = {"engine": host}
        self._seam = Seam(writer.last(self._key))
        self._told: Stats = {}
        self._committed = self._seam.read
        self._written = 0
        self.events = 0

    @property
    def full(self) -> bool:
        """Whether it takes no more events."""
        return self.events >= self._limit

    @property
    def account(self) -> Stats:
        """What became of the events; final when the stream is closed."""
        left_out = self._seam.left_out + (self._chosen.left_out if self._chosen else 0)
        return account(self._stream.stats, self.events, complete=self.full, left_out=left_out)

    def take(self, stop: Stop, end: float, every: float) -> None:
        """Collect, with a commit every so many seconds."""
        due = time.monotonic() + every
        while not (stop.asked or self.full or time.monotonic() >= end):
            batch = self._stream.read(POLL)
            if batch is not None:
                self._write(batch)
            if time.monotonic() >= due:
                self._commit()
                due = time.monotonic() + every

    def finish(self) -> None:
        """Receive nothing more, and commit what came."""
        self._stream.close()
        # Closed before the log was read to its end: what came after it would follow a hole.
        with contextlib.suppress(EngineClosedError):
            while not self.full and (batch := self._stream.read(0)) is not None:
                self._write(batch)
        self._commit()

    def _write(self, batch: EventBatch) -> None:
        say_dropped(batch.stats.get("dropped", 0))
        batch = self._seam.behind(batch)
        if self._chosen is not None:
            batch = self._chosen.of(batch)
        rows = pa.record_batch(batch).slice(0, self._limit - self.events)
        self._writer.write(rows, host=self._host)
        self.events += len(rows)

    def _commit(self) -> None:
        stats = self._stream.stats
        now = {name: stats.get(name, 0) for name in ("dropped", "unreadable", "malformed")}
        new = {name: count - self._told.get(name, 0) for name, count in now.items()}
        if self._seam.read == self._committed and not any(new.values()):
            return
        written = self.events - self._written
        origin = Origin(
            self._host, self._key, self._seam.read, written, False, self._seam.place())
        self._writer.commit([origin], new)
        self._told, self._committed, self._written = now, self._seam.read, self.events


class Seam:
    """Where an earlier run ended, and this one begins: the log may hold events of both.

    Attributes
    ----------
    read : int
        How many events were taken, by earlier runs, too.
    left_out : int
        How many were there already.
    """

    def __init__(self, before: Origin | None) -> None:
        self.read = 0 if before is None else before.read
        self.left_out = 0
        place = {} if before is None else before.stats
        self._until = place.get("until")        # in nanoseconds of UNIX time
        self._at_until = place.get("at_until", 0)
        self._open = self._until is not None    # whether the log was not yet read beyond it

    def behind(self, batch: EventBatch) -> EventBatch:
        """Return the events of a batch that are not there yet."""
        times = pa.record_batch(batch).column(TIMESTAMP).view(pa.int64())
        if self._open and len(batch):
            old = self._old(times)
            if pc.any(old).as_py():
                self.left_out += pc.sum(old).as_py()
                batch = batch.filter(pc.invert(old))
                times = times.filter(pc.invert(old))
            else:
                self._open = False
        self.read += len(batch)
        last = pc.max(times).as_py()
        if last is not None and (self._until is None or last >= self._until):
            at_last = pc.sum(pc.equal(times, last)).as_py()
            self._at_until = at_last + (self._at_until if last == self._until else 0)
            self._until = last
        return batch

    def _old(self, times: pa.Array) -> pa.Array:
        """Tell which events are before the end of the run before; of those at it, the first."""
        same = pc.fill_null(pc.equal(times, self._until), False)
        rank = pc.cumulative_sum(same.cast(pa.int64()))
        first = pc.and_(same, pc.less_equal(rank, self._at_until))
        return pc.or_(pc.fill_null(pc.less(times, self._until), False), first)

    def place(self) -> dict[str, int]:
        """Return what the next run has to know."""
        return {} if self._until is None else {
            "until": self._until, "at_until": self._at_until}
