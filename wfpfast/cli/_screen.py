"""What people see: consoles, progress and text made safe for terminals; must not know events."""

import errno
import os
import sys
from collections.abc import Sequence

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, Task, TaskProgressColumn, TextColumn
from rich.text import Text

PIPED_WIDTH = 100
LEAST_WIDTH = 40
MOST_TEXT = 160     # of a rule: no sensible name is longer
UNITS = ("B", "KB", "MB", "GB", "TB")


class Fault(Exception):
    """Something that the user can mend: one line on stderr and exit status 1, no traceback."""


class Unwritten(Fault):
    """The output cannot be written: whatever else there is to read, this is the end."""


def console() -> Console:
    """Return the console for results: stdout, of a fixed width where it is not a terminal.

    Whether it has colours is up to it, unless the command was called with ``--color``.
    """
    width = None
    if not sys.stdout.isatty():
        asked = os.environ.get("COLUMNS", "")
        width = max(LEAST_WIDTH, int(asked)) if asked.isdecimal() else PIPED_WIDTH
    context = click.get_current_context(silent=True)
    colour = None if context is None else context.color
    return Console(
        width=width, highlight=False, markup=False, emoji=False,
        color_system="standard" if colour else "auto", force_terminal=colour or None,
        no_color=None if colour is None else not colour)


def say(line: str) -> None:
    """Write a line for people to stderr, where results are not disturbed by it."""
    sys.stderr.write(printable(line) + "\n")
    sys.stderr.flush()


def reader_left(error: OSError) -> bool:
    """Tell whether output failed because nobody reads it any more."""
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and error.errno == errno.EINVAL and not error.filename)


def printable(text: str) -> str:
    """Make control characters visible: text of events must not steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def number(value: int) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,}"


def listed(names: Sequence[str], most: int) -> str:
    """Return "a, b and 3 more"."""
    more = f" and {number(len(names) - most)} more" if len(names) > most else ""
    return ", ".join(map(brief, names[:most])) + more


def events(count: int) -> str:
    """Return "1 event", "2,000 events"."""
    return f"{count:,} event{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """Return a number of bytes in the unit that suits it."""
    unit = 0
    while count >= 1000 and unit < len(UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.1f} {UNITS[unit]}" if unit else f"{int(count)} B"


def seconds(span: float) -> str:
    """Return a span of time as people say it."""
    if span < 60:
        return f"{span:.1f} s" if span < 10 else f"{span:.0f} s"
    parts = []
    rest = round(span)
    for name, length in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        if rest >= length:
            parts.append(f"{rest // length} {name}")
        rest %= length
    return " ".join(parts[:2])


def tail(text: str, room: int) -> str:
    """Return a text that fits, without its beginning if need be: the end of a path says most."""
    end = printable(text[-room - 1:])  # measuring thousands of characters would take minutes
    if len(text) <= room + 1 and cell_len(end) <= room:
        return end
    while end and cell_len(end) > room - 1:
        end = end[1:]
    return "…" + end


def begin(text: str, room: int) -> str:
    """Return a text that fits, without its end if need be."""
    start = printable(text[:room + 1])
    if len(text) <= room + 1 and cell_len(start) <= room:
        return start
    while start and cell_len(start) > room - 1:
        start = start[:-1]
    return (start + "…")[:max(0, room)]


def middle(text: str, room: int) -> str:
    """Return ASCII that fits, without its middle if need be: both ends of an address tell."""
    if len(text) <= room:
        return text
    end = max(0, room - 1) // 2
    return f"{text[:max(0, room - 1 - end)]}…{text[len(text) - end:]}"


def brief(text: str) -> str:
    """Return a text of the length that names of rules have, whatever a file makes of them."""
    return printable(text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…")


class _Share(TaskProgressColumn):
    """How much is done, in per cent; nothing where nobody knows how much there is."""

    def render(self, task: Task) -> Text:
        """Return what is shown of a task."""
        return Text() if task.total is None else super().render(task)


def progress() -> Progress:
    """Return a progress bar on stderr, which shows nothing unless that is a terminal.

    The bar of a task without a total moves to and fro.
    """
    screen = Console(stderr=True, highlight=False, markup=False, emoji=False)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Share(),
        TextColumn("{task.fields[note]}", markup=False),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )


class Bar:
    """One task of a progress bar: of what is read, as far as one can know.

    Parameters
    ----------
    screen : Progress
        Which shows it.
    name : str
        What it says in front.
    """

    def __init__(self, screen: Progress, name: str) -> None:
        self._screen = screen
        self._task = screen.add_task(printable(name), total=None, note="")
        self._is_new = True

    def show(self, count: int, share: float | None, nbytes: int) -> None:
        """Say how many events there are; how much that is, or else of how many bytes."""
        note = events(count) if share is not None else f"{events(count)}, {size(nbytes)} read"
        total = None if share is None else 1.0
        # At once the first time: what is read in a moment is seen, too.
        self._screen.update(
            self._task, total=total, completed=share or 0.0, note=note, refresh=self._is_new)
        self._is_new = False

    def close(self) -> None:
        """Take it off the screen."""
        self._screen.remove_task(self._task)
