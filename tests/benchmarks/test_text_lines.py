"""The benchmark of lines times nobody who writes fewer rows or columns."""

import sys

import pytest

from benchmarks import text_lines
from benchmarks.rivals import MismatchError

pytest.importorskip("pyarrow")


@pytest.mark.skipif(sys.platform == "win32", reason="pyarrow's CSV asks for time zones there")
def test_everybody_writes_every_row():
    pytest.importorskip("polars")
    pytest.importorskip("duckdb")
    text, figures = text_lines.measure_text_lines(quick=True)
    assert figures["events"] == 2_000
    assert len(figures["rows_per_second"]) == 8
    assert all(speed > 0 for speed in figures["rows_per_second"].values())
    table = [line.split() for line in text.splitlines()[2:]]
    assert [row[-2] for row in table if row[0] == "wfpfast," and "--drop-nulls" not in row] == [
        "1.00", "1.00"]
    assert len(table) == 8


def test_who_leaves_out_a_row_or_a_column_is_a_mismatch(tmp_path):
    batch = text_lines.events(3)
    line = ",".join("x" * 67) + "\n"

    def short(path):
        path.write_text(3 * line)

    with pytest.raises(MismatchError, match=r"rival, \.csv: 3 lines of 4"):
        text_lines.timed("rival, .csv", short, tmp_path / "a", batch)

    def narrow(path):
        path.write_text(4 * line[2:])

    with pytest.raises(MismatchError, match=r"rival, \.csv: 66 columns of 67"):
        text_lines.timed("rival, .csv", narrow, tmp_path / "a", batch)
