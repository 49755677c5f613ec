"""Where live events go: lines on stdout, or a file; must not know where they come from."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Protocol

import click
import pyarrow as pa

from wfpfast import Decoder, Engine, EventBatch, WfpError
from wfpfast.cli import _line, _screen, _stats
from wfpfast.cli._account import told
from wfpfast.cli._cells import json_lines
from wfpfast.cli._gather import Gather
from wfpfast.cli._live_options import OutputOptions
from wfpfast.cli._naming import Naming
from wfpfast.cli._output import Output, check, whole, written_line
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Stats


class Sink(Protocol):
    """Takes batches.

    Attributes
    ----------
    columns : list of str or None
        Which columns it needs; None for all.
    keeps : bool
        Whether there is a file, which is to have all that came however it ends.
    """

    columns: list[str] | None
    keeps: bool

    def begin(self, engine: Engine) -> None:
        """Ask the engine what there is to know beside the events."""

    def write(self, batch: EventBatch, limit: int) -> None:
        """Take the first so many events of a batch."""

    def finish(self, stats: Stats) -> None:
        """Complete what was begun."""


class People:
    """Lines for people on stdout, which fit a terminal.

    Parameters
    ----------
    utc : bool
        Whether times are UTC; otherwise local.
    """

    def __init__(self, *, utc: bool) -> None:
        self._screen = _screen.console()
        self._terminal = sys.stdout.isatty()
        self._utc = utc

    def lines(self, rules: Mapping[int, str]) -> _line.Lines:
        """Return what renders events, of filters with these names."""
        screen = self._screen
        return _line.Lines(
            rules, width=self._width(), colour=self._coloured(), plain=screen.options.ascii_only,
            utc=self._utc)

    def _coloured(self) -> bool:
        asked = click.get_current_context().color   # --color
        if asked is not None:
            return asked
        screen = self._screen
        return self._terminal and bool(screen.color_system) and not screen.no_color

    def _width(self) -> int | None:
        return self._screen.width if self._terminal or "COLUMNS" in os.environ else None

    def show(self, lines: _line.Lines, rendered: Iterator[str]) -> None:
        """Write lines, as wide as the terminal is now."""
        lines.width = self._width()
        click.echo("".join(f"{line}\n" for line in rendered), nl=False)


class LineSink:
    """A line for people for each event."""

    keeps = False

    def __init__(self, naming: Naming | None, *, utc: bool) -> None:
        self.columns: list[str] | None = _line.COLUMNS
        self._naming = naming
        self._people = People(utc=utc)
        self._lines = self._people.lines({})

    def begin(self, engine: Engine) -> None:
        """Read the names of the filters; without them there are still their ids."""
        try:
            rules = {rule["filter_id"]: rule["name"] for rule in engine.filters()}
        except WfpError as error:
            _screen.say(f"wfpfast: filters have no names here: {error}")
            rules = {}
        if self._naming is not None:
            rules.update(self._naming.rules())
        self._lines = self._people.lines(rules)

    def write(self, batch: EventBatch, limit: int) -> None:
        """Show events."""
        self._people.show(self._lines, self._lines.render(batch, limit))

    def finish(self, stats: Stats) -> None:
        """Say how many there were."""
        _say_count(stats)


class TableSink:
    """JSON on stdout, a file, or both."""

    def __init__(self, form: OutputOptions, output: Output | None) -> None:
        self.columns = None if form.columns is None else list(form.columns)
        self._naming, self._names = form.naming, self.columns
        if self._naming is not None:
            self.columns = self._naming.asked(self.columns)
        self.keeps = output is not None
        self.stats: Stats = {}
        self._as_json = form.as_json
        self._drop_nulls = form.drop_nulls
        self._output = output
        self._gather = Gather()

    def begin(self, engine: Engine) -> None:
        """Ask for names, if they are wanted."""
        if self._naming is not None:
            self._naming.ask(engine)

    def write(self, batch: EventBatch, limit: int) -> None:
        """Add rows."""
        rows = pa.record_batch(batch).slice(0, limit)
        if self._naming is not None:
            rows = self._naming.apply(rows)
        if self._names is not None:     # what chose the events, or named them, may have needed more
            rows = rows.select(self._names)
        if self._output is not None:
            for gathered in self._gather.add(rows):
                self._output.write(gathered)
        if self._as_json:
            click.echo(json_lines(rows, drop_nulls=self._drop_nulls), nl=False)

    def finish(self, stats: Stats) -> None:
        """Complete the file; without one, say how many there were."""
        self.stats = stats
        for note in () if self._naming is None else self._naming.notes():
            _screen.say(note)
        if self._output is None:
            _say_count(stats)
            return
        for gathered in self._gather.rest():
            self._output.write(gathered)
        self._output.finish(stats)


@contextlib.contextmanager
def sink(form: OutputOptions) -> Iterator[Sink]:
    """Open what events are to go to; a file appears under its name in the end."""
    if form.for_people:
        yield LineSink(form.naming, utc=form.utc)
        return
    try:
        schema = _schema(form)
    except ValueError as error:  # a column that does not exist
        raise Fault(str(error)) from None
    if form.output is None:
        yield TableSink(form, None)
        return
    check(form.output, form.force, drop_nulls=form.drop_nulls)
    started = time.perf_counter()
    with whole(
        form.output, schema, force=form.force, drop_nulls=form.drop_nulls
    ) as output:
        table = TableSink(form, output)
        yield table
    spent = time.perf_counter() - started
    line = written_line(form.output, table.stats["events"], None, spent)
    _screen.say("; ".join([line, *told(table.stats)]))


def _schema(form: OutputOptions) -> pa.Schema:
    if form.naming is None:
        return pa.schema(Decoder(columns=form.columns))
    schema = form.naming.schema("events", pa.schema(
        Decoder(columns=form.naming.asked(form.columns))))
    return schema if form.columns is None else pa.schema([
        schema.field(name) for name in form.columns])


def _say_count(stats: Stats) -> None:
    _screen.say("; ".join([_screen.events(stats["events"]), *_stats.told(stats)]))
