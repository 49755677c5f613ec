"""Counts the events of sources for `wfpfast summary`; must not know how counts are shown."""

from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._rules_then import KEYS, RulesThen
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Source
from wfpfast.cli._tally import Tally
from wfpfast.cli._wanted import known, typed
from wfpfast.explain import EVENT_KINDS
from wfpfast.names import ICMP

DROPS = [kind.name for kind in EVENT_KINDS.values() if kind.is_drop]
# What is counted of dropped events: a name, and the columns whose combinations are counted.
BY = {
    "applications": ("app_path",),
    "filters": ("filter_id",),
    "remote_addresses": ("remote_address",),
    "remote_ports": ("ip_protocol", "remote_port", "icmp_type", "icmp_version"),
    "directions": ("direction",),
    "users": ("user_sid",),
    "origins": ("filter_origin",),
}
# A filter stands at one layer, so that this table is hardly longer than that of the filters.
PLACE = ("filter_id", "layer_id", "filter_origin")
# Likewise, a program has few processes; the process id is one host's only.
PROCESS = ("app_path", "host", "process_id")
FAILURE = ("event_type", "failure_error", "failure_status")
COLUMNS = [
    "timestamp", "event_type", "ip_version", "ip_protocol", "local_port", "remote_port",
    "remote_address", "app_path", "user_sid", "filter_id", "layer_id", "filter_origin", "direction",
    "failure_error", "failure_status", "host", "event_id", "process_id", "local_address",
    "source_address",
]  # fmt: skip
# Audits of inbound connections, of which it may not be known which end is local.
_TWO_ENDED = (5156, 5157)


class Count:
    """The counts of one or more sources; memory grows with distinct values, not with events.

    Parameters
    ----------
    rules : RulesThen, optional
        What says which rule an event's filter was; then drops are counted by filter and rule.
    """

    def __init__(self, rules: RulesThen | None = None) -> None:
        self._rules = rules
        self.events = 0
        self.dropped = 0
        self.first: Any = None
        self.last: Any = None
        self.types = Tally(["event_type"])
        self.failures = Tally(FAILURE)
        self.drops = {name: Tally(keys) for name, keys in BY.items()}
        if rules is not None:
            self.drops["filters"] = Tally((*BY["filters"], *KEYS))
        self.places = Tally(PLACE)
        self.processes = Tally(PROCESS)
        self.audits = Tally(["event_id"])
        self.hosts = Tally(["host"])
        self.undecided = Tally(["host"])
        self.stats: Counter[str] = Counter()
        self._schema = pa.schema([known().field(name) for name in COLUMNS])

    def add(self, batch: pa.RecordBatch, source: Source) -> None:
        """Count the events of a batch."""
        if "event_type" not in batch.schema.names:
            raise Fault(f"{source.name}: without the column event_type nothing can be counted")
        columns = {
            field.name: typed(batch, field, source.name) for field in self._schema
        }
        self.events += len(batch)
        self._add_times(columns["timestamp"])
        self.types.add(columns)
        self.audits.add(columns)
        self.hosts.add(columns)
        table = pa.table(columns)
        if columns["event_id"].null_count < len(batch):
            self.undecided.add(_arrays(table.filter(_is_undecided(columns))))
        failed = pc.or_(
            pc.is_valid(columns["failure_error"]), pc.is_valid(columns["failure_status"]))
        self.failures.add(_arrays(table.filter(failed)))
        drop = pc.is_in(columns["event_type"].cast(pa.utf8()), pa.array(DROPS))
        dropped = _arrays(table.filter(drop))
        self.dropped += len(dropped["event_type"])
        _add_icmp(dropped)
        if self._rules is not None:
            dropped.update(self._rules.beside(dropped))
        for tally in (*self.drops.values(), self.places, self.processes):
            tally.add(dropped)

    def _add_times(self, column: pa.Array) -> None:
        ends = pc.min_max(column)
        times = [end for end in (ends["min"], ends["max"]) if end.is_valid]
        if times:
            known = [end for end in (self.first, self.last) if end is not None]
            both = sorted([*times, *known], key=lambda end: int(end.value))
            self.first, self.last = both[0], both[-1]

    def add_stats(self, stats: dict[str, int] | None) -> None:
        """Add what a source says that it lost."""
        self.stats.update({k: n for k, n in (stats or {}).items() if k != "events"})


def _is_undecided(columns: dict[str, pa.Array]) -> pa.Array:
    """Tell of which events both ends are logged, and which of them is local is not known."""
    audits = pc.is_in(columns["event_id"], pa.array(_TWO_ENDED, pa.uint16()))
    is_logged = pc.is_valid(columns["source_address"])
    return pc.and_(pc.and_(audits, is_logged), pc.is_null(columns["local_address"]))


def _arrays(table: pa.Table) -> dict[str, pa.Array]:
    return {
        name: column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }


def _add_icmp(columns: dict[str, pa.Array]) -> None:
    """Add the columns that name an ICMP message: Windows gives its type as the local port."""
    icmp = pc.is_in(columns["ip_protocol"], pa.array(ICMP, pa.uint8()))
    for name, column in (("icmp_type", "local_port"), ("icmp_version", "ip_version")):
        array = columns[column]
        columns[name] = pc.if_else(icmp, array, pa.scalar(None, array.type))
