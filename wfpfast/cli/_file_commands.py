"""The commands that work anywhere, and their options; must not know what they do."""

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._explain import explain
from wfpfast.cli._formats import OUTPUTS, SOURCES, described, suffixes, taking
from wfpfast.cli._live_options import (
    CHOICES,
    COLOR,
    COUNT,
    DROP_NULLS,
    PATH,
    OutputOptions,
    names,
    output_options,
    with_options,
)
from wfpfast.cli._once import command
from wfpfast.engine.template import CONDITIONS

DECODED = suffixes(taking("errors"), " and ")
STATUSES = """\b
Exit status:
  0  all was read
  1  a file could not be read, or breaks off; the others were read
  2  wrong usage
  3  all was read, but some of it was not understood, and is counted"""
# By the names of their parameters: those of CHOICES.
_CHOICES = ("since", "until", *CONDITIONS, "direction", "where")
INPUTS = """What a file is, its content says and not its name. It may be packed by gzip, zip
or cab; a pattern ('*.xml') is several files; - is the standard input."""


def with_formats(command: Any) -> Any:
    """Put the tables of formats into a command's help."""
    command.__doc__ = inspect.cleandoc(command.__doc__).format(
        sources=described(SOURCES), outputs=described(OUTPUTS), inputs=INPUTS, statuses=STATUSES)
    return command


def _host_pattern(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    if text is not None and text != "path" and text.count("{host}") != 1:
        raise click.BadParameter(f"{text!r} is neither path nor has it {{host}} in it, once.")
    return text


def reading_options(command: Any) -> Any:
    """Add the options that say how files are read, which are for some of the sources only."""
    for option in (
        click.option("--host", "hosts", metavar="NAME", multiple=True,
                     help="Only events of this host, in any case, with * and ?; without its domain"
                          " if NAME has no dot. May be given several times. For records of the"
                          " Security log, and what convert makes of them."),
        click.option("--host-from", metavar="PATTERN", callback=_host_pattern,
                     help="Which host events are of that do not say it: path, the folder that their"
                          " file is in, or the end of a path such as {host}/*.xml. Makes columns"
                          " host and source_file."),
        click.option("--encoding", metavar="NAME",
                     help="How texts are written in netsh's files that do not say it, such as"
                          f" cp936. {suffixes(taking('encoding'))} only."),
        click.option("--errors", type=click.Choice(["null", "raise"]),
                     help="A value that cannot be read is null and counted (the default), or ends"
                          f" its file. {DECODED} only."),
        click.option("--salvage", is_flag=True, default=None,
                     help="Leave damaged records of a recording out, name and count them, and read"
                          f" on. {suffixes(taking('salvage'))} only."),
    ):
        command = option(command)
    return with_options(command, CHOICES)


def given(options: dict[str, Any], columns: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the options that were asked for, and as `stages` what is done with events."""
    from wfpfast.cli._conditions import conditions
    from wfpfast.cli._host_from import SOURCE_FILE, host_from, source_file
    from wfpfast.cli._stages import OfHosts, Stage

    choices = {name: options.pop(name) for name in _CHOICES}
    hosts, pattern = options.pop("hosts"), options.pop("host_from")
    stages: list[Stage] = []
    if pattern is not None:
        stages.append(host_from(pattern))
    if pattern is not None or SOURCE_FILE in (columns or ()):
        stages.append(source_file())
    if hosts:
        stages.append(OfHosts(hosts))
    found = {name: value for name, value in options.items() if value is not None}
    return {**found, "stages": [*stages, *conditions(choices)]}


@command(short_help="Convert net events to another kind of file.")
@click.argument("sources", metavar="IN...", type=PATH, nargs=-1)  # all but the last, OUT
@click.argument("out", metavar="OUT", type=PATH)
@click.option("--to", type=click.Choice([each.suffix.removeprefix(".") for each in OUTPUTS]),
              help="The format, whatever OUT is called; for the standard output there is no other"
                   " way to say it.")
@click.option("--columns", metavar="A,B,C", callback=names,
              help="Only these columns, in this order. event_id is made for net events, too.")
@click.option("--addresses", type=click.Choice(["text", "binary"]),
              help=f"IP and MAC addresses as text (the default) or bytes. {DECODED} only.")
@reading_options
@DROP_NULLS
@click.option("-f", "--force", is_flag=True, help="Replace OUT if it exists.")
@with_formats
def convert(
    sources: tuple[Path, ...], out: Path, *, to: str | None, columns: list[str] | None,
    force: bool, drop_nulls: bool, **options: Any,
) -> int:
    """Convert net events from one kind of file to another.

    IN is one of these; several are joined, in their order. Where some have columns that others
    lack, OUT has all of them, and null for the others:

    \b
    {sources}

    {inputs}

    OUT is one of these by its name, or - for the standard output:

    \b
    {outputs}

    In .csv and .ndjson timestamps are ISO 8601 in UTC with 7 decimals, bytes are hexadecimal;
    lists are arrays, in .csv as JSON text. They have no place for the statistics of what was lost.
    Read again, columns have their types back, but addresses that were written as bytes stay text.
    With --drop-nulls, a line has only what the event has.

    OUT appears when it is complete. If an IN has a fault, such as that it breaks off, OUT gets the
    events before it, and those of the other INs.

    {statuses}
    """
    from wfpfast.cli._convert import convert as run

    if not sources:
        raise click.UsageError("Missing argument 'OUT'.", click.get_current_context())
    return run(sources, out, to=to, columns=columns, force=force, drop_nulls=drop_nulls,
               **given(options, columns))


@command(short_help="Say what was dropped, by application, filter, address and port.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--filters", metavar="STATE.XML", type=PATH, multiple=True,
              help="netsh's wfpstate.xml or filters.xml, or a Security log: names of rules beside"
                   " filter ids. Of several, the first that has an id names it.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many lines of each table.")
@click.option("--keep-doubles", is_flag=True,
              help="Count an event that several files have once for each of them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@COLOR
@reading_options
@with_formats
def summary(
    files: tuple[Path, ...], filters: tuple[Path, ...], top: int, keep_doubles: bool,
    as_json: bool, **options: Any,
) -> int:
    """Say what happened and what was dropped, by application, filter, address and port.

    Each FILE is one of these; several are added up, events that they share are counted once:

    \b
    {sources}

    {inputs}

    With the state of the filters, taken on the same machine (netsh wfp show state
    file=wfpstate.xml), rules, providers and layers have names; wfpdiag.xml of netsh wfp capture
    has the filters in itself. Filter ids change when rules change and at every start of Windows:
    take the state together with the events. A Security log says which filters there were when,
    if its audit is on (docs/security-log.md): then a rule is that of the events' time and host.

    {statuses}
    """
    from wfpfast.cli._summary import summarise

    return summarise(
        list(files), filters=filters, top=top, keep_doubles=keep_doubles, as_json=as_json,
        **given(options))


@command(short_help="Show the events of files, a line each.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@reading_options
@output_options
@COUNT
@with_formats
def show(files: tuple[Path, ...], form: OutputOptions, count: int | None, **options: Any) -> int:
    """Show net events of files, a line each, as `watch` shows those that happen.

    Each FILE is one of these:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._list import show as run

    if form.as_json and form.output is not None:
        raise click.UsageError(
            "--json and --output are two ways: give one of them.", click.get_current_context())
    return run(files, form, count=count, **given(options, form.columns))


@command(short_help="Answer an SQL statement about the events of files.")
@click.argument("statement", metavar="SQL")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@reading_options
@output_options
@with_formats
def query(statement: str, files: tuple[Path, ...], form: OutputOptions, **options: Any) -> int:
    """Answer an SQL statement (of duckdb) about the events of files, which are the table events.

    \b
      wfpfast query "select app_path, count(*) as n from events group by all order by n desc" *.xml

    One SELECT, which reads nothing but events: no file, no setting. Times are UTC. The columns that
    it names are held in memory; source_file is one, too. Needs duckdb (wfpfast[query]).

    Each FILE is one of these:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._query import query as run

    return run(statement, files, form, **given(options, ["source_file"]))


@command(short_help="List filters: whose they are, what they do, what they call.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line, for machines.")
@click.option("-o", "--output", "out", metavar="OUT", type=PATH,
              help=f"Write them to this file instead: {suffixes(OUTPUTS, ' or ')}.")
@click.option("-f", "--force", is_flag=True, help="Replace OUT if it exists.")
@click.option("--encoding", metavar="NAME",
              help="How texts are written in files that do not say it, such as cp936.")
@with_formats
def filters(
    files: tuple[Path, ...], as_json: bool, out: Path | None, force: bool,
    encoding: str | None,
) -> int:
    """List the filters of netsh's files or of the Security log, and what is behind them.

    FILE is wfpstate.xml (netsh wfp show state), filters.xml (show filters), wfpdiag.xml (capture),
    btpol.xml (show boottimepolicy), a section of one of them, or items alone. Only wfpstate.xml
    and wfpdiag.xml say what callouts there are, and whether their drivers are loaded. Or it is a
    Security log, in any form: then each filter is listed with the time in which it was there.

    {inputs}

    {statuses}
    """
    from wfpfast.cli._filters import filters as run

    return run(files, as_json=as_json, out=out, force=force,
               **({} if encoding is None else {"encoding": encoding}))


@command(short_help="See made-up events decoded, written and summarised.")
@click.option("--events", "count", metavar="N", type=click.IntRange(min=1), default=1_000_000,
              show_default=True, help="How many events to make up.")
@click.option("--seed", metavar="N", type=int, default=0, show_default=True,
              help="Another seed, other events.")
@click.option("--output", metavar="FILE", type=PATH, default=Path("wfpfast-demo.parquet"),
              show_default=True, help="Where to write them; replaced if it exists.")
def demo(count: int, seed: int, output: Path) -> None:
    """Make up events, decode them, write them to Parquet and summarise them.

    Nothing of this machine is read.
    """
    from wfpfast.cli._demo import demo as run

    run(count, seed, output)


COMMANDS = (convert, demo, explain, filters, query, show, summary)
