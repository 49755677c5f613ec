"""`wfpfast record`: from an engine to a file of raw blocks; must not know what events hold."""

import sys
import time
from datetime import timedelta
from pathlib import Path

from wfpfast import Block, Subscription, repack
from wfpfast.cli import _screen, _stats
from wfpfast.cli._engine import opened, subscribed
from wfpfast.cli._live import POLL, say_dropped
from wfpfast.cli._live_options import EngineOptions
from wfpfast.cli._place import check_name
from wfpfast.cli._screen import Fault
from wfpfast.cli._stop import Stop, stoppable
from wfpfast.recording import Recorder, RecordingError

SUFFIX = ".wfprec"


def record(
    choice: EngineOptions,
    path: Path,
    *,
    append: bool,
    count: int | None,
    duration: timedelta | None,
) -> int:
    """Record the log and what happens; return the exit status."""
    if path.suffix.lower() != SUFFIX:
        raise Fault(f"{path}: expected a name that ends in {SUFFIX}")
    check_name(path)
    if path.exists() and not append:
        raise Fault(f"{path} exists: --append continues it")
    started = time.monotonic()
    end = None if duration is None else started + duration.total_seconds()
    with stoppable() as stop, opened(choice) as engine:
        with subscribed(engine, choice, log=True) as stream, _recorder(path) as recorder:
            run = RecordingRun(recorder, sys.maxsize if count is None else count)
            run.take(stream, stop, end)
        size, spent = _screen.size(path.stat().st_size), time.monotonic() - started
    losses = _stats.told({"dropped": run.dropped, "unreadable": stream.stats["unreadable"]})
    line = f"{_screen.events(run.events)} in {path} ({size}, {_screen.seconds(spent)})"
    _screen.say("; ".join([line, *losses]))
    return stop.status if stop.asked and not run.full else 0


def _recorder(path: Path) -> Recorder:
    try:
        recorder = Recorder(path)
    except RecordingError as error:
        raise Fault(f"{path}: {error}") from None
    if recorder.cut is not None:
        _screen.say(f"{path}: {recorder.cut}; continued before it")
    return recorder


class RecordingRun:
    """What one call of the command records: so many events at most."""

    def __init__(self, recorder: Recorder, limit: int) -> None:
        self._recorder = recorder
        self._limit = limit
        self.events = 0
        self.dropped = 0

    @property
    def full(self) -> bool:
        """Whether it takes no more events."""
        return self.events >= self._limit

    def take(self, stream: Subscription, stop: Stop, end: float | None) -> None:
        """Record until it is full, its time is over, or somebody asks for an end."""
        with _screen.progress() as bar:
            task = bar.add_task("record", total=None, note="")
            while not (stop.asked or self.full or (end is not None and time.monotonic() >= end)):
                taken = stream.read_block(POLL)
                if taken is not None:
                    self._write(*taken)
                    bar.update(task, note=_screen.events(self.events))
            stream.close()

    def _write(self, block: Block, dropped: int) -> None:
        say_dropped(dropped)
        room = self._limit - self.events
        if block.count > room:
            block = repack(block, list(range(room)))
        self._recorder.write(block, dropped=dropped)
        self.events += block.count
        self.dropped += dropped
