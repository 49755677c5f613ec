"""Finds the rules of events in Security logs, by host, id and time; must not know who asks.

What is not known at the time of an event is not named.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import names
from wfpfast.audit.by_time import KNOWN, FiltersByTime

Row = dict[str, Any]
FILE = "rule_file"
KNOWN_COLUMN = "filter_known"
# Columns of filters that say what a rule is, and what they are called beside events.
_RULE = {
    "name": "filter_name", "provider_key": "provider_key", "provider_name": "provider_name",
    "layer_key": "filter_layer_key", "action": "filter_action", "callout_key": "callout_key",
    "callout_name": "callout_name"}
KEYS = (KNOWN_COLUMN, FILE, *_RULE.values())
"""What is put beside events."""


class RulesThen:
    """The filters of logs.

    Parameters
    ----------
    logs : sequence of (str, pyarrow.Table)
        Files, and what `audit.read_filters` found in them. The one that knows most of an event's
        filter names it, of several the first.
    """

    def __init__(self, logs: Sequence[tuple[str, pa.Table]]) -> None:
        self._logs = [(path, FiltersByTime(table)) for path, table in logs]

    def beside(self, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
        """Return the `KEYS` of events with the columns ``filter_id``, ``timestamp``, ``host``.

        Events that do not say their host are taken for those of a log's host if it is of one.
        """
        events = pa.record_batch({
            name: columns[name] for name in ("filter_id", "timestamp", "host")})
        found: dict[str, pa.Array] = {}
        for path, filters in self._logs:
            host = filters.hosts[0].as_py() if len(filters.hosts) == 1 else None
            named = filters.named(events, host)
            mine = {name: named[name] for name in KEYS if name != FILE}
            mine[FILE] = pa.array([path] * len(events), pa.utf8())
            mine[KNOWN_COLUMN] = mine[KNOWN_COLUMN].indices   # in the order of KNOWN
            better = pc.less(mine[KNOWN_COLUMN], found[KNOWN_COLUMN]) if found else None
            found = mine if better is None else {
                name: pc.if_else(pc.fill_null(better, False), mine[name], found[name])
                for name in KEYS}
        return found


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
    rule = {name: cells[column] for name, column in _RULE.items()}
    return known, {**symbols(rule), "file": cells[FILE]}


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
