"""`wfpfast hunt`: which events Sigma rules are about; must not know what rules are made of."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli import _screen, _stats
from wfpfast.cli._line import RULE
from wfpfast.cli._naming import read_own
from wfpfast.cli._rules import known_rules
from wfpfast.cli._screen import Bar, Fault, brief, printable
from wfpfast.cli._source import Broken
from wfpfast.cli._sources import expanded, inputs, opened
from wfpfast.cli._stages import OfHosts, Stage
from wfpfast.cli._wanted import fitted, known
from wfpfast.errors import SourceError
from wfpfast.queries.sigma import (
    FIELDS,
    FILTER_FIELDS,
    OWN,
    SHIPPED,
    SUFFIXES,
    Rule,
    in_network,
    read_rules,
)

HITS = 4            # the exit status
ROWS = 131_072      # that are asked at a time
LEVELS = ("critical", "high", "medium", "low", "informational", "")
_MADE = ("direction_message", "channel")
_EVENTS = pa.schema([
    each for each in known()
    if each.name in {*FIELDS.values(), *OWN, "direction_code"} - {*_MADE}])
_FILTERS = pa.schema([
    (name, pa.utf8()) for name in FILTER_FIELDS.values() if name != "filter_id"])
_SCHEMA = pa.schema([*_EVENTS, *_FILTERS, (RULE, pa.utf8())])
# The ends as the records of Windows of today have them, also for net events. What was logged the
# other way round stays as it was logged.
_LOGS = """WITH events AS (SELECT * REPLACE (
    CASE WHEN source_address IS NULL AND destination_address IS NULL THEN
        CASE direction WHEN 'INBOUND' THEN remote_address ELSE local_address END
        ELSE source_address END AS source_address,
    CASE WHEN source_address IS NULL AND destination_address IS NULL THEN
        CASE direction WHEN 'INBOUND' THEN local_address ELSE remote_address END
        ELSE destination_address END AS destination_address,
    CASE WHEN source_port IS NULL AND destination_port IS NULL THEN
        CASE direction WHEN 'INBOUND' THEN remote_port ELSE local_port END
        ELSE source_port END AS source_port,
    CASE WHEN source_port IS NULL AND destination_port IS NULL THEN
        CASE direction WHEN 'INBOUND' THEN local_port ELSE remote_port END
        ELSE destination_port END AS destination_port),
    '%%' || direction_code AS direction_message, 'Security' AS channel,
    row_number() OVER () - 1 AS place FROM batch)
SELECT place FROM events WHERE {where} ORDER BY place"""


@dataclass
class Hit:
    """What a rule found: how often, when, and the first events."""

    rule: Rule
    count: int = 0
    first: Any = None
    last: Any = None
    events: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: pa.Table, places: list[int], most: int) -> None:
        """Take events at some places of a table."""
        found = table.take(pa.array(places, pa.int64()))
        times = pc.min_max(found["timestamp"])
        self.count += len(places)
        if times["min"].is_valid:
            low, high = times["min"], times["max"]
            self.first = low if self.first is None or low.value < self.first.value else self.first
            self.last = high if self.last is None or high.value > self.last.value else self.last
        for row in found.slice(0, max(0, most - len(self.events))).to_pylist():
            self.events.append({name: value for name, value in row.items() if value is not None})


class Hunt:
    """Asks events a batch at a time, so that memory does not grow with them."""

    def __init__(self, rules: Sequence[Rule], most: int) -> None:
        self.hits = [Hit(rule) for rule in rules if not rule.why]
        self.failed: dict[Rule, str] = {}
        self.events = 0
        self._most = most
        self._waiting: list[pa.RecordBatch] = []
        self._database = _database()
        self._database.create_function(
            "in_network", in_network, ["VARCHAR", "VARCHAR"], "BOOLEAN", type="arrow")
        self._database.execute("SET lock_configuration = true")

    def add(self, batch: pa.RecordBatch, *, events: bool = True) -> None:
        """Take events, or records of filters."""
        self._waiting.append(_cast(fitted(batch.select([
            name for name in _SCHEMA.names if name in batch.schema.names]), _SCHEMA)))
        self.events += len(batch) if events else 0
        if sum(map(len, self._waiting)) >= ROWS:
            self.ask(filters=not events)

    def ask(self, *, filters: bool = False) -> None:
        """Ask the rules about what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        table = pa.Table.from_batches(waiting)
        self._database.register("batch", table)
        for hit in self.hits:
            if hit.rule in self.failed or (filters and not hit.rule.asks_filters):
                continue
            try:
                places = self._database.execute(_LOGS.format(where=hit.rule.where)).fetchall()
            except duckdb.Error as error:
                self.failed[hit.rule] = str(error).partition("\n")[0]
                continue
            if places:
                hit.add(table, [place for (place,) in places], self._most)
        self._database.unregister("batch")

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _database() -> Any:
    """Return a database that reads no file, and finds no variable of this program."""
    return duckdb.connect(config={
        "enable_external_access": "false", "python_enable_replacements": "false"})


def _cast(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of plain columns, of which all batches have the same types."""
    plain = pa.schema([
        pa.field(each.name, each.type.value_type)
        if pa.types.is_dictionary(each.type) else each for each in _SCHEMA])
    return pa.record_batch([
        (column.dictionary_decode() if pa.types.is_dictionary(column.type) else column).cast(
            each.type) for column, each in zip(batch.columns, plain, strict=True)], schema=plain)


def hunt(
    paths: Sequence[Path], *, most: int, as_json: bool, shipped: bool,
    stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Ask rules about events, say what they found, and return the exit status."""
    rules = [each for each in paths if each.is_dir() or each.suffix.lower() in SUFFIXES]
    data = [each for each in paths if each not in rules]
    if not data:
        raise click.UsageError("No data to hunt in: every argument is a rule or a folder of them.")
    try:
        found = read_rules([*expanded(rules), *([SHIPPED] if shipped or not rules else [])])
    except SourceError as error:
        raise Fault(str(error)) from None
    stages = read_own(stages, data, [RULE])
    with contextlib.closing(Hunt(found, most)) as hunted:
        faults, stats = _read(hunted, data, stages, options)
        if any(hit.rule.asks_filters for hit in hunted.hits):
            faults += _read_filters(hunted, data, stages)
    unanswered = [rule for rule in found if rule.why]
    unanswered += [_with_reason(rule, why) for rule, why in hunted.failed.items()]
    hits = sorted((hit for hit in hunted.hits if hit.count), key=_order)
    (_as_json if as_json else _for_people)(hunted, hits, unanswered, len(found))
    for fault in faults:
        _screen.say(f"wfpfast: {fault}")
    if faults:
        return 1
    return HITS if hits else 3 if unanswered else _stats.status(stats)


def _with_reason(rule: Rule, why: str) -> Rule:
    return Rule(rule.title, rule.path, rule.id, rule.level, why=why)


def _order(hit: Hit) -> tuple[int, int]:
    level = hit.rule.level
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS), -hit.count)


def _read(
    hunted: Hunt, data: Sequence[Path], stages: Sequence[Stage], options: dict[str, Any]
) -> tuple[list[str], dict[str, int]]:
    """Ask about the events of files; return what was wrong with files, and what was lost."""
    faults: list[str] = []
    stats: Counter[str] = Counter()
    with _screen.progress() as screen, contextlib.closing(inputs(data)) as found:
        for given in found:
            try:
                with (
                    opened(given, [*_EVENTS.names, RULE], strict=False, makes=True, stages=stages,
                           **options) as source,
                    contextlib.closing(Bar(screen, given.name)) as bar,
                ):
                    for batch in source.batches:
                        hunted.add(batch)
                        bar.show(hunted.events, source.share(), given.nbytes)
                    stats.update(source.stats() or {})
            except (Fault, Broken) as error:
                faults.append(str(error))
        hunted.ask()
    if not faults:
        faults += [fault for stage in stages for fault in stage.faults()]
    return faults, dict(stats)


def _read_filters(hunted: Hunt, data: Sequence[Path], stages: Sequence[Stage]) -> list[str]:
    """Ask about the filters that logs tell of; return what was wrong with them."""
    try:
        for told in known_rules((), data):
            for batch in _filter_events(told.table):
                wanted = batch
                for stage in stages:
                    if isinstance(stage, OfHosts):
                        wanted = stage.chosen(wanted)
                hunted.add(wanted, events=False)
    except Fault as error:
        return [str(error)]
    hunted.ask(filters=True)
    return []


def _filter_events(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield the records of filters that a table of their times was made of, one each."""
    known_by, ended_by = table["known_by"], table["ended_by"]
    for mask, time, event in (
        (pc.equal(known_by, "start"), "from", 5441),
        (pc.is_in(known_by, pa.array(["added", "changed"])), "from", 5447),
        (pc.equal(ended_by, "deleted"), "until", 5447),
    ):
        rows = table.filter(pc.fill_null(mask, False))
        columns = {
            "timestamp": rows[time], "event_id": pa.array([event] * len(rows), pa.uint16()),
            "host": rows["host"], "filter_id": rows["filter_id"], "filter_name": rows["name"],
            "filter_key": rows["filter_key"], "callout_name": rows["callout_name"],
            "process_id": rows["process_id"], "filter_user_sid": rows["user_sid"],
            "filter_user_name": rows["user_name"]}
        yield from pa.table(columns).combine_chunks().to_batches()


def _as_json(hunted: Hunt, hits: list[Hit], unanswered: list[Rule], count: int) -> None:
    told = {
        "events": hunted.events, "rules": count,
        "hits": [{
            "rule": hit.rule.title, "id": hit.rule.id, "level": hit.rule.level,
            "path": hit.rule.path, "count": hit.count, "first": _time(hit.first),
            "last": _time(hit.last), "events": hit.events} for hit in hits],
        "in_part": [{"rule": rule.title, "path": rule.path, "absent": list(rule.absent)}
                    for rule in _in_part(hunted)],
        "unanswered": [{"rule": rule.title, "path": rule.path, "why": rule.why}
                       for rule in unanswered]}
    click.echo(json.dumps(told, indent=2, default=str))


def _time(value: Any) -> str | None:
    return None if value is None else f"{value.as_py():%Y-%m-%d %H:%M:%S.%f} UTC"


def _in_part(hunted: Hunt) -> list[Rule]:
    return [hit.rule for hit in hunted.hits if hit.rule.absent and hit.rule not in hunted.failed]


def _for_people(hunted: Hunt, hits: list[Hit], unanswered: list[Rule], count: int) -> None:
    answered = count - len(unanswered)
    click.echo(f"{_screen.events(hunted.events)}, {_rules(answered)} answered, "
               f"{_rules(len(hits))} with hits")
    for hit in hits:
        click.echo(f"\n{brief(hit.rule.level or 'no level'):<13} {brief(hit.rule.title)}: "
                   f"{_screen.events(hit.count)}")
        if hit.first is not None:
            click.echo(f"{'':13} {_time(hit.first)} to {_time(hit.last)}")
        for row in hit.events:
            click.echo(f"{'':13} {_line(row)}")
    for title, rules, why in (
        ("Answered in part", _in_part(hunted),
         lambda rule: f"no event has {', '.join(rule.absent)}"),
        ("Not answered", unanswered, lambda rule: rule.why),
    ):
        if rules:
            click.echo(f"\n{title}: {_rules(len(rules))}")
            for rule in rules:
                click.echo(f"  {brief(rule.title)} ({printable(rule.path)}): {brief(why(rule))}")


def _rules(count: int) -> str:
    return f"{count:,} rule{'' if count == 1 else 's'}"


def _line(row: dict[str, Any]) -> str:
    """Return an event in a line."""
    when = row.get("timestamp")
    parts = ["no time" if when is None else f"{when:%Y-%m-%d %H:%M:%S.%f}"[:-3]]
    parts += [str(row[name]) for name in ("host", "event_id", "direction") if name in row]
    ends = [_end(row, side) for side in (
        ("source", "destination") if "source_address" in row else ("local", "remote"))]
    if any(ends):
        parts.append(" > ".join(end or "?" for end in ends))
    parts += [row[name] for name in ("app_path", "filter_name") if name in row]
    if "filter_id" in row:
        parts.append(f"filter {row['filter_id']} {row.get(RULE, '')}".rstrip())
    return "  ".join(brief(part) for part in parts)


def _end(row: dict[str, Any], side: str) -> str:
    address, port = row.get(f"{side}_address"), row.get(f"{side}_port")
    if address is None:
        return ""
    shown = f"[{address}]" if ":" in address else address
    return shown if port is None else f"{shown}:{port}"
