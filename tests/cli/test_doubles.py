"""`wfpfast summary` of files that overlap: an event that several of them have is counted once."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.running import Run
from netsh_xml import APP, drop, netevents

SECOND = "2026-11-02T03:04:{:02}.{:03}Z"


def dump(folder: Path, name: str, *seconds: int, **others: Any) -> Path:
    """What netsh wrote: a drop at each of these seconds."""
    path = folder / name
    path.write_text(netevents(*(
        drop({"timeStamp": SECOND.format(at, at)}, **others) for at in seconds)), encoding="utf-8")
    return path


def report(run: Run, *args: Any) -> Any:
    result = run("summary", *args, "--json")
    assert (result.status, result.err) == (0, "")
    return json.loads(result.out)


def counts(found: Any) -> tuple[int, int | None, list[tuple[int, int]]]:
    files = [(file["events"], file["doubles"]) for file in found["files"]]
    return found["events"], found["stats"].get("doubles"), files


@pytest.fixture
def dumps(tmp_path: Path) -> list[Path]:
    """Three dumps of a ring of five, taken every two seconds."""
    return [dump(tmp_path, f"{k}.xml", *range(k, k + 5)) for k in (0, 2, 4)]


def test_dumps_that_overlap(run: Run, dumps: list[Path]) -> None:
    found = report(run, *dumps)
    assert counts(found) == (9, 6, [(5, 0), (5, 3), (5, 3)])
    assert found["dropped"]["events"] == 9
    application, = found["dropped"]["applications"]["top"]
    assert (application["app_path"], application["events"]) == (APP, 9)
    assert (found["first"], found["last"]) == (
        "2026-11-02T03:04:00.0000000Z", "2026-11-02T03:04:08.0080000Z")


def test_in_any_order(run: Run, dumps: list[Path]) -> None:
    assert counts(report(run, *reversed(dumps)))[:2] == (9, 6)


def test_doubles_can_be_kept(run: Run, dumps: list[Path]) -> None:
    assert counts(report(run, *dumps, "--keep-doubles")) == (15, None, [(5, 0)] * 3)


def test_what_a_file_has_twice_happened_twice(run: Run, tmp_path: Path) -> None:
    one, two = dump(tmp_path, "one.xml", 1, 1, 2), dump(tmp_path, "two.xml", 1, 1, 1)
    assert counts(report(run, one)) == (3, None, [(3, 0)])
    assert counts(report(run, one, two)) == (4, 2, [(3, 0), (3, 2)])


def test_files_of_several_kinds(run: Run, dumps: list[Path]) -> None:
    """The same events as a table, with addresses as bytes, and as lines of text."""
    names = ["a.parquet", "b.arrow", "c.csv", "d.ndjson"]
    for path, name in zip([*dumps, dumps[0]], names, strict=True):
        options = ["--addresses", "binary"] if name == "b.arrow" else []
        assert run("convert", path, name, *options).status == 0
    found = report(run, *names, *dumps)
    assert counts(found)[:2] == (9, 26)
    assert found["dropped"]["remote_addresses"]["top"] == [
        {"remote_address": "203.0.113.250", "events": 9}]


def test_the_number_of_doubles_is_said(run: Run, dumps: list[Path]) -> None:
    lines = run("summary", *dumps).out.splitlines()
    assert lines[0] == "3 files: 9 events, 9 dropped"
    assert lines[2] == ("6 events stand in an earlier file, too, and are counted once"
                        " (--keep-doubles: each time)")
    assert "Nothing." in lines      # a double is no loss
    one = run("summary", dumps[0], dumps[2]).out.splitlines()
    assert one[2].startswith("1 event stands in an earlier file, too, and is counted once")
    kept = run("summary", *dumps, "--keep-doubles").out
    assert "earlier file" not in kept
    assert kept.startswith("3 files: 15 events")


def test_what_the_tables_do_not_show_tells_events_apart(run: Run, tmp_path: Path) -> None:
    one = dump(tmp_path, "one.xml", 1)
    two = tmp_path / "two.xml"
    text = one.read_text(encoding="utf-8")
    two.write_text(text.replace("192.0.2.7", "192.0.2.8"), encoding="utf-8")  # the local address
    assert counts(report(run, one, two)) == (2, 0, [(1, 0), (1, 0)])


def test_files_that_do_not_overlap(run: Run, tmp_path: Path) -> None:
    found = report(run, dump(tmp_path, "one.xml", 1), dump(tmp_path, "two.xml", 2))
    assert counts(found) == (2, 0, [(1, 0), (1, 0)])


def test_a_file_given_twice(run: Run, dumps: list[Path]) -> None:
    assert counts(report(run, dumps[0], dumps[0])) == (5, 5, [(5, 0), (5, 5)])


def test_a_file_that_breaks_off_has_its_doubles_too(run: Run, tmp_path: Path) -> None:
    whole = dump(tmp_path, "whole.xml", 1, 2)
    cut = tmp_path / "cut.xml"
    cut.write_text(whole.read_text(encoding="utf-8").replace("</netEvents>", ""), encoding="utf-8")
    result = run("summary", whole, cut, "--json")
    assert result.status == 1
    found = json.loads(result.out)
    assert counts(found) == (2, 2, [(2, 0), (2, 2)])
    assert found["files"][1]["error"].endswith("counted is what came before: 2 events")
