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
    A table of ``{"host", "events", "local_end", "agreed", "undecided"}``. ``local_end`` says which
    end of inbound connections the host logs as its own: ``source``, ``destination``, or ``differs``
    if files disagree; null if none says it. ``agreed`` is how many connections said so,
    ``undecided`` of how many it is not known which end is local.
``dropped``
    ``{"events": how many}`` and these tables of dropped events:
    ``applications`` of ``{"app_path", "events", "processes"}``; processes is a table of
    ``{"host", "process_id", "events"}``;
    ``origins`` of ``{"filter_origin", "events"}``;
    ``filters`` of ``{"filter_id", "layer_ids", "layers", "filter_origins", "events", "rule",
    "rule_known"}``: lists of what the events say, layers by name; rule is null if no file has a
    filter of that id, otherwise ``{"name", "provider_key", "provider_name", "layer_key",
    "sublayer_key", "sublayer_name", "action", "filter_origin", "provider_service", "callout_key",
    "callout_name", "callout_registered", "without_driver", "layer_agrees", "file", "others"}``.
    ``without_driver`` says what the filter does because its callout is not registered: ``BLOCK``,
    ``PERMIT`` or ``IGNORED``; otherwise null. ``layer_agrees`` is false where events and file
    disagree about the filter's layer, so that the id must have changed its meaning, and null where
    one is silent. ``file`` named the rule; ``others`` is a list of ``{"name", "file"}`` of files
    in which the id is another filter's. ``rule_known`` is null unless a Security log says which
    filters there were when: ``then``, ``last known`` (there is no later record), ``not known then``
    or ``not known``; then there may be several rows of one id;
    ``remote_addresses`` of ``{"remote_address", "events"}``;
    ``remote_ports`` of ``{"ip_protocol", "protocol", "remote_port", "icmp_type",
    "icmp_version", "icmp", "events"}``: for ICMP, remote_port is the code;
    ``directions`` of ``{"direction", "events"}``;
    ``users`` of ``{"user_sid", "name", "events"}``: name is null unless the SID is well known.
``failures``
    A table of IKE and IPsec failures: ``{"event_type", "failure_error", "failure_status", "name",
    "meaning", "events"}``.
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc
from rich.progress import Progress

from wfpfast import explain, names
from wfpfast.cli import _cells, _screen, _show, _stats
from wfpfast.cli._count import COLUMNS, Count
from wfpfast.cli._input import Input, name_of
from wfpfast.cli._rules import add_rules, known_rules, own_rules, rules_then
from wfpfast.cli._rules_then import RulesThen
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken
from wfpfast.cli._sources import expanded, inputs, opened
from wfpfast.cli._stages import Stage
from wfpfast.cli._tally import Tally
from wfpfast.doubles import IDENTITY, RECORD, TIME, Doubles

Report = dict[str, Any]
MACHINE_ACCOUNT = "S-1-5-21-"


def summarise(
    paths: list[Path], *, filters: Sequence[Path], top: int, keep_doubles: bool,
    as_json: bool, stages: Sequence[Stage] = (), **options: Any,
) -> int:
    """Print the summary of what can be read; return the exit status."""
    encoding = {name: value for name, value in options.items() if name == "encoding"}
    others = [path for path in paths if path not in filters]
    rules = known_rules(filters, others, **encoding)
    report = summary(
        paths, top, rules_then(rules), keep_doubles=keep_doubles, stages=stages, **options)
    rows = report["dropped"]["filters"]["top"]
    if rows:
        rules += own_rules(others, **encoding)
    add_rules(rows, rules)
    report["filters"] = str(filters[0]) if filters else None
    report["rule_files"] = [
        {"path": each.path, "filters": len(each.table), "stats": each.stats} for each in rules]
    errors = [file["error"] for file in report["files"] if file["error"]]
    some = len(errors) < len(report["files"])
    if some:
        errors += [fault for stage in stages for fault in stage.faults()]
    if report["events"] or some:
        if as_json:
            click.echo(json.dumps(report, indent=2))
        else:
            _show.show(report, _screen.console())
    for error in errors:
        _screen.say(f"wfpfast: {error}")
    if errors:
        return 1
    return max(_stats.status(each["stats"]) for each in (report, *report["rule_files"]))


def summary(
    paths: list[Path], top: int, rules: RulesThen | None = None, *, keep_doubles: bool = False,
    **options: Any,
) -> Report:
    """Return the report on what there is at some paths, without rules but those of the time."""
    count, doubles = Count(rules), None if keep_doubles else Doubles()
    with _screen.progress() as screen:
        files = [
            _read(given, count, screen, doubles if many else None, options)
            for given, many in _inputs(paths, doubles)]
    if doubles is not None and len(files) > 1:
        count.add_stats({"doubles": doubles.found})
    dropped: Report = {"events": count.dropped}
    dropped.update({name: tally.top(top) for name, tally in count.drops.items()})
    report: Report = {
        "files": files,
        "events": count.events,
        "first": _time(count.first),
        "last": _time(count.last),
        "types": count.types.top(),
        "audits": count.audits.top(),
        "hosts": count.hosts.top(top),
        "dropped": dropped,
        "failures": count.failures.top(top),
        "stats": dict(count.stats),
        "filters": None,
        "rule_files": [],
    }
    _add_places(dropped["filters"]["top"], count.places.table())
    _name(dropped["applications"], functools.partial(_with_processes, count.processes, top))
    _name(report["audits"], _audit_named)
    _name(report["hosts"], functools.partial(_with_sides, count))
    _name(dropped["remote_ports"], _port_named)
    _name(dropped["users"], _user_named)
    said = _stats.names_of_codes(report["stats"])
    _name(report["failures"], functools.partial(_failure_named, said))
    return report


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
    given: Input, count: Count, screen: Progress, doubles: Doubles | None, options: dict[str, Any]
) -> Report:
    events, found, error, stats = 0, doubles.found if doubles else 0, None, None
    compared = () if doubles is None else (TIME, *IDENTITY, *RECORD)
    columns = list(dict.fromkeys((*COLUMNS, *compared)))
    try:
        with (
            opened(given, columns, strict=False, **options) as source,
            contextlib.closing(_screen.Bar(screen, given.name)) as bar,
        ):
            try:
                for batch in source.batches:
                    count.add(batch if doubles is None else doubles.without(batch), source)
                    events += len(batch)
                    bar.show(events, source.share(), given.nbytes)
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


def _time(end: Any) -> str | None:
    if end is None:
        return None
    text: str = _cells.timestamps(pa.array([end.value], end.type))[0].as_py()
    return text


def _name(table: Report, named: Callable[[Report], Report]) -> None:
    table["top"] = [named(row) for row in table["top"]]


def _add_places(rows: list[Report], places: pa.Table | None) -> None:
    """Put beside each filter at which layers it was met, and the origins that events name."""
    ids = [row["filter_id"] for row in rows]
    found: list[Report] = []
    if places is not None:
        found = places.filter(pc.is_in(places["filter_id"], pa.array(ids, pa.uint64()))).to_pylist()
    for row in rows:
        mine = [place for place in found if place["filter_id"] == row["filter_id"]]
        layers = _distinct(mine, "layer_id")
        row["layer_ids"] = layers
        row["layers"] = [names.layer(layer) for layer in layers]
        row["filter_origins"] = _distinct(mine, "filter_origin")
        row["rule"] = None


def _distinct(rows: list[Report], name: str) -> list[Any]:
    return sorted({row[name] for row in rows if row[name] is not None})


def _with_processes(processes: Tally, top: int, row: Report) -> Report:
    return {**row, "processes": processes.top(top, app_path=row["app_path"])}


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
    name = said.get(code % (1 << 32)) if names.error_meaning(code) is None else None
    return {**row, "name": name or names.error(code), "meaning": names.error_meaning(code)}
