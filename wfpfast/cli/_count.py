"""Counts the events of sources for `wfpfast summary`; must not know how counts are shown.

Columns that go with each other are counted together first: a filter stands at one layer, a process
is of one program. What is left of them is little, and the tables are counted of that.
"""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._peers import PEER
from wfpfast.cli._rules_then import KEYS, RulesThen
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Source
from wfpfast.cli._tally import COUNT, MOST_WAITING, Tally
from wfpfast.cli._times import Times
from wfpfast.cli._wanted import known, typed
from wfpfast.explain import EVENT_KINDS
from wfpfast.names import ICMP

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
_ALONE = ("users", "remote_addresses", "remote_ports")
COLUMNS = list(dict.fromkeys((
    "timestamp", "event_type", "event_id", "filter_id", "layer_id", "direction", "filter_origin",
    "host", "app_path", "process_id", "user_sid", "ip_version", "ip_protocol", "local_port",
    "remote_port", "remote_address", *FAILURE, "source_address", *PEER)))
# What may come as codes, whatever its type is: it is counted so.
CODED = ("remote_address", "source_address")
# Audits of inbound connections, of which it may not be known which end is local.
_TWO_ENDED = (5156, 5157)


class Count:
    """The counts of one or more sources; memory grows with distinct values, not with events.

    Parameters
    ----------
    rules : RulesThen, optional
        What says which rule an event's filter was; then drops are counted by filter and rule.
    by : sequence of str, optional
        Columns whose combinations are counted, too.
    """

    def __init__(self, rules: RulesThen | None = None, by: Sequence[str] = ()) -> None:
        self._rules = rules
        self.events = 0
        self.failures = Tally(FAILURE)
        self.peers = Tally(PEER, span="timestamp")
        self.tables = {
            **{name: Tally((VERDICT, *keys)) for name, keys in BY.items()},
            "types": Tally(["event_type"]), "audits": Tally(["event_id"]),
            "places": Tally((VERDICT, *PLACE))}
        self.rules = None if rules is None else Tally((*BY["filters"], *KEYS))
        self.undecided = Tally(["host"])
        self.times = Times(VERDICT)
        self.by = Tally((*by, VERDICT)) if by else None
        self.stats: Counter[str] = Counter()
        self.columns = list(dict.fromkeys((*COLUMNS, *by)))
        self._together = [(Tally(keys), names) for keys, names in _TOGETHER]
        self._schema = pa.schema([known().field(name) for name in self.columns])

    def add(self, batch: pa.RecordBatch, source: Source) -> None:
        """Count the events of a batch."""
        if "event_type" not in batch.schema.names:
            raise Fault(f"{source.name}: without the column event_type nothing can be counted")
        columns = {
            field.name: typed(batch, field, source.name, CODED) for field in self._schema
        }
        columns[VERDICT] = _verdicts(columns["event_type"])
        _add_icmp(columns)
        self.events += len(batch)
        self.times.add(columns["timestamp"], columns[VERDICT])
        for tally, _ in self._together:
            tally.add(columns)
        for name in _ALONE:
            self.tables[name].add(columns)
        if self.by is not None:
            self.by.add(columns)
        self._add_rare(columns, source.name)
        if any(tally.waiting > MOST_WAITING // 2 for tally, _ in self._together):
            self.settle()

    def _add_rare(self, columns: dict[str, pa.Array], source: str) -> None:
        """Count what few events are, or only where a log tells of filters."""
        logged = columns["source_address"]
        if logged.null_count < len(logged):
            self.undecided.add(_chosen(columns, ["host"], _is_undecided(columns)))
        codes = [columns[name] for name in FAILURE[1:]]
        if any(column.null_count < len(column) for column in codes):
            failed = pc.or_(*(column.is_valid() for column in codes))
            self.failures.add(_chosen(columns, FAILURE, failed))
            ike = pc.equal(columns[VERDICT], FAIL)
            self.peers.add(_chosen(columns, (*PEER, "timestamp"), ike))
        if self._rules is not None and self.rules is not None:
            names = ("filter_id", "timestamp", "host")
            dropped = _chosen(columns, names, pc.equal(columns[VERDICT], DROP))
            self.rules.add({**dropped, **self._rules.beside(dropped, source)})

    def settle(self) -> None:
        """Put what was counted together into the tables."""
        for tally, names in self._together:
            if found := tally.take():
                for name in names:
                    self.tables[name].add(found, found[COUNT])

    def add_stats(self, stats: dict[str, int] | None) -> None:
        """Add what a source says that it lost."""
        self.stats.update({k: n for k, n in (stats or {}).items() if k != "events"})


def countable() -> list[str]:
    """Return the columns whose values can be counted: all but lists."""
    return [field.name for field in known() if not pa.types.is_list(field.type)]


def _verdicts(types: pa.Array) -> pa.Array:
    """Return what became of events: `DROP`, `ALLOW`, `FAIL` or another word, null for none."""
    kinds = [EVENT_KINDS.get(name) for name in types.dictionary.to_pylist()]
    words = list(dict.fromkeys(kind.verdict for kind in EVENT_KINDS.values()))
    codes = pa.array([None if kind is None else words.index(kind.verdict) for kind in kinds],
                     pa.int32())
    return pa.DictionaryArray.from_arrays(codes.take(types.indices), pa.array(words))


def _is_undecided(columns: dict[str, pa.Array]) -> pa.Array:
    """Tell of which events both ends are logged, and which of them is local is not known."""
    audits = pc.is_in(columns["event_id"], pa.array(_TWO_ENDED, pa.uint16()))
    is_logged = pc.is_valid(columns["source_address"])
    ends = pc.and_(pc.is_null(columns["remote_address"]), pc.is_null(columns["local_port"]))
    return pc.and_(pc.and_(audits, is_logged), ends)


def _chosen(
    columns: dict[str, pa.Array], names: Sequence[str], mask: pa.Array
) -> dict[str, pa.Array]:
    """Return the rows of some columns for which a mask is true."""
    batch = pa.record_batch({name: columns[name] for name in names}).filter(mask)
    return dict(zip(names, batch.columns, strict=True))


def _add_icmp(columns: dict[str, pa.Array]) -> None:
    """Add the columns that name an ICMP message: Windows gives its type as the local port."""
    icmp = pc.is_in(columns["ip_protocol"], pa.array(ICMP, pa.uint8()))
    for name, column in (("icmp_type", "local_port"), ("icmp_version", "ip_version")):
        array = columns[column]
        columns[name] = pc.if_else(icmp, array, pa.scalar(None, array.type))
