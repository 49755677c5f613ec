"""Texts of events in NDJSON and CSV: they steer no terminal, and no spreadsheet computes them."""

import csv
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.running import Run

from wfpfast.cli import _cells

# Control characters, the two that end lines for JavaScript and Python, and Unicode's Bidi_Control.
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
STEERING = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u2028", "\u2029", *BIDI]
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://a/?"&A1)', "=",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20a", "'=1", "''=1", "'''-",
]
PLAIN = ["", "'", "''", "'a", "a=1", "a", "\\device\\a.exe", "S-1-5-18", "'1", " =1", None]


def table(path: Path, texts: list[Any], name: str = "mine") -> None:
    coded = pa.array(texts, pa.utf8()).dictionary_encode()
    pq.write_table(pa.table({"app_path": coded, name: texts}), path)


def test_the_characters_are_those_of_unicode() -> None:
    """Python has the property under other words: marks and embeddings, by their class."""
    marks = {chr(c) for c in range(sys.maxunicode + 1)
             if unicodedata.bidirectional(chr(c)) in (
                 "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")}
    assert marks | {"\u061c", "\u200e", "\u200f"} == set(BIDI)


def test_json_has_no_character_that_steers(run: Run, tmp_path: Path) -> None:
    texts = [f"a{each}b" for each in STEERING] + ["é文\U0001f600\u00a0"]
    table(tmp_path / "a.parquet", texts)
    assert run("convert", "a.parquet", "a.ndjson").status == 0
    written = (tmp_path / "a.ndjson").read_bytes().decode()
    assert len(STEERING) == 32 + 33 + 2 + 12
    assert not set(written) & (set(STEERING) - {"\n"})
    lines = written.split("\n")[:-1]
    assert [json.loads(line) for line in lines] == [
        {"app_path": text, "mine": text} for text in texts]
    assert r"a\u202eb" in written
    assert r"a\u009bb" in written
    assert "é文\U0001f600\u00a0" in written  # all else can be read
    assert run("convert", "a.ndjson", "b.parquet").status == 0
    assert pq.read_table(tmp_path / "b.parquet")["app_path"].to_pylist() == texts


def test_nor_have_names_of_columns_lists_and_lines_of_watch(run: Run, tmp_path: Path) -> None:
    lists = pa.array([["a\x9bb"], ["\u2029"]])
    pq.write_table(
        pa.table({"flags": [1, 2], "x\u202ey": lists}), tmp_path / "a.parquet")
    assert run("convert", "a.parquet", "a.ndjson").status == 0
    assert (tmp_path / "a.ndjson").read_text("utf-8") == (
        '{"flags":1,"x\\u202ey":["a\\u009bb"]}\n{"flags":2,"x\\u202ey":["\\u2029"]}\n')
    batch = pa.record_batch({"app_path": ["\x7f\u200f"]})  # what watch --json prints is made by it
    assert _cells.json_lines(batch) == '{"app_path":"\\u007f\\u200f"}\n'


def test_no_cell_of_csv_begins_a_formula(run: Run, tmp_path: Path) -> None:
    table(tmp_path / "a.parquet", FORMULAS + PLAIN, name="=cmd")
    assert run("convert", "a.parquet", "a.csv").status == 0
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["app_path", "'=cmd"]
    want = ["'" + text for text in FORMULAS] + [text or "" for text in PLAIN]
    assert rows[1:] == [[text, text] for text in want]
    assert len(FORMULAS) == 16


def test_reading_csv_gives_back_what_was_there(run: Run, tmp_path: Path) -> None:
    texts = [*FORMULAS, *PLAIN]
    table(tmp_path / "a.parquet", texts, name="=cmd")
    assert run("convert", "a.parquet", "a.csv").status == 0
    assert run("convert", "a.csv", "b.parquet").status == 0
    again = pq.read_table(tmp_path / "b.parquet")
    assert again.column_names == ["app_path", "=cmd"]
    assert again["app_path"].to_pylist() == texts
    assert again["=cmd"].to_pylist() == texts
    assert run("convert", "a.csv", "c.parquet", "--columns", "=cmd").status == 0
    assert pq.read_table(tmp_path / "c.parquet").to_pydict() == {"=cmd": texts}
    assert run("convert", "b.parquet", "b.csv").status == 0
    assert (tmp_path / "b.csv").read_bytes() == (tmp_path / "a.csv").read_bytes()


def test_two_texts_that_become_one_are_one(run: Run, tmp_path: Path) -> None:
    """As another program may write them; a dictionary has each value once."""
    (tmp_path / "a.csv").write_text('"app_path","flags"\n"=1",1\n"\'=1",2\n')
    assert run("convert", "a.csv", "a.arrow").status == 0
    column = pa.ipc.open_file(tmp_path / "a.arrow").read_all()["app_path"].combine_chunks()
    assert column.to_pylist() == ["=1", "=1"]
    assert column.dictionary.to_pylist() == ["=1"]
    twice = _cells.unguarded(pa.array(["=1", "'=1", None, "a"]).dictionary_encode())
    assert twice.dictionary.to_pylist() == ["=1", "a"]
    assert twice.to_pylist() == ["=1", "=1", None, "a"]


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_terminal_is_not_steered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    table(tmp_path / "a.parquet", [f"é{each}b" for each in STEERING])
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    result = run("convert", "a.parquet", "-", "--to", kind)
    assert result.status == 0
    assert not set(result.out) & (set(STEERING) - {"\n"})
    assert "é" in result.out
    assert r"\x1b" in result.out or r"\u001b" in result.out
