"""`wfpfast summary`: gathers counts and names; must not know how they look.

``--json`` prints one object. Its keys, which stay as they are:

``files``
    A list of ``{"path", "events", "doubles", "stats", "error"}``: how many events it has, and how
    many of them a file before it has, too; stats is null for a table that says nothing of what was
    lost; error is null, or why a file could be read in part only.
``events``, ``first``, ``last``
    How many, without doubles; the earliest and the latest timestamp, ISO 8601 in UTC, or null.
``types``
    A table of ``{"event_type", "events"}``. A table is ``{"events": how many were counted,
    "distinct": how many rows there are in all, "top": the rows, most events first}``; ``--top``
    limits all tables but this one.
``dropped``
    ``{"events": how many}`` and these tables of dropped events:
    ``applications`` of ``{"app_path", "events"}``;
    ``filters`` of ``{"filter_id", "layer_ids", "layers", "filter_origins", "events", "rule"}``:
    lists of what the events say, layers by name; rule is null without ``--filters`` and for an id
    that the file lacks, otherwise ``{"name", "provider_key", "provider_name", "layer_key",
    "sublayer_key", "sublayer_name", "action", "filter_origin", "layer_agrees"}``: the last is
    false where events and file disagree about the filter's layer, so that the id must have changed
    its meaning, and null where one is silent;
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
    The path of ``--filters``, or null.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import explain, names, netsh
from wfpfast.cli import _cells, _screen, _show
from wfpfast.cli._count import COLUMNS, Count
from wfpfast.cli._formats import source_of
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken
from wfpfast.cli._sources import opened
from wfpfast.doubles import IDENTITY, TIME, Doubles

Report = dict[str, Any]
RULE = (
    "name", "provider_key", "provider_name", "layer_key", "sublayer_key", "sublayer_name",
    "action", "filter_origin",
)  # fmt: skip
# Ids of layers below this one mean the same in all versions of Windows.
FIXED_LAYERS = 82
MACHINE_ACCOUNT = "S-1-5-21-"


def summarise(
    paths: list[Path], *, filters: Path | None, top: int, as_json: bool, keep_doubles: bool
) -> int:
    """Print the summary of some files; return the exit status."""
    rules = None if filters is None else read_rules(filters)
    report = summary(paths, top, keep_doubles=keep_doubles)
    if rules is not None:
        report["filters"] = str(filters)
        add_rules(report["dropped"]["filters"]["top"], rules)
    if as_json:
        click.echo(json.dumps(report, indent=2))
    else:
        _show.show(report, _screen.console())
    errors = [file["error"] for file in report["files"] if file["error"]]
    for error in errors:
        _screen.say(f"wfpfast: {error}")
    return 1 if errors else 0


def summary(paths: list[Path], top: int, *, keep_doubles: bool = False) -> Report:
    """Return the report on some files, without rules."""
    count = Count()
    doubles = None if keep_doubles or len(paths) == 1 else Doubles()
    files = []
    for number, path in enumerate(paths, 1):
        if doubles is not None:
            doubles.begin(last=number == len(paths))
        files.append(_read(path, count, doubles))
    if doubles is not None:
        count.add_stats({"doubles": doubles.found})
    dropped: Report = {"events": count.dropped}
    dropped.update({name: tally.top(top) for name, tally in count.drops.items()})
    report: Report = {
        "files": files,
        "events": count.events,
        "first": _time(count.first),
        "last": _time(count.last),
        "types": count.types.top(),
        "dropped": dropped,
        "failures": count.failures.top(top),
        "stats": dict(count.stats),
        "filters": None,
    }
    _add_places(dropped["filters"]["top"], count.places.table())
    _name(dropped["remote_ports"], _port_named)
    _name(dropped["users"], _user_named)
    _name(report["failures"], _failure_named)
    return report


def _read(path: Path, count: Count, doubles: Doubles | None) -> Report:
    events, found, error = 0, doubles.found if doubles else 0, None
    options: dict[str, Any] = {"errors": "null"} if source_of(path).decoded else {}
    columns = COLUMNS if doubles is None else list(dict.fromkeys((*COLUMNS, TIME, *IDENTITY)))
    with opened(path, columns, strict=False, **options) as source, _screen.progress() as bar:
        task = bar.add_task(_screen.printable(path.name), total=1.0, note="")
        try:
            for batch in source.batches:
                count.add(batch if doubles is None else doubles.without(batch), source)
                events += len(batch)
                bar.update(task, completed=source.share(), note=_screen.events(events))
        except Broken as fault:
            if not events:
                raise Fault(str(fault)) from None
            error = f"{fault}; counted is what came before: {_screen.events(events)}"
        stats = source.stats()
    count.add_stats(stats)
    return {
        "path": str(path), "events": events, "doubles": doubles.found - found if doubles else 0,
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


def _failure_named(row: Report) -> Report:
    code = row["failure_error"] if row["failure_error"] is not None else row["failure_status"]
    return {**row, "name": names.error(code), "meaning": names.error_meaning(code)}


def read_rules(path: Path) -> pa.Table:
    """Return the filters of netsh's wfpstate.xml or filters.xml."""
    try:
        return pa.table(netsh.read_filters(str(path)))
    except netsh.NetshError as error:
        raise Fault(str(error)) from None


def add_rules(rows: list[Report], rules: pa.Table) -> None:
    """Put beside each filter what the file of filters says about it."""
    wanted = pa.array([row["filter_id"] for row in rows], pa.uint64())
    found = rules.filter(pc.is_in(rules["filter_id"], wanted.drop_null()))
    by_id = {rule["filter_id"]: rule for rule in found.to_pylist()}
    for row in rows:
        rule = by_id.get(row["filter_id"])
        if rule is not None:
            agrees = _layer_agrees(row["layer_ids"], rule["layer_key"])
            row["rule"] = {**{key: rule[key] for key in RULE}, "layer_agrees": agrees}


def _layer_agrees(layers: list[int], key: str | None) -> bool | None:
    """Tell whether a filter lies at a layer of its events; None if that cannot be known."""
    if not layers or key is None or max(layers) >= FIXED_LAYERS:
        return None
    mine, other = [names.layer_key(names.layer(layer)) for layer in layers], names.layer_key(key)
    if not all(name.startswith("FWPM_") for name in (*mine, other)):
        return None
    return other in mine
