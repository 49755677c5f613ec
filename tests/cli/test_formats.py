"""The tables of sources and outputs: an entry is all that a new one needs beside what it does."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.running import Run
from fresh_python import fresh_python

from wfpfast import EventStream, SourceError
from wfpfast.cli import _formats
from wfpfast.cli._formats import DECODER, OUTPUTS, SOURCES, Format, suffixes, taking
from wfpfast.cli._input import Input
from wfpfast.cli._open_decoded import source
from wfpfast.cli._source import Request, Source

BY_DECODER = [each.suffix for each in taking("errors")]


def test_every_entry_names_something_that_is_there() -> None:
    assert len(SOURCES) >= 6
    assert len(OUTPUTS) >= 4
    for each in (*SOURCES, *OUTPUTS):
        assert callable(each.load()), each
        assert not each.looks or each.recognises(b"no such thing") is False
        assert each.suffix == each.suffix.lower()
    for table in (SOURCES, OUTPUTS):
        assert len({each.suffix for each in table}) == len(table)


def test_what_convert_writes_it_reads() -> None:
    assert {each.suffix for each in OUTPUTS} <= {each.suffix for each in SOURCES}


def test_help_shows_every_entry(run: Run) -> None:
    shown = {command: run(command, "--help").out for command in ("convert", "summary", "watch")}
    for each in SOURCES:
        line = f"\n  {each.suffix:<9} {each.what}\n"
        assert line in shown["convert"]
        assert line in shown["summary"]
    for each in OUTPUTS:
        assert f"\n  {each.suffix:<9} {each.what}\n" in shown["convert"]
        assert each.suffix in shown["watch"]
    assert f"{suffixes(taking('errors'), ' and ')} only" in " ".join(shown["convert"].split())


def test_the_readme_names_every_entry() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert [each.suffix for each in (*SOURCES, *OUTPUTS) if each.suffix not in text] == []


def test_help_needs_no_pyarrow() -> None:
    script = "import sys, wfpfast.cli._app; print('click' in sys.modules, 'pyarrow' in sys.modules)"
    assert fresh_python(script).strip() == "True False"


def looks(head: bytes) -> bool:
    return head[:1].isdigit() or head.startswith(b"!")


def lines(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """A source made for this test: a line is a port; "?" is one that could not be read."""

    def events() -> Iterator[Any]:
        for line in given.file:
            if line == b"!\n":
                raise SourceError("here it breaks off")
            bad = line == b"?\n"
            known = {"flags": 0} if bad else {"flags": 8, "localPort": int(line)}
            yield {"header": known, "type": 3, "classifyDrop": {"filterId": 1}}, bad

    stream = EventStream.from_mappings(events(), columns=request.columns, **request.options)
    return source(given, stream)


class Counter:
    """An output made for this test: how many rows there were."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self.file = file
        self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self.rows += len(batch)

    def finish(self, stats: dict[str, int] | None) -> None:
        self.file.write(f"{self.rows} {stats and stats['malformed']}".encode())

    def close(self) -> None:
        pass


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source and an output join by an entry."""
    module: Any = ModuleType("wfpfast.cli._ports")
    module.lines, module.looks, module.Counter = lines, looks, Counter
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entry = Format(".ports", "ports", "_ports:lines", looks="_ports:looks", takes=DECODER)
    monkeypatch.setattr(_formats, "SOURCES", (*SOURCES, entry))
    entry = Format(".count", "a number", "_ports:Counter")
    monkeypatch.setattr(_formats, "OUTPUTS", (*OUTPUTS, entry))


@pytest.mark.usefixtures("joined")
def test_a_source_and_an_output_join_by_an_entry(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.PORTS").write_bytes(b"1\n?\n3\n")
    assert run("convert", "a.PORTS", "a.parquet", "--columns", "local_port").status == 3
    assert pq.read_table("a.parquet")["local_port"].to_pylist() == [1, None, 3]
    assert run("convert", "a.PORTS", "a.count").status == 3
    assert (tmp_path / "a.count").read_text() == "3 1"
    (tmp_path / "a.PORTS").rename(tmp_path / "a.xml")
    result = run("summary", "a.xml", "--json")
    found = json.loads(result.out)
    assert result.status == 3
    assert (found["dropped"]["events"], found["stats"]["malformed"]) == (3, 1)
    (tmp_path / "noise").write_bytes(bytes(range(1, 32)) * 9)
    assert run("convert", "noise", "b.count").err == (
        f"wfpfast: noise: is nothing that wfpfast reads: {suffixes(SOURCES)}, .ports by content\n")
    assert run("convert", "a.xml", "x", "--errors", "null").err.endswith(
        f"x: expected a name that ends in {suffixes(OUTPUTS)}, .count\n")
    (tmp_path / "a.csv").write_text("flags\n1\n")
    assert run("convert", "a.csv", "x.count", "--errors", "null").err.endswith(
        f"--errors: for {', '.join(BY_DECODER)} and .ports only\n")


@pytest.mark.usefixtures("joined")
def test_its_error_ends_it_where_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.ports").write_bytes(b"1\n2\n!\n3\n")
    result = run("convert", "cut.ports", "a.parquet")
    assert result.status == 1
    assert result.err.splitlines()[1] == (
        "wfpfast: cut.ports: here it breaks off; a.parquet has what came before: 2 events")
    assert pq.read_table("a.parquet")["local_port"].to_pylist() == [1, 2]
    result = run("summary", "cut.ports")
    assert result.err == (
        "wfpfast: cut.ports: here it breaks off; counted is what came before: 2 events\n")
