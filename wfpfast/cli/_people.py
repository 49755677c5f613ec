"""Live events as lines for people, without pyarrow; must not know where they come from."""

import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

import click

from wfpfast import Engine, EventBatch
from wfpfast.cli import _line, _screen, _stats
from wfpfast.cli._follow import RuleNames
from wfpfast.cli._stats import Stats

if TYPE_CHECKING:
    from wfpfast.cli._naming import Naming


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

    def __init__(self, naming: "Naming | None", *, utc: bool) -> None:
        self.columns: list[str] | None = _line.COLUMNS
        self._naming = naming
        self._people = People(utc=utc)
        self._lines = self._people.lines({})
        self._rules: RuleNames | None = None

    def begin(self, engine: Engine) -> None:
        """Read the names of the filters; without them there are still their ids."""
        self._rules = RuleNames(engine, self._naming)
        self._lines = self._people.lines(self._rules.names)

    def write(self, batch: EventBatch, limit: int) -> None:
        """Show events; one of a new filter makes it ask for their names."""
        if self._rules is not None and self._rules.changed(batch):
            self._lines = self._people.lines(self._rules.names)
        self._people.show(self._lines, self._lines.render(batch, limit))

    def finish(self, stats: Stats) -> None:
        """Say how many there were."""
        say_count(stats)


def say_count(stats: Stats) -> None:
    """Say how many events there were, and what of them was lost."""
    _screen.say("; ".join([_screen.events(stats["events"]), *_stats.told(stats)]))
