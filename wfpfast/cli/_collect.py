"""`wfpfast collect`: files into a dataset, each event once; must not know what events mean."""

import contextlib
import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from wfpfast.cli import _screen, _stats
from wfpfast.cli._input import Input, opened_file
from wfpfast.cli._lake import with_host
from wfpfast.cli._naming import read_own
from wfpfast.cli._output import written
from wfpfast.cli._screen import Bar, Fault, Unwritten
from wfpfast.cli._source import Broken, Source
from wfpfast.cli._sources import inputs, opened
from wfpfast.cli._stages import Change, Stage
from wfpfast.cli._stats import Stats
from wfpfast.cli._stop import Stop, stoppable
from wfpfast.dataset import DatasetError, Origin, Writer
from wfpfast.dataset.files import ROW_GROUP
from wfpfast.dataset.origins import Known, key_of

_MOST = 4_000_000       # events of a commit
_LONGEST = 60.0         # seconds until the next commit, of what is short
_TURN = 0.2             # seconds until somebody else's file is tried again


def collect(
    sources: Sequence[Path], dataset: str, *, every: timedelta | None,
    stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Collect files, once or again and again; return the exit status."""
    with stoppable() as stop, writing(dataset) as writer:
        run = Collection(writer, stop, dataset, stages, options)
        while True:
            run.collect(sources)
            if every is None or waited(stop, every.total_seconds()):
                break
        return run.ended() or stop.status


@contextlib.contextmanager
def writing(dataset: str) -> Iterator[Writer]:
    """Give a writer, whose faults name the dataset."""
    with saying(dataset), Writer(dataset) as writer:
        if writer.finished_files:
            _screen.say(f"{dataset}: finished what a run that was ended had committed:"
                        f" {writer.finished_files} files")
        yield writer


@contextlib.contextmanager
def saying(dataset: str) -> Iterator[None]:
    """Say of errors of a dataset which one it is."""
    with written(dataset):
        try:
            yield
        except DatasetError as error:
            raise Fault(str(error)) from None


def waited(stop: Stop, seconds: float) -> bool:
    """Wait; return whether somebody asked for an end."""
    end = time.monotonic() + seconds
    while not stop.asked and time.monotonic() < end:
        time.sleep(min(_TURN, max(0.0, end - time.monotonic())))
    return stop.asked


class Resume:
    """A stage that leaves out the first events of a source, which were collected before.

    Attributes
    ----------
    read : int
        How many came, those included.
    """

    needs: Sequence[str] = ()
    gives: Sequence[str] = ()

    def __init__(self, before: int) -> None:
        self.read = 0
        self._before = before

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema as it is, and what leaves events out."""
        return schema, self._rest

    def _rest(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        left = max(0, self._before - self.read)
        self.read += len(batch)
        return batch.slice(left) if left else batch

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def faults(self) -> list[str]:
        """Return nothing."""
        return []


class Collection:
    """What one call of the command collects."""

    def __init__(
        self, writer: Writer, stop: Stop, dataset: str, stages: Sequence[Stage],
        options: dict[str, Any],
    ) -> None:
        self._writer = writer
        self._stop = stop
        self._dataset = dataset
        self._stages = [*stages, with_host()]
        self._options = options
        self._origins: list[Origin] = []    # of which no commit tells yet
        self._new = Known()                 # the same
        self._stats: list[Stats] = []
        self._waits = 0         # events that no commit has yet
        self._since = time.monotonic()
        self._faults: list[str] = []
        self._lost: Stats = {}
        self._again = 0         # files that had nothing new
        self.events = 0

    def collect(self, sources: Sequence[Path]) -> None:
        """Collect what is new of some files."""
        self._faults, self._again, before = [], 0, self.events
        started = time.monotonic()
        read_own(self._stages, sources)
        others: deque[Path] = deque()
        with _screen.progress() as screen:
            with contextlib.closing(inputs(sources)) as found:
                for given in found:
                    if not self._take(given, screen):   # somebody else has it now
                        others.append(given.path or Path(given.name))
                    if self._stop.asked:
                        break
            self._commit()
            while others and not self._stop.asked:
                if not self._take_again(others[0], screen):
                    time.sleep(_TURN)   # who holds it, commits or dies
                else:
                    others.popleft()
                    self._commit()
        self._say(self.events - before, time.monotonic() - started)

    def _take_again(self, path: Path, screen: Any) -> bool:
        with contextlib.ExitStack() as stack:
            return self._take(opened_file(path, stack), screen)

    def _take(self, given: Input, screen: Any) -> bool:
        """Collect one file; return False if another process is at it."""
        try:
            with contextlib.ExitStack() as stack:
                claimed = os.path.realpath(given.path or given.name)
                if not self._writer.claim(claimed):
                    return False
                self._read(on_disk(given, stack), claimed, stack.enter_context(
                    contextlib.closing(Bar(screen, given.name))))
        except (Unwritten, DatasetError):
            raise
        except (Fault, Broken) as error:
            self._faults.append(str(error))
        if self._waits >= _MOST or time.monotonic() - self._since > _LONGEST:
            self._commit()
        return True

    def _read(self, given: Input, claimed: str, bar: Bar) -> None:
        """Read what is new of a file."""
        path = given.path
        before = None if path is None else self._new.find(path) or self._writer.known(path)
        if path and before and before.whole and before.key["bytes"] == path.stat().st_size:
            self._again += 1
            return
        resume = Resume(before.read if before else 0)
        stages = [resume, *self._stages]
        with opened(
            given, None, makes=True, rows=ROW_GROUP, stages=stages, **self._options
        ) as source:
            taken = Taken(given, resume, before)
            try:
                for batch in source.batches:
                    self._writer.write(batch)
                    taken.add(len(batch))
                    self.events += len(batch)
                    self._waits += len(batch)
                    bar.show(self.events, source.share(), given.nbytes)
                    if self._waits >= _MOST:
                        self._add(taken, source)
                        self._commit(keep=claimed)
                        taken.events = 0
                    if self._stop.asked:
                        return
                taken.whole = True
            finally:
                self._add(taken, source)

    def _add(self, taken: "Taken", source: Source) -> None:
        """Remember what was read of a file, for the next commit."""
        origin, stats = taken.origin(source.stats() or {})
        self._origins.append(origin)
        self._new.add(origin)
        self._stats.append(stats)

    def _commit(self, keep: str | None = None) -> None:
        """Make what was read a part of the dataset, and let go of all files but one."""
        self._since, self._waits = time.monotonic(), 0
        total = summed(self._stats)
        if self._origins:
            made = self._writer.commit(self._origins, total, keep=keep)
            total = made.stats if made else total
        self._lost = summed([self._lost, total])
        self._origins, self._stats, self._new = [], [], Known()

    def _say(self, count: int, spent: float) -> None:
        parts = [f"{_screen.events(count)} into {self._dataset} ({_screen.seconds(spent)})"]
        if self._again:
            files = "file has" if self._again == 1 else "files have"
            parts.append(f"{self._again:,} {files} nothing new")
        _screen.say("; ".join([*parts, *_stats.told(self._lost)]))
        for fault in self._faults:
            _screen.say(f"wfpfast: {fault}")

    def ended(self) -> int:
        """Return the exit status of the last round."""
        return 1 if self._faults else _stats.status(self._lost)


class Taken:
    """What was read of a file since the last commit.

    Attributes
    ----------
    events : int
        How many of its events were wanted.
    whole : bool
        Whether it was read to its end.
    """

    def __init__(self, given: Input, resume: Resume, before: Origin | None) -> None:
        self.events = 0
        self.whole = False
        self._given = given
        self._resume = resume
        self._read = resume.read
        self._before: Stats = {} if before is None else before.stats

    def add(self, count: int) -> None:
        """Take note that a batch is written: what comes after it, is still to be read."""
        self.events += count
        self._read = self._resume.read

    def origin(self, stats: Stats) -> tuple[Origin, Stats]:
        """Return what the manifest says of it, and what was counted since the last commit."""
        path = self._given.path
        key = {"name": self._given.name} if path is None else key_of(path)
        new = {name: count - self._before.get(name, 0) for name, count in stats.items()}
        self._before = dict(stats)
        return (Origin(self._given.name, key, self._read, self.events, self.whole,
                       dict(stats)), new)


def on_disk(given: Input, stack: contextlib.ExitStack) -> Input:
    """Return something to read as a file, by whose content it is known again."""
    if given.path is not None or given.trouble is not None:
        return given
    copy = given.on_disk(stack)
    file = stack.enter_context(copy.open("rb", buffering=0))
    return Input(given.name, file, size=copy.stat().st_size, path=copy)


def summed(several: Sequence[Stats]) -> Stats:
    """Return statistics added up, without what is not there."""
    total: Stats = {}
    for stats in several:
        for name, count in stats.items():
            total[name] = total.get(name, 0) + count
    return {name: count for name, count in total.items() if count}
