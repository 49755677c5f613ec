"""The commands that ask an engine, and their options; must not know what they do."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import columns_by
from wfpfast.cli._live_options import (
    COUNT,
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
@KEEP_COLLECTING
@click.option("--log", is_flag=True, help="Begin with what the log holds.")
@click.option("--group", metavar="A,B", callback=columns_by,
              help="No lines, but a table of the combinations of these columns that come most"
                   " often, such as app,filter; names as for `summary --by`.")
@click.option("--over", metavar="TIME", callback=length,
              help="For --group: count what came in the last 60s, 10m, 1h only.")
@click.option("--sort", type=click.Choice(["events", "last", "first", "name"]), default="events",
              show_default=True, help="For --group: the order of the table.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=20, show_default=True,
              help="For --group: how many rows.")
def watch(
    choice: EngineOptions, form: OutputOptions, *, count: int | None, log: bool,
    keep_collecting: bool, **table: Any
) -> int:
    """Show net events as they happen, a line each, until Ctrl-C.

    A line has the time, what became of it, the protocol, the local and the remote end with an arrow
    from the sender, the application, and the filter with the name of its rule. On a terminal it
    fits; where stdout is a file or a pipe nothing is shortened.

    With --group a table stands on the terminal and changes; elsewhere it is printed at the end.

    Ctrl-C leaves nothing behind; FILE is completed and kept.
    """
    from wfpfast.cli._live import watch as run

    choice = replace(choice, keep_collecting=keep_collecting)
    if not table["group"]:
        if table["over"] is not None:
            raise click.UsageError("--over is for --group.", click.get_current_context())
        return run(choice, form, count=count, log=log)
    if not form.for_people:
        raise click.UsageError(
            "--group is a table for people: without --json and --output.",
            click.get_current_context())
    from wfpfast.cli._group import Grouping

    return run(choice, form, count=count, log=log, grouping=Grouping(
        table["group"], table["over"], table["sort"], table["top"]))


@command(short_help="Record the log and what happens, undecoded.")
@click.argument("path", metavar="FILE.wfprec", type=PATH)
@engine_options(rate=20, undecoded=True)
@COUNT
@KEEP_COLLECTING
@click.option("--duration", metavar="TIME", callback=length, help="End after 90s, 10m, 2h, 1d.")
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

    `summary` and `convert` read the file, wherever they run, also while it is written.
    """
    from wfpfast.cli._record import record as run

    choice = replace(choice, keep_collecting=keep_collecting)
    return run(choice, path, append=append, count=count, duration=duration)


@command(short_help="Say what stands between you and net events.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="A JSON list, for machines.")
def diagnose(engine: str, as_json: bool) -> int:
    """Check all that receiving net events needs, changing nothing, and say what to do.

    The exit status is 1 if something is in the way.
    """
    from wfpfast.cli._diagnose import diagnose as run

    return run(engine, as_json=as_json)


COMMANDS = (enumerate_, watch, record, diagnose)
