"""A new source of files, made up: a JSON object a line, as `encode` takes mappings; 4 files.

    1. wfpfast/cli/_open_<name>.py: new; tells by the first bytes whether a file is of its kind,
       reads it, yields mappings, and gives them by EventStream.from_mappings() to source() of
       _open_decoded.py.
    2. wfpfast/cli/_formats.py: its line in SOURCES, before those that its files could be taken for.
    3. tests/cli/test_<name>.py: new.
    4. README.md: what it is, where the others are.

A source for Python as well is a module of wfpfast with a read_events(), that the opener calls.
"""

from parts import Edit, Mistake, Recipe, after, step

FORMATS = "wfpfast/cli/_formats.py"
OPENER = '''\
"""Opens lines of mappings as JSON; must not know what is done with the events."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from wfpfast import EventStream, SourceError
from wfpfast.cli._input import Input
from wfpfast.cli._open_decoded import source
from wfpfast.cli._source import Request, Source


def is_mappings(head: bytes) -> bool:
    """Tell whether the first line is a mapping: the header of an event comes first."""
    return head.startswith(b'{"header":')


def mappings(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open something with one event a line."""

    def events() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(given.file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SourceError(f"line {number}: {error}") from None

    stream = stack.enter_context(
        EventStream.from_mappings(events(), columns=request.columns, **request.options))
    return source(given, stream)
'''
TEST = '''\
"""Lines of mappings as a source of the command line."""

from pathlib import Path

import pyarrow.parquet as pq
from cli.running import Run

LINES = [
    '{"header": {"timeStamp": 133800000000000000, "remotePort": 443}, "type": 3,'
    ' "classifyDrop": {"filterId": 5}}',
    '{"header": {"timeStamp": 133800000000000000, "remotePort": 53, "userId": "S-1-5-18"},'
    ' "type": 6, "classifyAllow": {}}',
]


def test_every_line_is_an_event(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.maps").write_text("\\n".join(LINES))
    assert run("convert", "a.maps", "a.parquet").status == 0
    table = pq.read_table(tmp_path / "a.parquet")
    assert table["remote_port"].to_pylist() == [443, 53]
    assert table["user_sid"].to_pylist() == [None, "S-1-5-18"]
    assert table["local_port"].to_pylist() == [None, None]
    assert table["filter_id"].to_pylist() == [5, None]
    (tmp_path / "a.maps").rename(tmp_path / "a.xml")
    assert "2 events" in run("summary", "a.xml").out


def test_a_line_that_is_none_ends_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.maps").write_text(LINES[0] + "\\n{")
    result = run("convert", "a.maps", "a.csv")
    assert result.status == 1
    assert "a.maps: line 2: " in result.err.splitlines()[1]
'''
LINE = ('    Format(".maps", "mappings as wfpfast.encode takes them, a JSON object a line",\n'
        '           "_open_maps:mappings", looks="_open_maps:is_mappings", takes=DECODER),\n')
ANCHOR = '    Format(".parquet", "a table, as convert writes it", "_open_tables:parquet", begins='
BEHIND = '           looks="_content:ndjson", also=(".json", ".jsonl"), empty=True),\n'
CLI = ("tests/cli/test_maps.py", "tests/cli/test_formats.py", "tests/cli/test_convert_faults.py",
       "tests/cli/test_app.py", "tests/meta/test_package_order.py",
       "tests/meta/test_source_rules.py")

RECIPE = Recipe(
    steps=(
        step("opener", Edit("wfpfast/cli/_open_maps.py", "", OPENER)),
        step("line", Edit(FORMATS, ANCHOR, LINE + ANCHOR)),
        step("test", Edit("tests/cli/test_maps.py", "", TEST)),
        step("README", after("README.md", "`convert` writes ", "`.maps` is read as well. ")),
    ),
    most_files=4,
    tests=CLI,
    mistakes=(
        Mistake("opener", "tests/cli/test_formats.py", "wfpfast.cli._open_maps"),
        Mistake("line", "tests/cli/test_maps.py", "no net events: no column has a name"),
        Mistake("line", "tests/cli/test_formats.py", "'json_lines'", (Edit(
            FORMATS, ANCHOR, LINE.replace(":mappings", ":json_lines") + ANCHOR),),
            "with a name that is not there"),
        Mistake("line", "tests/cli/test_maps.py", "no net events: no column has a name", (Edit(
            FORMATS, BEHIND, BEHIND + LINE),), "behind another source that takes its files"),
        Mistake("README", "tests/cli/test_formats.py", ".maps"),
    ),
)
