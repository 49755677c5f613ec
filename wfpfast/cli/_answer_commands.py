"""The commands that answer questions about files, and their options; must not know the answers."""

import functools
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import (
    FILTERS,
    KEEP_DOUBLES,
    columns_by,
    given,
    reading_options,
    with_formats,
)
from wfpfast.cli._live_options import COLOR, PATH, OutputOptions, output_options
from wfpfast.cli._once import command


@command(short_help="Say what was dropped, by application, filter, address and port.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@FILTERS
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many lines of each table.")
@KEEP_DOUBLES
@click.option("--by", metavar="A,B", callback=columns_by,
              help="A table by these columns, too, such as app,remote_port or host,app: all that"
                   " convert writes, and app, filter, user, process, protocol, origin, type for"
                   " short.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@click.option("--utc/--local", "utc", default=True,
              help="Times of the tables; UTC by default. JSON has UTC.")
@COLOR
@reading_options
@with_formats
def summary(
    files: tuple[Path, ...], filters: tuple[Path, ...], top: int, *, keep_doubles: bool,
    by: list[str], as_json: bool, utc: bool, **options: Any,
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
    from wfpfast.cli._summary import print_json, print_tables, summarise

    tables = functools.partial(print_tables, local=not utc)
    return summarise(
        list(files), filters=filters, top=top, keep_doubles=keep_doubles, by=by,
        show=print_json if as_json else tables, **given(options))


@command(short_help="Write one page of HTML about files, with charts.")
@click.argument("files", metavar="IN...", type=PATH, nargs=-1, required=True)
@click.option("-o", "--output", "out", metavar="OUT.HTML", type=PATH, required=True,
              help="The page; - is the standard output.")
@click.option("--title", metavar="TEXT", help="What stands above it, instead of the files' name.")
@FILTERS
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many rows of each table.")
@KEEP_DOUBLES
@click.option("-f", "--force", is_flag=True, help="Replace OUT.HTML if it exists.")
@reading_options
@with_formats
def report(files: tuple[Path, ...], filters: tuple[Path, ...], **options: Any) -> int:
    """Write one page of HTML about what happened: a file to send, to keep, to print.

    The page has no scripts and loads nothing. It tells what was dropped over time, by rule,
    program, host, address and port, why IKE failed, and what is missing from it. Each IN is one of
    these; several are added up, events that they share are counted once:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._report import report as run

    return run(files, filters=filters, **given(options))


@command(short_help="Say which IKE negotiations failed, and what to do.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many peers.")
@KEEP_DOUBLES
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@COLOR
@reading_options
@with_formats
def ike(
    files: tuple[Path, ...], top: int, keep_doubles: bool, as_json: bool, **options: Any,
) -> int:
    """Say which negotiations of IKE and AuthIP failed, a block for each peer, most failures first.

    A block says how often, from when to when, in which mode (main, quick, extended), who began,
    in which state, which end gave up, by which method they were to authenticate, as whom, the error
    in words, and what to do.

    Each FILE is one of these; of the Security log these are the audits 4652 to 4654 and 4984:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._ike import ike as run

    return run(files, top=top, keep_doubles=keep_doubles, as_json=as_json, **given(options))


@command(short_help="Say which events Sigma rules are about.")
@click.argument("paths", metavar="[RULES...] DATA...", type=PATH, nargs=-1, required=True)
@click.option("--shipped", is_flag=True, help="Ask the rules of wfpfast, too.")
@click.option("-n", "most", metavar="N", type=click.IntRange(min=0), default=3, show_default=True,
              help="How many events of each rule are shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@reading_options
@with_formats
def hunt(
    paths: tuple[Path, ...], shipped: bool, most: int, as_json: bool, **options: Any
) -> int:
    """Ask Sigma rules about events, and say what they found.

    RULES are files that end in .yml, and folders of them; without any, the rules of wfpfast are
    asked. All else is data:

    \b
    {sources}

    {inputs}

    Rules are about records of the Security log. Net events answer to them as well, under the id
    that the audit of the same thing has. A rule that has no answer here is named.

    \b
    Exit status:
      0  all rules were answered, and none found anything
      1  a file could not be read, or breaks off; the others were read
      2  wrong usage
      3  nothing was found, but some rules or some data were not understood
      4  rules found something
    """
    try:
        from wfpfast.cli._hunt import hunt as run
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise click.UsageError(f"hunt needs {missing}: pip install 'wfpfast[sigma]'") from None

    return run(list(paths), shipped=shipped, most=most, as_json=as_json, **given(options))


@command(short_help="Answer an SQL statement about the events of files.")
@click.argument("statement", metavar="SQL")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@reading_options
@output_options
@with_formats
def query(statement: str, files: tuple[Path, ...], form: OutputOptions, **options: Any) -> int:
    """Answer an SQL statement (of duckdb) about the events of files, which are the table events.

    \b
      wfpfast query "select app_path, count(*) from events group by all" *.xml

    One SELECT, which reads nothing but events: no file, no setting. Times are UTC. duckdb reads
    Parquet files itself; of others, the columns that are named are held in memory. source_file is a
    column, too. Needs duckdb (wfpfast[query]).

    Each FILE is one of these:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._query import query as run

    return run(statement, files, form, **given({"naming": form.naming, **options}, ["source_file"]))


ANSWERS = (hunt, ike, query, report, summary)
