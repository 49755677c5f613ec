"""`wfpfast query`: what statements answer, against rows written by hand, and what they may not."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import ROWS
from cli.running import Run
from netsh_xml import drop, netevents

from wfpfast.cli import _query, _sql

pytest.importorskip("duckdb")


def answer(run: Run, statement: str, *files: Any) -> list[dict[str, Any]]:
    result = run("query", statement, *files, "--json")
    assert result.status == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def test_counts(run: Run, xml: Path) -> None:
    types = [row["event_type"] for row in ROWS]
    found = answer(run, "select event_type, count(*) as n, sum(local_port) as s from events"
                        " group by all order by n desc, event_type", xml)
    assert found == [
        {"event_type": name, "n": types.count(name), "s": sum(
            row.get("local_port", 0) for row in ROWS if row["event_type"] == name) or None}
        for name in ("CLASSIFY_DROP", "CLASSIFY_ALLOW", "IKEEXT_MM_FAILURE")]
    assert answer(run, "select count(*) as n from events", xml) == [{"n": len(ROWS)}]
    assert answer(run, "FROM Events SELECT max(Filter_Id) AS m", xml) == [{"m": 2**64 - 1}]


def test_events_twice_in_a_statement(run: Run, xml: Path) -> None:
    found = answer(run, "with a as (select filter_id from events) select count(*) as n from a"
                        " join events b using (filter_id)", xml)
    ids = [row["filter_id"] for row in ROWS if "filter_id" in row]
    assert found == [{"n": sum(ids.count(number) for number in ids)}]


def test_several_files_are_one_table(run: Run, xml: Path, tmp_path: Path) -> None:
    (tmp_path / "other.xml").write_bytes(netevents(drop()).encode())
    pq.write_table(pa.table({"event_type": ["CLASSIFY_DROP"], "mine": [7]}), tmp_path / "t.parquet")
    found = answer(run, "select source_file, count(*) as n, max(mine) as m from events group by all"
                        " order by n desc, m", xml, "other.xml", "t.parquet")
    assert found == [{"source_file": str(xml), "n": 7, "m": None},
                     {"source_file": "t.parquet", "n": 1, "m": 7},
                     {"source_file": "other.xml", "n": 1, "m": None}]
    assert answer(run, "select count(distinct event_id) as n from events", xml, "--type", "drop",
                  "--where", "remote_port = 443") == [{"n": 1}]


def test_a_bad_file_costs_a_line(run: Run, xml: Path) -> None:
    result = run("query", "select count(*) as n from events", "none.xml", xml, "--json")
    assert (result.status, result.out) == (1, '{"n":7}\n')
    assert result.err.splitlines()[0] == "1 row of 7 events"
    assert result.err.splitlines()[1].startswith("wfpfast: none.xml: ")
    result = run("query", "select count(*) as n from events", "none.xml", "--json")
    assert (result.status, result.out) == (1, "")


def test_a_table_for_people(run: Run, xml: Path) -> None:
    result = run("query", "select filter_id, app_path, timestamp::date as day, is_loopback from"
                          " events where filter_id > 70000 order by 1 desc limit 2", xml)
    head, first, *_ = result.out.splitlines()
    assert head.split() == ["filter_id", "app_path", "day", "is_loopback"]
    assert "\x1b" not in result.out
    assert first.split()[0] == "18446744073709551615"
    assert first.split()[-2:] == ["2024-05-01", "false"]
    assert result.err == "2 rows of 7 events\n"


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "ndjson"])
def test_files(run: Run, xml: Path, tmp_path: Path, suffix: str) -> None:
    statement = "select event_type, count(*) as n from events group by all order by n desc"
    result = run("query", statement, xml, "-o", f"o.{suffix}")
    assert result.status == 0, result.err
    assert f"3 rows in o.{suffix}\n" in result.err
    if suffix == "parquet":
        assert pq.read_table(tmp_path / "o.parquet")["n"].to_pylist() == [5, 1, 1]
    again = run("query", statement, xml, "-o", f"o.{suffix}")
    assert (again.status, "--force replaces it" in again.err) == (1, True)


@pytest.mark.parametrize(("text", "place", "reason"), [
    ("select * from '/etc/passwd'", 14, "there is no table /etc/passwd: the files are events"),
    ("select * from read_csv('/etc/passwd')", 14, "there is no table read_csv"),
    ("select * from glob('*')", 14, "there is no table glob"),
    ("select * from duckdb_settings()", 14, "there is no table duckdb_settings"),
    ("select (select content from read_text('x'))", 28, "there is no table read_text"),
    ("select * from information_schema.tables", 14, "there is no table tables"),
    ("select * from query('select 1')", 14, "there is no table query"),
    ("select current_setting('threads')", 7, "there is no function current_setting"),
    ("select getenv('HOME')", 7, "there is no function getenv"),
    ("select nextval('x')", 7, "there is no function nextval"),
    ("select ?", 7, "a parameter has no value here"),
    ("select 1; select 2", None, "is not one statement"), ("", None, "is not one statement"),
    ("copy events to 'x.csv'", None, "only SELECT is allowed"),
    ("select 1; copy events to 'x.csv'", None, "only SELECT is allowed"),
    ("attach 'x.db'", None, "only SELECT is allowed"),
    ("pragma database_list", None, ""), ("set threads = 3", None, "only SELECT is allowed"),
    ("create table t as select 1", None, "only SELECT is allowed"),
    ("install httpfs", None, "only SELECT is allowed"),
    ("selec 1", 0, 'syntax error at or near "selec"'),
])
def test_what_is_no_statement_about_events(
    run: Run, xml: Path, text: str, place: int | None, reason: str
) -> None:
    before = sorted(xml.parent.iterdir())
    result = run("query", text, xml)
    assert (result.status, result.out) == (2, "")
    *pointed, said = result.err.splitlines()
    assert said.startswith(f"wfpfast: the statement: {reason}")
    if place is not None:
        assert pointed == [f"  {text}", "  " + " " * place + "^"]
    assert sorted(xml.parent.iterdir()) == before


def test_a_column_that_is_not_there(run: Run, xml: Path) -> None:
    result = run("query", "select remote_prt from events", xml)
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines()[:2] == ["  select remote_prt from events", "         ^"]
    assert 'Referenced column "remote_prt" not found' in result.err


STATEMENTS = (
    "select count(*) as n from events",
    "select * from events order by filter_id, remote_port, timestamp, source_file limit 5",
    "select source_file, min(timestamp) as t, max(timestamp) as u, sum(filter_id) as s from events"
    " group by all order by all",
    "select event_id, count(*) as n from events group by all order by all",
    "select a.filter_id, count(*) as n from events a join events b using (filter_id) group by all"
    " order by all", "select 1 as n", "select any_value(nothing) from events")


@pytest.fixture
def gathered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were read into memory, because duckdb could not read them itself."""
    names: list[str] = []
    write = _query._Gathered.write

    def kept(self: Any, batch: pa.RecordBatch) -> None:
        names.append(self._source)
        write(self, batch)

    monkeypatch.setattr(_query._Gathered, "write", kept)
    return names


@pytest.mark.parametrize("statement", STATEMENTS)
def test_duckdb_reads_parquet_itself(
    run: Run, xml: Path, tmp_path: Path, gathered: list[str], statement: str
) -> None:
    """It finds what it finds in an Arrow file, which it does not read."""
    for suffix in ("parquet", "arrow"):
        assert run("convert", xml, f"a.{suffix}").status == 0
        assert run("convert", xml, f"it's.{suffix}", "--where", "filter_id > 0").status == 0
    itself = run("query", statement, "a.parquet", "it's.parquet", "--json")
    # The id is no column of these files but made of others; what is wrong is said the other way.
    is_read = "event_id" in statement or "nothing" in statement
    assert set(gathered) == ({"a.parquet", "it's.parquet"} if is_read else set())
    gathered.clear()
    other = run("query", statement, "a.arrow", "it's.arrow", "--json")
    assert (itself.status, itself.err) == (other.status, other.err)
    assert itself.out == other.out.replace(".arrow", ".parquet")
    assert set(gathered) == {"a.arrow", "it's.arrow"}


def test_files_that_duckdb_is_not_to_read(
    run: Run, xml: Path, tmp_path: Path, gathered: list[str]
) -> None:
    statement = "select count(*) as n, max(remote_port) as p from events"
    assert run("convert", xml, "a.parquet").status == 0
    (wanted,) = answer(run, statement, "a.parquet")
    assert gathered == []
    data = (tmp_path / "a.parquet").read_bytes()
    names = ["[a].parquet", "host=x/a.parquet"] + ["*.parquet"] * (os.name != "nt")
    for name in names:      # a pattern, which would be a.parquet as well; a column of a dataset
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert answer(run, statement, "[a].parquet") == [wanted]
    assert gathered.pop() == "[a].parquet"
    pq.write_table(pa.table({"event_type": ["CLASSIFY_DROP"], "remote_port": pa.array(
        [1], pa.uint16())}), tmp_path / "[a].parquet")
    assert answer(run, statement, "a.parquet", "[a].parquet") == [{**wanted, "n": 8}]
    (tmp_path / "[a].parquet").unlink()
    assert answer(run, "select * from events limit 1", "host=x/a.parquet")[0].get("host") is None
    if os.name != "nt":
        gathered.clear()
        assert answer(run, statement, "./*.parquet") == [wanted]
        assert gathered == ["*.parquet"]
    gathered.clear()
    assert answer(run, statement, "a.parquet", "--host-from", "path") == [wanted]
    assert answer(run, statement, "a.parquet", xml) == [{**wanted, "n": 14}]
    pq.write_table(pa.table({"event_type": ["CLASSIFY_DROP"], "remote_port": pa.array([7])}),
                   tmp_path / "wide.parquet")
    assert answer(run, "select typeof(remote_port) as t from events", "wide.parquet") == [
        {"t": "USMALLINT"}]
    assert set(gathered) == {"a.parquet", str(xml), "wide.parquet"}


def test_a_parquet_file_with_damage_is_named(run: Run, xml: Path, tmp_path: Path) -> None:
    assert run("convert", xml, "a.parquet").status == 0
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    data[4:400] = bytes(396)
    (tmp_path / "bad.parquet").write_bytes(data)
    statement = "select count(distinct timestamp) as n from events"
    result = run("query", statement, "bad.parquet", "--json")
    assert (result.status, result.out) == (1, "")
    assert "wfpfast: bad.parquet: not a readable Parquet file" in result.err
    result = run("query", statement, "bad.parquet", "a.parquet", "--json")
    assert (result.status, result.out) == (1, '{"n":7}\n')


def test_what_duckdb_may_read_is_locked(tmp_path: Path) -> None:
    for name in ("mine.parquet", "other.parquet"):
        pq.write_table(pa.table({"event_type": [name]}), tmp_path / name)
    mine, other = (os.path.realpath(tmp_path / name) for name in ("mine.parquet", "other.parquet"))
    sql = _sql.Locked("query", files=[mine])
    assert sql.link([(mine, ["event_type"])], pa.table({"event_type": ["x"]}).slice(1))
    assert sql.table("select * from events").column(0).to_pylist() == ["mine.parquet"]
    for statement in (
        f"select * from '{other}'", f"select * from read_text('{other}')",
        f"select * from read_blob('{tmp_path}/*')", f"copy events to '{tmp_path}/new.csv'",
        f"attach '{other}' as x", "set allowed_paths = ['/']", "set enable_external_access = true",
        "reset allowed_paths", "install httpfs", "load httpfs",
    ):
        with pytest.raises(_sql.SqlFault):
            sql.table(statement)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.parquet", "other.parquet"]
    assert not _sql.Locked("query", files=[mine]).link(
        [(mine, ["event_type"])], pa.table({"event_type": pa.array([], pa.int32())}))
    assert not _sql.Locked("query", files=[mine]).link(
        [(other, ["event_type"])], pa.table({"event_type": ["x"]}).slice(1))
