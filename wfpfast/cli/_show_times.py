"""Shows a report's events over time to people; must not know how they were counted."""

from rich.text import Text

from wfpfast.cli._chart import drawn, fitted
from wfpfast.cli._page import FIGURES, Page, Row
from wfpfast.cli._screen import seconds

_FEW = 12   # events of which a chart says less than the first and the last time do


def show_times(report: Row, page: Page) -> None:
    """Draw what happened over time: drops, or all events if there are none."""
    bars = report["times"]["bars"]
    name, what = "dropped", "Dropped"
    if not any(bar[name] for bar in bars):
        name, what = "events", "All events"
    if len(bars) < 2 or sum(bar[name] for bar in bars) < _FEW:
        return
    room = max(1, page.screen.width - page.digits - 2)
    values, together = fitted([bar[name] for bar in bars], room)
    page.title(f"{what}, over time: a bar is {_span(report['times']['step'] * together)}")
    ends = page.time(bars[0]["from"]), page.time(report["last"])
    for line in drawn(values, ends, page.digits, plain=page.screen.options.ascii_only):
        text = Text(line[:page.screen.width], FIGURES)
        page.screen.print(text, overflow="ignore", no_wrap=True)


def _span(step: float) -> str:
    return f"{round(step * 1000)} ms" if step < 1 else seconds(step).replace(".0 s", " s")
