"""`.csv` and `.ndjson` read again: what `convert` writes as text comes back with its types."""

import json
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, ITEMS, ROWS
from cli.running import Run
from example_events import one_of_each

from wfpfast import Decoder, encode
from wfpfast.cli import _open_texts
from wfpfast.recording import Recorder

DATA = Path(__file__).parents[1] / "data"
TEXTS = [".csv", ".ndjson"]
KNOWN = pa.schema(Decoder())


@pytest.fixture(autouse=True, params=[None, 1 << 13])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test reads in blocks as they are, and in so small ones that files have several."""
    if request.param:
        monkeypatch.setattr(_open_texts, "CSV_BLOCK", request.param)
        monkeypatch.setattr(_open_texts, "JSON_BLOCK", request.param)


def converted(run: Run, source: Any, *names: str) -> pa.Table:
    """Convert from file to file; return the last one, without the codes of its dictionaries."""
    for name in names:
        result = run("convert", "--force", source, name)
        assert result.status == 0, result.err
        source = name
    return pq.read_table(source)


def assert_same(found: pa.Table, expected: pa.Table) -> None:
    assert found.schema.equals(expected.schema)
    assert found.num_rows == expected.num_rows > 0
    for name in expected.column_names:  # whose dictionaries may have another order
        assert found[name].to_pylist() == expected[name].to_pylist(), name


@pytest.mark.parametrize("suffix", TEXTS)
@pytest.mark.parametrize("source", ["netevents.xml", "wfpdiag.xml"])
def test_what_netsh_wrote_survives(run: Run, tmp_path: Path, suffix: str, source: str) -> None:
    direct = converted(run, DATA / source, "direct.parquet")
    assert_same(converted(run, DATA / source, f"text{suffix}", "again.parquet"), direct)


@pytest.mark.parametrize("suffix", TEXTS)
def test_all_types_of_events_survive(run: Run, tmp_path: Path, suffix: str) -> None:
    events = one_of_each(internal=True)
    with Recorder(tmp_path / "all.wfprec") as recorder:
        for _ in range(20):
            recorder.write(encode(events))
    direct = converted(run, "all.wfprec", "direct.parquet")
    assert direct.num_rows == 20 * len(events)
    again = converted(run, "all.wfprec", f"text{suffix}", "again.parquet")
    assert_same(again, direct)
    assert all(direct[name].null_count < direct.num_rows for name in KNOWN.names)


@pytest.mark.parametrize("suffix", TEXTS)
def test_rows_written_by_hand_come_back(run: Run, tmp_path: Path, suffix: str) -> None:
    """Of the sevenfold file there are blocks enough; empty texts and nulls stay apart."""
    (tmp_path / "many.xml").write_text(HEAD + "".join(ITEMS) * 50 + "</netEvents>", "utf-8")
    table = converted(run, "many.xml", f"text{suffix}", "again.parquet")
    assert table.schema.types == KNOWN.types
    times = table["timestamp"].cast(pa.int64())
    rows = table.set_column(0, "timestamp", times).to_pylist()
    assert [{k: v for k, v in row.items() if v is not None} for row in rows] == ROWS * 50


@pytest.mark.parametrize("suffix", TEXTS)
def test_the_summary_is_that_of_the_source(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"text{suffix}").status == 0
    ours = json.loads(run("summary", f"text{suffix}", "--json").out)
    theirs = json.loads(run("summary", xml, "--json").out)
    assert ours.pop("files") == [
        {"path": f"text{suffix}", "events": 7, "doubles": 0, "stats": None, "error": None}]
    assert (ours.pop("stats"), len(theirs.pop("files")), len(theirs.pop("stats"))) == ({}, 1, 5)
    assert ours == theirs
    shown = run("summary", f"text{suffix}").out.split("\n")
    source = run("summary", xml).out.split("\n")
    assert (shown[0], source[0]) == tuple(
        f"{name}: 7 events, 5 dropped" for name in (f"text{suffix}", xml.name))
    assert shown[1:-2] == source[1:-2]
    assert (shown[-2], source[-2]) == (f"text{suffix} does not say.", "Nothing.")


@pytest.mark.parametrize("suffix", TEXTS)
def test_columns_are_chosen_as_of_other_tables(run: Run, xml: Path, suffix: str) -> None:
    assert run("convert", xml, f"a{suffix}", "--columns", "filter_id,app_path").status == 0
    assert converted(run, f"a{suffix}", "a.parquet").column_names == ["filter_id", "app_path"]
    result = run("convert", f"a{suffix}", "b.parquet", "--columns", "app_path,filter_id")
    assert result.status == 0
    table = pq.read_table(xml.with_name("b.parquet"))
    assert table.column_names == ["app_path", "filter_id"]
    assert table["filter_id"].to_pylist() == [row.get("filter_id") for row in ROWS]
    result = run("convert", f"a{suffix}", "c.parquet", "--columns", "filter_i")
    assert result.err.endswith("there is no column 'filter_i'; did you mean filter_id?\n")
    result = run("summary", f"a{suffix}")
    assert "without the column event_type" in result.err
    result = run("convert", f"a{suffix}", "c.parquet", "--addresses", "text")
    assert result.err.endswith("--addresses: for .xml, .wfprec and .evtx only\n")


def test_files_of_others_are_read(run: Run, tmp_path: Path) -> None:
    """A byte-order mark, another order, no quotes, nulls left out, columns of their own."""
    (tmp_path / "a.csv").write_text(
        "﻿mine,flags,event_type,is_loopback,timestamp\n"
        "007,1,CLASSIFY_DROP,true,2026-01-01 10:00:00Z\nx,,,,\n", "utf-8")
    table = converted(run, "a.csv", "a.parquet")
    assert table.schema.field("mine").type == pa.utf8()
    assert table.schema.field("event_type").type == KNOWN.field("event_type").type
    first, second = table.to_pylist()
    assert (first["mine"], first["flags"], first["is_loopback"]) == ("007", 1, True)
    assert first["timestamp"].isoformat() == "2026-01-01T10:00:00+00:00"
    assert list(second.values()) == ["x", None, None, None, None]
    (tmp_path / "b.ndjson").write_text(
        '\n{"mine":1.5,"flags":4294967295}\n\n{"event_type":"CLASSIFY_DROP","none":null}')
    table = converted(run, "b.ndjson", "b.parquet")
    assert table.schema.field("mine").type == pa.float64()
    assert table.schema.field("flags").type == pa.uint32()
    assert table.to_pylist() == [
        {"mine": 1.5, "flags": 2**32 - 1, "event_type": None, "none": None},
        {"mine": None, "flags": None, "event_type": "CLASSIFY_DROP", "none": None}]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_other_countries(run: Run, tmp_path: Path, separator: str) -> None:
    (tmp_path / "a").write_text(separator.join(("mine", "event_type", "local_port")) + "\n" + (
        separator.join(('"x,y"', "CLASSIFY_DROP", "53")) + "\n"))
    result = run("convert", "a", "-", "--to", "ndjson")
    assert (result.status, result.out) == (
        0, '{"mine":"x,y","event_type":"CLASSIFY_DROP","local_port":53}\n')


def test_what_polars_writes_is_read(run: Run, xml: Path) -> None:
    direct = converted(run, xml, "direct.parquet")
    frame = polars.read_parquet(xml.with_name("direct.parquet"))
    frame = frame.drop("end_cert_hash")  # it cannot write bytes
    frame.write_ndjson(xml.with_name("theirs.ndjson"))
    again = converted(run, "theirs.ndjson", "again.parquet")
    assert again["filter_id"].to_pylist() == direct["filter_id"].to_pylist()
    assert again["timestamp"].to_pylist() == direct["timestamp"].to_pylist()
    assert again["terminating_filters"].to_pylist() == direct["terminating_filters"].to_pylist()


@pytest.mark.parametrize("suffix", TEXTS)
def test_no_events_stay_none(run: Run, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "none.xml").write_text("<netEvents/>")
    assert run("convert", "none.xml", f"none{suffix}").status == 0
    table = converted(run, f"none{suffix}", "none.parquet")
    assert (table.num_rows, table.schema.types) == (0, KNOWN.types)


def test_addresses_written_as_bytes_stay_text(run: Run, xml: Path) -> None:
    assert run("convert", xml, "a.csv", "--addresses", "binary").status == 0
    table = converted(run, "a.csv", "a.parquet")
    assert table["local_address"][0].as_py() == "00000000000000000000ffffc0000201"


HASH = "0f" * 20
MANY = "".join(f'{{"flags":{k}}}\n' for k in range(2000))


@pytest.mark.parametrize(("name", "text", "words"), [
    ("a.csv", "", "a.csv: is empty: 0 bytes"),
    ("a.csv", "\n", "a.csv: no net events: no column has a name that wfpfast knows"),
    ("a.csv", "x,y\n1,2\n", "a.csv: no net events: no column has a name that wfpfast knows"),
    ("a.csv", "flags,flags\n1,2\n", "a.csv: there are two columns 'flags'"),
    ("a.csv", "flags,x\n1,2\n3\n", "a.csv: not a readable CSV file: CSV parse error: Row #3: "
     "Expected 2 columns, got 1: 3"),
    ("a.csv", "flags\n1\n-3\n", "CSV conversion error to uint32: invalid value '-3'"),
    ("a.csv", "flags\n" + "1\n" * 9000 + "x\n", "invalid value 'x'"),
    ("a.csv", "local_groups\n[]\n[\n", "a.csv: event 2: column local_groups: '[' is not list<"),
    ("a.csv", "local_groups\n[]\n[1]\n", "a.csv: event 2: column local_groups: '[1]' is not list<"),
    ("a.csv", "end_cert_hash\n00\n", "event 1: column end_cert_hash: '00' is not fixed_size_"),
    ("a.csv", "local_groups\n" + "[]\n" * 9000 + "[\n", "a.csv: event 9001: column local_groups"),
    ("a.csv", f"end_cert_hash\n{HASH}\n0g\n", "event 2: column end_cert_hash: '0g' is not "
     "fixed_size_binary[20] as hexadecimal"),
    ("a.csv", f"end_cert_hash\n{HASH}\n" + "0" * 999, f"'{'0' * 60}...' is not fixed_size_binary"),
    ("a.ndjson", '{"flags":1}\n{"flags":', "a.ndjson: line 2: JSON parse error"),
    ("a.ndjson", '{"flags":1}\n\n[]\n', "a.ndjson: line 3: JSON parse error"),
    ("a.ndjson", MANY + '{"flags":"x"}\n', "a.ndjson: line 2001: JSON parse error: Column(/flags)"),
    ("a.ndjson", MANY + '{"flags":-1}\n', "a.ndjson: line 2001: Failed to convert JSON to uint32"),
    ("a.ndjson", '{"x":1}\n', "a.ndjson: no net events: no column has a name that wfpfast knows"),
    ("a.ndjson", f'{{"end_cert_hash":"{HASH}"}}\n{{"end_cert_hash":"0"}}', "event 2: column end"),
    ("a.ndjson", '{"flags":1,"flags":2}\n', "a.ndjson: line 1: JSON parse error: "),
])
def test_what_cannot_be_read_is_one_line(
    run: Run, tmp_path: Path, name: str, text: str, words: str
) -> None:
    """Of the blocks before it the rows are kept, as many as the output then says."""
    (tmp_path / name).write_text(text)
    for arguments in (["convert", name, "o.parquet"], ["summary", name]):
        result = run(*arguments)
        if arguments[0] == "summary" and "event_type" in result.err:
            continue  # of which there is nothing to count, whatever else is wrong
        *told, fault = result.err.splitlines()
        assert (result.status, result.out) == (1, "")
        assert words in fault
        if (tmp_path / "o.parquet").exists():
            rows = pq.read_metadata(tmp_path / "o.parquet").num_rows
            assert rows > 1000
            assert fault.endswith(f"; o.parquet has what came before: {rows:,} events")
            assert [line.startswith(f"{rows:,} events in o.parquet (") for line in told] == [True]
        else:
            assert told == []


@pytest.mark.parametrize("suffix", TEXTS)
def test_bytes_that_are_no_text_are_refused(run: Run, tmp_path: Path, suffix: str) -> None:
    raw = b'{"app_path":"\xff"}\n' if suffix == ".ndjson" else b"app_path\n\xff\n"
    (tmp_path / f"a{suffix}").write_bytes(raw)
    result = run("convert", f"a{suffix}", "o.parquet")
    assert result.status == 1
    assert "UTF8" in result.err.replace("UTF-8", "UTF8")
    assert len(result.err.splitlines()) == 1


def test_a_column_that_comes_after_the_first_block_is_not_lost_quietly(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_open_texts, "JSON_BLOCK", 1 << 10)
    (tmp_path / "a.ndjson").write_text(MANY + '{"flags":1,"filter_id":7}\n')
    result = run("convert", "a.ndjson", "o.parquet")
    assert result.status == 1
    assert "a.ndjson: line 2001: JSON parse error: unexpected field" in result.err


def test_a_line_without_end_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_open_texts, "JSON_BLOCK", 1 << 9)
    monkeypatch.setattr(_open_texts, "LONGEST_LINE", 1 << 10)
    (tmp_path / "a.ndjson").write_text('{"flags":1,"app_path":"' + "x" * 20_000)
    result = run("summary", "a.ndjson")
    assert (result.status, result.err) == (1, "wfpfast: a.ndjson: a line of more than 1024 bytes\n")
