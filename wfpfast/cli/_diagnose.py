"""`wfpfast diagnose`: shows what was found; must not know how it is found."""

import dataclasses
import json
import textwrap
from contextlib import ExitStack

import click

from wfpfast.cli import _screen
from wfpfast.cli._engine import simulator
from wfpfast.cli._live_options import SIMULATED, Simulation
from wfpfast.engine import diagnosis

MARKS = {diagnosis.OK: "✓", diagnosis.TROUBLE: "✗", diagnosis.UNKNOWN: "?"}
PLAIN_MARKS = {diagnosis.OK: "+", diagnosis.TROUBLE: "!", diagnosis.UNKNOWN: "?"}
COLOURS = {diagnosis.OK: "green", diagnosis.TROUBLE: "red", diagnosis.UNKNOWN: "yellow"}
INDENT = 16


def diagnose(engine: str, *, as_json: bool) -> int:
    """Print the findings; return 1 if one of them is a trouble."""
    with ExitStack() as stack:
        api = stack.enter_context(simulator(Simulation())) if engine == SIMULATED else None
        findings = diagnosis.diagnose(api)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _show(finding)
    return 1 if any(finding.state == diagnosis.TROUBLE for finding in findings) else 0


def _show(finding: diagnosis.Finding) -> None:
    screen = _screen.console()
    mark = (PLAIN_MARKS if screen.options.ascii_only else MARKS)[finding.state]
    if screen.is_terminal and not screen.no_color:
        mark = click.style(mark, fg=COLOURS[finding.state])
    room = max(20, screen.width - INDENT)
    first, *more = textwrap.wrap(_screen.printable(finding.text), room)
    click.echo(f"{mark} {finding.check:<{INDENT - 2}}{first}")
    if finding.cure:
        more += [f"  {line}" for line in textwrap.wrap(_screen.printable(finding.cure), room - 2)]
    for line in more:
        click.echo(" " * INDENT + line)
