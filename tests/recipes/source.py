"""A new source of files, made up: a JSON object a line, as `encode` takes mappings; 4 files.

    1. wfpfast/cli/_open_<name>.py: new; reads the file, yields mappings, and gives them by
       EventStream.from_mappings() to source() of _open_decoded.py.
    2. wfpfast/cli/_formats.py: its line in SOURCES.
    3. tests/cli/test_<name>.py: new.
    4. README.md: what it is, where the others are.

A source for Python as well is a module of wfpfast with a read_events(), that the opener calls.
"""

from parts import Edit, Mistake, Recipe, after, step

FORMATS = "wfpfast/cli/_formats.py"
OPENER = '''\
"""Opens JSON lines of mappings; must not know what is done with the events."""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wfpfast import EventStream, SourceError
from wfpfast.cli._open_decoded import source
from wfpfast.cli._source import Request, Source


def jsonl(path: Path, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a file with one event a line."""
    file = stack.enter_context(path.open("rb"))
    size = max(1, os.fstat(file.fileno()).st_size)

    def events() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SourceError(f"line {number}: {error}") from None

    stream = stack.enter_context(
        EventStream.from_mappings(events(), columns=request.columns, **request.options))
    return source(path, stream, lambda: file.tell() / size)
'''
TEST = '''\
"""JSON lines of mappings as a source of the command line."""

from pathlib import Path

import pyarrow.parquet as pq
from cli.running import Run

LINES = [
    '{"header": {"remotePort": 443}, "type": 3, "classifyDrop": {"filterId": 5}}',
    '{"header": {"remotePort": 53, "userId": "S-1-5-18"}, "type": 6, "classifyAllow": {}}',
]


def test_every_line_is_an_event(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\\n".join(LINES))
    assert run("convert", "a.jsonl", "a.parquet").status == 0
    table = pq.read_table(tmp_path / "a.parquet")
    assert table["remote_port"].to_pylist() == [443, 53]
    assert table["user_sid"].to_pylist() == [None, "S-1-5-18"]
    assert table["local_port"].to_pylist() == [None, None]
    assert table["filter_id"].to_pylist() == [5, None]
    assert "2 events" in run("summary", "a.jsonl").out


def test_a_line_that_is_none_ends_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINES[0] + "\\n{")
    result = run("convert", "a.jsonl", "a.csv")
    assert result.status == 1
    assert "a.jsonl: line 2: " in result.err.splitlines()[1]
'''
LINE = ('    Format(".jsonl", "mappings as wfpfast.encode takes them, a JSON object a line",\n'
        '           "_open_jsonl:jsonl", decoded=True),\n')
ANCHOR = '    Format(".parquet", "a table, as convert writes it", "_open_tables:parquet"),\n'
CLI = ("tests/cli/test_jsonl.py", "tests/cli/test_formats.py", "tests/cli/test_convert_faults.py",
       "tests/cli/test_app.py", "tests/meta/test_package_order.py",
       "tests/meta/test_source_rules.py")

RECIPE = Recipe(
    steps=(
        step("opener", Edit("wfpfast/cli/_open_jsonl.py", "", OPENER)),
        step("line", Edit(FORMATS, ANCHOR, LINE + ANCHOR)),
        step("test", Edit("tests/cli/test_jsonl.py", "", TEST)),
        step("README", after("README.md", "`convert` writes ", "`.jsonl` is read as well. ")),
    ),
    most_files=4,
    tests=CLI,
    mistakes=(
        Mistake("opener", "tests/cli/test_formats.py", "wfpfast.cli._open_jsonl"),
        Mistake("line", "tests/cli/test_jsonl.py", "a.jsonl: expected a file that ends in"),
        Mistake("line", "tests/cli/test_formats.py", "'json_lines'", (Edit(
            FORMATS, ANCHOR, LINE.replace(":jsonl", ":json_lines") + ANCHOR),),
            "with a name that is not there"),
        Mistake("README", "tests/cli/test_formats.py", ".jsonl"),
    ),
)
