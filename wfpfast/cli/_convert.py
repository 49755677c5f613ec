"""`wfpfast convert`: net events into one file of another kind; must not know what they mean."""

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.progress import Progress

from wfpfast.cli import _screen, _stats
from wfpfast.cli._input import Input
from wfpfast.cli._output import STDOUT, STDOUT_NAME, Output, Unwritten, check, whole, written_line
from wfpfast.cli._screen import Bar, Fault
from wfpfast.cli._source import Broken, Source, Stats
from wfpfast.cli._sources import inputs, opened


def convert(
    sources: Sequence[Path], out: Path, *, to: str | None, columns: Sequence[str] | None,
    force: bool, **options: Any,
) -> int:
    """Convert files, one after another, and return the exit status.

    The output appears under its name when it is complete. Where an input has a fault, the events
    before it are kept, the other inputs are read, and the fault is said after the events are safe.
    """
    check(out, force, to)
    started = time.perf_counter()
    with contextlib.ExitStack() as writing, _screen.progress() as screen:
        joined = Joined(out, to, force, writing)
        with contextlib.closing(inputs(sources)) as found:
            for given in found:
                joined.add(given, screen, columns, options)
        # Windows replaces no file that is open: all that was read is closed now.
        if joined.output is None or not (joined.rows or joined.read):
            for fault in joined.faults[:-1]:
                _screen.say(f"wfpfast: {fault}")
            raise Fault(joined.faults[-1])
        joined.output.finish(joined.stats)
    _screen.say(written_line(out, joined.rows, joined.stats, time.perf_counter() - started))
    for note in joined.notes:
        _screen.say(note)
    for fault in joined.faults:
        _screen.say(f"wfpfast: {fault}")
    return 1 if joined.faults else _stats.status(joined.stats or {})


class Joined:
    """The events of all inputs on their way into one output, which begins with the first of them.

    Attributes
    ----------
    read : int
        How many inputs were read without a fault.
    notes, faults : list of str
        What there is to say in the end.
    """

    def __init__(
        self, out: Path, to: str | None, force: bool, writing: contextlib.ExitStack
    ) -> None:
        self.output: Output | None = None
        self.rows = 0
        self.read = 0
        self.stats: Stats | None = None
        self.notes: list[str] = []
        self.faults: list[str] = []
        self._name = STDOUT_NAME if out == STDOUT else str(out)
        self._out, self._to, self._force, self._writing = out, to, force, writing
        self._first = ""
        self._schema: pa.Schema | None = None

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
                        output.write(batch)
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
        """Return the output, whose columns are those of the first input."""
        if self.output is None:
            self._schema, self._first = source.schema, source.name
            self.output = self._writing.enter_context(
                whole(self._out, source.schema, self._to, force=self._force))
        elif not source.schema.equals(self._schema):
            raise Fault(f"{source.name}: its columns are not those of {self._first};"
                        " --columns chooses such as both have")
        return self.output

    def _add_stats(self, stats: Stats | None) -> None:
        if stats is not None:
            total = Counter(self.stats or {})
            total.update(stats)
            self.stats = dict(total)
