"""The commands that work anywhere, and their options; must not know what they do."""

import inspect
import sys
from pathlib import Path
from typing import Any

import click

from wfpfast.cli._formats import OUTPUTS, SOURCES, decoded, described, suffixes
from wfpfast.cli._live_options import PATH, names
from wfpfast.cli._once import command
from wfpfast.cli._screen import printable, say

DECODED = suffixes(decoded(), " and ")


def with_formats(command: Any) -> Any:
    """Put the tables of formats into a command's help."""
    command.__doc__ = inspect.cleandoc(command.__doc__).format(
        sources=described(SOURCES), outputs=described(OUTPUTS), decoded=suffixes(decoded(), " or "))
    return command


@command(short_help="Convert a file of net events to another kind of file.")
@click.argument("source", metavar="IN", type=PATH)
@click.argument("out", metavar="OUT", type=PATH)
@click.option("--columns", metavar="A,B,C", callback=names,
              help="Only these columns, in this order.")
@click.option("--addresses", type=click.Choice(["text", "binary"]),
               help=f"IP and MAC addresses as text (the default) or bytes. {DECODED} only.")
@click.option("--errors", type=click.Choice(["raise", "null"]),
              help="A value that cannot be read ends the conversion (the default), or is null and"
                   f" counted. {DECODED} only.")
@click.option("-f", "--force", is_flag=True, help="Replace OUT if it exists.")
@with_formats
def convert(
    source: Path, out: Path, columns: list[str] | None, force: bool, **options: str | None
) -> None:
    """Convert net events from one kind of file to another.

    IN is one of:

    \b
    {sources}

    OUT is one of:

    \b
    {outputs}

    In .csv and .ndjson timestamps are ISO 8601 in UTC with 7 decimals, bytes are hexadecimal;
    lists are arrays, in .csv as JSON text. They have no place for the statistics of what was lost.
    Read again, columns have their types back, but addresses that were written as bytes stay text.

    OUT appears when it is complete. If IN, of those that end in {decoded}, has a fault, such as
    that it breaks off, OUT gets the events before it, and the exit status is 1.
    """
    from wfpfast.cli._convert import convert as run

    given = {name: value for name, value in options.items() if value is not None}
    run(source, out, columns=columns, force=force, **given)


@command(short_help="Say what was dropped, by application, filter, address and port.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--filters", metavar="STATE.XML", type=PATH,
              help="netsh's wfpstate.xml or filters.xml: names of rules beside filter ids.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many lines of each table.")
@click.option("--keep-doubles", is_flag=True,
              help="Count an event that several files have once for each of them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@with_formats
def summary(
    files: tuple[Path, ...], filters: Path | None, top: int, keep_doubles: bool, as_json: bool
) -> int:
    """Say what happened and what was dropped, by application, filter, address and port.

    Each FILE is one of these; several are added up, events that they share are counted once:

    \b
    {sources}

    With the state of the filters, taken on the same machine (netsh wfp show state
    file=wfpstate.xml), rules, providers and layers have names. Filter ids change when rules
    change and at every start of Windows: take the state together with the events.
    """
    from wfpfast.cli._summary import summarise

    return summarise(
        list(files), filters=filters, top=top, as_json=as_json, keep_doubles=keep_doubles)


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


# A negative NTSTATUS is no option.
@command(short_help="Say what a number, a name or a SID means.",
         context_settings={"ignore_unknown_options": True})
@click.argument("codes", metavar="CODE...", nargs=-1, required=True, type=click.UNPROCESSED)
def explain(codes: tuple[str, ...]) -> int:
    """Say what error codes, layers, protocols, flags and SIDs mean.

    CODE is a number (0x80320013, 13801, -1070202879), layer:48, layer:87@19045, type:3, the name of
    an error or a layer, the GUID of a layer or a SID.
    """
    from wfpfast.explain import explain as explained

    failed = 0
    for code in codes:
        try:
            lines = explained(code)
        except ValueError as error:
            sys.stdout.flush()
            say(f"wfpfast: {error}")
            failed = 1
            continue
        click.echo("\n".join(printable(line) for line in lines))
    return failed


COMMANDS = (convert, demo, explain, summary)
