"""`wfpfast watch --group`: which combinations come most often; must not know who sends events."""

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wfpfast import Decoder, Engine, EventBatch
from wfpfast.cli import _screen, _stats
from wfpfast.cli._screen import Fault, number, printable, tail
from wfpfast.cli._source import no_column
from wfpfast.cli._stats import Stats

MOST = 100_000      # combinations that are told apart
SORTS = ("events", "last", "first", "name")
_A_SECOND = 4       # tables on a terminal
_WIDEST = 60        # characters of a cell: of a path the end says most
_COUNT = "count_all"
_PIECES = 64

Key = tuple[Any, ...]


class Grouping(NamedTuple):
    """What is counted, and how it is shown.

    Attributes
    ----------
    by : sequence of str
        The columns whose combinations are counted.
    over : timedelta or None
        Only what came in so long a time; None for all.
    sort : str
        One of `SORTS`: the order of the rows.
    top : int
        How many rows.
    """

    by: Sequence[str]
    over: timedelta | None
    sort: str
    top: int


class Groups:
    """Counts of combinations, of all events or of the latest time; at most `MOST` combinations."""

    def __init__(self, over: timedelta | None = None, most: int = MOST) -> None:
        self._over = None if over is None else over.total_seconds()
        self._most = most
        self._counts: Counter[Key] = Counter()
        self._ends: dict[Key, tuple[float, float]] = {}
        self._latest: deque[tuple[float, Counter[Key]]] = deque()
        self.others = 0     # events whose combination had no place any more

    def add(self, found: Counter[Key], now: float) -> None:
        """Count events that came together."""
        kept: Counter[Key] = Counter()
        for key, count in found.items():
            if key in self._counts or len(self._counts) < self._most:
                kept[key] = count
                self._counts[key] += count
                self._ends[key] = (self._ends.get(key, (now,))[0], now)
            else:
                self.others += count
        if self._over is not None:
            # So many pieces of the time are forgotten one by one, however often events come.
            if self._latest and now - self._latest[-1][0] < self._over / _PIECES:
                self._latest[-1][1].update(kept)
            else:
                self._latest.append((now, kept))
        self.forget(now)

    def forget(self, now: float) -> None:
        """Leave out what came before the time that counts."""
        while self._over is not None and self._latest and self._latest[0][0] < now - self._over:
            _, old = self._latest.popleft()
            self._counts.subtract(old)
            for key in old:
                if not self._counts[key]:
                    del self._counts[key], self._ends[key]

    def rows(self, sort: str, top: int) -> list[tuple[Key, int]]:
        """Return the first combinations in an order, equal ones by their names."""
        named = sorted(self._counts.items(), key=lambda each: [str(cell) for cell in each[0]])
        orders = {
            "name": None, "events": lambda each: -each[1],
            "first": lambda each: self._ends[each[0]][0],
            "last": lambda each: -self._ends[each[0]][1]}
        order = orders[sort]
        return (named if order is None else sorted(named, key=order))[:top]

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def events(self) -> int:
        """How many events are counted."""
        return self._counts.total() + self.others


class GroupSink:
    """A table that stands on a terminal and changes, or is printed once at the end."""

    keeps = False

    def __init__(self, wanted: Grouping) -> None:
        there = Decoder().column_names
        for name in wanted.by:
            if name not in there:
                raise Fault(no_column("--group", name, there))
        self.columns: list[str] | None = list(wanted.by)
        self._wanted = wanted
        self._groups = Groups(wanted.over)
        self._lock = threading.Lock()   # the table is drawn by a thread of its own
        self._screen = _screen.console()
        self._live: Live | None = None

    def begin(self, engine: Engine) -> None:
        """Let the table stand on the terminal, if there is one."""
        if self._screen.is_terminal:
            self._live = Live(
                get_renderable=self._table, console=self._screen, refresh_per_second=_A_SECOND)
            self._live.start()

    def write(self, batch: EventBatch, limit: int) -> None:
        """Count events."""
        rows = pa.table(pa.record_batch(batch).slice(0, limit))
        if not len(rows):
            return
        names = list(self._wanted.by)
        counted = rows.group_by(names, use_threads=False).aggregate([([], _COUNT)])
        keys = zip(*(counted[name].to_pylist() for name in names), strict=True)
        found = Counter(dict(zip(keys, counted[_COUNT].to_pylist(), strict=True)))
        with self._lock:
            self._groups.add(found, time.monotonic())

    def finish(self, stats: Stats) -> None:
        """Print the last table where it does not stand already, and say how many there were."""
        if self._live is None:
            self._screen.print(self._table())
        self.close()
        _screen.say("; ".join([_screen.events(stats["events"]), *_stats.told(stats)]))

    def close(self) -> None:
        """Leave the table as it is."""
        if self._live is not None:
            self._live.stop()

    def _table(self) -> Table:
        with self._lock:
            self._groups.forget(time.monotonic())
            rows = self._groups.rows(self._wanted.sort, self._wanted.top)
            rest = len(self._groups) - len(rows)
            total, others = self._groups.events, self._groups.others
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("events", justify="right")
        for name in self._wanted.by:
            table.add_column(name, overflow="fold")
        for key, count in rows:
            table.add_row(number(count), *map(_cell, key))
        shown = sum(count for _, count in rows)
        if rest or others:
            what = f"{number(rest)} more" + (" and what had no place" if others else "")
            table.add_row(number(total - shown), Text(what, style="dim"))
        return table


def _cell(value: Any) -> Text:
    if value is None:
        return Text("-", style="dim")
    return Text(tail(printable(str(value)), _WIDEST))


@contextlib.contextmanager
def grouped(wanted: Grouping) -> Iterator[GroupSink]:
    """Open a table that events are counted in."""
    with contextlib.closing(GroupSink(wanted)) as sink:
        yield sink
