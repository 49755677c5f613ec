"""The questions have the answers that `wfpfast summary` gives, in duckdb and in polars."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from queries.lake_files import batches, written

from wfpfast.cli import main
from wfpfast.queries import COLUMNS, QUESTIONS

Rows = list[dict[str, Any]]
ALL = 1 << 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, Rows]:
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW events AS SELECT * FROM '{folder}/*.parquet'")
        return {name: database.sql(sql).to_arrow_table().to_pylist()
                for name, sql in QUESTIONS.items()}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Return what the command line says of the same events, in their own types."""
    path = tmp_path_factory.mktemp("own") / "events.parquet"
    tables = []
    for host, batch in batches():
        named = pa.table(batch).append_column("host", pa.array([host] * len(batch)))
        tables.append(named)
    pq.write_table(pa.concat_tables(tables).unify_dictionaries(), path)
    with pytest.MonkeyPatch.context() as patch:
        told = []
        patch.setattr("click.echo", lambda text, **_: told.append(text))
        patch.setattr(sys, "argv", ["wfpfast", "summary", "--json", "--keep-doubles", "--top",
                                    str(ALL), str(path)])
        with pytest.raises(SystemExit):
            main()
    return json.loads(told[0])


def without(rows: Rows, *others: str) -> Rows:
    return [{key: value for key, value in row.items() if key not in others} for row in rows]


def test_totals(answers: Mapping[str, Rows], report: Mapping[str, Any]) -> None:
    (row,) = answers["summary.events"]
    assert row["events"] == report["events"] > 4_000
    for verdict in ("dropped", "allowed"):
        assert row[verdict] == report[verdict]["events"] > 100
    assert row["failed"] == report["ike"]["events"] > 10
    assert row["last_100ns"] > row["first_100ns"] > 0


@pytest.mark.parametrize("name", ["types", "audits", "hosts", "failures"])
def test_tables(answers: Mapping[str, Rows], report: Mapping[str, Any], name: str) -> None:
    found = answers[f"summary.{name}"]
    assert len(found) >= 3
    expected = report[name]["top"]
    assert found == [{key: row[key] for key in found[0]} for row in expected]


TABLES = [name for name in QUESTIONS if name.count(".") == 2 and not name.endswith(".places")]


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_a_verdict(
    answers: Mapping[str, Rows], report: Mapping[str, Any], name: str
) -> None:
    _, verdict, table = name.split(".")
    found = answers[name]
    assert len(found) >= 2
    assert found == [{key: row[key] for key in found[0]} for row in report[verdict][table]["top"]]


def test_places(answers: Mapping[str, Rows], report: Mapping[str, Any]) -> None:
    layers: dict[int, set[int]] = {}
    for row in answers["summary.dropped.places"]:
        if row["filter_id"] is not None and row["layer_id"] is not None:
            layers.setdefault(row["filter_id"], set()).add(row["layer_id"])
    expected = {row["filter_id"]: set(row["layer_ids"])
                for row in report["dropped"]["filters"]["top"] if row["layer_ids"]}
    assert layers == expected
    assert len(layers) > 10


def test_peers(answers: Mapping[str, Rows], report: Mapping[str, Any]) -> None:
    found = {(row["host"], row["remote_address"]): row["events"] for row in answers["ike.peers"]}
    expected = {(row["host"], row["remote_address"]): row["events"]
                for row in report["ike"]["top"]}
    assert found == expected
    assert len(found) > 3
    ways = [(peer["host"], peer["remote_address"], way["event_type"], way["failure_point"],
             way["failure_error"], way["local_principal"], way["events"])
            for peer in report["ike"]["top"] for way in peer["failures"]]
    keys = ("host", "remote_address", "event_type", "failure_point", "failure_error",
            "local_principal", "events")
    told = [tuple(row[key] for key in keys) for row in answers["ike.failures"]]
    assert sorted(told, key=repr) == sorted(ways, key=repr)
    assert len(told) > 5


@pytest.mark.parametrize("name", QUESTIONS)
def test_polars_says_the_same(answers: Mapping[str, Rows], folder: Path, name: str) -> None:
    events = polars.scan_parquet(folder / "*.parquet")
    with polars.SQLContext(events=events) as context:
        assert context.execute(QUESTIONS[name]).collect().to_dicts() == answers[name]


def test_texts_are_such_that_engines_agree() -> None:
    assert len(QUESTIONS) >= 22
    for sql in QUESTIONS.values():
        assert not set(sql) & set('\\"`;')
    assert set(COLUMNS) > {"host", "event_type", "local_port", "timestamp_100ns"}
