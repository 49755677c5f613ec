"""`wfpfast record`: from an engine to a file of raw blocks; must not know what events hold."""

import contextlib
import math
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wfpfast import Block, Decoder, EngineClosedError, Subscription, repack
from wfpfast.cli import _screen
from wfpfast.cli._account import account, missing, told
from wfpfast.cli._engine import CollectionWatch, opened, subscribed
from wfpfast.cli._keep import Keeper
from wfpfast.cli._live import POLL, chosen, say_dropped
from wfpfast.cli._live_options import EngineOptions
from wfpfast.cli._output import written
from wfpfast.cli._place import check_name
from wfpfast.cli._screen import Fault
from wfpfast.cli._stats import Stats
from wfpfast.cli._stop import Stop, stoppable
from wfpfast.recording import Recorder, RecordingError

if TYPE_CHECKING:
    from wfpfast.cli._stages import Chosen

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
    picker = _picker(choice)
    started = time.monotonic()
    with (
        stoppable() as stop,
        opened(choice) as engine,
        subscribed(engine, choice, log=True) as stream,
        _recorder(path) as recorder,
    ):
        keeper = Keeper(engine, recorder, of_this_machine=choice.simulation is None)
        run = RecordingRun(
            recorder, stream, sys.maxsize if count is None else count, keeper, picker,
            idle=CollectionWatch(stream, choice).look)
        try:
            run.take(stop, math.inf if duration is None else duration.total_seconds())
        finally:
            try:
                run.finish()
            finally:
                _say(path, run, time.monotonic() - started)
    return stop.status if stop.asked and not run.full else 0


def _picker(choice: EngineOptions) -> "Picker | None":
    found = chosen(choice.stages, ("timestamp",))
    return None if found is None else Picker(found)


def _recorder(path: Path) -> Recorder:
    try:
        recorder = Recorder(path)
    except RecordingError as error:
        raise Fault(f"{path}: {error}") from None
    if recorder.cut is not None:
        _screen.say(f"{path}: {recorder.cut}; continued before it")
    return recorder


def _say(path: Path, run: "RecordingRun", spent: float) -> None:
    """Say what is in the file and what is not, unless nothing came before an error."""
    stats = run.account
    if not (stats["came"] or run.ended):
        return
    size = _screen.size(path.stat().st_size)
    line = f"{_screen.events(run.events)} in {path} ({size}, {_screen.seconds(spent)})"
    parts = [line, *told(stats)]
    untold = missing(stats) - run.dropped
    if untold:
        parts.append(f"of these the file does not count {untold:,}")
    _screen.say("; ".join(parts))


class Picker:
    """Chooses events of blocks that Windows cannot choose: they are decoded, and stay as they are.

    Attributes
    ----------
    chosen : Chosen
        What chooses, and counts what it left out.
    """

    def __init__(self, choices: "Chosen") -> None:
        self.chosen = choices
        self._decoder = Decoder(columns=choices.columns, errors="null")

    def of(self, block: Block) -> Block:
        """Return a block of the chosen events."""
        mask = self.chosen.mask(self._decoder.decode(block)).to_pylist()
        if all(mask):
            return block
        return repack(block, [place for place, wanted in enumerate(mask) if wanted])


class RecordingRun:
    """What one call of the command records: so many events of a stream at most.

    Attributes
    ----------
    events : int
        How many are in the file.
    dropped : int
        How many are missing, as the file says.
    ended : bool
        Whether nothing but a wish, or the number of events, ended it.
    """

    def __init__(
        self, recorder: Recorder, stream: Subscription, limit: int, keeper: Keeper,
        picker: Picker | None = None, *, idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._recorder = recorder
        self._idle = idle  # called whenever no event came for a moment
        self._stream = stream
        self._limit = limit
        self._keeper = keeper
        self._picker = picker
        self.events = 0
        self.dropped = 0
        self.ended = False

    @property
    def full(self) -> bool:
        """Whether it takes no more events."""
        return self.events >= self._limit

    @property
    def account(self) -> Stats:
        """What became of the events; final when the stream is closed."""
        left_out = 0 if self._picker is None else self._picker.chosen.left_out
        return account(
            self._stream.stats, self.events, complete=self.full, left_out=left_out)

    def take(self, stop: Stop, duration: float) -> None:
        """Record until it is full, so many seconds are over, or somebody asks for an end."""
        end = time.monotonic() + duration
        self._keeper.begin()
        with _screen.progress() as bar:
            task = bar.add_task("record", total=None, note="")
            while not (stop.asked or self.full or time.monotonic() >= end):
                taken = self._stream.read_block(POLL)
                if taken is None:
                    self._idle()
                else:
                    self._write(*taken)
                    bar.update(task, note=_screen.events(self.events))
        self.ended = True

    def finish(self) -> None:
        """Receive nothing more, write what waits, and then how many events are missing."""
        try:
            self._stream.close()
        finally:
            try:
                if self.ended:
                    self._take_rest()
                    self._keeper.finish()
            finally:
                self._write_missing()

    def _take_rest(self) -> None:
        # Closed before the log was read to its end: what came after it would follow a hole.
        with contextlib.suppress(EngineClosedError):
            while not self.full and (taken := self._stream.read_block(0)) is not None:
                self._write(*taken)

    def _write(self, block: Block, dropped: int) -> None:
        say_dropped(dropped)
        if self._picker is not None:
            block = self._picker.of(block)
            if not (block.count or dropped):
                return
        room = self._limit - self.events
        if block.count > room:
            block = repack(block, list(range(room)))
        self._keeper.before(block)
        self._put(block, dropped)

    def _put(self, block: Block, dropped: int) -> None:
        with written(self._recorder.path):
            self._recorder.write(block, dropped=dropped)
        self.events += block.count
        self.dropped += dropped

    def _write_missing(self) -> None:
        """Let the file say what no block of it does: an empty one may follow a gap, too."""
        rest = missing(self.account) - self.dropped
        if rest:
            self._put(Block(b"", base=0, count=0, version=self._stream.version), rest)
