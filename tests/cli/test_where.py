"""`--where`: which events it chooses, against duckdb by itself, and what it refuses."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import XML
from cli.running import Result, Run

from wfpfast.cli import _sql

duckdb = pytest.importorskip("duckdb")

EXPRESSIONS = [
    "event_type = 'CLASSIFY_DROP' and remote_port in (443, 80) and not is_loopback",
    "remote_port <> 443", "remote_port is null or remote_port = 443", "Remote_Port = 443",
    "events.filter_id = 18446744073709551615", "app_path ilike '%SVCHOST%'",
    "lower(split_part(app_path, '\\', -1)) = 'svchost.exe'", "len(terminating_filters) = 2",
    "terminating_filters[1].filter_id = 70000", "list_contains(local_groups, 'S-1-5-11')",
    "timestamp >= '2024-05-01 10:00:03'", "timestamp < now() - interval 1 day",
    "case when direction = 'INBOUND' then local_port else remote_port end between 1 and 99",
    "regexp_matches(remote_address, '^198[.]')", "true", "1 = 2", "true -- and false",
    "filter_id % 2 = 1 /* odd */", "cast(remote_port as varchar) like '4%'",
]  # fmt: skip


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The events of hand.py a thousand times, in several row groups, as Parquet."""
    from wfpfast import netsh

    path = tmp_path_factory.mktemp("where") / "t.parquet"
    source = path.with_suffix(".xml")
    source.write_text(XML, encoding="utf-8")
    with netsh.read_events(str(source)) as events:
        one = pa.table(events)
    pq.write_table(pa.concat_tables([one] * 1000).unify_dictionaries(), path, row_group_size=2500)
    return path


@pytest.fixture
def where(run: Run, xml: Path) -> Callable[[str], Result]:
    return lambda text: run("show", xml, "--utc", "--where", text)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_as_duckdb_by_itself(run: Run, table: Path, tmp_path: Path, expression: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.register("events", pq.read_table(table))
        connection.execute("SET TimeZone = 'UTC'")
        expected = connection.execute(
            f"SELECT timestamp::VARCHAR, filter_id FROM events WHERE {expression}\n").fetchall()
    result = run("convert", table, "o.parquet", "--where", expression,
                 "--columns", "timestamp,filter_id")
    assert result.status == 0, result.err
    found = pq.read_table(tmp_path / "o.parquet")
    assert found.column_names == ["timestamp", "filter_id"]
    assert len(found) == len(expected)
    assert found["filter_id"].to_pylist() == [row[1] for row in expected]


def test_some_of_the_expressions_choose() -> None:
    assert len(EXPRESSIONS) == 19


def test_dictionaries_are_kept(run: Run, table: Path, tmp_path: Path) -> None:
    assert run("convert", table, "o.parquet", "--where", "local_port = 50000").status == 0
    found = pq.read_table(tmp_path / "o.parquet")
    assert found.schema == pq.read_schema(table).remove_metadata()
    assert found["event_type"].to_pylist() == ["CLASSIFY_DROP"] * 1000


@pytest.mark.parametrize(("text", "place", "reason"), [
    ("1=1); copy events to 'x.csv'", None, 'syntax error at or near ")"'),
    ("1=1); copy (select 1) to 'x.csv' --", None, ""),
    ("1=1); attach 'x.db'; select (1=1", None, "only SELECT is allowed"),
    ("1=1); pragma version; select (1=1", None, ""),
    ("1=1); set threads=4; select (1=1", None, "only SELECT is allowed"),
    ("1=1) from events; select (1=1", None, "is not one expression"),
    ("1=1) from events union all select (1=1", None, "is not one expression"),
    ("1=1), (2=2", None, "is not one expression"),
    ("1=1) from read_csv('/etc/passwd') --", None, ""),
    ("1=1) from 'secret.csv' --", None, ""),
    ("1=1) as a, (2=2", None, "is not one expression"),
    ("read_csv('/etc/passwd')", 0, "there is no function read_csv of one event"),
    ("remote_port in (select 1)", 15, "a query has no place in it"),
    ("exists(from read_text('secret.csv'))", 0, "a query has no place in it"),
    ("filter_id = (select count(*) from glob('*'))", 12, "a query has no place in it"),
    ("getenv('HOME') = 'x'", 0, "there is no function getenv of one event"),
    ("current_setting('threads') = '1'", 0, "there is no function current_setting"),
    ("getvariable('x') = '1'", 0, "there is no function getvariable"),
    ("sleep_ms(100000) is null", 0, "there is no function sleep_ms"),
    ("write_log('x') is null", 0, "there is no function write_log"),
    ("count(*) > 1", 0, "there is no function count_star"),
    ("row_number() over () < 3", 0, "a window function has no place in it"),
    ("columns('r.*') = 1", 0, "a star has no place in it"),
    ("remote_port = $1", 14, "a parameter has no place in it"),
    ("main.lower(app_path) = 'x'", 0, "there is no function lower"),
    ("remote_port =", 13, 'syntax error at or near ")"'),
    ("'üü' = 'ü' or or true", 14, 'syntax error at or near "or"'),
    ("lowr(app_path) = 'x'", 0, "there is no function lowr of one event; did you mean lower"),
    ("remote_port", 0, "is not true or false but USMALLINT"),
    ("lower(app_path, 3) = 'a'", 0, "No function matches"),
    ("null", 0, "is not true or false but"),
    ("", None, "is empty"), (" \n ", None, "is empty"),
    ("not " * 5000 + "true", None, ""),
])
def test_what_is_no_expression_of_an_event(
    where: Callable[[str], Result], tmp_path: Path, text: str, place: int | None, reason: str
) -> None:
    before = sorted(tmp_path.iterdir())
    result = where(text)
    assert (result.status, result.out) == (2, ""), result
    *pointed, said = result.err.splitlines()
    assert said.startswith(f"wfpfast: --where: {reason}")
    assert said.endswith(" See: wfpfast show --help")
    if place is not None:
        assert pointed == [f"  {text}", "  " + " " * place + "^"]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("text", "place", "reason"), [
    ("remote_prt = 443", 0,
     "there is no column 'remote_prt'; did you mean remote_port or remote_mac or remote_address?"),
    ("true and host = 'x'", 9, "there is no column 'host'"),
    ("remote_port = 'abc'", 14, "Could not convert string 'abc' to UINT16"),
    ("app_path::int = 3", 8, "Could not convert string"),
])
def test_what_does_not_fit_a_file(
    where: Callable[[str], Result], xml: Path, text: str, place: int, reason: str
) -> None:
    result = where(text)
    assert (result.status, result.out) == (1, "")
    shown, caret, count, said = result.err.splitlines()
    assert (shown, caret, count) == (f"  {text}", "  " + " " * place + "^", "0 events")
    assert said.startswith(f"wfpfast: {xml}: --where: {reason}")


def test_the_locks_hold() -> None:
    locked = _sql.Locked("--where")
    events = pa.table({"a": [1]})
    for name, value in (
            ("enable_external_access", "false"), ("lock_configuration", "true"),
            ("memory_limit", "953.6 MiB"), ("threads", "1")):
        found = locked.table(f"SELECT current_setting('{name}')::VARCHAR FROM events", events)
        assert found.column(0).to_pylist() == [value]
    # UTC has many names: the systems' libraries prefer different ones.
    found = locked.table(
        "SELECT TIMESTAMPTZ '2026-07-01 12:00:00+02'::VARCHAR FROM events", events)
    assert found.column(0).to_pylist() == ["2026-07-01 10:00:00+00"]
    for statement in (
            "SET threads = 2", "SET enable_external_access = true", "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM read_text('/etc/passwd')", "COPY events TO 'x.csv'", "ATTACH 'x.db'",
            "INSTALL httpfs", "LOAD httpfs", "EXPORT DATABASE 'x'", "SELECT * FROM name_of_python"):
        name_of_python = events  # noqa: F841
        with pytest.raises(_sql.SqlFault):
            locked.table(statement, events)


def test_a_hostile_expression_steers_no_terminal(where: Callable[[str], Result]) -> None:
    result = where("app_path = '\x1b[31m' or or")
    assert "\x1b" not in result.err
    shown, caret, _ = result.err.splitlines()
    assert shown == r"  app_path = '\x1b[31m' or or"
    assert caret.index("^") == shown.rindex("or")
    result = where(" " * 10000 + "or or")
    assert max(map(len, result.err.splitlines())) < 200


def test_summary_and_event_ids(run: Run, xml: Path) -> None:
    result = run("summary", xml, "--where", "event_id = 5157 and remote_port = 443")
    assert result.out.startswith("netevents.xml: 2 events, 2 dropped\n")
    result = run("convert", xml, "-", "--to", "csv", "--where", "event_id = 5156",
                 "--columns", "filter_id")
    assert result.out.splitlines() == ['"filter_id"', "70002"]
    result = run("convert", xml, "o.parquet", "--where", "event_id = 5156")
    assert "event_id" not in pq.read_schema(xml.parent / "o.parquet").names


def test_no_event_is_an_answer(run: Run, xml: Path) -> None:
    for command in (["show"], ["summary"], ["convert"]):
        out = ["o.parquet"] if command == ["convert"] else []
        result = run(*command, xml, *out, "--where", "false")
        assert result.status == 0, result.err


def test_without_duckdb(run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: Any = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name, *more: None if name == "duckdb" else found(name, *more))
    result = run("show", xml, "--where", "true")
    assert (result.status, result.out, result.err) == (
        1, "", "wfpfast: --where needs duckdb: pip install 'wfpfast[query]'\n")
    assert run("show", xml, "-n", 1).status == 0
