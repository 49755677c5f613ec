"""Where live events go that become a table, JSON or a file; must not know where they come from."""

import contextlib
import time
from collections.abc import Iterator

import click
import pyarrow as pa

from wfpfast import Decoder, Engine, EventBatch
from wfpfast.cli import _screen
from wfpfast.cli._account import told
from wfpfast.cli._cells import json_lines
from wfpfast.cli._gather import Gather
from wfpfast.cli._live_options import OutputOptions
from wfpfast.cli._output import Output, check, whole, written_line
from wfpfast.cli._people import say_count
from wfpfast.cli._screen import Fault
from wfpfast.cli._stats import Stats


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
            say_count(stats)
            return
        for gathered in self._gather.rest():
            self._output.write(gathered)
        self._output.finish(stats)


@contextlib.contextmanager
def tables(form: OutputOptions) -> Iterator[TableSink]:
    """Open what events are to go to; a file appears under its name in the end."""
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
