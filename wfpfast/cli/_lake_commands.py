"""The commands about datasets, and their options; must not know what they do."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import given, reading_options, with_formats
from wfpfast.cli._live_options import (
    COUNT,
    PATH,
    SIMULATED,
    WINDOWS,
    engine_of,
    length,
    with_live,
)
from wfpfast.cli._once import command


@command(short_help="Collect events into a dataset, each once.")
@click.argument("sources", metavar="SOURCE...", type=PATH, nargs=-1)
@click.argument("dataset", metavar="DATASET")
@click.option("--every", metavar="TIME", callback=length,
              help="Again every 5m, 1h, 1d, until Ctrl-C: what is new, and what has grown. With"
                   " --engine, how often what came becomes part of the dataset; 1m by default.")
@click.option("--engine", type=click.Choice([WINDOWS, SIMULATED]),
              help="No files, but the log of the filtering engine and what happens: Windows' own,"
                   " or a simulated one.")
@with_live
@COUNT
@click.option("--duration", metavar="TIME", callback=length,
              help="With --engine: end after 90s, 10m, 2h, 1d.")
@reading_options
@with_formats
def collect(
    sources: tuple[Path, ...], dataset: str, every: timedelta | None, *, engine: str | None,
    live: dict[str, Any], count: int | None, duration: timedelta | None, **options: Any,
) -> int:
    """Collect events into DATASET: Parquet in folders host=/date=, which every engine reads.

    DATASET is a folder, which is made, or an address as s3://bucket/folder. Its files have the
    types of `convert --profile lake`, and are sorted by time. What is collected once is not
    collected again, whatever the file is called then; of a file that grew, what is new. A run that
    is ended at any moment leaves nothing by halves: run it again. Any number of them may run at a
    time.

    Each SOURCE is one of these:

    \b
    {sources}

    {inputs}

    {statuses}
    """
    from wfpfast.cli._collect import collect as run

    context = click.get_current_context()
    if engine is not None:
        return _collect_live(engine, sources, dataset, live, options,
                             every=every, count=count, duration=duration)
    for name, value in {"count": count, "duration": duration, **live}.items():
        if value is not None:
            raise click.UsageError(f"--{name} is for --engine.", context)
    if not sources:
        raise click.UsageError("Missing argument 'DATASET'.", context)
    return run(sources, dataset, every=every, **given(options))


def _collect_live(
    engine: str, sources: tuple[Path, ...], dataset: str, live: dict[str, Any],
    options: dict[str, Any], **limits: Any,
) -> int:
    """Collect from an engine, with those options that mean something there."""
    from wfpfast.cli._collect_live import collect_live
    from wfpfast.cli._hosts import HOST
    from wfpfast.cli._stages import Choice

    context = click.get_current_context()
    if sources:
        raise click.UsageError("--engine is instead of files.", context)
    found = given(options)
    stages = found.pop("stages")
    if found or not all(isinstance(stage, Choice) and HOST not in stage.needs for stage in stages):
        raise click.UsageError(
            "--engine: what says how files are read, is for files.", context)
    return collect_live(engine_of(engine, live), dataset, stages=stages, **limits)


@command(short_help="Compare a dataset with its manifest.")
@click.argument("dataset", metavar="DATASET")
@click.option("--read", is_flag=True, help="Read all pages, and compare their checksums, too.")
def verify(dataset: str, read: bool) -> int:
    """Check that DATASET has all files and events that its manifest says, and no others.

    What a run that was ended had committed, and not put in its place, is put there first.

    \b
    Exit status:
      0  all is there, once
      1  something is missing, differs, or is too much; it is named
      2  wrong usage
    """
    from wfpfast.cli._datasets import verify as run

    return run(dataset, read=read)


@command(short_help="Make few files of many in a dataset.")
@click.argument("dataset", metavar="DATASET")
@click.option("--before", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]),
              help="Only days before this one, in UTC; before today by default.")
def compact(dataset: str, before: datetime | None) -> int:
    """Merge the files of each host's day in DATASET to one, for days that are over.

    The new files are sorted by time, and have bloom filters of addresses, programs, users and
    processes, where pyarrow writes them. While the old ones are replaced, which takes moments,
    somebody who reads the folder may see the events of a day twice.
    """
    from wfpfast.cli._datasets import compact as run

    return run(dataset, before=None if before is None else before.date().isoformat())


COMMANDS = (collect, compact, verify)
