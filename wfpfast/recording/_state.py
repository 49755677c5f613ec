"""What a recording says of its machine: filters, drives, accounts; must not know files.

A state is bytes in a block without events (docs/recording.md). They are untrusted, and read only
when somebody asks for names: what is wrong with them costs names, and no event.
"""

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from wfpfast._columns.table import Table
from wfpfast._filter_table import COLUMNS

MARK = b"WFPSTATE"
STATE_VERSION = 1
MAX_STATE_BYTES = 32 << 20      # some 70,000 filters of Windows
FEWEST_BYTES = 32               # of a filter: rows take memory, whatever is in them
_HEAD = struct.Struct("<8sII")
_ID = "filter_id"
_PLACE = list(COLUMNS).index(_ID)
_MOST = (1 << 63) - 1
_KINDS: dict[str, Callable[[Any], bool]] = {
    "uint64": lambda value: type(value) is int and 0 <= value < 1 << 64,
    "bool": lambda value: type(value) is bool,
    "utf8": lambda value: type(value) is str,
    "list<utf8>": lambda value: type(value) is list and all(type(one) is str for one in value),
}

Row = Mapping[str, Any]
Cells = tuple[Any, ...]         # of a filter, in the order of COLUMNS


class Change(NamedTuple):
    """What is new of a machine since the state before.

    Attributes
    ----------
    complete : bool
        Whether these are all filters: the first state of a recorder.
    looked_ns : int
        When it was begun to look; `since_ns`, the look before that, None if there is none.
    filters : dict
        The cells of new or changed filters by their ids; `gone`, those that are there no more.
    volumes, accounts : dict
        New or changed drives by volumes, and names by SIDs.
    """

    complete: bool
    looked_ns: int
    since_ns: int | None
    filters: dict[int, Cells]
    gone: list[int]
    volumes: dict[str, str]
    accounts: dict[str, str]


class Machine(NamedTuple):
    """What a recording says of its machine.

    Attributes
    ----------
    filters : Table or None
        Filters as `Engine.filters` has them, with ``host``, and ``from`` and ``until``: a row for
        each time in which one was there. None if the recording says nothing of filters.
    volumes : dict
        Drive letters by volumes, ``{"HarddiskVolume3": "C:"}``.
    accounts : dict
        Names of accounts by SIDs.
    faults : list of str
        What could not be read.
    """

    filters: Table | None
    volumes: dict[str, str]
    accounts: dict[str, str]
    faults: list[str]


class Kept:
    """The state of a machine as a recorder has written it, to write only what changes."""

    def __init__(self) -> None:
        self._filters: dict[int, Cells] | None = None
        self._maps: dict[str, dict[str, str]] = {"volumes": {}, "accounts": {}}
        self._looked: int | None = None

    def changed(
        self, filters: Iterable[Row] | None, looked_ns: int, **maps: Mapping[str, str] | None
    ) -> tuple[dict[str, Any], "Kept"]:
        """Return what to write of the state of now, empty if nothing, and what is known then."""
        then = Kept()
        then._filters, then._looked = self._filters, self._looked
        made: dict[str, Any] = {}
        if filters is not None:
            before = self._filters or {}
            now = {row[_ID]: tuple(row.get(name) for name in COLUMNS) for row in filters}
            new = {number: cells for number, cells in now.items() if before.get(number) != cells}
            gone = sorted(before.keys() - now.keys())
            if new or gone or self._filters is None:
                made = {
                    "complete": self._filters is None, "looked_ns": looked_ns,
                    "since_ns": self._looked, "filters": _columns(new.values()), "gone": gone}
            then._filters, then._looked = now, looked_ns
        for name, known in self._maps.items():
            more = {key: value for key, value in (maps[name] or {}).items()
                    if known.get(key) != value}
            then._maps[name] = {**known, **more} if more else known
            if more:
                made[name] = more
        return made, then


def _columns(rows: Iterable[Cells]) -> dict[str, list[Any]]:
    """Return filters column by column, without columns that have no value."""
    columns = zip(COLUMNS, zip(*rows, strict=True), strict=False)
    return {
        name: list(values) for name, values in columns
        if name == _ID or any(value is not None for value in values)}


def pack_state(changed: Mapping[str, Any]) -> bytes:
    """Return the bytes of a state."""
    text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    data = _HEAD.pack(MARK, STATE_VERSION, 0) + text.encode(errors="replace")
    data = data.ljust(FEWEST_BYTES * len(changed.get("filters", {}).get(_ID, ())))
    if len(data) > MAX_STATE_BYTES:
        raise ValueError(f"a state of {len(data)} bytes: {MAX_STATE_BYTES} are the limit")
    return data


def parse_state(data: bytes, nbytes: int) -> Change:
    """Return what a state of so many bytes says; one that is too large need not be here.

    Raises
    ------
    ValueError
        If it cannot be read; the text says why.
    """
    if nbytes > MAX_STATE_BYTES:
        raise ValueError(f"it has {nbytes} bytes; {MAX_STATE_BYTES} are the limit")
    if nbytes < _HEAD.size:
        raise ValueError("it is shorter than its header")
    _, version, _ = _HEAD.unpack_from(data)
    if version != STATE_VERSION:
        raise ValueError(f"its version {version} is unknown: a newer wfpfast reads it")
    try:
        found = json.loads(data[_HEAD.size:].decode())
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"it is no JSON: {str(error)[:100]}") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    since = found.get("since_ns")
    gone = found.get("gone", [])
    _check(isinstance(gone, list) and all(map(_KINDS["uint64"], gone)), "gone")
    return Change(
        found.get("complete") is True, _time(found, "looked_ns", 0),
        None if since is None else _time(found, "since_ns", 0),
        _filters(found.get("filters", {}), nbytes), gone, _texts(found, "volumes"),
        _texts(found, "accounts"))


def _check(right: bool, what: str) -> None:
    if not right:
        raise ValueError(f"its {what} are of a wrong kind")


def _time(found: Mapping[str, Any], name: str, default: int) -> int:
    value = found.get(name, default)
    _check(type(value) is int and abs(value) <= _MOST, name)
    return int(value)


def _texts(found: Mapping[str, Any], name: str) -> dict[str, str]:
    texts = found.get(name, {})
    _check(isinstance(texts, dict) and all(type(each) is str for each in texts.values()), name)
    return {_plain(key): _plain(value) for key, value in texts.items()}


def _plain(text: str) -> str:
    """Return a text as UTF-8 can have it: JSON may escape half a character."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _filters(columns: Any, nbytes: int) -> dict[int, Cells]:
    """Return the cells of filters by their ids; columns that are not known are left out."""
    _check(isinstance(columns, dict), "filters")
    if not columns:
        return {}
    ids = columns.get(_ID)
    _check(isinstance(ids, list) and all(map(_KINDS["uint64"], ids)), "filter ids")
    if len(ids) * FEWEST_BYTES > nbytes:
        raise ValueError(f"it has {len(ids)} filters in {nbytes} bytes")
    cells = [_column(name, kind, columns, len(ids)) for name, kind in COLUMNS.items()]
    return dict(zip(ids, zip(*cells, strict=True), strict=True))


def _column(name: str, kind: str, columns: Mapping[str, Any], count: int) -> list[Any]:
    values = columns.get(name)
    if values is None:
        return [None] * count
    is_one = _KINDS[kind]
    _check(isinstance(values, list) and len(values) == count and all(
        value is None or is_one(value) for value in values), f"{name} of filters")
    if kind == "utf8":
        return [value and _plain(value) for value in values]
    if kind == "list<utf8>":
        return [value and [_plain(one) for one in value] for value in values]
    return list(values)


class History:
    """Filters with the times in which they were there, of one state after another.

    A filter that is new was added after the look before; one of a recorder's first state may have
    been there all the time. An id that is another filter's now names nobody between two looks.
    """

    def __init__(self) -> None:
        self.known = False          # whether anything was said of filters
        self.volumes: dict[str, str] = {}
        self.accounts: dict[str, str] = {}
        self._moved: set[str] = set()
        self._open: dict[int, tuple[int | None, Cells]] = {}
        self._closed: list[tuple[int | None, int, Cells]] = []

    def add(self, change: Change, time_ns: int, before_ns: int | None) -> None:
        """Take the next state: when it was written, and when the record before it was."""
        self.accounts.update(change.accounts)
        for volume, drive in change.volumes.items():
            if self.volumes.setdefault(volume, drive) != drive:
                self._moved.add(volume)     # it was one drive, then another: nobody knows when
        if not (change.complete or change.filters or change.gone):
            return
        since = before_ns if change.complete else change.since_ns
        self.known = True
        gone = [number for number in change.gone if number in self._open]
        if change.complete:
            gone = [number for number in self._open if number not in change.filters]
        for number in gone:
            if number in self._open:    # an id may be there twice
                self._close(number, since if change.complete else time_ns)
        for number, cells in change.filters.items():
            begin = since
            if number in self._open:
                if self._open[number][1] == cells:
                    continue
                self._close(number, since)
                begin = since if change.complete else change.looked_ns
            self._open[number] = begin, cells

    def _close(self, number: int, until: int | None) -> None:
        begin, cells = self._open.pop(number)
        if until is not None and (begin is None or begin < until):
            self._closed.append((begin, until, cells))

    def machine(self, host: str | None, faults: list[str]) -> Machine:
        """Return what is known; filters without a host are those of all events."""
        volumes = {
            volume: drive for volume, drive in self.volumes.items() if volume not in self._moved}
        return Machine(
            self._table(host) if self.known else None, volumes, dict(self.accounts), faults)

    def _rows(self) -> Iterator[tuple[int | None, int | None, Cells]]:
        yield from self._closed
        for begin, cells in self._open.values():
            yield begin, None, cells

    def _table(self, host: str | None) -> Table:
        rows = sorted(self._rows(), key=lambda row: (row[2][_PLACE], row[0] or -_MOST))
        columns: dict[str, tuple[str, list[Any]]] = {"host": ("utf8", [host] * len(rows))}
        for place, (name, kind) in enumerate(COLUMNS.items()):
            columns[name] = kind, [cells[place] for *_, cells in rows]
        # Nobody looks at every moment, but an event whose filter is not known makes the recorder
        # look: what is known does not get old.
        columns["from"] = "timestamp", [begin for begin, *_ in rows]
        columns["until"] = "timestamp", [until for _, until, _ in rows]
        columns["read_until"] = "timestamp", [None] * len(rows)
        return Table(columns)
