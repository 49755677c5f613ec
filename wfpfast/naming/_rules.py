"""Finds the filters behind events, by id, layer, host and time; must not know other names."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import names
from wfpfast.naming import FIXED_LAYERS, KNOWN, NOT_KNOWN, OF_A_STATE, OTHER_LAYER, RULE_COLUMNS
from wfpfast.naming._values import KIND, encoded
from wfpfast.naming.by_time import KNOWN as KNOWN_BY_TIME
from wfpfast.naming.by_time import FiltersByTime

Row = Mapping[str, Any]
_CODES = {word: code for code, word in enumerate(KNOWN)}
_LAYER = "FWPM_LAYER_"
_CELLS = {
    "rule_name": "name", "rule_key": "filter_key", "service": "provider_service",
    "origin": "filter_origin"}

_NEEDED = (
    "filter_id", "host", *_CELLS.values(), "provider_key", "provider_name", "sublayer_key",
    "sublayer_name", "layer_key", "callout_key", "callout_name")


def _layer(key: str | None) -> str | None:
    return key and names.layer_key(key).removeprefix(_LAYER)


def _sublayer(row: Row) -> str | None:
    return _called(row, "sublayer", names.sublayer, "FWPM_SUBLAYER_")


def _callout(row: Row) -> str | None:
    return _called(row, "callout", names.callout, "FWPM_CALLOUT_")


def _called(row: Row, what: str, symbol: Callable[[str], str], prefix: str) -> str | None:
    text = row.get(f"{what}_name") or row.get(f"{what}_key")
    return text and symbol(text).removeprefix(prefix)


def _provider(row: Row) -> str | None:
    """Return whose filter it is; the names of Windows' providers say less than their symbols."""
    prefix = "FWPM_PROVIDER_"
    key, name = row.get("provider_key"), row.get("provider_name")
    symbol = names.provider(key) if key else ""
    if symbol.startswith(prefix):
        return symbol.removeprefix(prefix)
    if not name or name.startswith("@"):    # a resource, which only its own machine can load
        return key
    return str(name).removeprefix(prefix)


_MADE: dict[str, Callable[[Row], str | None]] = {
    **{name: operator.methodcaller("get", source) for name, source in _CELLS.items()},
    "provider": _provider,
    "sublayer": _sublayer,
    "layer": lambda row: _layer(row.get("layer_key")),
    "callout": _callout,
}


# The layers whose ids are the same everywhere, as filters name them.
_FOUND = {number: names.layer_key(names.layer(number)) for number in range(FIXED_LAYERS)}
LAYERS = {
    number: name.removeprefix(_LAYER) for number, name in _FOUND.items()
    if name.startswith(_LAYER)}
_KNOWN_LAYERS = frozenset(LAYERS.values())


class Hosts:
    """The hosts that filters name, some by their short names and some with their domains."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self._names = {name for name in names if name}

    @property
    def only(self) -> str | None:
        """The host, if it is one."""
        return next(iter(self._names)) if len(self._names) == 1 else None

    def like(self, name: str) -> str:
        """Return what the filters call a host; a name that they do not have stays as it is."""
        if name in self._names:
            return name
        same = [each for each in self._names if _is_same(each.casefold(), name.casefold())]
        return same[0] if len(same) == 1 else name

    def renamed(self, events: pa.RecordBatch) -> pa.RecordBatch:
        """Return events whose hosts are called as the filters call them."""
        if "host" not in events.schema.names:
            return events
        column = events["host"]
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        names = [name and self.like(name) for name in column.dictionary.to_pylist()]
        column = pa.array(names, pa.utf8()).take(column.indices).dictionary_encode()
        return events.set_column(events.schema.get_field_index("host"), "host", column)


def _is_same(one: str, other: str) -> bool:
    short = "." not in one or "." not in other
    return one == other or (short and one.partition(".")[0] == other.partition(".")[0])


class _Source(Protocol):
    """Some filters, whose rows are numbered."""

    def find(self, events: pa.RecordBatch, host: str | None) -> tuple[pa.Array, pa.Array]:
        """Return the row of each event's filter, or null, and what is known as a code.

        `host` is that of events that do not say it.
        """


class Rules:
    """Filters of one or several tables.

    Parameters
    ----------
    tables : sequence of Arrow tables
        The first one that has the filter of an event names it.
    host : str, optional
        The host of events that do not say it.

    Attributes
    ----------
    services : set of str
        The services that providers name.
    """

    def __init__(self, tables: Sequence[Any], host: str | None) -> None:
        given = [_checked(pa.table(table)) for table in tables]
        hosts = Hosts(each for table in given if "host" in table.column_names
                      for each in table["host"].unique().to_pylist())
        self._hosts, self._host = hosts, hosts.only if host is None else hosts.like(host)
        self._sources: list[_Source] = []
        rows: list[Row] = []
        for by_time, group in groupby(given, _is_by_time):
            for source, found in _sources(group, by_time, hosts, len(rows)):
                self._sources.append(source)
                rows += found
        self._columns = {name: _column(name, rows) for name in _MADE}
        self.services = {row["provider_service"] for row in rows if row.get("provider_service")}

    def columns(
        self, events: pa.RecordBatch, host: str | None
    ) -> dict[str, pa.DictionaryArray]:
        """Return `RULE_COLUMNS`, as the filters have them; `host` is that of these events."""
        rows, known = self._find(events, self._hosts.like(host) if host else self._host)
        found = {name: column.take(rows) for name, column in self._columns.items()}
        found["filter_known"] = pa.DictionaryArray.from_arrays(known, pa.array(KNOWN, pa.utf8()))
        return {name: found[name] for name in RULE_COLUMNS}

    def _find(self, events: pa.RecordBatch, host: str | None) -> tuple[pa.Array, pa.Array]:
        if "filter_id" not in events.schema.names:
            raise ValueError("events without the column filter_id cannot be joined with filters")
        rows = pa.nulls(len(events), pa.int64())
        known = pc.if_else(
            pc.is_valid(events["filter_id"]), pa.scalar(_CODES[NOT_KNOWN], pa.int32()),
            pa.scalar(None, pa.int32()))
        for source in self._sources:
            more, words = source.find(events, host)
            # The smaller code says more: a filter at another layer is more than none.
            known = pc.if_else(
                pc.is_valid(rows), known, pc.min_element_wise(known, words, skip_nulls=False))
            rows = pc.coalesce(rows, more)
            if not rows.null_count:
                break
        return rows, known


def _checked(table: pa.Table) -> pa.Table:
    if "filter_id" not in table.column_names:
        raise ValueError("filters: a table without the column filter_id")
    return table


def _is_by_time(table: pa.Table) -> bool:
    return "from" in table.column_names


def _rows(table: pa.Table) -> list[Row]:
    """Return what is needed of filters, as Python's objects."""
    found: list[Row] = table.select(
        [name for name in _NEEDED if name in table.column_names]).to_pylist()
    return found


def _sources(
    tables: Iterable[pa.Table], by_time: bool, hosts: Hosts, first: int
) -> Iterator[tuple[_Source, list[Row]]]:
    """Yield what finds rows, and the rows; tables without times are searched as one."""
    if by_time:
        for table in tables:
            then = FiltersByTime(table)
            rows = _rows(then.table)
            yield _Then(then, hosts, first), rows
            first += len(rows)
        return
    rows = [row for table in tables for row in _rows(table)]
    yield _State(rows, hosts, first), rows


class _State:
    """Filters as they were at one time, of one or several machines."""

    def __init__(self, rows: Sequence[Row], hosts: Hosts, first: int) -> None:
        self._hosts = hosts
        self._by_id: dict[int, list[tuple[str | None, str | None, int]]] = {}
        for number, row in enumerate(rows, first):
            at = _layer(row.get("layer_key"))
            layer = at if at in _KNOWN_LAYERS else None   # a GUID may be any layer
            self._by_id.setdefault(row["filter_id"], []).append((row.get("host"), layer, number))

    def find(self, events: pa.RecordBatch, host: str | None) -> tuple[pa.Array, pa.Array]:
        """Return rows and codes, found once for each distinct id, layer and host."""
        codes, keys = distinct(events, ("filter_id", "layer_id", "host"))
        whose = {each: self._hosts.like(each) if each else host for *_, each in keys}
        found = [self._row(number, layer, whose[each]) for number, layer, each in keys]
        rows = pa.array([row for row, _ in found], pa.int64())
        words = pa.array(
            [None if word is None else _CODES[word] for _, word in found], pa.int32())
        return rows.take(codes), words.take(codes)

    def _row(
        self, number: int | None, layer_id: int | None, host: str | None
    ) -> tuple[int | None, str | None]:
        if number is None:
            return None, None
        elsewhere = False
        layer = None if layer_id is None else LAYERS.get(layer_id)
        for its, at, row in self._by_id.get(number, ()):
            if its is not None and its != host:
                continue
            if None in (layer, at) or layer == at:
                return row, OF_A_STATE
            elsewhere = True
        return None, OTHER_LAYER if elsewhere else NOT_KNOWN


class _Then:
    """Filters with the times in which they were there."""

    def __init__(self, filters: FiltersByTime, hosts: Hosts, first: int) -> None:
        self._filters = filters
        self._hosts = hosts
        self._first = first
        self._codes = pa.array([_CODES[word] for word in KNOWN_BY_TIME], pa.int32())

    def find(self, events: pa.RecordBatch, host: str | None) -> tuple[pa.Array, pa.Array]:
        """Return rows and codes."""
        events = self._hosts.renamed(events)
        rows = self._filters.rows(events, host)
        known = self._codes.take(self._filters.known(events, rows).indices)
        found = pc.if_else(pc.greater_equal(rows, 0), rows, pa.scalar(None, pa.int64()))
        return pc.add(found, self._first), known


def distinct(
    events: pa.RecordBatch, columns: Sequence[str]
) -> tuple[pa.Array, list[tuple[Any, ...]]]:
    """Return codes, and the combination of values behind each; a column may be missing."""
    total = pa.repeat(pa.scalar(0, pa.int64()), len(events))
    values: list[list[Any]] = []
    for name in columns:
        if name not in events.schema.names:
            values.append([None])
            continue
        column = encoded(events[name])
        values.append([*column.dictionary.to_pylist(), None])
        codes = column.indices.cast(pa.int64()).fill_null(len(column.dictionary))
        total = pc.add(pc.multiply(total, len(values[-1])), codes)
    coded = total.dictionary_encode()
    return coded.indices, [_parts(number, values) for number in coded.dictionary.to_pylist()]


def _parts(number: int, values: list[list[Any]]) -> tuple[Any, ...]:
    found = []
    for each in reversed(values):
        number, place = divmod(number, len(each))
        found.append(each[place])
    return tuple(reversed(found))


def _column(name: str, rows: Sequence[Row]) -> pa.DictionaryArray:
    texts = pa.array([_MADE[name](row) for row in rows], pa.utf8())
    return texts.dictionary_encode().cast(KIND)
