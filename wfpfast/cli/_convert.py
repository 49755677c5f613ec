"""`wfpfast convert`: net events into one file of another kind; must not know what they mean."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.progress import Progress

from wfpfast.audit import EVENT_ID
from wfpfast.cli import _screen, _stats
from wfpfast.cli._hosts import Hosts
from wfpfast.cli._input import STDIN, Input, name_of
from wfpfast.cli._output import STDOUT, STDOUT_NAME, Output, Unwritten, check, whole, written_line
from wfpfast.cli._screen import Bar, Fault, listed
from wfpfast.cli._source import Broken, Source, Stats, no_column
from wfpfast.cli._sources import expanded, inputs, opened
from wfpfast.cli._wanted import fitted, known, union

NAMED = 12      # columns that a message names


def convert(
    sources: Sequence[Path], out: Path, *, to: str | None, columns: Sequence[str] | None,
    force: bool, hosts: Hosts | None = None, **options: Any,
) -> int:
    """Convert files, one after another, and return the exit status.

    The output appears under its name when it is complete. Where an input has a fault, the events
    before it are kept, the other inputs are read, and the fault is said after the events are safe.
    """
    check(out, force, to)
    if "naming" in options:
        options["naming"].read_own(sources)
    started = time.perf_counter()
    schema, lacking = common(sources, columns, options)
    if schema is not None:
        columns = schema.names
    with contextlib.ExitStack() as writing, _screen.progress() as screen:
        joined = Joined(out, to, force, writing, schema)
        with contextlib.closing(inputs(sources)) as found:
            for given in found:
                joined.add(given, screen, columns, {
                    "strict": schema is None, "makes": True, "hosts": hosts, **options})
        if hosts is not None and joined.read:
            joined.faults += hosts.faults()
        # Windows replaces no file that is open: all that was read is closed now.
        if joined.output is None or not (joined.rows or (joined.read and not joined.faults)):
            for fault in joined.faults[:-1]:
                _screen.say(f"wfpfast: {fault}")
            raise Fault(joined.faults[-1])
        joined.output.finish(joined.stats)
    if "naming" in options:
        joined.notes += options["naming"].notes()
    if lacking:
        joined.notes.append(f"null where a file has no such column: {listed(lacking, NAMED)}")
    _screen.say(written_line(out, joined.rows, joined.stats, time.perf_counter() - started))
    for note in joined.notes:
        _screen.say(note)
    for fault in joined.faults:
        _screen.say(f"wfpfast: {fault}")
    return 1 if joined.faults else _stats.status(joined.stats or {})


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


class Joined:
    """The events of all inputs on their way into one output.

    Parameters
    ----------
    schema : pyarrow.Schema, optional
        Of the output; without it, that of the first input.

    Attributes
    ----------
    read : int
        How many inputs were read without a fault.
    notes, faults : list of str
        What there is to say in the end.
    """

    def __init__(
        self, out: Path, to: str | None, force: bool, writing: contextlib.ExitStack,
        schema: pa.Schema | None = None,
    ) -> None:
        self.output: Output | None = None
        self.rows = 0
        self.read = 0
        self.stats: Stats | None = None
        self.notes: list[str] = []
        self.faults: list[str] = []
        self._name = STDOUT_NAME if out == STDOUT else str(out)
        self._out, self._to, self._force, self._writing = out, to, force, writing
        self._first = "the others"
        self._schema = schema

    def add(
        self, given: Input, screen: Progress, columns: Sequence[str] | None,
        options: dict[str, Any],
    ) -> None:
        """Write the events of one input."""
        before = self.rows
        try:
            with (
                opened(given, columns, **options) as source,
                contextlib.closing(Bar(screen, given.name)) as bar,
            ):
                output = self._output_for(source)
                try:
                    for batch in source.batches:
                        output.write(fitted(batch, self._schema))
                        self.rows += len(batch)
                        bar.show(self.rows, source.share(), given.nbytes)
                finally:
                    self._add_stats(source.stats())
        except Unwritten:
            raise
        except (Fault, Broken) as error:
            count = self.rows - before
            kept = f"; {self._name} has what came before: {_screen.events(count)}" if count else ""
            self.faults.append(f"{error}{kept}")
        else:
            self.read += 1
            if self.rows == before and source.hint:
                self.notes.append(f"{given.name}: no events: {source.hint}")

    def _output_for(self, source: Source) -> Output:
        """Return the output, which has the columns of the source, and perhaps more."""
        if self._schema is None:
            self._schema, self._first = source.schema, source.name
        elif other := next((each for each in source.schema if each not in self._schema), None):
            what = "of another type than in" if other.name in self._schema.names else "not in"
            raise Fault(f"{source.name}: its column {other.name} ({other.type}) is {what}"
                        f" {self._first}; --columns chooses such as both have")
        if self.output is None:
            self.output = self._writing.enter_context(
                whole(self._out, self._schema, self._to, force=self._force))
        return self.output

    def _add_stats(self, stats: Stats | None) -> None:
        if stats is not None:
            total = Counter(self.stats or {})
            total.update(stats)
            self.stats = dict(total)
