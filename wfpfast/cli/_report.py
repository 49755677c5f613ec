"""`wfpfast report`: one page of HTML about files; must not know how events are counted or named.

Everything on the page is text that may be hostile: the template escapes all of it, and the page
allows itself neither scripts nor requests.
"""

import base64
import hashlib
import sys
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path, PurePath
from typing import Any

from jinja2 import Environment, StrictUndefined

import wfpfast
from wfpfast.cli import _screen, _stats
from wfpfast.cli._output import STDOUT, STDOUT_NAME, appearing, check_place, written
from wfpfast.cli._report_parts import clock, peers, ranked, time_chart
from wfpfast.cli._screen import number, printable
from wfpfast.cli._summary import Report, summarise

MOST_LINES = 100    # warnings, files, losses: there may be thousands


def report(
    paths: Sequence[Path], *, out: Path, force: bool, title: str | None = None, **options: Any
) -> int:
    """Write the page about what can be read; return the exit status."""
    if out != STDOUT:
        check_place(out, force)

    def write(found: Report, errors: Sequence[str]) -> None:
        _write(page(found, errors, title).encode(errors="replace"), out, force)

    return summarise(list(paths), show=write, **options)


def _write(data: bytes, out: Path, force: bool) -> None:
    if out == STDOUT:
        with written(STDOUT_NAME):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        return
    with appearing(out, force) as file, written(str(out)):
        file.write(data)
    _screen.say(f"{out} ({_screen.size(len(data))})")


def page(found: Report, errors: Sequence[str], title: str | None = None) -> str:
    """Return the page of a report, as `wfpfast summary --json` prints it."""
    folder = resources.files("wfpfast.cli")
    style = folder.joinpath("report.css").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=False, keep_trailing_newline=True)
    template = environment.from_string(folder.joinpath("report.html.jinja").read_text("utf-8"))
    return template.render(
        title=printable(title or _title(found)),
        time=_times(found),
        figures=list(_figures(found)),
        warnings=_most([printable(error) for error in errors]),
        times=time_chart(found["times"]),
        sections=list(ranked(found)),
        peers=list(peers(found)),
        files=_files(found),
        losses=_most([
            line for each in (found, *found["rule_files"]) for line in _stats.told(each["stats"])]),
        style=_Trusted(style),
        style_hash=_Trusted(_digest(style)),
        version=wfpfast.__version__,
    )


class _Trusted(str):
    """Our own text, which is not escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _digest(style: str) -> str:
    """Return what a browser compares the style with: CSP level 2, 4.2.1."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _title(found: Report) -> str:
    files = found["files"]
    name = PurePath(files[0]["path"]).name if len(files) == 1 else f"{len(files)} files"
    return f"What the filtering engine decided: {name}"


def _times(found: Report) -> str:
    """Say from when to when events are."""
    first, last = found["first"], found["last"]
    if first is None:
        return "no event has a time"
    return f"{clock(first)} UTC" if first == last else f"{clock(first)} to {clock(last)} UTC"


def _figures(found: Report) -> Iterator[tuple[str, str, str]]:
    yield "events", number(found["events"]), ""
    yield "dropped", number(found["dropped"]["events"]), "dropped"
    yield "allowed", number(found["allowed"]["events"]), "allowed"
    yield "IKE and IPsec failures", number(found["failures"]["events"]), "failed"
    hosts = [row["host"] for row in found["hosts"]["top"] if row["host"] is not None]
    if len(hosts) == 1:
        yield "host", printable(hosts[0]), ""
    elif hosts:
        yield "hosts", number(found["hosts"]["distinct"]), ""


def _files(found: Report) -> list[dict[str, Any]]:
    rows = []
    for file in found["files"][:MOST_LINES]:
        more = [] if file["stats"] is not None or file["error"] else [
            "does not say what was lost before it was written"]
        if file["error"]:
            more.append("was read in part" if file["events"] else "could not be read")
        if file["doubles"]:
            more.append(f"{number(file['doubles'])} of them stand in an earlier file, too")
        rows.append({
            "path": printable(file["path"]), "events": number(file["events"]), "more": more})
    rest = len(found["files"]) - len(rows)
    if rest:
        rows.append({"path": f"and {number(rest)} more", "events": "", "more": []})
    return rows


def _most(lines: list[str]) -> list[str]:
    rest = len(lines) - MOST_LINES
    return lines if rest <= 0 else [*lines[:MOST_LINES], f"and {number(rest)} more"]
