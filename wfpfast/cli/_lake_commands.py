"""The commands about datasets, and their options; must not know what they do."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._file_options import given, reading_options, with_formats
from wfpfast.cli._live_options import PATH, length
from wfpfast.cli._once import command


@command(short_help="Collect events into a dataset, each once.")
@click.argument("sources", metavar="SOURCE...", type=PATH, nargs=-1)
@click.argument("dataset", metavar="DATASET")
@click.option("--every", metavar="TIME", callback=length,
              help="Again every 5m, 1h, 1d, until Ctrl-C: what is new, and what has grown.")
@reading_options
@with_formats
def collect(
    sources: tuple[Path, ...], dataset: str, every: timedelta | None, **options: Any
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

    if not sources:
        raise click.UsageError("Missing argument 'DATASET'.", click.get_current_context())
    return run(sources, dataset, every=every, **given(options))


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


COMMANDS = (collect, verify)
