"""`wfpfast convert`: net events into one file of another kind; must not know what they mean."""

import contextlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from rich.progress import Progress

from wfpfast.audit import EVENT_ID
from wfpfast.cli import _screen, _stats
from wfpfast.cli._hosts import HOST
from wfpfast.cli._input import STDIN, Input, name_of
from wfpfast.cli._naming import read_own
from wfpfast.cli._output import STDOUT, STDOUT_NAME, Output, check, whole, written_line
from wfpfast.cli._screen import Bar, Fault, Unwritten, listed
from wfpfast.cli._source import Broken, Source, no_column
from wfpfast.cli._sources import expanded, inputs, opened
from wfpfast.cli._stages import Stage
from wfpfast.cli._stats import Stats
from wfpfast.cli._view import View, as_is, view_of
from wfpfast.cli._wanted import fitted, known, union

NAMED = 12      # columns that a message names


def convert(
    sources: Sequence[Path], out: Path, *, to: str | None, columns: Sequence[str] | None,
    force: bool, drop_nulls: bool = False, view: str | None = None, count: int | None = None,
    profile: str | None = None, stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Convert files, one after another, and return the exit status.

    The output appears under its name when it is complete. Where an input has a fault, the events
    before it are kept, the other inputs are read, and the fault is said after the events are safe.
    """
    is_lake = profile is not None
    check(out, force, to, drop_nulls=drop_nulls, lake=is_lake)
    if is_lake:
        from wfpfast.cli._lake import with_host
        from wfpfast.dataset.files import ROW_GROUP

        stages, options["rows"] = (*stages, with_host()), ROW_GROUP
        columns = columns if columns is None or HOST in columns else [*columns, HOST]
    viewed = view_of(view, out, to)
    stages = read_own(stages, sources, columns or ())
    started = time.perf_counter()
    options["stages"] = stages
    schema, lacking = common(sources, columns, options)
    if schema is not None:
        columns = schema.names
    with contextlib.ExitStack() as writing, _screen.progress() as screen:
        target = FileTarget(
            out, to, force, writing, schema, view=viewed, drop_nulls=drop_nulls,
            lake=[] if is_lake else None)
        joined = Joined(target, screen, count)
        joined.read_all(sources, columns, {"strict": schema is None, "makes": True, **options})
        # Windows replaces no file that is open: all that was read is closed now.
        if target.output is None or not (joined.rows or (joined.read and not joined.faults)):
            for fault in joined.faults[:-1]:
                _screen.say(f"wfpfast: {fault}")
            raise Fault(joined.faults[-1])
        target.output.finish(joined.stats)
    if lacking:
        joined.notes.append(f"null where a file has no such column: {listed(lacking, NAMED)}")
    return joined.ended(written_line(out, joined.rows, joined.stats, time.perf_counter() - started))


def common(
    sources: Sequence[Path], columns: Sequence[str] | None, options: dict[str, Any]
) -> tuple[pa.Schema | None, list[str]]:
    """Return the columns of files whose columns differ, and which of them not all files have.

    Where they do not differ, None: each says what it has. What comes through a pipe cannot be
    looked at before it is read.
    """
    found: list[pa.Schema] = []
    files = [
        path for path in expanded(sources) if str(path) != STDIN and os.path.isfile(path)]
    with contextlib.closing(inputs(files)) as several:
        for given in several:
            if len(files) == 1 and given.name == name_of(files[0]):
                break   # it is alone, and no member of an archive
            with contextlib.suppress(Fault, Broken), opened(given, **options) as source:
                if source.schema not in found:
                    found.append(source.schema)
    if len(found) < 2:
        return None, []
    schema = union(found)
    lacking = [name for name in schema.names if not all(name in each.names for each in found)]
    if columns is None:
        columns = schema.names
    if EVENT_ID not in schema.names:
        schema = schema.append(known().field(EVENT_ID))
    if missing := [name for name in columns if name not in schema.names]:
        raise Fault(no_column("the files", missing[0], schema.names))
    return pa.schema([schema.field(name) for name in columns]), [
        name for name in lacking if name in columns and name != EVENT_ID]


class Target(Protocol):
    """What all inputs go to.

    Attributes
    ----------
    name : str
        What messages call it.
    """

    name: str

    def begin(self, source: Source) -> None:
        """Get ready for the events of a source; raise a fault if they do not fit."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add events of the source."""


class FileTarget:
    """A file, which has the columns of its first source unless it is given a schema."""

    def __init__(
        self, out: Path, to: str | None, force: bool, writing: contextlib.ExitStack,
        schema: pa.Schema | None = None, *, view: View = as_is, drop_nulls: bool,
        lake: list[str] | None = None,
    ) -> None:
        self.output: Output | None = None
        self.name = STDOUT_NAME if out == STDOUT else str(out)
        self._out, self._to, self._force, self._writing = out, to, force, writing
        self._first = "the others"
        self._schema = schema
        self._view = view
        self._drop_nulls = drop_nulls
        self._lake = lake

    def begin(self, source: Source) -> None:
        """Open the output before the first source; it has the columns of every other one."""
        if self._lake is not None:
            self._lake.append(source.name)
        if self._schema is None:
            self._schema, self._first = source.schema, source.name
        elif other := next((each for each in source.schema if each not in self._schema), None):
            what = "of another type than in" if other.name in self._schema.names else "not in"
            raise Fault(f"{source.name}: its column {other.name} ({other.type}) is {what}"
                        f" {self._first}; --columns chooses such as both have")
        if self.output is None:
            schema = self._view(pa.RecordBatch.from_pylist([], self._schema)).schema
            self.output = self._writing.enter_context(
                whole(self._out, schema, self._to, force=self._force,
                      drop_nulls=self._drop_nulls, lake=self._lake))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        assert self.output is not None
        self.output.write(self._view(fitted(batch, self._schema)))


class Joined:
    """The events of all inputs on their way to one target.

    Parameters
    ----------
    limit : int, optional
        How many are wanted; all by default.

    Attributes
    ----------
    read : int
        How many inputs were read without a fault.
    notes, faults : list of str
        What there is to say in the end.
    """

    def __init__(self, target: Target, screen: Progress, limit: int | None = None) -> None:
        self.rows = 0
        self.read = 0
        self.stats: Stats | None = None
        self.notes: list[str] = []
        self.faults: list[str] = []
        self._target = target
        self._screen = screen
        self._limit = sys.maxsize if limit is None else limit

    def read_all(
        self, sources: Sequence[Path], columns: Sequence[str] | None, options: dict[str, Any]
    ) -> None:
        """Read inputs one after another, until there are as many events as are wanted."""
        with contextlib.closing(inputs(sources)) as found:
            for given in found:
                self._add(given, columns, options)
                if self.rows >= self._limit:
                    break
            else:
                for stage in options["stages"] if self.read else ():
                    self.faults += stage.faults()
        for stage in options["stages"]:
            self.notes += stage.notes()

    def ended(self, line: str) -> int:
        """Say that all was read, and what of it was not; return the exit status."""
        for text in (line, *self.notes, *(f"wfpfast: {fault}" for fault in self.faults)):
            _screen.say(text)
        return 1 if self.faults else _stats.status(self.stats or {})

    def _add(self, given: Input, columns: Sequence[str] | None, options: dict[str, Any]) -> None:
        """Write the events of one input."""
        before = self.rows
        try:
            with (
                opened(given, columns, **options) as source,
                contextlib.closing(Bar(self._screen, given.name)) as bar,
            ):
                self._target.begin(source)
                try:
                    self._write(source, lambda: bar.show(self.rows, source.share(), given.nbytes))
                finally:
                    self._add_stats(source.stats())
        except Unwritten:
            raise
        except (Fault, Broken) as error:
            count = self.rows - before
            kept = ""
            if count:
                kept = f"; {self._target.name} has what came before: {_screen.events(count)}"
            self.faults.append(f"{error}{kept}")
        else:
            self.read += 1
            if self.rows == before and source.hint:
                self.notes.append(f"{given.name}: no events: {source.hint}")

    def _write(self, source: Source, show: Callable[[], None]) -> None:
        for batch in source.batches:
            wanted = batch.slice(0, self._limit - self.rows)
            self._target.write(wanted)
            self.rows += len(wanted)
            show()
            if self.rows >= self._limit:
                return

    def _add_stats(self, stats: Stats | None) -> None:
        if stats is not None:
            total = Counter(self.stats or {})
            total.update(stats)
            self.stats = dict(total)
