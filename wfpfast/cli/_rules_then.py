"""Finds the rules of events in Security logs, by host, id and time; must not know who asks.

What is not known at the time of an event is not named.
"""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from wfpfast import names
from wfpfast.cli._tally import Tally
from wfpfast.cli._wanted import known
from wfpfast.counting import Rows, Values
from wfpfast.naming.by_time import KNOWN, FiltersByTime

Row = dict[str, Any]
KNOWN_COLUMN = "filter_known"
# Columns of filters that say what a rule is, and what they are called beside events.
_RULE = {
    "name": "filter_name", "provider_key": "provider_key", "provider_name": "provider_name",
    "layer_key": "filter_layer_key", "action": "filter_action", "callout_key": "callout_key",
    "callout_name": "callout_name"}
_KINDS = dict.fromkeys(_RULE.values(), pa.utf8()) | {KNOWN_COLUMN: pa.int8()}
KEYS = (KNOWN_COLUMN, *_RULE.values())
"""What is put beside events."""


class RulesThen:
    """The filters of logs, as `audit.read_filters` found them, and of recordings by their names."""

    KEYS = KEYS

    def __init__(self, logs: pa.Table | None, own: Mapping[str, pa.Table]) -> None:
        self._logs = None if logs is None else FiltersByTime(logs)
        self._own = {path: FiltersByTime(table) for path, table in own.items()}
        hosts = [] if self._logs is None else self._logs.hosts
        self._host = hosts[0].as_py() if len(hosts) == 1 else None

    def count(
        self, batch: pa.RecordBatch, chosen: bytes, source: str, tally: Tally,
        values: Mapping[str, Values],
    ) -> None:
        """Count chosen events by filter and rule.

        Parameters
        ----------
        chosen : bytes
            A bit for each event, lowest first.
        source : str
            Where the events are from, which may hold filters itself.
        """
        batch = pa.record_batch(batch)
        mask = pa.Array.from_buffers(pa.bool_(), len(batch), [None, pa.py_buffer(chosen)])
        columns = {
            name: batch.column(name) if name in batch.schema.names else pa.nulls(
                len(batch), known().field(name).type)
            for name in ("filter_id", "timestamp", "host")}
        events = pa.record_batch(columns).filter(mask)
        columns = dict(zip(columns, events.columns, strict=True))
        rows = Rows(pa.record_batch({
            "filter_id": columns["filter_id"], **self.beside(columns, source)}))
        tally.add({name: values[name].number(rows, name) for name in tally.keys})

    def beside(self, columns: Mapping[str, pa.Array], source: str) -> dict[str, pa.Array]:
        """Return the `KEYS` of events with the columns ``filter_id``, ``timestamp``, ``host``.

        Events that do not say their host are taken for those of the logs' host if that is one.
        What `source` holds itself goes before the logs.
        """
        events = pa.record_batch({
            name: columns[name] for name in ("filter_id", "timestamp", "host")})
        own = self._own.get(source)
        if own is not None:
            found = own.named(events)
        elif self._logs is not None:
            found = self._logs.named(events, self._host)
        else:
            return {name: pa.nulls(len(events), _KINDS[name]) for name in KEYS}
        columns = {name: found[name] for name in KEYS}
        columns[KNOWN_COLUMN] = columns[KNOWN_COLUMN].indices   # counted in this order
        return columns


def rule_of(row: Row) -> tuple[str | None, Row | None]:
    """Take the `KEYS` out of a row; return what is known, and the rule."""
    if KNOWN_COLUMN not in row:
        return None, None
    cells = {name: row.pop(name) for name in KEYS}
    if cells[KNOWN_COLUMN] is None:
        return None, None
    known = KNOWN[cells[KNOWN_COLUMN]]
    if known not in KNOWN[:2]:
        return known, None
    return known, symbols({name: cells[column] for name, column in _RULE.items()})


def symbols(row: Row) -> Row:
    """Return a row in which well-known keys are symbols of the SDK, as netsh prints them."""
    found = dict(row)
    for column, find in (
        ("provider_key", names.provider), ("layer_key", names.layer_key),
        ("callout_key", names.callout),
    ):
        if found.get(column):
            found[column] = find(found[column])
    return found
