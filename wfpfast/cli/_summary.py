"""`wfpfast summary`: gathers counts and names; must not know how they look.

``--json`` prints one object. Its keys, which stay as they are:

``files``
    A list of ``{"path", "events", "doubles", "stats", "error"}``: how many events it has, and how
    many of them a file before it has, too; stats is null for a table that says nothing of what was
    lost; error is null, or why a file could be read in part only, or not at all. A member of an
    archive is a file of its own, ``logs.zip/netevents.xml``.
``events``, ``first``, ``last``
    How many, without doubles; the earliest and the latest timestamp, ISO 8601 in UTC, or null.
``types``
    A table of ``{"event_type", "events"}``. A table is ``{"events": how many were counted,
    "distinct": how many rows there are in all, "top": the rows, most events first}``; ``--top``
    limits all tables but this one.
``audits``
    A table of ``{"event_id", "text", "events"}``: the events of the Security log by their ids, null
    for net events.
``hosts``
    A table of ``{"host", "events", "dropped", "allowed", "failed", "local_end", "agreed",
    "undecided"}``: how many there were of all, and of each verdict. ``local_end`` says which end
    of inbound connections the host logs as its own: ``source``, ``destination``, or ``differs`` if
    files disagree; null if none says it. ``agreed`` is how many connections said so,
    ``undecided`` of how many it is not known which end is local.
``dropped``
    ``{"events": how many}`` and these tables of dropped events:
    ``applications`` of ``{"app_path", "events", "processes"}``; processes is a table of
    ``{"host", "process_id", "events"}``;
    ``origins`` of ``{"filter_origin", "kind", "meaning", "remedy", "events"}``: kind is ``rule``,
    ``default`` for what Windows does without a rule, ``unknown``, or null where no event says it;
    ``origin_kinds`` of ``{"kind", "events"}``: the same, added up;
    ``hosts`` of ``{"host", "events"}``;
    ``processes`` of ``{"app_path", "host", "process_id", "events"}``;
    ``filters`` of ``{"filter_id", "layer_ids", "layers", "filter_origins", "events", "rule",
    "rule_known"}``: lists of what the events say, layers by name; rule is null if no file has a
    filter of that id, otherwise ``{"name", "provider_key", "provider_name", "layer_key",
    "sublayer_key", "sublayer_name", "action", "filter_origin", "provider_service", "callout_key",
    "callout_name", "callout_registered", "without_driver", "layer_agrees", "file", "others"}``.
    ``without_driver`` says what the filter does because its callout is not registered: ``BLOCK``,
    ``PERMIT`` or ``IGNORED``; otherwise null. ``layer_agrees`` is false where events and file
    disagree about the filter's layer, so that the id must have changed its meaning, and null where
    one is silent. ``file`` named the rule; ``others`` is a list of ``{"name", "file"}`` of files
    in which the id is another filter's. ``rule_known`` is null unless a log or recording says which
    filters there were when: ``then``, ``last known`` (there is no later record), ``not known then``
    or ``not known``; then there may be several rows of one id;
    ``remote_addresses`` of ``{"remote_address", "events"}``;
    ``remote_ports`` of ``{"ip_protocol", "protocol", "remote_port", "icmp_type",
    "icmp_version", "icmp", "events"}``: for ICMP, remote_port is the code;
    ``directions`` of ``{"direction", "events"}``;
    ``users`` of ``{"user_sid", "name", "events"}``: name is null unless the SID is well known,
    or the only file is a recording that says it.
``allowed``
    ``{"events": how many}`` and the same tables of allowed events: ``applications``,
    ``remote_addresses``, ``remote_ports``, ``hosts`` and ``processes``.
``times``
    ``{"step", "events", "bars"}``: all events over time, in steps of so many seconds, which are
    chosen so that there are 24 to 60 bars, if there are milliseconds enough. A bar is ``{"from",
    "events", "dropped", "allowed", "failed"}``; from is ISO 8601 in UTC. There is one for each
    step from the first event to the last, also where nothing happened. ``events`` is how many have
    a time.
``by``
    Null, or of ``--by``: a table with the columns that it names and ``"events", "dropped",
    "allowed", "failed"``.
``ike``
    A table of ``{"host", "remote_address", "events", "first", "last", "failures"}``: the peers with
    which IKE or AuthIP failed. ``failures`` is a list of ``{"event_type", "mode", "state",
    "keying_module", "sa_role", "failure_point", "auth_method", "local_principal",
    "remote_principal", "failure_error", "failure_reason", "name", "meaning", "remedy", "events",
    "first", "last"}``; mode is ``main``, ``quick`` or ``extended``, state that of its mode,
    failure_reason the text that a Security log gives in place of a number; name, meaning and remedy
    are those of failure_error.
``interrupted``
    Whether somebody ended the counting before all was read: what is here is then of the part that
    was.
``failures``
    A table of IKE and IPsec failures: ``{"event_type", "failure_error", "failure_status", "name",
    "meaning", "remedy", "events"}``.
``stats``
    What was lost or mended in all files: ``malformed``, ``replaced_text``, ...; and ``doubles``,
    how many events were not counted because a file before has them, unless ``--keep-doubles``.
``filters``
    The path of ``--filters``, the first if there are several, or null.
``rule_files``
    A list of ``{"path", "filters", "stats"}``: the files that name rules, those of ``--filters``
    first, then those of FILE that have filters, too; how many they have, and what was lost. All
    Security logs are one of them: ``a.evtx and 2 more``.
"""

import contextlib
import functools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from wfpfast import explain, names
from wfpfast.cli import _screen, _show, _stats
from wfpfast.cli._count import ALLOW, BY, CODED, DROP, VERDICT, VERDICTS, Count
from wfpfast.cli._input import Input, name_of
from wfpfast.cli._peers import named, peers
from wfpfast.cli._rules import (
    add_rules,
    known_rules,
    own_rules,
    recorded,
    recorded_rules,
    rules_then,
)
from wfpfast.cli._rules_then import RulesThen
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken
from wfpfast.cli._sources import expanded, inputs, opened
from wfpfast.cli._stages import Stage
from wfpfast.cli._stop import Stop, stoppable
from wfpfast.cli._tally import COUNT, Tally, iso
from wfpfast.doubles import IDENTITY, RECORD, TIME, Doubles

Report = dict[str, Any]
MACHINE_ACCOUNT = "S-1-5-21-"
PARTIAL = _show.PARTIAL
INTERRUPTED = 130
DROPPED = tuple(BY)
ALLOWED = ("applications", "remote_addresses", "remote_ports", "hosts", "processes")


def summarise(
    paths: list[Path], *, filters: Sequence[Path], top: int, keep_doubles: bool,
    show: Callable[[Report, Sequence[str]], None], by: Sequence[str] = (),
    stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Show the summary of what can be read, and what cannot; return the exit status."""
    encoding = {name: value for name, value in options.items() if name == "encoding"}
    others = [path for path in paths if path not in filters]
    recordings = recorded(others)
    rules = [*known_rules(filters, others, **encoding), *recorded_rules(recordings)]
    report = summary(
        paths, top, rules_then(rules), keep_doubles=keep_doubles, by=by, stages=stages, **options)
    rows = report["dropped"]["filters"]["top"]
    if rows:
        rules += own_rules(others, **encoding)
    add_rules(rows, rules)
    if recordings and len(report["files"]) == 1:    # of several, nobody knows whose event it was
        accounts = recordings[0].machine.accounts
        _name(report["dropped"]["users"], lambda row: {
            **row, "name": row["name"] or accounts.get(row["user_sid"])})
    report["filters"] = str(filters[0]) if filters else None
    report["rule_files"] = [
        {"path": each.path, "filters": len(each.table), "stats": each.stats} for each in rules]
    errors = [file["error"] for file in report["files"] if file["error"]]
    some = len(errors) < len(report["files"])
    if some:
        errors += [fault for stage in stages for fault in stage.faults()]
    if report["events"] or some:
        show(report, errors)
    for error in errors:
        _screen.say(f"wfpfast: {error}")
    if report["interrupted"]:
        _screen.say(f"wfpfast: interrupted: {PARTIAL}")
        return INTERRUPTED
    if errors:
        return 1
    return max(_stats.status(each["stats"]) for each in (report, *report["rule_files"]))


def print_json(report: Report, errors: Sequence[str]) -> None:
    """Print a report for machines; errors are said behind it."""
    click.echo(json.dumps(report, indent=2))


def print_tables(report: Report, errors: Sequence[str], *, local: bool = False) -> None:
    """Print a report for people; errors are said behind it."""
    _show.show(report, _screen.console(), local=local)


def summary(
    paths: list[Path], top: int, rules: RulesThen | None = None, *, keep_doubles: bool = False,
    by: Sequence[str] = (), **options: Any,
) -> Report:
    """Return the report on what there is at some paths, without rules but those of the time."""
    count, doubles = Count(rules, by), None if keep_doubles else Doubles()
    with _screen.progress() as screen, stoppable() as stop:
        files = [
            _read(given, count, screen, doubles if many else None, stop=stop, options=options)
            for given, many in _inputs(paths, doubles) if not stop.asked]
    if doubles is not None and len(files) > 1:
        count.add_stats({"doubles": doubles.found})
    return {**_report(count, top), "files": files, "interrupted": stop.asked}


def _report(count: Count, top: int) -> Report:
    """Return the counts with their names; files and rules are for others to put in."""
    count.settle()
    said = _stats.names_of_codes(dict(count.stats))
    report: Report = {
        "files": [],
        "events": count.events,
        "first": iso(count.times.first),
        "last": iso(count.times.last),
        "types": count.tables["types"].top(),
        "audits": count.tables["audits"].top(),
        "hosts": count.tables["hosts"].split(top, VERDICT, VERDICTS),
        "times": _times(count),
        "by": count.by and count.by.split(top, VERDICT, VERDICTS),
        "dropped": _verdict(count, DROP, top, DROPPED),
        "allowed": _verdict(count, ALLOW, top, ALLOWED),
        "ike": peers(count.peers, said, top),
        "failures": count.failures.top(top),
        "interrupted": False,
        "stats": dict(count.stats),
        "filters": None,
        "rule_files": [],
    }
    dropped = report["dropped"]
    if count.rules is not None:
        dropped["filters"] = count.rules.top(top)
    _add_places(dropped["filters"]["top"], count.tables["places"])
    _name(dropped["users"], _user_named)
    _name(dropped["origins"], _origin_named)
    _name(report["audits"], _audit_named)
    _name(report["hosts"], functools.partial(_with_sides, count))
    _name(report["failures"], functools.partial(_failure_named, said))
    return report


def _verdict(count: Count, verdict: str, top: int, tables: Sequence[str]) -> Report:
    """Return the tables of what was dropped, or of what was allowed."""
    found: Report = {COUNT: count.tables["hosts"].top(verdict=verdict)[COUNT]}
    found.update({name: count.tables[name].top(top, verdict=verdict) for name in tables})
    processes = count.tables["processes"]
    _name(found["applications"], functools.partial(_with_processes, processes, verdict, top))
    _name(found["remote_ports"], _port_named)
    if "origins" in found:
        found["origin_kinds"] = _origin_kinds(count.tables["origins"].top(verdict=verdict)["top"])
    return found


def _origin_kinds(rows: list[Report]) -> Report:
    kinds: Counter[str | None] = Counter()
    for row in rows:
        kinds[_origin_named(row)["kind"]] += row[COUNT]
    top = [{"kind": kind, COUNT: events} for kind, events in kinds.most_common()]
    return {COUNT: kinds.total(), "distinct": len(top), "top": top}


def _times(count: Count) -> Report:
    step, bars = count.times.bars(VERDICTS)
    return {
        "step": step / 10**9, COUNT: sum(bar[COUNT] for bar in bars),
        "bars": [{**bar, "from": iso(bar["from"])} for bar in bars]}


def _inputs(paths: list[Path], doubles: Doubles | None) -> Iterator[tuple[Input, bool]]:
    """Yield what there is at some paths, and whether it may share events with others."""
    files = list(expanded(paths))
    for number, path in enumerate(files, 1):
        with contextlib.closing(inputs([path])) as found:
            for given in found:
                alone = given.name == name_of(path)     # it is no member of an archive
                if doubles is not None:
                    doubles.begin(last=alone and number == len(files))
                yield given, len(files) > 1 or not alone


def _read(
    given: Input, count: Count, screen: Progress, doubles: Doubles | None, *,
    stop: Stop, options: dict[str, Any],
) -> Report:
    events, found, error, stats = 0, doubles.found if doubles else 0, None, None
    compared = () if doubles is None else (TIME, *IDENTITY, *RECORD)
    columns = list(dict.fromkeys((*count.columns, *compared)))
    try:
        with (
            opened(given, columns, strict=False, coded=CODED, **options) as source,
            contextlib.closing(_screen.Bar(screen, given.name)) as bar,
        ):
            try:
                for batch in source.batches:
                    count.add(batch if doubles is None else doubles.without(batch), source)
                    events += len(batch)
                    bar.show(events, source.share(), given.nbytes)
                    if stop.asked:
                        break
            finally:
                stats = source.stats()
        if not events and source.hint:
            _screen.say(f"{given.name}: no events: {source.hint}")
    except (Fault, Broken) as fault:
        part = f"; counted is what came before: {_screen.events(events)}" if events else ""
        error = f"{fault}{part}"
    count.add_stats(stats)
    return {
        "path": given.name, "events": events, "doubles": doubles.found - found if doubles else 0,
        "stats": stats, "error": error,
    }


def _name(table: Report, named: Callable[[Report], Report]) -> None:
    table["top"] = [named(row) for row in table["top"]]


def _add_places(rows: list[Report], places: Tally) -> None:
    """Put beside each filter at which layers it was met, and the origins that events name."""
    ids = {row["filter_id"] for row in rows}
    found = [
        place for place in map(places.row, places.entries())
        if place["filter_id"] in ids and place[VERDICT] == DROP]
    for row in rows:
        mine = [place for place in found if place["filter_id"] == row["filter_id"]]
        layers = _distinct(mine, "layer_id")
        row["layer_ids"] = layers
        row["layers"] = [names.layer(layer) for layer in layers]
        row["filter_origins"] = _distinct(mine, "filter_origin")
        row["rule"] = None


def _distinct(rows: list[Report], name: str) -> list[Any]:
    return sorted({row[name] for row in rows if row[name] is not None})


def _with_processes(processes: Tally, verdict: str, top: int, row: Report) -> Report:
    return {**row, "processes": processes.top(top, verdict=verdict, app_path=row["app_path"])}


def _origin_named(row: Report) -> Report:
    """Put beside an origin which kind it is of, what it means, and what to do."""
    text = row["filter_origin"]
    kind, meaning, remedy = (None,) * 3 if text is None else explain.filter_origin(text)
    return {"filter_origin": text, "kind": kind, "meaning": meaning, "remedy": remedy, **row}


def _audit_named(row: Report) -> Report:
    return {**row, "text": explain.audit(row["event_id"])}


def _with_sides(count: Count, row: Report) -> Report:
    """Put beside a host which end of inbound connections is its own, and how that is known."""
    votes = {
        end: count.stats.get(f"local_is_{end}:{row['host']}", 0)
        for end in ("source", "destination")}
    said = [end for end, agreed in votes.items() if agreed]
    undecided = count.undecided.top(host=row["host"])["events"]
    return {
        **row, "local_end": "differs" if len(said) > 1 else said[0] if said else None,
        "agreed": sum(votes.values()), "undecided": undecided}


def _port_named(row: Report) -> Report:
    protocol, kind, version = row["ip_protocol"], row["icmp_type"], row["icmp_version"]
    message = None
    if None not in (kind, version, row["remote_port"]):
        message = names.icmp(version, kind, row["remote_port"])
    return {
        **row,
        "protocol": None if protocol is None else names.protocol(protocol),
        "icmp": message,
    }


def _user_named(row: Report) -> Report:
    sid = row["user_sid"] or ""
    meaning = None if sid.startswith(MACHINE_ACCOUNT) else explain.sid(sid)
    return {**row, "name": meaning and meaning.partition(":")[0]}


def _failure_named(said: dict[int, str], row: Report) -> Report:
    code = row["failure_error"] if row["failure_error"] is not None else row["failure_status"]
    return {**row, **named(code, said)}
