"""--drop-nulls: lines of JSON that have only what the event has."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.running import Run

ROWS: list[dict[str, Any]] = [
    {"filter_id": 7, "app_path": "a", "local_groups": None},
    {"filter_id": None, "app_path": None, "local_groups": ["x", None]},
    {"filter_id": None, "app_path": None, "local_groups": None},
]
LINES = '{"filter_id":7,"app_path":"a"}\n{"local_groups":["x",null]}\n{}\n'


def rows(text: str) -> list[dict[str, Any]]:
    """Return what lines say, but for the time, which is that of the run."""
    found = [json.loads(line) for line in text.splitlines()]
    for row in found:
        assert row.pop("timestamp")
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    return tmp_path


def test_convert_leaves_nulls_out(run: Run, table: Path) -> None:
    assert run("convert", "a.parquet", "a.ndjson", "--drop-nulls").status == 0
    assert (table / "a.ndjson").read_text("utf-8") == LINES
    shown = run("convert", "a.parquet", "-", "--to", "ndjson", "--drop-nulls")
    assert shown.out == LINES
    assert run("convert", "a.parquet", "b.ndjson").status == 0
    with (table / "b.ndjson").open(encoding="utf-8") as file:
        assert [json.loads(line) for line in file] == ROWS
    assert run("convert", "a.ndjson", "c.parquet").status == 0
    assert pq.read_table(table / "c.parquet").to_pylist() == ROWS


def test_show_and_live_commands_do_so_too(run: Run, table: Path) -> None:
    columns = ("--columns", "filter_id,app_path,local_groups")
    assert run("show", "a.parquet", "--json", "--drop-nulls", *columns).out == LINES
    events = ("enumerate", "--engine", "simulated", "--events", "200", "--json")
    whole = run(*events)
    short = run(*events, "--drop-nulls")
    assert short.status == whole.status == 0
    every = rows(whole.out)
    assert len(every) == 200
    assert rows(short.out) == [
        {name: value for name, value in row.items() if value is not None} for row in every]
    assert len(short.out) < len(whole.out) / 2
    assert run(*events[:-1], "-o", "e.ndjson", "--drop-nulls").status == 0
    assert rows((table / "e.ndjson").read_text("utf-8")) == rows(short.out)


@pytest.mark.parametrize("arguments", [
    ("convert", "a.parquet", "a.csv"), ("convert", "a.parquet", "b.parquet", "-f"),
    ("convert", "a.parquet", "-", "--to", "csv"),
    ("enumerate", "--engine", "simulated", "-o", "a.arrow"), ("show", "a.parquet", "-o", "a.csv"),
])
def test_tables_have_every_column(run: Run, table: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--drop-nulls")
    assert result.status == 1
    assert "--drop-nulls is for .ndjson" in result.err
    assert [path.name for path in table.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("command", [("show", "a.parquet"), ("enumerate",)])
def test_lines_for_people_have_no_nulls_to_leave_out(
    run: Run, table: Path, command: tuple[str, ...]
) -> None:
    result = run(*command, "--drop-nulls")
    assert result.status == 2
    assert "--drop-nulls is for --json and --output" in result.err
