"""The commands that ask an engine, and their options; must not know what they do."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import columns_by
from wfpfast.cli._live_options import (
    COLOR,
    COUNT,
    DURATION,
    ENGINE,
    KEEP_COLLECTING,
    PATH,
    EngineOptions,
    OutputOptions,
    engine_options,
    length,
    output_options,
)
from wfpfast.cli._once import command


@command("enumerate", short_help="Show what the log of the filtering engine holds now.")
@engine_options(rate=0)
@output_options
def enumerate_(choice: EngineOptions, form: OutputOptions) -> int:
    """Show the net events that the log holds now, oldest first, a line each.

    On Windows this needs an administrator. The log is small, 100 to 150 events; `watch` sees what
    happens from now on.
    """
    from wfpfast.cli._live import enumerate_log

    return enumerate_log(choice, form)


@command(short_help="Show events as they happen.")
@engine_options(rate=20)
@output_options
@COUNT
@DURATION
@KEEP_COLLECTING
@click.option("--log", is_flag=True, help="Begin with what the log holds.")
@click.option("--group", "keys", metavar="A,B", callback=columns_by,
              help="A table of what events have in common, not a line each: app, filter, layer,"
                   " type, user, protocol, or any column.")
@click.option("--over", metavar="TIME", callback=length,
              help="For --group: only events of the last 60s, 10m, 2h.")
@click.option("--sort", type=click.Choice(["events", "first", "last", "name"]),
              help="For --group: what comes first; most events by default.")
@click.option("--top", metavar="N", type=click.IntRange(min=1),
              help="For --group: how many rows; 20 by default.")
def watch(choice: EngineOptions, form: OutputOptions, *, keys: list[str], over: timedelta | None,
          sort: str | None, top: int | None, keep_collecting: bool, **options: Any) -> int:
    """Show net events as they happen, a line each, until Ctrl-C.

    A line has the time, what became of it, the protocol, the local and the remote end with an arrow
    from the sender, the application, and the filter with the name of its rule. On a terminal it
    fits; where stdout is a file or a pipe nothing is shortened.

    With --group, a terminal has one table that is always that of now; elsewhere the last one is
    printed in the end.

    Ctrl-C leaves nothing behind; FILE is completed and kept.
    """
    from wfpfast.cli._live import watch as run

    choice = replace(choice, keep_collecting=keep_collecting)
    if not keys:
        for name, value in (("over", over), ("sort", sort), ("top", top)):
            if value is not None:
                raise click.UsageError(f"--{name} is for --group.", click.get_current_context())
        return run(choice, form, **options)
    if not form.for_people:
        raise click.UsageError(
            "--group is a table for people: without --json and --output.",
            click.get_current_context())
    from wfpfast.cli._group import Grouping

    return run(choice, form, grouping=Grouping(keys, over, sort or "events", top or 20), **options)


@command(short_help="Record the log and what happens, undecoded.")
@click.argument("path", metavar="FILE.wfprec", type=PATH)
@engine_options(rate=20)
@COUNT
@DURATION
@KEEP_COLLECTING
@click.option("--append", is_flag=True,
              help="Continue FILE; events that the log still holds come again.")
def record(
    path: Path,
    choice: EngineOptions,
    *,
    count: int | None,
    keep_collecting: bool,
    duration: timedelta | None,
    append: bool,
) -> int:
    """Record the log, then what happens, undecoded, until Ctrl-C.

    `summary` and `convert` read the file, wherever they run, also while it is written. It holds the
    names of rules, drives and accounts as well, and what changes of them meanwhile.
    """
    from wfpfast.cli._record import record as run

    choice = replace(choice, keep_collecting=keep_collecting)
    return run(choice, path, append=append, count=count, duration=duration)


@command(short_help="Say what stands between you and net events.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="A JSON list, for machines.")
@COLOR
def diagnose(engine: str, as_json: bool) -> int:
    """Check all that receiving net events needs, changing nothing, and say what to do.

    The exit status is 1 if something is in the way.
    """
    from wfpfast.cli._diagnose import diagnose as run

    return run(engine, as_json=as_json)


COMMANDS = (enumerate_, watch, record, diagnose)
