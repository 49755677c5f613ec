"""Turns what records say of filters into intervals in which it held; must not know files.

Ids of filters are given anew at each start of the engine, so a filter ends with its boot at the
latest. What says that a boot began: docs/security-log.md, "Filters over time".
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from wfpfast.audit._change import ADDED, DELETED, Change
from wfpfast.audit._change_fields import FILTER

# Records of one start of the engine follow each other; so long a pause (in nanoseconds) is none.
PAUSE = 300 * 10**9
AT_START, CHANGED, NEXT_START = "start", "changed", "next start"
_WHO = ("user_sid", "user_name", "process_id")
_OF_THE_END = ("until", "ended_by", "until_record_id", *(f"until_{name}" for name in _WHO))

Row = dict[str, Any]


def history(changes: Iterable[Change]) -> list[Row]:
    """Return the filters that changes tell of, by host, id and time.

    Parameters
    ----------
    changes : iterable of Change
        In any order; those of a host are put into the order of their times.
    """
    def host_of(change: Change) -> str:
        return change.host or ""

    def order(change: Change) -> tuple[str, int, int]:
        return host_of(change), change.time, change.record_id or 0

    rows: list[Row] = []
    for _, mine in groupby(sorted(changes, key=order), key=host_of):
        boots = _Boots()
        for run in _runs(mine):
            boots.take(run)
        rows += boots.rows
    rows.sort(key=lambda row: (row["host"] or "", row["filter_id"], row["boot"], row["from"]))
    return rows


def _runs(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield records of objects that were there at a start together, and all others alone."""
    run: list[Change] = []
    seen: set[tuple[str, str | None]] = set()
    for change in changes:
        goes_on = (
            bool(run) and change.kind.at_start and bool(change.kind.key)
            and run[0].kind.at_start and bool(run[0].kind.key)
            and change.time - run[-1].time <= PAUSE and _object(change) not in seen)
        if run and not goes_on:
            yield run
            run, seen = [], set()
        run.append(change)
        seen.add(_object(change))
    if run:
        yield run


def _object(change: Change) -> tuple[str, Any]:
    """Return what identifies an object within a boot."""
    return change.kind.what, change.key or change.cells.get("filter_id")


class _Boots:
    """The filters of one host, as its records are taken one after another."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._boot = 0                              # counts from 1
        self._begun = False                         # whether there was a record since it began
        self._open: dict[int, Row] = {}             # by id
        self._at_start: set[tuple[str, Any]] = set()

    def take(self, run: list[Change]) -> None:
        """Take records of a start, or one other record."""
        first = run[0]
        if not first.kind.key:
            self._end_boot(first.time)
            return
        again = any(
            (change.kind.at_start and _object(change) in self._at_start)
            or self._is_anothers(change) for change in run)
        if again:
            self._end_boot(first.time)
        if not self._begun:
            self._boot += 1
            self._begun = True
        for change in run:
            if change.kind.at_start:
                self._at_start.add(_object(change))
            elif change.cells.get("change") == DELETED:
                self._at_start.discard(_object(change))
            if change.kind.what == FILTER and "filter_id" in change.cells:
                self._take_filter(change, first.time)

    def _is_anothers(self, change: Change) -> bool:
        """Tell whether a record gives a filter an id that another filter has in this boot."""
        if change.kind.what != FILTER:
            return False
        row = self._open.get(change.cells.get("filter_id", 0))
        return row is not None and None not in (change.key, row["filter_key"]) and (
            change.key != row["filter_key"])

    def _end_boot(self, time: int) -> None:
        for row in self._open.values():
            row.update({"until": time, "ended_by": NEXT_START})
        self._open, self._at_start, self._begun = {}, set(), False

    def _take_filter(self, change: Change, begun: int) -> None:
        number, said = change.cells["filter_id"], change.cells.get("change")
        known_by = AT_START if change.kind.at_start else said
        before = self._open.pop(number, None)
        if before is not None:
            before.update(_end(change, DELETED if known_by == DELETED else CHANGED))
            if known_by == DELETED:
                return
        if known_by not in (AT_START, ADDED, DELETED) or (before is not None):
            known_by = CHANGED
        row = {
            **_row(change), "boot": self._boot, "known_by": known_by,
            "from": begun if change.kind.at_start else change.time}
        if known_by == DELETED:
            row.update(_end(change, DELETED))
        else:
            self._open[number] = row
        self.rows.append(row)


def _row(change: Change) -> Row:
    return {
        **change.cells, "filter_key": change.key, "host": change.host,
        "record_id": change.record_id, **dict.fromkeys(_OF_THE_END)}


def _end(change: Change, ended_by: str) -> Mapping[str, Any]:
    return {
        "until": change.time, "ended_by": ended_by, "until_record_id": change.record_id,
        **{f"until_{name}": change.cells.get(name) for name in _WHO}}
