"""`wfpfast explain`: prints what codes, names and events mean; must not know what they mean."""

import contextlib
import ipaddress
import sys
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import HOST
from wfpfast.cli._formats import SOURCES, described
from wfpfast.cli._live_options import PATH
from wfpfast.cli._once import command
from wfpfast.cli._screen import Fault, events, printable, say

EVENT = "event"
# What to say of a filter that a Security log does not tell of at the event's time.
RULE_KNOWN = {
    "last known": "The event is later than the last record of its host that was read: the filter"
                  " may be another one since.",
    "not known then": "The log tells of a filter with this id, and not at the time of the event.",
    "not known": "The log tells of no filter with this id."}

HELP = """Say what a number, a name, a GUID, a SID or an event means, and what to do about it.

\b
wfpfast explain CODE...
wfpfast explain event FILE N [--filters STATE.XML] [--host NAME]

CODE is a number (0x80320013, 13801, -1070202879, 0x80070005); layer:48, layer:87@19045, type:3;
an error, layer, flag, column or other name of the SDK, of netsh or of wfpfast; what filterOrigin
says ("Query User Default"); the GUID or name of a layer, provider, sublayer or callout; a SID; an
event id of the Security log (5157) or one of its texts (%%14592); the id of a filter.

"event" tells the whole story of event N, counted from 1, of FILE, or of what a host has in it; FILE
is one of:

\b
{sources}

With --filters the rule has its name; wfpdiag.xml, and a Security log whose audit is on, have the
filters in themselves. The exit status is 1
if a CODE is not understood or not known, or if there is no event N; else 0.
"""


# A negative NTSTATUS is no option.
@command(short_help="Say what a number, a name, a SID or an event means.",
         context_settings={"ignore_unknown_options": True},
         help=HELP.format(sources=described(SOURCES)))
@click.argument("codes", metavar="CODE...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--filters", metavar="STATE.XML", type=PATH,
              help="For an event: netsh's wfpstate.xml or filters.xml, or a Security log, for the"
                   " name of its rule.")
@click.option("--salvage", is_flag=True,
              help="For an event of a recording: leave damaged records out, and read on.")
@HOST
def explain(
    codes: tuple[str, ...], filters: Path | None, salvage: bool, hosts: tuple[str, ...]
) -> int:
    """Explain codes, or an event."""
    if codes[0] == EVENT:
        options = {"salvage": True} if salvage else {}
        return _explain_event(codes[1:], filters, hosts, options)
    for option, given in (("--filters", filters), ("--salvage", salvage), ("--host", hosts)):
        if given:
            raise click.UsageError(f"{option} is for: explain {EVENT} FILE N")
    return max([_explain_code(code) for code in codes])


def _explain_code(code: str) -> int:
    from wfpfast.explain import explain as explained
    from wfpfast.explain import is_answer

    try:
        lines = explained(code)
    except ValueError as error:
        sys.stdout.flush()
        say(f"wfpfast: {error}")
        return 1
    _show(lines)
    return 0 if is_answer(lines) else 1


def _show(lines: list[str]) -> None:
    click.echo("\n".join(printable(line) for line in lines))


def _explain_event(
    arguments: tuple[str, ...], filters: Path | None, hosts: tuple[str, ...],
    options: dict[str, Any],
) -> int:
    if len(arguments) != 2 or not arguments[1].isdecimal() or int(arguments[1]) < 1:
        raise click.UsageError(
            f"explain {EVENT} takes FILE and N, the number of the event, counted from 1.")
    from wfpfast.explain import event

    path, number = Path(arguments[0]), int(arguments[1])
    batch = _batch(path, number, hosts, options)
    row = _cells(batch)
    wanted = _wanted(path, filters, row, batch)
    lines = event(row, wanted.get("rule"))
    known = wanted.get("rule_known")
    if known in RULE_KNOWN:
        lines.append(RULE_KNOWN[known])
    elif filters is not None and wanted and wanted["rule"] is None:
        lines.append(f"The filter is not in {filters.name}: ids change with the rules and at every"
                     " start of Windows, so take the state together with the events.")
    _show(lines)
    return 0


def _batch(path: Path, number: int, hosts: tuple[str, ...], options: dict[str, Any]) -> Any:
    """Return an event, counted from 1 among those of some hosts, or of all."""
    from wfpfast.cli._source import Broken
    from wfpfast.cli._sources import inputs, opened
    from wfpfast.cli._stages import OfHosts

    stages = [OfHosts(hosts)] if hosts else []
    seen, broken = 0, ""
    with contextlib.closing(inputs([path])) as found:
        for given in found:
            with opened(given, strict=False, stages=stages, **options) as source:
                try:
                    for batch in source.batches:
                        if number <= seen + len(batch):
                            return batch.slice(number - seen - 1, 1)
                        seen += len(batch)
                except Broken as fault:
                    broken = f"; it could be read in part only: {fault}"
    told = "; ".join(fault for stage in stages for fault in stage.faults())
    there = told or f"{'the host' if hosts else 'the file'} has {events(seen)}"
    raise Fault(f"{path}: there is no event {number}: {there}{broken}")


def _cells(batch: Any) -> dict[str, Any]:
    """Return the cells of an event, with times and addresses as text."""
    import pyarrow as pa

    from wfpfast.cli._cells import timestamps

    cells = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            at = timestamps(column)[0].as_py()
            cells[name] = at and at.replace("T", " ").replace("Z", " UTC")
        else:
            cells[name] = _text_of(name, column[0].as_py())
    return cells


def _text_of(name: str, value: Any) -> Any:
    """Return an address that a table holds as bytes as text, and any other value as it is."""
    if isinstance(value, bytes) and name.endswith(("_address", "_host")) and len(value) == 16:
        address = ipaddress.IPv6Address(value)
        return str(address.ipv4_mapped or address)
    if isinstance(value, bytes) and name.endswith("_mac"):
        return value.hex(":")
    return value


def _wanted(
    path: Path, filters: Path | None, row: dict[str, Any], batch: Any
) -> dict[str, Any]:
    """Return what the files say about an event's filter: --filters, or else the event's own."""
    import pyarrow as pa

    from wfpfast.cli._rules import (
        add_rules,
        known_rules,
        own_rules,
        recorded,
        recorded_rules,
        rules_then,
    )

    if row.get("filter_id") is None:
        return {}
    layer = row.get("layer_id")
    wanted: dict[str, Any] = {
        "filter_id": row["filter_id"], "layer_ids": [] if layer is None else [layer]}
    rules = known_rules([filters], ()) if filters else [
        *known_rules((), [path]), *own_rules([path]), *recorded_rules(recorded([path]))]
    if (then := rules_then(rules)) is not None:
        columns = {
            name: batch.column(name) if name in row else pa.nulls(1, pa.utf8())
            for name in ("filter_id", "host", "timestamp")}
        beside = then.beside(columns, str(path))
        wanted |= {name: column[0].as_py() for name, column in beside.items()}
    add_rules([wanted], rules)
    return wanted
