"""Batches as text and as HTML for people who look at them; must not know how columns are stored."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ROWS = 5            # shown of a batch as text
HTML_ROWS = 10
WIDTH = 100         # characters of a line
WIDEST = 32         # of a cell of text
HTML_WIDEST = 80


def cell(value: Any, widest: int) -> str:
    """Return a value in one line of at most so many characters."""
    text = "" if value is None else value.hex() if isinstance(value, bytes) else str(value)
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return text if len(text) <= widest else text[:widest - 1] + "…"


def filled(batch: Any) -> list[str]:
    """Return the names of the columns that have a value in some row."""
    return [name for name in batch.column_names if batch[name].null_count < len(batch)]


def text(batch: Any) -> str:
    """Return the first rows as lines, with as many columns as fit; empty if there are none."""
    lines = [""] * (min(len(batch), ROWS) + 1)
    for name in filled(batch):
        column = batch[name]
        cells = [name, *(cell(column[row], WIDEST) for row in range(len(lines) - 1))]
        width = max(map(len, cells))
        if len(lines[0]) + width + 2 > WIDTH:
            lines[0] += "  …"
            break
        lines = [f"{line}  {each:{width}}" for line, each in zip(lines, cells, strict=True)]
    if len(batch) > ROWS:
        lines.append("  …")
    return "".join(f"\n{line.rstrip()}" for line in lines if line)


def html(batch: Any, title: str) -> str:
    """Return the first rows as a table, with the columns that have a value in some row."""
    from html import escape  # notebooks only

    names = filled(batch)
    rows: Sequence[Sequence[str]] = [
        [cell(batch[name][row], HTML_WIDEST) for name in names]
        for row in range(min(len(batch), HTML_ROWS))]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>" for row in rows)
    return (
        f"<p>{escape(title)}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
