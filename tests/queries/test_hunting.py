"""Rules of Sigma find the rows that they are about; where engines have no common words, it is said.
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from queries.rules import FOUND, ROWS, RULES, UNANSWERED

pytest.importorskip("sigma")

from wfpfast.cli import main
from wfpfast.dataset import lake
from wfpfast.queries import hunting


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(RULES, encoding="utf-8")
    return path


def table() -> pa.Table:
    """Return the rows in the lake profile, each with its number as its record's."""
    rows = [{**row, "record_id": number} for number, row in enumerate(ROWS)]
    return pa.Table.from_pylist(rows, lake.schema())


def test_rules_find_the_rows_that_they_are_about(rules: Path) -> None:
    found = hunting.questions([rules])
    assert found.unanswered == UNANSWERED
    events = table()
    with duckdb.connect() as database:
        database.register("events", events)
        rows = {title: sorted(row["record_id"] for row in database.sql(sql).to_arrow_table()
                              .to_pylist()) for title, sql in found.questions.items()}
    assert rows == FOUND


def test_the_command_line_finds_the_same(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.parquet"
    pq.write_table(table(), path)
    monkeypatch.setattr(sys, "argv", [
        "wfpfast", "hunt", "--json", str(rules), str(path)])
    with pytest.raises(SystemExit):
        main()
    told = json.loads(capsys.readouterr().out)
    counts = {hit["rule"]: hit["count"] for hit in told["hits"]}
    assert {title: counts.get(title, 0) for title in FOUND} == {
        title: len(rows) for title, rows in FOUND.items()}


def test_the_shipped_rules() -> None:
    found = hunting.questions()
    assert len(found.questions) == 1
    assert len(found.unanswered) == 1


def test_a_network_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.yml"
    path.write_text(RULES.partition("---")[0].replace(
        r"Application|endswith: ['\a_b%c!d$e.exe', " + '"o\'clock.exe"]',
        "local_address|cidr: '2001:db8::/32'"), encoding="utf-8")
    assert hunting.questions([path]) == ({}, {
        "ends": "asks for the network 2001:db8::/32, of IPv6 and longer than 16 bits"})
