"""Draws the figures of a run: events a second over the size of a block; must not measure.

    python -m benchmarks --json figures.json
    python -m benchmarks.chart figures.json speed.png
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import library
from benchmarks.mixes import REALISTIC

# Who is drawn: the name in the figures, in the chart, and how.
LIMITS = (
    ("memcpy", "memcpy of the block", "#9aa0a6", "--"),
    ("floor", "plain C, 25 columns, unchecked", "#5f6368", "--"),
)
OURS = (
    ("eight", "wfpfast, eight columns", "#8ab4f8", "-"),
    ("wfpfast", "wfpfast, all 67 columns", "#1a73e8", "-"),
)
RIVAL_COLOURS = ("#e8710a", "#d93025", "#9334e6", "#188038", "#b06000")

Line = tuple[str, list[int], list[float], str, str]


def lines(figures: dict[str, Any]) -> list[Line]:
    """Return label, sizes, events a second, colour and style of every line, the fastest first."""
    rows = [row for row in figures["limits"] if row["mix"] == REALISTIC]
    sizes = [row["events"] for row in rows]
    found: list[Line] = [
        (label, sizes, [1e9 / row["ns"][name] for row in rows], colour, style)
        for name, label, colour, style in (*LIMITS, *OURS)]
    rivals: dict[str, dict[int, float]] = {}
    for size in figures["sizes"]:
        for result in size["results"]:
            if result["name"].startswith(("wfpfast,", "memcpy")):
                continue
            speeds = rivals.setdefault(result["name"], {})
            speeds[size["events"]] = result["events_per_second"]
    for (name, speeds), colour in zip(rivals.items(), RIVAL_COLOURS, strict=False):
        found.append((name, list(speeds), list(speeds.values()), colour, "-"))
    return sorted(found, key=lambda line: -max(line[2]))


def draw(figures: dict[str, Any], path: Path) -> None:
    """Write the chart as PNG."""
    matplotlib = library("matplotlib")
    matplotlib.use("Agg")
    pyplot = library("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9, 5.2), dpi=110, layout="constrained")
    for label, sizes, speeds, colour, style in lines(figures):
        axes.plot(sizes, speeds, style, color=colour, marker="o", markersize=4, label=label,
                  linewidth=2.5 if label.startswith("wfpfast") else 1.5)
    axes.set(xscale="log", yscale="log", xlabel="events in a block", ylabel="events a second")
    axes.xaxis.set_major_formatter(_short)
    axes.yaxis.set_major_formatter(_short)
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=9)
    versions = figures["versions"]
    axes.set_title(
        f"wfpfast {versions['wfpfast']}, Python {versions['Python']}, {figures['cpu']}", fontsize=9)
    figure.savefig(path)
    pyplot.close(figure)


def _short(number: float, _: object) -> str:
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:g}{unit}"
    return f"{number:g}"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chart")
    parser.add_argument("figures", type=Path, help="what `python -m benchmarks --json` wrote")
    parser.add_argument("png", type=Path)
    options = parser.parse_args(argv)
    draw(json.loads(options.figures.read_text()), options.png)


if __name__ == "__main__":
    main()
