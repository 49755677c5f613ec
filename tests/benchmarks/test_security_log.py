"""The benchmark of the Security log times nobody who makes other rows, or none."""

import itertools
import json

import pytest

from benchmarks import security_log, security_log_rivals
from benchmarks.rivals import MismatchError
from benchmarks.timing import race

pa = pytest.importorskip("pyarrow")


@pytest.fixture(autouse=True)
def _no_samples(monkeypatch):
    monkeypatch.delenv("WFPFAST_SAMPLES", raising=False)


def test_the_log_has_the_records_again_and_again():
    data, what = security_log.log_of(1 << 20)
    assert (len(data) - 4096) // 65536 == 16
    assert "made-up" in what
    table = security_log.ours_of(data)
    once = security_log.ours_of(security_log.log_of(1)[0])
    assert len(once) == 200
    assert table.column_names == list(security_log_rivals.COLUMNS)
    assert len(table) == 200 * (16 // ((len(security_log.log_of(1)[0]) - 4096) // 65536))
    assert {name: table[name].null_count for name in table.column_names if table[name].null_count
            } == {}


def test_rivals_make_the_same_columns(tmp_path):
    pytest.importorskip("evtx")
    pytest.importorskip("duckdb")
    log, lines = tmp_path / "a.evtx", tmp_path / "b.jsonl"
    log.write_bytes(security_log.log_of(1)[0])
    lines.write_bytes(security_log.lines_of(1)[0])
    expected = security_log.ours_of(log)
    security_log.check("evtx", security_log_rivals.with_evtx(log, json.loads), expected)
    of_lines = security_log.ours_of(lines)
    security_log.check("duckdb", security_log_rivals.with_duckdb(lines), of_lines)
    security_log.check("two threads", security_log.with_two_threads(log), expected)
    assert security_log_rivals.count_texts(log) == len(expected) == 200


@pytest.mark.parametrize("column", ["host", "timestamp", "destination_port"])
def test_another_cell_is_a_mismatch(column):
    table = security_log.ours_of(security_log.log_of(1)[0])
    place = table.column_names.index(column)
    cells = table[column].to_pylist()
    changed = [cells[100], *cells[1:]] if column != "host" else ["x", *cells[1:]]
    other = table.set_column(place, column, pa.array(changed).cast(
        pa.string() if column == "host" else table[column].type))
    with pytest.raises(MismatchError, match=rf"rival, {column}, row 0: "):
        security_log.check("rival", other, table)
    with pytest.raises(MismatchError, match="rival, timestamp: 199 rows of 200"):
        security_log.check("rival", table.slice(1), table)
    with pytest.raises(MismatchError, match="0 rows of 0"):
        security_log.check("rival", table.slice(0, 0), table.slice(0, 0))


def test_a_call_without_its_rows_is_no_time(tmp_path):
    path = tmp_path / "a"
    for found, right in (([], 0), ([1], 2), (0, 0)):
        nobody = security_log.timed("nobody", lambda _, found=found: found, path, right)
        with pytest.raises(MismatchError, match="nobody: "):
            nobody.call()
    clock = itertools.count().__next__
    one = security_log.timed("one", lambda _: [1, 2], path, 2, clock=clock)
    other = security_log.timed("other", lambda _: 7, path, 2, counted=7, clock=clock)
    text, rows = security_log.report("title", race([one, other], rounds=1, seconds=0))
    assert [(row["name"], row["rows"]) for row in rows] == [("one", 2), ("other", 2)]
    assert rows[0]["ratio"] == 1
    assert text.splitlines()[0] == "title"
