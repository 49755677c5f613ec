"""The commands, their options and how they fail; must not know what they do."""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

import wfpfast
from wfpfast.cli._live_commands import COMMANDS
from wfpfast.cli._live_options import PATH, names
from wfpfast.cli._screen import Fault, printable, reader_left, say

INTERRUPTED = 130


class App(click.Group):
    """The group of commands: whatever goes wrong is one line on stderr and an exit status."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run a command and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
        options["standalone_mode"] = False
        try:
            status = super().main(*args, **options)
            sys.stdout.flush()
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = 2
        except click.UsageError as error:
            status = _usage(error)
        except (click.Abort, KeyboardInterrupt):
            status = INTERRUPTED
        except Fault as error:
            say(f"wfpfast: {error}")
            status = 1
        except OSError as error:
            if not reader_left(error):
                name = f"{error.filename}: " if error.filename else ""
                say(f"wfpfast: {name}{error.strerror or error}")
            _empty_stdout()
            status = 1
        sys.exit(status or 0)


def _empty_stdout() -> None:
    """Write what is buffered, or forget it: it would fail again when Python exits."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "wfpfast"
    say(f"wfpfast: {error.format_message()} See: {command} --help")
    return 2


@click.group(cls=App, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(wfpfast.__version__, prog_name="wfpfast", message="%(prog)s %(version)s")
def app() -> None:
    """Net events of the Windows Filtering Platform: watch, record, convert, count, explain.

    enumerate, watch and record need Windows and an administrator, or --engine simulated. All else
    works anywhere, on recordings and on what `netsh wfp show netevents` writes.
    """


for command in COMMANDS:
    app.add_command(command)


@app.command(short_help="Convert a file of net events to another kind of file.")
@click.argument("source", metavar="IN", type=PATH)
@click.argument("out", metavar="OUT", type=PATH)
@click.option("--columns", metavar="A,B,C", callback=names,
              help="Only these columns, in this order.")
@click.option("--addresses", type=click.Choice(["text", "binary"]),
              help="IP and MAC addresses as text (the default) or bytes. XML and recordings only.")
@click.option("--errors", type=click.Choice(["raise", "null"]),
              help="A value that cannot be read ends the conversion (the default), or is null and"
                   " counted. XML and recordings only.")
@click.option("-f", "--force", is_flag=True, help="Replace OUT if it exists.")
def convert(
    source: Path, out: Path, columns: list[str] | None, force: bool, **options: str | None
) -> None:
    """Convert net events from one kind of file to another.

    IN is netsh's .xml (netevents.xml, wfpdiag.xml), a recording (.wfprec), .parquet or .arrow. OUT
    is one of:

    \b
    .parquet  typed columns, zstd; polars, duckdb, pandas and pyarrow read it
    .arrow    the same as an Arrow file, lz4
    .csv      a header, then rows: text in quotes, null as nothing at all
    .ndjson   a JSON object a line: every column in each, null as null

    In .csv and .ndjson timestamps are ISO 8601 in UTC with 7 decimals, bytes are hexadecimal;
    lists are arrays, in .csv as JSON text.

    OUT appears when it is complete. If an .xml or a recording has a fault, such as that it
    breaks off, OUT gets the events before it, and the exit status is 1.
    """
    from wfpfast.cli._convert import convert as run

    given = {name: value for name, value in options.items() if value is not None}
    run(source, out, columns=columns, force=force, **given)


@app.command(short_help="Say what was dropped, by application, filter, address and port.")
@click.argument("files", metavar="FILE...", type=PATH, nargs=-1, required=True)
@click.option("--filters", metavar="STATE.XML", type=PATH,
              help="netsh's wfpstate.xml or filters.xml: names of rules beside filter ids.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=10, show_default=True,
              help="How many lines of each table.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def summary(files: tuple[Path, ...], filters: Path | None, top: int, as_json: bool) -> int:
    """Say what happened and what was dropped, by application, filter, address and port.

    FILE is netsh's .xml, a recording (.wfprec), or what `convert` makes of them: .parquet, .arrow.
    Several are added up.

    With the state of the filters, taken on the same machine (netsh wfp show state
    file=wfpstate.xml), rules, providers and layers have names. Filter ids change when rules
    change and at every start of Windows: take the state together with the events.
    """
    from wfpfast.cli._summary import summarise

    return summarise(list(files), filters=filters, top=top, as_json=as_json)


@app.command(short_help="See made-up events decoded, written and summarised.")
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
@app.command(short_help="Say what a number, a name or a SID means.",
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
