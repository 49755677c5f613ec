"""Spark gives the questions the answers of duckdb, cell by cell, of Parquet and of recordings."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from queries.lake_files import batches, written
from queries.rules import FOUND, ROWS, RULES
from spark.hosts import recording

from wfpfast.dataset import lake
from wfpfast.queries import COLUMNS, QUESTIONS
from wfpfast.spark import views


def by_duckdb(relation: str) -> dict[str, pa.Table]:
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW events AS SELECT * FROM {relation}")
        return {name: database.sql(sql).to_arrow_table() for name, sql in QUESTIONS.items()}


def compare(spark: Any, expected: dict[str, pa.Table]) -> int:
    """Ask the session each question; return how many rows were compared."""
    count = 0
    for name, table in expected.items():
        found = spark.sql(QUESTIONS[name]).toArrow()
        assert found.schema.names == table.schema.names, name
        assert found.schema.types == table.schema.types, name
        assert found.to_pylist() == table.to_pylist(), name
        count += len(found)
    return count


def test_a_dataset_of_parquet(session: Any, tmp_path: Path) -> None:
    written(tmp_path)
    expected = by_duckdb(f"'{tmp_path}/*.parquet'")
    views(session, str(tmp_path)).select(*COLUMNS).cache().createOrReplaceTempView("events")
    assert compare(session, expected) > 300


def test_recordings(spark: Any, tmp_path: Path) -> None:
    for number in range(2):
        recording(tmp_path / f"{number}.wfprec", [30, 40], host=f"PC-{number}", first=number * 70)
    frame = spark.read.format("wfpfast").option("columns", ",".join(COLUMNS)).load(str(tmp_path))
    pq.write_table(frame.toArrow(), tmp_path / "same.parquet")
    expected = by_duckdb(f"'{tmp_path}/same.parquet'")
    assert expected["summary.hosts"].to_pylist()[0]["events"] == 70
    frame.cache().createOrReplaceTempView("events")
    assert compare(spark, expected) > 20


def test_files_that_lack_columns_and_have_others(session: Any, tmp_path: Path) -> None:
    host, batch = batches()[2]
    some = pa.table(batch).select(["timestamp", "event_type"])
    made = lake.LakeProfile(some.schema, host=host)
    for one in some.to_batches():
        named = pa.table(made.of(one))
        named = named.append_column("rule_name", pa.array(["x"] * len(named)))
        (tmp_path / "host=pc-3" / "date=2024-01-01").mkdir(parents=True)
        pq.write_table(named, tmp_path / "host=pc-3" / "date=2024-01-01" / "a.parquet")
    frame = views(session, str(tmp_path), events="others")
    assert frame.columns == [*lake.schema().names, "rule_name", "date"]
    (row,) = session.sql(
        "select host, count(*) n, count(app_path) p, min(rule_name) r, min(date) d"
        " from others group by host").toArrow().to_pylist()
    assert (row["host"], row["n"], row["p"], row["r"], str(row["d"])) == (
        "pc-3", 22, 0, "x", "2024-01-01")


def test_times_in_nanoseconds_are_named(session: Any, tmp_path: Path) -> None:
    _, batch = batches()[2]
    pq.write_table(pa.table(batch), tmp_path / "own.parquet")
    with pytest.raises(ValueError, match="wfpfast convert --profile lake"):
        views(session, str(tmp_path))


def test_hunting(session: Any, tmp_path: Path) -> None:
    pytest.importorskip("sigma")
    from wfpfast.queries import hunting

    path = tmp_path / "rules.yml"
    path.write_text(RULES, encoding="utf-8")
    rows = [{**row, "record_id": number} for number, row in enumerate(ROWS)]
    pq.write_table(pa.Table.from_pylist(rows, lake.schema()), tmp_path / "events.parquet")
    views(session, str(tmp_path / "events.parquet"))
    found = {title: sorted(row.record_id for row in session.sql(sql).collect())
             for title, sql in hunting.questions([path]).questions.items()}
    assert found == FOUND
    assert len(found) == 7
