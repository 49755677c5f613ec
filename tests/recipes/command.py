"""A new command, made up: `wfpfast count FILE`; 5 files.

    1. wfpfast/cli/_<name>.py: new; what it does.
    2. wfpfast/cli/_file_commands.py or _live_commands.py: its options, and its name in COMMANDS.
    3. tests/cli/test_app.py: its name in COMMANDS; tests/cli/test_<name>.py: new.
    4. README.md: what it is for.
"""

from parts import Edit, Mistake, Recipe, after, before, step

COMMANDS = "wfpfast/cli/_file_commands.py"
WORK = '''\
"""Counts the events of a file; must not know formats."""

import contextlib
from pathlib import Path

from wfpfast.cli._sources import inputs, opened


def count(path: Path) -> int:
    """Return how many events there are."""
    events = 0
    with contextlib.closing(inputs([path])) as found:
        for given in found:
            with opened(given, ["event_type"], strict=False) as source:
                events += sum(len(batch) for batch in source.batches)
    return events
'''
COMMAND = '''\
@click.command(short_help="Say how many events a file has.")
@click.argument("file", metavar="FILE", type=PATH)
def count(file: Path) -> None:
    """Say how many net events FILE has, which may be all that summary reads."""
    from wfpfast.cli._number import count as run

    click.echo(run(file))


'''
TEST = '''\
"""`wfpfast count`: how many events there are."""

from pathlib import Path

from cli.running import Run


def test_the_events_are_counted(run: Run, xml: Path) -> None:
    result = run("count", xml)
    assert result.err == ""
    assert (result.status, result.out) == (0, "7\\n")


def test_no_file_is_one_line(run: Run) -> None:
    result = run("count", "absent.xml")
    assert (result.status, result.err) == (1, "wfpfast: absent.xml: No such file or directory\\n")
'''
APP = "tests/cli/test_app.py"

RECIPE = Recipe(
    steps=(
        step("work", Edit("wfpfast/cli/_number.py", "", WORK)),
        step("command", before(COMMANDS, "COMMANDS = (", COMMAND)),
        step("name", Edit(COMMANDS, "COMMANDS = (convert,", "COMMANDS = (convert, count,")),
        step("name in the test", Edit(APP, '"convert", "demo",', '"convert", "count", "demo",')),
        step("test", Edit("tests/cli/test_number.py", "", TEST)),
        step("README", after("README.md", "`convert` writes ", "`count` counts. ")),
    ),
    most_files=5,
    tests=("tests/cli/test_number.py", APP, "tests/meta/test_source_rules.py",
           "tests/meta/test_package_order.py"),
    mistakes=(
        Mistake("work", "tests/cli/test_number.py", "wfpfast.cli._number"),
        Mistake("command", "tests/cli/test_number.py", "name 'count' is not defined"),
        Mistake("name", "tests/cli/test_number.py", "No such command 'count'"),
        Mistake("name in the test", APP, "count"),
        Mistake("README", APP, "count"),
    ),
)
