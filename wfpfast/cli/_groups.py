"""Counts events of a window of time by some columns; must not know where they come from.

The window is made of parts, and what is older than it goes away a part at a time.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._cells import timestamps

PARTS = 60                  # of a window
ROOM = 32 << 20             # about so many bytes of groups are kept; events of others are counted
_ENTRY = 400                # bytes of a group without its texts
_TIME, _PART = "#time", "#part"     # beside the columns of events, whatever these are called


class Group(NamedTuple):
    """Events that have something in common.

    Attributes
    ----------
    key : tuple
        The values of the columns.
    events : int
        How many there were.
    first, last : int or None
        When, in nanoseconds since 1970.
    """

    key: tuple[Any, ...]
    events: int
    first: int | None
    last: int | None


class Top(NamedTuple):
    """The groups that come first, and what there is besides.

    Attributes
    ----------
    groups : list of Group
        Those.
    distinct : int
        How many there are.
    events : int
        How many events there are in all.
    others : int
        How many of them are of groups for which there was no room.
    """

    groups: list[Group]
    distinct: int
    events: int
    others: int


def _by_key(group: Group) -> Any:
    return [(value is None, value) for value in group.key]


# What comes first in a table; equal ones are in the order of their keys.
SORTS: dict[str, Callable[[Group], Any]] = {
    "events": lambda group: -group.events,
    "first": lambda group: (group.first is None, group.first),
    "last": lambda group: (group.last is None, -(group.last or 0)),
    "name": lambda _: 0,
}


class _Part:
    """The groups of a part of the window, and how many events had no room."""

    def __init__(self) -> None:
        self.groups: dict[tuple[Any, ...], Group] = {}
        self.others = 0
        self.size = 0


class Groups:
    """How often each combination of some columns occurs, from when to when.

    Parameters
    ----------
    keys : sequence of str
        The names of the columns.
    over : datetime.timedelta, optional
        How long an event counts; for ever by default.
    room : int
        How many bytes of groups may be kept, about.
    """

    def __init__(
        self, keys: Sequence[str], over: timedelta | None = None, room: int = ROOM
    ) -> None:
        self.keys = list(keys)
        self._length = None if over is None else max(1, round(over.total_seconds() * 1e9 / PARTS))
        self._parts: dict[int, _Part] = {}
        self._room = room

    def add(self, batch: pa.RecordBatch, now: int) -> None:
        """Count the events of a batch; an event without a time is of now."""
        times = batch.column("timestamp").cast(pa.int64())
        if self._length is None:
            part = pa.repeat(0, len(batch))
        else:
            part = pc.fill_null(pc.divide(times, self._length), now // self._length)
        columns = {name: _plain(batch.column(name)) for name in self.keys}
        names = [_PART, *self.keys]
        counted = pa.table({**columns, _TIME: times, _PART: part}).group_by(
            names, use_threads=False).aggregate([([], "count_all"), (_TIME, "min"), (_TIME, "max")])
        wanted = [*names, "count_all", f"{_TIME}_min", f"{_TIME}_max"]
        rows = zip(*(counted[name].to_pylist() for name in wanted), strict=True)
        self._forget(now)
        for place, *key, events, first, last in rows:
            if not self._is_old(place, now):
                self._count(place, Group(tuple(key), events, first, last))

    def _count(self, place: int, group: Group) -> None:
        part = self._parts.setdefault(place, _Part())
        there = part.groups.get(group.key)
        if there is not None:
            part.groups[group.key] = _sum(there, group)
            return
        size = _ENTRY + sum(len(each) for each in group.key if isinstance(each, (str, bytes)))
        if size > self._room:
            part.others += group.events
            return
        part.groups[group.key] = group
        part.size += size
        self._room -= size

    def _is_old(self, place: int, now: int) -> bool:
        return self._length is not None and place <= now // self._length - PARTS

    def _forget(self, now: int) -> None:
        for place in [place for place in self._parts if self._is_old(place, now)]:
            self._room += self._parts.pop(place).size

    def top(self, most: int, sort: str, now: int) -> Top:
        """Return what the window has now."""
        self._forget(now)
        found: dict[tuple[Any, ...], Group] = {}
        for part in self._parts.values():
            for key, group in part.groups.items():
                found[key] = _sum(found[key], group) if key in found else group
        order = SORTS[sort]
        groups = sorted(found.values(), key=lambda group: (order(group), _by_key(group)))
        others = sum(part.others for part in self._parts.values())
        return Top(groups[:most], len(groups), sum(each.events for each in groups) + others, others)


def _plain(array: pa.Array) -> pa.Array:
    """Return a column whose values Python has: its times end at microseconds."""
    return timestamps(array) if pa.types.is_timestamp(array.type) else array


def _sum(one: Group, other: Group) -> Group:
    firsts = [each for each in (one.first, other.first) if each is not None]
    lasts = [each for each in (one.last, other.last) if each is not None]
    return Group(one.key, one.events + other.events, min(firsts, default=None),
                 max(lasts, default=None))
