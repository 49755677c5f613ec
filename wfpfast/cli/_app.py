"""The group of commands and how they fail; must not know what they do."""

import contextlib
import os
import sys
from typing import Any, NoReturn

import click

import wfpfast
from wfpfast.cli import _file_commands, _lake_commands, _live_commands
from wfpfast.cli._screen import Fault, reader_left, say
from wfpfast.cli._stop import unwinding

INTERRUPTED = 130
_LATE = ("pyarrow", "jinja2")   # libraries that not every command needs


class App(click.Group):
    """The group of commands: whatever goes wrong is one line on stderr and an exit status."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run a command and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
        options["standalone_mode"] = False
        # Patterns are ours to expand, after files of that very name; and "%%14592" is no variable.
        options["windows_expand_args"] = False
        try:
            with unwinding():
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
        except ModuleNotFoundError as error:
            status = _missing(error)
        except MemoryError:
            say("wfpfast: there is not enough memory")
            status = 1
        except OSError as error:
            status = _unwritten(error)
        sys.exit(status or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click would take the end of a pipe for itself, and do so by halves.

        What it puts in place of stdout fails once more when Python exits, if Windows says of the
        pipe that a write is invalid, after it has said that the pipe is broken.
        """
        try:
            return super().invoke(ctx)
        except OSError as error:
            return _unwritten(error)


def _missing(error: ModuleNotFoundError) -> int:
    """Say which library a command needs; those without a wheel everywhere are loaded by then."""
    name = str(error.name).partition(".")[0]
    if name not in _LATE:
        raise error
    say(f"wfpfast: this command needs {name}: pip install 'wfpfast[cli]'")
    return 2


def _unwritten(error: OSError) -> int:
    """Say what could not be read or written, unless nobody is left who reads; return the status."""
    gone = reader_left(error)
    if not gone:
        name = f"{error.filename}: " if error.filename else ""
        say(f"wfpfast: {name}{error.strerror or error}")
    _empty_stdout(gone=gone)
    return 1


def _empty_stdout(*, gone: bool) -> None:
    """Write what is buffered, or forget it: it would fail again when Python exits.

    If the reader is gone, so is what writers have yet to add when they are collected.
    """
    try:
        sys.stdout.flush()
    except OSError:
        gone = True
    if gone:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        with contextlib.suppress(OSError):  # a stand-in for stdout has no number
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        sys.stdout = nowhere  # which Python flushes as it exits; if that fails, the status is 120


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


for command in (
        *_file_commands.COMMANDS, *_lake_commands.COMMANDS, *_live_commands.COMMANDS):
    app.add_command(command)
