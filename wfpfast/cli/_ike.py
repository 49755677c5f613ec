"""`wfpfast ike`: failed negotiations by peer; must not know how they are read or look."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from wfpfast.cli import _screen, _stats
from wfpfast.cli._page import QUIET, Page
from wfpfast.cli._show_peers import show_peers
from wfpfast.cli._summary import INTERRUPTED, PARTIAL, summary

_KEPT = ("files", "ike", "interrupted", "stats")


def ike(paths: Sequence[Path], *, top: int, as_json: bool, **options: Any) -> int:
    """Print a block for each peer with which negotiations failed; return the exit status."""
    report = summary(list(paths), top, **options)
    errors = [file["error"] for file in report["files"] if file["error"]]
    some = len(errors) < len(report["files"])
    if some:
        errors += [fault for stage in options["stages"] for fault in stage.faults()]
    if as_json:
        if report["events"] or some:
            click.echo(json.dumps({name: report[name] for name in _KEPT}, indent=2))
    elif report["events"] or some:
        found = report["ike"]
        page = Page(_screen.console(), found["events"])
        count = f"{found['events']:,} negotiation{'' if found['events'] == 1 else 's'} failed"
        peers = f"{found['distinct']:,} peer{'' if found['distinct'] == 1 else 's'}"
        whole = f", of {_screen.events(report['events'])}"
        page.print(Text.assemble((count, "bold"), f", {peers}" * bool(found["events"]),
                                 (whole, QUIET)))
        show_peers(found, page)
        for line in _stats.told(report["stats"]):
            _screen.say(line)
    for error in errors:
        _screen.say(f"wfpfast: {error}")
    if report["interrupted"]:
        _screen.say(f"wfpfast: interrupted: {PARTIAL}")
        return INTERRUPTED
    return 1 if errors else _stats.status(report["stats"])
