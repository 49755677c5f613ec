"""Draws numbers over time as columns of characters; must not know what is counted."""

from collections.abc import Sequence
from datetime import datetime

from wfpfast.cli._screen import number

HEIGHT = 5
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_GAP = 2


def fitted(values: Sequence[int], room: int) -> tuple[list[int], int]:
    """Return as few values as fit, and how many of the given ones each is the sum of."""
    together = -(-len(values) // max(1, room))
    return [sum(values[at:at + together]) for at in range(0, len(values), together)], together


def columns(values: Sequence[int], *, plain: bool) -> list[str]:
    """Return lines, the upper ones first, in which each value is a column of characters.

    A value above 0 is seen, however small it is.
    """
    largest = max(1, *values)
    steps = 1 if plain else 8
    heights = [
        max(value > 0, round(value / largest * HEIGHT * steps)) for value in values]
    signs = " #" if plain else _EIGHTHS
    return [
        "".join(signs[min(steps, max(0, height - row * steps))] for height in heights).rstrip()
        for row in reversed(range(HEIGHT))]


def drawn(values: Sequence[int], ends: tuple[datetime, datetime], digits: int, *,
          plain: bool) -> list[str]:
    """Return the lines of a chart: its columns, the largest value beside them, times below."""
    lines = columns(values, plain=plain)
    before = [number(max(values)), *[""] * (HEIGHT - 2), "0"]
    same_day = ends[0].date() == ends[1].date()
    first, last = (_clock(end, same_day=same_day) for end in ends)
    gap = max(_GAP, len(values) - len(first) - len(last))
    found = [f"{text:>{digits}}  {line}".rstrip() for text, line in
             zip(before, lines, strict=True)]
    return [*found, f"{'':{digits}}  {first}{' ' * gap}{last}"]


def _clock(at: datetime, *, same_day: bool) -> str:
    return f"{at:%H:%M:%S}" if same_day else f"{at:%Y-%m-%d %H:%M}"
