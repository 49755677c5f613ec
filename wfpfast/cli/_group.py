"""A table of what live events have in common, as it is now; must not know where they come from."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from rich.cells import cell_len
from rich.live import Live
from rich.text import Text

from wfpfast import Decoder, Engine, EventBatch, names
from wfpfast.cli import _screen
from wfpfast.cli._follow import RuleNames
from wfpfast.cli._groups import Group, Groups, Top
from wfpfast.cli._live_options import OutputOptions
from wfpfast.cli._page import FIGURES, QUIET
from wfpfast.cli._people import say_count
from wfpfast.cli._screen import MOST_TEXT, Fault, begin, number, tail
from wfpfast.cli._source import no_column
from wfpfast.cli._stats import Stats

A_SECOND = 2            # how often a terminal's table is new
_AROUND = 4             # lines of a terminal that are no rows: the head, what is left out, the end
_NOT_GIVEN = "not given"
_ENDS = ("app_path",)   # columns whose end says most
_HEAD = {"events": "events", "first": "first", "last": "last"}


@dataclass(frozen=True)
class Grouping:
    """What a table is to show: the columns, of how long, in which order, how many rows."""

    keys: Sequence[str]
    over: timedelta | None
    sort: str
    top: int


class GroupSink:
    """A table of groups on stdout: a live one on a terminal, else the last one."""

    keeps = False

    def __init__(self, grouping: Grouping, form: OutputOptions) -> None:
        there = Decoder().column_names
        for name in grouping.keys:
            if name not in there:
                raise Fault(no_column("--group: net events", name, there))
        self.columns: list[str] | None = list(dict.fromkeys((*grouping.keys, "timestamp")))
        self._grouping, self._form = grouping, form
        self._groups = Groups(grouping.keys, grouping.over)
        self._rules: RuleNames | None = None
        self._screen = _screen.console()
        self._lock = threading.Lock()   # the screen is drawn by a thread of its own
        self._live: Live | None = None

    def begin(self, engine: Engine) -> None:
        """Read the names of filters, if they are shown; begin the table."""
        if "filter_id" in self._grouping.keys:
            self._rules = RuleNames(engine, self._form.naming)
        if sys.stdout.isatty():
            self._live = Live(
                console=self._screen, get_renderable=self._now, refresh_per_second=A_SECOND,
                redirect_stdout=False, redirect_stderr=sys.stderr.isatty())
            self._live.start()

    def write(self, batch: EventBatch, limit: int) -> None:
        """Count events."""
        if self._rules is not None:
            self._rules.changed(batch)
        rows = pa.record_batch(batch).slice(0, limit).select(self.columns)
        with self._lock:
            self._groups.add(rows, time.time_ns())

    def finish(self, stats: Stats) -> None:
        """Show the last table, and say how many events there were."""
        if self._live is None:
            self._screen.print(self._now(), overflow="ignore", no_wrap=True, crop=False)
        self.close()
        say_count(stats)

    def close(self) -> None:
        """Give the terminal back, with the table as it is now."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    def _now(self) -> Text:
        most = self._grouping.top
        if self._live is not None:      # the last one may go past the screen, and is whole
            most = max(1, min(most, self._screen.height - _AROUND))
        now = time.time_ns()
        with self._lock:
            top = self._groups.top(most, self._grouping.sort, now)
        rules = {} if self._rules is None else self._rules.names
        shown = Table(self._grouping, rules, now, utc=self._form.utc)
        return Text("\n", no_wrap=True, overflow="crop").join(shown.lines(top, self._screen.width))


@contextlib.contextmanager
def grouped(grouping: Grouping, form: OutputOptions) -> Iterator[GroupSink]:
    """Open a table; a terminal is as it was, however this ends."""
    with contextlib.closing(GroupSink(grouping, form)) as sink:
        yield sink


class Table:
    """Lines of one table."""

    def __init__(
        self, grouping: Grouping, rules: Mapping[int, str], now: int, *, utc: bool
    ) -> None:
        self._grouping = grouping
        self._zone = UTC if utc else None
        self._now = self._local(now)
        self._said: dict[str, Callable[[Any], str]] = {
            "filter_id": lambda id: f"{id} {rules.get(id) or ''}".rstrip(),
            "layer_id": lambda id: names.layer(id).removeprefix("FWPS_LAYER_"),
            "ip_protocol": names.protocol}

    def lines(self, top: Top, width: int) -> Iterator[Text]:
        """Yield what is to be shown, each line so wide at most."""
        yield Text(begin(self._head(top), width), style="bold")
        keys = self._grouping.keys
        fixed = [list(_HEAD), *([number(each.events), self._clock(each.first),
                                 self._clock(each.last)] for each in top.groups)]
        cells = [list(keys), *(self._cells(each) for each in top.groups)]
        before = [max(map(len, column)) for column in zip(*fixed, strict=True)]
        room = width - sum(before) - 2 * len(before)
        widths = fair([max(map(cell_len, column)) for column in zip(*cells, strict=True)],
                      room - 2 * (len(keys) - 1))
        for place, (figures, texts) in enumerate(zip(fixed, cells, strict=True)):
            yield self._line(figures, before, texts, widths, FIGURES if place else QUIET)
        rest = top.events - sum(each.events for each in top.groups)
        if rest:
            groups = top.distinct - len(top.groups)
            where = f"in {number(groups)} more groups" if groups else "of others"
            yield Text(begin(f"{number(rest):>{before[0]}}  {where}", width), style=QUIET)

    def _head(self, top: Top) -> str:
        over = self._grouping.over
        window = "" if over is None else f" in the last {_screen.seconds(over.total_seconds())}"
        lost = f", {number(top.others)} of others: too many groups" if top.others else ""
        groups = f"{number(top.distinct)} group{'' if top.distinct == 1 else 's'}"
        return (f"{self._now:%Y-%m-%d %H:%M:%S}  {_screen.events(top.events)}{window},"
                f" {groups}{lost}")

    def _cells(self, group: Group) -> list[str]:
        return [self._cell(*each) for each in zip(self._grouping.keys, group.key, strict=True)]

    def _cell(self, name: str, value: Any) -> str:
        if value is None:
            return _NOT_GIVEN
        text = self._said.get(name, str)(value)
        return tail(text, MOST_TEXT) if name in _ENDS else begin(text, MOST_TEXT)

    def _line(
        self, figures: list[str], before: list[int], texts: list[str], widths: list[int],
        style: str,
    ) -> Text:
        count, *times = (f"{each:>{size}}" for each, size in zip(figures, before, strict=True))
        shown = []
        for name, text, width in zip(self._grouping.keys, texts, widths, strict=True):
            fitting = tail(text, width) if name in _ENDS else begin(text, width)
            shown.append(fitting + " " * (width - cell_len(fitting)))
        texts_of_line = "  ".join(shown).rstrip()
        return Text.assemble(
            (count, style), (f"  {'  '.join(times)}  ", QUIET),
            (texts_of_line, QUIET if style == QUIET else ""))

    def _local(self, time: int) -> datetime:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=time // 1000)
        return moment.astimezone(self._zone)

    def _clock(self, time: int | None) -> str:
        """Return the time of a day, or the day if it is another one."""
        if time is None:
            return "-"
        there = self._local(time)
        return f"{there:%H:%M:%S}" if there.date() == self._now.date() else f"{there:%Y-%m-%d}"


def fair(natural: Sequence[int], room: int) -> list[int]:
    """Return how wide columns are that share room: what is narrow leaves the others more."""
    widths = list(natural)
    order = sorted(range(len(widths)), key=widths.__getitem__)
    for rank, place in enumerate(order):
        widths[place] = max(1, min(widths[place], room // (len(order) - rank)))
        room -= widths[place]
    return widths
