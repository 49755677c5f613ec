"""The commands that work anywhere, and their options; must not know what they do."""

from pathlib import Path
from typing import Any

import click

from wfpfast.cli._answer_commands import ANSWERS
from wfpfast.cli._explain import explain
from wfpfast.cli._file_options import DECODED, given, reading_options, with_formats
from wfpfast.cli._formats import OUTPUTS, suffixes
from wfpfast.cli._live_options import COUNT, DROP_NULLS, PATH, OutputOptions, names, output_options
from wfpfast.cli._naming_options import naming_options
from wfpfast.cli._once import command


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
@naming_options
@click.option("--view", type=click.Choice(["ecs", "ocsf", "asim"]),
              help="Events as documents of another vocabulary: Elastic's, OCSF's Network Activity,"
                   " Sentinel's NetworkSession. Only asim is flat enough for .csv.")
@click.option("--profile", type=click.Choice(["lake"]),
              help="lake: Parquet in types that Spark, Delta and all other engines read, with a"
                   " column host, and what was lost in its metadata (docs/dataset.md).")
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
    for name, value in {"columns": columns, "profile": options["profile"]}.items():
        if value and options["view"]:
            raise click.UsageError(f"--{name}: a view has columns of its own.",
                                   click.get_current_context())
    return run(sources, out, to=to, columns=columns, force=force, drop_nulls=drop_nulls,
               **given(options, columns))


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
    return run(files, form, count=count, **given({"naming": form.naming, **options}, form.columns))


@command(short_help="List filters: whose they are, what they do, what they call.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line, for machines.")
@click.option("-o", "--output", "out", metavar="OUT", type=PATH,
              help=f"Write them to this file instead: {suffixes(OUTPUTS, ' or ')}.")
@click.option("-f", "--force", is_flag=True, help="Replace OUT if it exists.")
@click.option("--where", metavar="SQL",
              help="Only filters for which this is true: action = 'BLOCK' and conditions like"
                   " '%IP_REMOTE_PORT%'. Its columns are those of --json. Needs duckdb"
                   " (wfpfast[query]).")
@click.option("--encoding", metavar="NAME",
              help="How texts are written in files that do not say it, such as cp936.")
@with_formats
def filters(
    files: tuple[Path, ...], as_json: bool, out: Path | None, force: bool, **options: str | None
) -> int:
    """List the filters of netsh's files, the Security log or recordings, and what is behind them.

    FILE is wfpstate.xml (netsh wfp show state), filters.xml (show filters), wfpdiag.xml (capture),
    btpol.xml (show boottimepolicy), a section of one of them, or items alone. Only wfpstate.xml
    and wfpdiag.xml say what callouts there are, and whether their drivers are loaded. Or it is a
    Security log, in any form, or a recording: then each filter is listed with the time in which it
    was there.

    {inputs}

    {statuses}
    """
    from wfpfast.cli._filters import filters as run

    return run(files, as_json=as_json, out=out, force=force,
               **{name: value for name, value in options.items() if value is not None})


@command(short_help="See made-up events decoded, written and summarised.")
@click.option("--events", "count", metavar="N", type=click.IntRange(min=1), default=200_000,
              show_default=True, help="How many events to make up.")
@click.option("--seed", metavar="N", type=int, default=0, show_default=True,
              help="Another seed, other events.")
@click.option("--output", metavar="FILE", type=PATH, default=Path("wfpfast-demo.parquet"),
              show_default=True, help="Where to write them; replaced if it exists.")
@click.option("--files", "folder", metavar="FOLDER", type=PATH,
              help="Instead: write a made-up computer's netevents.xml and wfpstate.xml to this"
                   " folder, to try the commands on.")
def demo(count: int, seed: int, output: Path, folder: Path | None) -> None:
    """Make up events, decode them, write them to Parquet and summarise them.

    Nothing of this machine is read.
    """
    from wfpfast.cli._demo import demo as run
    from wfpfast.cli._demo import files

    if folder is not None:
        files(folder)
    else:
        run(count, seed, output)


COMMANDS = (convert, demo, explain, filters, show, *ANSWERS)
