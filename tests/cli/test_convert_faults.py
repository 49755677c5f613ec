"""`wfpfast convert` when something is wrong: what is kept, what is left alone, what is said."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.hand import HEAD, ITEMS
from cli.running import Run

from wfpfast import Block, Decoder, EventBatch, encode
from wfpfast.cli._formats import OUTPUTS, suffixes, taking
from wfpfast.recording import Recorder

FORMATS = [".parquet", ".arrow", ".csv", ".ndjson"]
assert set(FORMATS) == {each.suffix for each in OUTPUTS}, "FORMATS"
OLD = b"what was there before"


def rows_of(path: Path) -> int:
    """Count the rows of a file of any format, without wfpfast."""
    if path.suffix == ".parquet":
        return int(pq.read_metadata(path).num_rows)
    if path.suffix == ".arrow":
        return len(pa.ipc.open_file(path).read_all())
    return path.read_text("utf-8").count("2024-05-01T10:0")


def only(folder: Path, *names: str) -> bool:
    """Tell whether a folder holds these files and no others, hidden ones included."""
    return sorted(os.listdir(folder)) == sorted(names)


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_events_make_an_empty_table(run: Run, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "none.xml").write_text("<netEvents/>")
    result = run("convert", "none.xml", f"out{suffix}")
    assert result.status == 0
    told, reasons = result.err.splitlines()
    assert told.startswith(f"0 events in out{suffix} (")
    assert reasons.startswith("none.xml: no events: the log of net events was empty")
    assert rows_of(tmp_path / f"out{suffix}") == 0
    if suffix == ".csv":
        assert (tmp_path / "out.csv").read_text().startswith('"timestamp","event_type","flags"')
    if suffix in (".parquet", ".arrow"):
        again = run("convert", f"out{suffix}", "again.csv", "--columns", "event_type")
        assert again.status == 0
        assert (tmp_path / "again.csv").read_text() == '"event_type"\n'


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_events_before_a_cut_are_kept(run: Run, tmp_path: Path, suffix: str) -> None:
    text = HEAD + "".join(ITEMS)
    (tmp_path / "cut.xml").write_text(text[:text.index("CLASSIFY_ALLOW")], encoding="utf-8")
    result = run("convert", "cut.xml", f"out{suffix}")
    assert result.status == 1
    assert rows_of(tmp_path / f"out{suffix}") == 5
    told, fault = result.err.splitlines()
    assert told.startswith(f"5 events in out{suffix} (")
    assert fault.startswith("wfpfast: cut.xml: line ")
    assert fault.endswith(f"; out{suffix} has what came before: 5 events")
    assert only(tmp_path, "cut.xml", f"out{suffix}")


def test_a_cut_before_the_first_event_leaves_no_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text(HEAD + ITEMS[0][:100])
    (tmp_path / "old.csv").write_bytes(OLD)
    for out in ("new.csv", "old.csv"):
        result = run("convert", "--force", "cut.xml", out)
        assert result.status == 1
        assert len(result.err.splitlines()) == 1
        assert result.err.startswith("wfpfast: cut.xml: line ")
    assert (tmp_path / "old.csv").read_bytes() == OLD
    assert only(tmp_path, "cut.xml", "old.csv")


def test_a_bad_value_is_null_or_ends_the_conversion(run: Run, tmp_path: Path) -> None:
    text = HEAD + "".join(ITEMS).replace("<filterId>70001<", "<filterId>seven<") + "</netEvents>"
    (tmp_path / "bad.xml").write_text(text, encoding="utf-8")
    strict = run("convert", "bad.xml", "strict.parquet", "--errors", "raise")
    assert strict.status == 1
    fault = strict.err.splitlines()[1]
    assert "<filterId>" in fault
    assert "--errors null, the default, makes such a value null" in fault
    assert rows_of(tmp_path / "strict.parquet") == 3
    for option in ([], ["--errors", "null"]):
        lenient = run("convert", "--force", "bad.xml", "lenient.parquet", *option)
        assert lenient.status == 3
        assert lenient.err.endswith("; 2 values that could not be read, now null\n")
        ids = pq.read_table(tmp_path / "lenient.parquet")["filter_id"].to_pylist()
        assert ids == [70000, 70000, 2**64 - 1, None, None, 70002, None]


def test_an_existing_file_is_replaced_only_by_force(run: Run, xml: Path) -> None:
    out = xml.with_name("out.csv")
    out.write_bytes(OLD)
    refused = run("convert", xml, "out.csv")
    assert refused.status == 1
    assert refused.err == "wfpfast: out.csv exists: --force replaces it\n"
    assert out.read_bytes() == OLD
    assert run("convert", "-f", xml, "out.csv").status == 0
    assert rows_of(out) == 7
    assert only(out.parent, xml.name, "out.csv")


def test_a_file_may_become_itself(run: Run, xml: Path) -> None:
    assert run("convert", xml, "a.parquet").status == 0
    assert run("convert", "--force", "a.parquet", "a.parquet", "--columns", "flags").status == 0
    assert pq.read_table(xml.with_name("a.parquet")).column_names == ["flags"]


def test_links_are_followed(run: Run, xml: Path) -> None:
    folder = xml.parent
    (folder / "far").mkdir()
    (folder / "far/real.csv").write_bytes(OLD)
    (folder / "out.csv").symlink_to("far/real.csv")
    (folder / "in.xml").symlink_to(xml.name)
    assert run("convert", "in.xml", "out.csv").status == 1
    assert run("convert", "--force", "in.xml", "out.csv").status == 0
    assert (folder / "out.csv").is_symlink()
    assert rows_of(folder / "far/real.csv") == 7
    assert only(folder / "far", "real.csv")
    (folder / "new.csv").symlink_to("far/absent.csv")
    assert run("convert", "in.xml", "new.csv").status == 0
    assert rows_of(folder / "far/absent.csv") == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.xml", "o.csv"], "absent.xml: No such file or directory"),
        (["folder.xml", "o.csv"],
         f"folder.xml: {'Permission denied' if os.name == 'nt' else 'Is a directory'}"),
        (["loop.xml", "o.csv"], "loop.xml: Too many levels of symbolic links"),
        (["netevents.xml", "o.txt"], f"o.txt: expected a name that ends in {suffixes(OUTPUTS)}"),
        (["netevents.xml", "o"], "o: expected a name that ends in"),
        (["netevents.xml", "folder.csv"], "folder.csv: is a directory"),
        (["netevents.xml", "no/o.csv"], f"{Path('no/o.csv')}: there is no directory no"),
        (["notes.txt", "o.csv"], "notes.txt: line 1: <file>: expected netEvents or "),
        (["notes.parquet", "o.csv"], "notes.parquet: line 1: <file>: expected netEvents or "),
        (["cut.parquet", "o.csv"], "cut.parquet: not a readable Parquet file: "),
        (["cut.arrow", "o.csv"], "cut.arrow: not a readable Arrow file: "),
        (["notes.xml", "o.csv"], "notes.xml: line 1: <file>: expected netEvents or "),
        (["other.parquet", "o.csv"], "other.parquet: no net events: no column has a name"),
        (["twice.parquet", "o.csv"], "twice.parquet: there are two columns 'flags'"),
        (["far.parquet", "o.csv"], "o.csv: Casting from timestamp[us] to timestamp[ns] would"),
        (["netevents.xml", "o.csv", "--columns", "app"], "app"),
        (["far.parquet", "o.csv", "--columns", "timestam"], "'timestam'; did you mean timestamp?"),
        (["far.parquet", "o.csv", "--addresses", "text"],
         f"--addresses: for {suffixes(taking('addresses'), ' and ')} only"),
        (["sid.xml", "o.csv", "--errors", "raise"], "S-1-5-99999999999"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, xml: Path, arguments: list[str], words: str
) -> None:
    folder = xml.parent
    (folder / "folder.xml").mkdir()
    (folder / "folder.csv").mkdir()
    (folder / "loop.xml").symlink_to("loop.xml")
    for name in ("notes.txt", "notes.parquet", "notes.xml"):
        (folder / name).write_text("<notes/>")
    (folder / "cut.parquet").write_bytes(b"PAR1" + bytes(40))
    (folder / "cut.arrow").write_bytes(b"ARROW1" + bytes(40))
    (folder / "sid.xml").write_text(
        HEAD + ITEMS[0].replace("S-1-5-18", "S-1-5-99999999999") + "</netEvents>")
    pq.write_table(pa.table({"a": [1]}), folder / "other.parquet")
    pq.write_table(pa.table([[1], [2]], names=["flags", "flags"]), folder / "twice.parquet")
    far = pa.array([2**60], pa.timestamp("us"))
    pq.write_table(pa.table({"timestamp": far}), folder / "far.parquet")
    before = set(os.listdir(folder))
    result = run("convert", *arguments)
    assert (result.status, result.out) == (1, "")
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("wfpfast: ")
    assert words in result.err
    assert set(os.listdir(folder)) == before


@pytest.mark.parametrize("columns", ["", " , ", "flags,flags"])
def test_columns_must_be_names_each_once(run: Run, xml: Path, columns: str) -> None:
    result = run("convert", xml, "o.csv", "--columns", columns)
    assert result.status == 2
    assert result.err.startswith("wfpfast: Invalid value for '--columns': ")
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("limit", [0, 700])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(
    spawn: Callable[..., Any], xml: Path, suffix: str, limit: int
) -> None:
    """At 0 bytes the first write fails, as on a full disk; at 700 one of the later ones."""
    resource = pytest.importorskip("resource", reason="limits of file sizes are of Unix")
    old = xml.with_name(f"out{suffix}")
    old.write_bytes(OLD)
    result = spawn(
        "convert", "--force", xml, old.name,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"wfpfast: {old.name}: File too large\n"
    assert old.read_bytes() == OLD
    assert only(old.parent, xml.name, old.name)


def test_a_folder_that_takes_no_file_is_one_line(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write anywhere, so the refusal is made here."""
    def refuse(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    result = run("convert", xml, "out.csv")
    assert (result.status, result.err) == (1, "wfpfast: out.csv: Permission denied\n")
    assert only(xml.parent, xml.name)


def test_numbers_that_json_has_no_word_for_are_null(run: Run, tmp_path: Path) -> None:
    values = [float("nan"), float("inf"), 1.5]
    pq.write_table(pa.table({"flags": [1, 2, 3], "mine": values}), tmp_path / "mine.parquet")
    assert run("convert", "mine.parquet", "o.ndjson").status == 0
    assert (tmp_path / "o.ndjson").read_text().splitlines() == [
        '{"flags":1,"mine":null}', '{"flags":2,"mine":null}', '{"flags":3,"mine":1.5}']


class Full:
    """A decoder for whose events there is no room."""

    def __init__(self, error: Callable[[], Exception], **options: Any) -> None:
        self._error = error
        self._decoder = Decoder(**options)

    def decode(self, block: Block) -> EventBatch:
        raise self._error()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decoder, name)


@pytest.mark.parametrize(("error", "told"), [
    (lambda: OverflowError("a column would hold too much"), "a column would hold too much"),
    (MemoryError, "there is not enough memory for its events"),
])
def test_events_without_room_are_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    error: Callable[[], Exception], told: str,
) -> None:
    with Recorder(tmp_path / "big.wfprec") as recorder:
        recorder.write(encode([{"header": {}, "type": 3}]))
    monkeypatch.setattr(
        "wfpfast.cli._open_decoded.Decoder", lambda **options: Full(error, **options))
    result = run("convert", "big.wfprec", "out.csv")
    assert (result.status, result.err) == (1, f"wfpfast: big.wfprec: {told}\n")
    assert only(tmp_path, "big.wfprec")


def test_a_command_without_memory_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **options: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("wfpfast.cli._app.click.Group.main", fails)
    result = run("convert", "a.wfprec", "b.csv")
    assert (result.status, result.err) == (1, "wfpfast: there is not enough memory\n")
