"""Several inputs at once: patterns, files that cannot be read, tables that do not fit together."""

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, ITEMS, ROWS, XML
from cli.running import Run


def write(folder: Path, *names: str) -> None:
    """Write one of the seven events to each of some files: the first one to the first file."""
    for name, item in zip(names, ITEMS, strict=False):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(HEAD + item + "</netEvents>", encoding="utf-8")


def paths(run: Run, *names: str, status: int = 0) -> list[str]:
    result = run("summary", "--json", *names)
    assert result.status == status, result.err
    return [file["path"] for file in json.loads(result.out)["files"]]


def test_patterns_are_files_in_their_order(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "b.xml", "a.xml", "h1/c.xml", "h2/d.xml", "other.log")
    assert paths(run, "*.xml") == ["a.xml", "b.xml"]
    assert paths(run, "[ab].xml", "a.xml") == ["a.xml", "b.xml", "a.xml"]
    assert paths(run, "h?/*") == [os.path.join("h1", "c.xml"), os.path.join("h2", "d.xml")]
    assert paths(run, os.path.join("**", "[cd].xml")) == paths(run, "h?/*")
    result = run("convert", "*.xml", "h?/*", "all.parquet", "--columns", "filter_id,local_port")
    assert result.status == 0
    assert result.err.startswith("4 events in all.parquet (")
    want = [(row["filter_id"], row["local_port"]) for row in (ROWS[1], ROWS[0], *ROWS[2:4])]
    table = pq.read_table(tmp_path / "all.parquet")
    assert [tuple(row.values()) for row in table.to_pylist()] == want


def test_a_pattern_without_files_is_one_line(run: Run, tmp_path: Path) -> None:
    result = run("summary", "*.xml")
    assert (result.status, result.out) == (1, "")
    assert result.err == "wfpfast: *.xml: No such file or directory\n"


def test_one_bad_file_of_many_costs_that_file(run: Run, tmp_path: Path) -> None:
    names = [f"{k}.xml" for k in range(6)]
    write(tmp_path, *names)
    (tmp_path / "2.xml").write_bytes(b"7z\xbc\xaf\x27\x1c\0\4")
    (tmp_path / "4.xml").write_text(HEAD + ITEMS[4], encoding="utf-8")
    wanted = [*names, "absent.xml"]
    for command in (["summary"], ["convert"]):
        result = run(*command, *wanted, *(["all.parquet"] if command == ["convert"] else []))
        assert result.status == 1
        *_, first, second, third = result.err.splitlines()
        assert first.startswith("wfpfast: 2.xml: is a 7z archive: ")
        assert second.startswith("wfpfast: 4.xml: line ")
        assert second.endswith("what came before: 1 event")
        assert third == "wfpfast: absent.xml: No such file or directory"
    table = pq.read_table(tmp_path / "all.parquet")
    assert table["timestamp"].cast("int64").to_pylist() == [
        ROWS[k]["timestamp"] for k in (0, 1, 3, 4, 5)]
    result = run("summary", *wanted)
    assert result.out.startswith("7 files: 5 events, 4 dropped\n")
    assert result.out.splitlines()[-3:] == [
        "2.xml could not be read.", "4.xml was read in part.", "absent.xml could not be read."]
    assert "Nothing." not in result.out


def test_if_none_can_be_read_there_is_no_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(b"")
    for arguments in (["summary", "a.xml", "b.xml"], ["convert", "a.xml", "b.xml", "o.csv"],
                      ["summary", "--json", "a.xml", "b.xml"]):
        result = run(*arguments)
        assert (result.status, result.out) == (1, "")
        assert result.err == (
            "wfpfast: a.xml: is empty: 0 bytes\nwfpfast: b.xml: No such file or directory\n")
    assert os.listdir(tmp_path) == ["a.xml"]


def test_tables_with_other_columns_are_filled_up(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "a.xml")
    (tmp_path / "b.csv").write_text("event_type,mine\nCLASSIFY_DROP,1\n")
    result = run("convert", "a.xml", "b.csv", "a.xml", "o.parquet")
    assert result.status == 0
    assert result.err.splitlines()[1] == (
        "null where a file has no such column: timestamp, flags, ip_version, ip_protocol,"
        " local_address, remote_address, local_port, remote_port, scope_id, app_path, user_sid,"
        " address_family and 55 more")
    table = pq.read_table(tmp_path / "o.parquet")
    assert table["mine"].to_pylist() == [None, "1", None]
    assert [at is None for at in table["timestamp"].to_pylist()] == [False, True, False]
    result = run("convert", "-f", "a.xml", "b.csv", "o.parquet", "--columns", "event_type")
    assert result.status == 0
    assert pq.read_table(tmp_path / "o.parquet")["event_type"].to_pylist() == ["CLASSIFY_DROP"] * 2


def test_statistics_of_all_are_added_up(run: Run, tmp_path: Path) -> None:
    bad = XML.replace("<filterId>70001<", "<filterId>seven<")
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(bad, encoding="utf-8")
    result = run("convert", "a.xml", "b.xml", "o.parquet")
    assert result.status == 3
    assert result.err.endswith("; 4 values that could not be read, now null\n")
    stats = json.loads(pq.read_metadata(tmp_path / "o.parquet").metadata[b"wfpfast.stats"])
    assert (stats["events"], stats["malformed"]) == (14, 4)


def test_an_output_that_cannot_be_written_ends_it_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no fault of the first input: the second one would meet it as well."""
    write(tmp_path, "a.xml", "b.xml")

    class Full:
        def __init__(self, *_: object) -> None:
            pass

        def write(self, _: object) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr("wfpfast.cli._writers.CsvWriter", Full)
    result = run("convert", "a.xml", "b.xml", "o.csv")
    assert (result.status, result.err) == (1, "wfpfast: o.csv: No space left on device\n")
    assert sorted(os.listdir(tmp_path)) == ["a.xml", "b.xml"]
