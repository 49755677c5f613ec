"""`wfpfast filters`: lists filters and what is behind them; must not know how they are read."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pyarrow as pa

from wfpfast import audit, netsh
from wfpfast.cli import _screen, _stats
from wfpfast.cli._cells import json_lines, timestamps
from wfpfast.cli._output import check, whole
from wfpfast.cli._rules import Row, Rules, read_rules, without_driver
from wfpfast.cli._rules_then import symbols
from wfpfast.cli._screen import Fault, brief, number, printable
from wfpfast.cli._show import WITHOUT_DRIVER, provider, short
from wfpfast.cli._sources import expanded
from wfpfast.cli._stages import Choice
from wfpfast.cli._wanted import fitted


def filters(
    paths: Sequence[Path], *, as_json: bool, out: Path | None, force: bool,
    where: str | None = None, **options: str,
) -> int:
    """List the filters of netsh's files, or write them; return the exit status."""
    if out is not None:
        check(out, force)
    chosen = None if where is None else _where(where)
    files, faults = [], []
    for path in expanded(paths):
        try:
            rules = read_rules(path, **options)
            files.append(rules if chosen is None else _those(rules, chosen))
        except Fault as error:
            faults.append(str(error))
    if out is not None and files:
        _write(files, out, force)
    else:
        several = len(files) + len(faults) > 1
        for each in files:
            _print_json(each) if as_json else _list(each, several=several)
    stats: Counter[str] = Counter()
    for each in files:
        stats.update(each.stats)
    for line in (*_stats.told(stats), *[f"wfpfast: {fault}" for fault in faults]):
        _screen.say(line)
    return 1 if faults else _stats.status(stats)


def _where(text: str) -> Choice:
    """Return what chooses filters; which columns they have, those of empty files say."""
    from wfpfast.cli._where import Where  # which needs duckdb

    tables = netsh.read_filters(io.BytesIO(b"<filters/>")), audit.read_filters(())
    return Where(text, pa.unify_schemas([pa.schema(each) for each in tables]))


def _those(rules: Rules, chosen: Choice) -> Rules:
    """Return the filters of a file for which something is true."""
    schema, change = chosen.on(rules.path, rules.table.schema)
    batches = [change(batch) for batch in rules.table.to_batches()]
    return rules._replace(table=pa.Table.from_batches(batches, schema))


def _print_json(rules: Rules) -> None:
    for batch in rules.table.to_batches():
        click.echo(json_lines(batch), nl=False)


def _write(files: Sequence[Rules], out: Path, force: bool) -> None:
    rows = sum(len(each.table) for each in files)
    schema = pa.unify_schemas([each.table.schema for each in files])
    with whole(out, schema, force=force) as output:
        for each in files:
            for batch in each.table.to_batches():
                output.write(fitted(batch, schema))
        output.finish(None)
    _screen.say(f"{number(rows)} filter{'' if rows == 1 else 's'} in {out}")


def _list(rules: Rules, *, several: bool) -> None:
    if several:
        click.echo(f"{printable(rules.path)}:")
    rows = [symbols(row) for row in _texts(rules.table).to_pylist()]
    if not rows:
        click.echo("no filters")
    digits = max((len(str(row["filter_id"])) for row in rows), default=0)
    for row in rows:
        title, *more = _lines(row)
        click.echo(f"{row['filter_id']:<{digits}}  {title}")
        for line in more:
            click.echo(f"{'':{digits}}  {line}")


def _texts(table: pa.Table) -> pa.Table:
    """Return a table with its times as texts."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            times = timestamps(table.column(place).combine_chunks())
            table = table.set_column(place, field.name, times)
    return table


def _held(row: Row) -> str:
    """Say on which host a filter of a log or recording was there, and from when to when."""
    host = brief(row["host"] or "host not given")
    if "boot" not in row:
        begin = f"from {_clock(row['from'])}" if row["from"] else "from its beginning"
        end = f"to {_clock(row['until'])}" if row["until"] else "on"
        return f"{host}: {begin} {end}"
    host += f", boot {row['boot']}"
    if row["known_by"] == row["ended_by"]:  # a deletion that nothing was there for
        return f"{host}: until {_clock(row['until'])}, not known since when"
    end = f"to {_clock(row['until'])} ({row['ended_by']})" if row["until"] else "on"
    return f"{host}: from {_clock(row['from'])} ({row['known_by']}) {end}"


def _clock(time: str) -> str:
    return time.replace("T", " ").replace("Z", "")


def _lines(row: Row) -> Iterator[str]:
    """Say what a filter is called, does and matches, a line each."""
    yield brief(row["name"] or "without a name")
    if "from" in row:
        yield _held(row)
    callout = row["callout_name"] or row["callout_key"]
    origin = row.get("filter_origin")
    parts = (
        row["action"], short(row["layer_key"], "FWPM_LAYER_"), provider(row),
        callout and f"callout: {short(callout, 'FWPM_CALLOUT_')}",
        f"origin: {origin}" if origin and origin != row["name"] else None)
    if any(parts):
        yield ", ".join(brief(part) for part in parts if part)
    if missing := without_driver(row):
        yield WITHOUT_DRIVER[missing]
    if row["conditions"]:
        conditions = " ".join(row["conditions"].split()).replace("FWPM_CONDITION_", "")
        yield f"matches {brief(conditions)}"
