"""Counts the events of sources for `wfpfast summary`; must not know how counts are shown.

Columns that go with each other are counted together first: a filter stands at one layer, a process
is of one program. What is left of them is little, and the tables are counted of that.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wfpfast import EventBatch
from wfpfast.cli._peers import PEER
from wfpfast.cli._screen import Fault
from wfpfast.cli._tally import Tally
from wfpfast.cli._times import Times
from wfpfast.counting import Numbers, Rows, Values
from wfpfast.explain import EVENT_KINDS
from wfpfast.names import ICMP

if TYPE_CHECKING:
    import pyarrow as pa

    from wfpfast.cli._rules_then import RulesThen
    from wfpfast.cli._source import Source

VERDICT = "verdict"
DROP, ALLOW, FAIL = "drop", "allow", "fail"
# What is shown beside each other, and what it is called.
VERDICTS = {DROP: "dropped", ALLOW: "allowed", FAIL: "failed"}
# What is counted of dropped and of allowed events: a name, and the columns whose combinations are
# counted.
BY = {
    "applications": ("app_path",),
    "filters": ("filter_id",),
    "directions": ("direction",),
    "users": ("user_sid",),
    "origins": ("filter_origin",),
    # A program has few processes; the process id is one host's only.
    "processes": ("app_path", "host", "process_id"),
    "hosts": ("host",),
    "remote_addresses": ("remote_address",),
    "remote_ports": ("ip_protocol", "remote_port", "icmp_type", "icmp_version"),
}
# A filter stands at one layer, so that this table is hardly longer than that of the filters.
PLACE = ("filter_id", "layer_id", "filter_origin")
FAILURE = ("event_type", "failure_error", "failure_status")
# What goes with each other, so that there are few combinations, and what is counted of them.
_TOGETHER = (
    (("event_type", VERDICT, "event_id", "filter_id", "layer_id", "direction", "filter_origin"),
     ("types", "audits", "filters", "directions", "origins", "places")),
    ((VERDICT, "host", "app_path", "process_id"),
     ("applications", "processes", "hosts")))
_KEYS = {"types": ("event_type",), "audits": ("event_id",), "places": (VERDICT, *PLACE)}
_ALONE = ("users", "remote_addresses", "remote_ports")
COLUMNS = list(dict.fromkeys((
    "timestamp", "event_type", "event_id", "filter_id", "layer_id", "direction", "filter_origin",
    "host", "app_path", "process_id", "user_sid", "ip_version", "ip_protocol", "local_port",
    "remote_port", "remote_address", *FAILURE, "source_address", *PEER)))
# What may come as codes, whatever its type is: it is counted so.
CODED = ("remote_address", "source_address")
# Audits of inbound connections, of which it may not be known which end is local.
_TWO_ENDED = (5156, 5157)
_NOT = b"\1\0"
# What names an ICMP message, and where it is: Windows gives its type as the local port.
_ICMP = {"icmp_type": "local_port", "icmp_version": "ip_version"}


class Count:
    """The counts of one or more sources; memory grows with distinct values, not with events.

    Parameters
    ----------
    rules : RulesThen, optional
        What says which rule an event's filter was; then drops are counted by filter and rule.
    by : sequence of str, optional
        Columns whose combinations are counted, too.
    """

    def __init__(self, rules: "RulesThen | None" = None, by: Sequence[str] = ()) -> None:
        self._values: dict[str, Values] = defaultdict(Values)
        self._verdict_of = _Mapped(self._values["event_type"], self._verdict)
        self._is_icmp = _Mapped(self._values["ip_protocol"], lambda number: number in ICMP)
        self._has_two_ends = _Mapped(self._values["event_id"], lambda id: id in _TWO_ENDED)
        self.events = 0
        self.stats: Counter[str] = Counter()
        self.columns = list(dict.fromkeys((*COLUMNS, *by)))
        self.failures = self._tally(FAILURE)
        self.peers = self._tally(PEER)
        self.tables = {name: self._tally((VERDICT, *BY[name])) for name in _ALONE}
        self.undecided = self._tally(["host"])
        self.times = Times(self._values[VERDICT])
        self.by = self._tally((*by, VERDICT)) if by else None
        self._together = [(self._tally(keys), names) for keys, names in _TOGETHER]
        self._rules = rules
        self.rules: Tally | None = None
        if rules is not None:
            self.rules = self._tally((*BY["filters"], *rules.KEYS))

    def _tally(self, keys: Sequence[str]) -> Tally:
        return Tally(keys, self._values)

    def _verdict(self, event_type: str) -> int:
        kind = EVENT_KINDS.get(event_type)
        return 0 if kind is None else self._values[VERDICT].find(kind.verdict)

    def add(self, batch: "EventBatch | pa.RecordBatch", source: "Source") -> None:
        """Count the events of a batch."""
        if not isinstance(batch, EventBatch):
            batch = _typed(batch, self.columns, source.name)
        rows = Rows(batch)
        if "event_type" not in rows:
            raise Fault(f"{source.name}: without the column event_type nothing can be counted")
        self.events += len(rows)
        self._add(_Columns(rows, self._values), batch, source.name)

    def _add(
        self, columns: "_Columns", batch: "EventBatch | pa.RecordBatch", source: str
    ) -> None:
        rows = columns.rows
        verdicts = columns[VERDICT] = columns["event_type"].mapped(self._verdict_of.table())
        icmp = rows.where(columns["ip_protocol"].mapped(self._is_icmp.table()))
        for name, column in _ICMP.items():
            columns[name] = columns.of(icmp).numbered(name, column).spread(icmp, len(rows))
        if "timestamp" in rows:
            self.times.add(rows, "timestamp", verdicts)
        for tally, _ in self._together:
            tally.add(columns)
        for name in _ALONE:
            self.tables[name].add(columns)
        if self.by is not None:
            self.by.add(columns)
        self._add_rare(columns)
        if self._rules is not None and self.rules is not None:
            dropped = verdicts.mapped(self._bytes_for(DROP))
            self._rules.count(batch, dropped.bits(), source, self.rules, self._values)

    def _add_rare(self, columns: "_Columns") -> None:
        """Count what few events are, or only where a log tells of filters."""
        rows = columns.rows
        logged = columns.known("source_address")
        if logged.some:
            two_ended = columns.of(rows.where(
                columns["event_id"].mapped(self._has_two_ends.table())))
            no_end = two_ended.known("remote_address").either(
                two_ended.known("local_port")).mapped(_NOT)
            alone = two_ended.of(two_ended.rows.where(no_end))
            self.undecided.add(alone.of(alone.rows.where(alone.known("source_address"))))
        failed = columns["failure_error"].either(columns["failure_status"])
        if failed.some:
            self.failures.add(columns.of(rows.where(failed)))
            ike = columns.of(rows.where(columns[VERDICT].mapped(self._bytes_for(FAIL))))
            self.peers.add(ike, ike.rows, "timestamp" if "timestamp" in rows else None)

    def _bytes_for(self, verdict: str) -> bytes:
        """Return a table in which one verdict is 1."""
        number = self._values[VERDICT].find(verdict)
        return bytes(k == number for k in range(len(self._values[VERDICT])))

    def settle(self) -> None:
        """Put what was counted together into the tables."""
        for tally, names in self._together:
            for name in names:
                self.tables[name] = tally.of(_KEYS.get(name) or (VERDICT, *BY[name]))

    def add_stats(self, stats: dict[str, int] | None) -> None:
        """Add what a source says that it lost."""
        self.stats.update({k: n for k, n in (stats or {}).items() if k != "events"})


class _Mapped:
    """What a function makes of the values of a column, by their numbers."""

    def __init__(self, values: Values, function: Callable[[Any], int]) -> None:
        self._values = values
        self._function = function
        self._table = bytearray(1)

    def table(self) -> bytes:
        """Return it for all values that were met so far; of null it is 0."""
        for number in range(len(self._table), len(self._values)):
            self._table.append(self._function(self._values[number]))
        return bytes(self._table)


class _Columns(dict[str, Numbers]):
    """The columns of a batch as numbers, each made when it is asked for."""

    def __init__(self, rows: Rows, values: dict[str, Values]) -> None:
        super().__init__()
        self.rows = rows
        self._values = values

    def __missing__(self, name: str) -> Numbers:
        found = self[name] = self.numbered(name, name)
        return found

    def of(self, rows: Rows) -> "_Columns":
        """Return the columns of some of the rows."""
        return _Columns(rows, self._values)

    def numbered(self, name: str, column: str) -> Numbers:
        """Return a column as numbers of values that are called `name`; null if it is not there."""
        if column not in self.rows:
            return Numbers(len(self.rows))
        return self._values[name].number(self.rows, column)

    def known(self, name: str) -> Numbers:
        """Tell of which events a column says something."""
        return self.rows.known(name) if name in self.rows else Numbers(len(self.rows))


def _typed(batch: "pa.RecordBatch", names: Sequence[str], source: str) -> "pa.RecordBatch":
    """Return the columns that are counted, in types that can be."""
    import pyarrow as pa

    from wfpfast.cli._wanted import known, typed

    columns = {}
    for field in known():
        if field.name in names and field.name in batch.schema.names:
            plain = field.type
            if pa.types.is_dictionary(plain):
                plain = plain.value_type
            array = batch.column(field.name)
            is_coded = pa.types.is_dictionary(array.type) and array.type.value_type == plain
            columns[field.name] = array if array.type == plain or is_coded else typed(
                batch, field, source)
    found = pa.record_batch(columns) if columns else batch.select([])
    return found


def countable() -> list[str]:
    """Return the columns whose values can be counted: all but lists."""
    import pyarrow as pa

    from wfpfast.cli._wanted import known

    return [field.name for field in known() if not pa.types.is_list(field.type)]
