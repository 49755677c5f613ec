"""`convert --view`: each format read by those who read it, and what is refused."""

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from audit_records import FIELDS, Audit, records
from cli.hand import ROWS
from cli.running import Run
from evtx_file import evtx

VIEWS = ("ecs", "ocsf", "asim")
# By view: where a filter's id is, and how it is written.
PLACES: dict[str, tuple[str, ...]] = {
    "ecs": ("rule", "id"), "ocsf": ("firewall_rule", "uid"), "asim": ("Rule",)}
IDS = [str(row["filter_id"]) if "filter_id" in row else None for row in ROWS]


def at(document: dict[str, Any], place: tuple[str, ...]) -> Any:
    found: Any = document
    for name in place:
        found = (found or {}).get(name)
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_lines_without_nulls(run: Run, xml: Path, view: str) -> None:
    result = run("convert", "--view", view, xml, "-", "--to", "ndjson")
    assert result.status == 0
    assert "null" not in result.out.replace('\\"', "").replace("null}", "")
    lines = [json.loads(line) for line in result.out.splitlines()]
    # The rule of an event may have a name, which stands in its place in ASIM.
    ids = [each.get("filter_origin", number) for each, number in zip(ROWS, IDS, strict=True)]
    assert [at(line, PLACES[view]) for line in lines] == (ids if view == "asim" else IDS)


@pytest.mark.parametrize("view", ["ecs", "ocsf"])
def test_tables_are_nested(run: Run, xml: Path, view: str) -> None:
    for suffix in (".parquet", ".arrow"):
        assert run("convert", "--view", view, xml, f"out{suffix}").status == 0
    place = ".".join(PLACES[view])
    path = xml.with_name("out.parquet")
    with duckdb.connect() as database:
        found = database.execute(f"SELECT {place} FROM read_parquet('{path.as_posix()}')")
        assert [value for (value,) in found.fetchall()] == IDS
    assert pa.ipc.open_file(xml.with_name("out.arrow")).read_all() == pq.read_table(path)


def test_asim_is_flat(run: Run, xml: Path) -> None:
    assert run("convert", "--view", "asim", xml, "out.csv").status == 0
    with xml.with_name("out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["NetworkRuleNumber"] for row in rows] == [
        "" if number is None or int(number) >= 2**31 else number for number in IDS]
    assert [json.loads(row["AdditionalFields"])["event_type"] for row in rows] == [
        row["event_type"] for row in ROWS]


def test_records_and_net_events_in_one_file(run: Run, xml: Path, tmp_path: Path) -> None:
    (tmp_path / "a.evtx").write_bytes(evtx(records([Audit(5158, FIELDS["bind"])])))
    assert run("convert", "--view", "ecs", xml, "a.evtx", "out.ndjson").status == 0
    lines = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text("utf-8").splitlines()]
    assert [line["event"]["dataset"] for line in lines] == [
        *["wfp.netevent"] * len(ROWS), "wfp.audit"]
    assert "code" not in lines[0]["event"]
    assert lines[-1]["event"]["code"] == "5158"


@pytest.mark.parametrize(("arguments", "status", "words"), [
    (["--view", "ecs", "out.csv"], 1, "--view ecs: is nested, which .csv cannot be"),
    (["--view", "ocsf", "-", "--to", "csv"], 1, "--view ocsf: is nested"),
    (["--view", "asim", "--columns", "app_path", "out.csv"], 2, "a view has columns of its own"),
    (["--view", "asim", "--addresses", "binary", "out.csv"], 1, "a view needs them as text"),
    (["--view", "cef", "out.csv"], 2, "'cef' is not one of"),
])
def test_what_cannot_be_is_said_before_anything_is_written(
    run: Run, xml: Path, arguments: list[str], status: int, words: str
) -> None:
    result = run("convert", *arguments[:-1], xml, arguments[-1]) if "--to" not in arguments else (
        run("convert", "--view", "ocsf", xml, "-", "--to", "csv"))
    assert (result.status, result.out) == (status, "")
    assert words in result.err
    assert not xml.with_name("out.csv").exists()


def test_a_view_is_no_table_of_events(run: Run, xml: Path) -> None:
    assert run("convert", "--view", "ecs", xml, "out.parquet").status == 0
    assert "no column has a name that wfpfast knows" in run("summary", "out.parquet").err
