"""A page of tables for people: how many, which share, of what; must not know what is counted."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from wfpfast.cli._screen import number

Row = dict[str, Any]
Label = Callable[[Row, int], list[Text]]
QUIET = "dim"
FIGURES = "cyan"
LEAST_DIGITS = 7
LEAST_ROOM = 8
SHARE = 6               # "100.0%"
BAR = 8
BAR_FROM = 96           # columns of the terminal from which there is room for bars
_FIRST_LOCAL = datetime(1970, 1, 2)     # before it, Windows has no local time
EIGHTHS = " ▏▎▍▌▋▊▉█"


class Page:
    """Lines of one report: how many, which share, of what; the same places in all its tables.

    Parameters
    ----------
    screen : Console
        Where it is printed.
    largest : int
        The largest number in it.
    local : bool
        Whether its times are local ones; otherwise UTC.
    """

    def __init__(self, screen: Console, largest: int, *, local: bool = False) -> None:
        self.screen = screen
        self.local = local
        self.zone = "local time" if local else "UTC"
        self.digits = max(LEAST_DIGITS, 1 + len(number(largest)))
        blocks = not screen.options.ascii_only
        self.bar = BAR if screen.width >= BAR_FROM and blocks else 0
        self.before = self.digits + 2 + SHARE + 2 + (self.bar and self.bar + 2)
        self.room = max(LEAST_ROOM, screen.width - self.before)

    def print(self, line: Text) -> None:
        """Print a line; what is too long goes on in the next one."""
        for piece in self._wrapped(line, self.screen.width):
            self.screen.print(piece, overflow="ignore", no_wrap=True)

    def time(self, text: str) -> datetime:
        """Return the moment that a report names, in the page's time."""
        at = datetime.fromisoformat(text[:26])  # seven decimals are one more than Python reads
        if self.local and at >= _FIRST_LOCAL:
            at = at.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)
        return at

    def title(self, text: str) -> None:
        """Begin a section."""
        self.screen.print()
        self.print(Text(text, style="bold"))

    def section(self, title: str, table: Row, total: int, label: Label) -> None:
        """Print a table, and what its top leaves out."""
        self.title(title)
        rest = total
        for row in table["top"]:
            self._row(row["events"], total, label(row, self.room))
            rest -= row["events"]
        more = table["distinct"] - len(table["top"])
        if more > 0:
            self._row(rest, total, [Text(f"{number(more)} more", style=QUIET)], bar=False)

    def _row(self, count: int, total: int, lines: list[Text], bar: bool = True) -> None:
        share = count / total
        before = Text.assemble(
            (f"{number(count):>{self.digits}}  ", FIGURES), f"{f'{100 * share:.1f}%':>{SHARE}}  ",
            (self._bar(share if bar else 0.0), FIGURES))
        for line in lines:
            for piece in self._wrapped(line, self.room):
                self.screen.print(Text.assemble(before, piece), overflow="ignore", no_wrap=True)
                before = Text(" " * self.before)

    def _bar(self, share: float) -> str:
        if not self.bar:
            return ""
        full, part = divmod(round(share * self.bar * 8), 8)
        return ("█" * full + EIGHTHS[part].strip()).ljust(self.bar) + "  "

    def _wrapped(self, line: Text, room: int) -> list[Text]:
        """Break a line where it must be, as far in as it began if that leaves room."""
        begins = len(line.plain) - len(line.plain.lstrip())
        indent = min(begins, room // 2)
        pieces = line[begins:].wrap(self.screen, room - indent)
        for piece in pieces:
            piece.rstrip()
        return [Text.assemble(" " * indent, piece) for piece in pieces]
