"""--salvage: what is read of a damaged recording, what is named, counted, and said to do."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cli.running import Run
from example_events import one_of_each

from wfpfast import encode
from wfpfast.recording import Recorder

HEAD = 64  # of a record, docs/recording.md


def spoil(path: Path, *records: int, header: bool = False) -> list[int]:
    """Damage records, counted from 1; return where each begins."""
    raw = bytearray(path.read_bytes())
    starts = [at for at in range(len(raw)) if raw[at:at + 4] == b"BLCK"]
    for record in records:
        raw[starts[record - 1] + (8 if header else HEAD + 5)] ^= 4
    path.write_bytes(raw)
    return [starts[record - 1] for record in records]


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A recording of four blocks, of 6, 5, 2 and 3 events."""
    path = tmp_path / "a.wfprec"
    with Recorder(path) as recorder:
        for first, last in ((0, 6), (6, 11), (0, 2), (2, 5)):
            recorder.write(encode(one_of_each()[first:last]), dropped=first)
    return path


def test_convert_leaves_a_record_out_and_names_it(run: Run, tape: Path) -> None:
    (at,) = spoil(tape, 2)
    result = run("convert", "--salvage", tape.name, "a.parquet")
    assert result.status == 3
    named, told = result.err.splitlines()
    assert named.startswith(f"a.wfprec: record 2, byte {at}: the data of the record at byte {at} ")
    assert named.endswith(" bytes, events in them: 5")
    assert told.startswith("11 events in a.parquet (")
    assert told.endswith(
        "; 8 events for which there was no room as they came; 1 record with damage, left out;"
        " 5 events that could not be read at all, left out")
    stats = json.loads(pq.read_metadata(tape.with_name("a.parquet")).metadata[b"wfpfast.stats"])
    assert (stats["damaged_records"], stats["lost_events"], stats["dropped"]) == (1, 5, 8)
    assert pq.read_metadata(tape.with_name("a.parquet")).num_rows == 6 + 2 + 3


def test_without_it_the_error_says_that_there_is_such_an_option(run: Run, tape: Path) -> None:
    spoil(tape, 2)
    result = run("convert", tape.name, "a.parquet")
    assert result.status == 1
    assert "; --salvage leaves it out, and reads on; a.parquet has what came before: 6 events" in (
        result.err)


def test_summary_counts_what_is_left(run: Run, tape: Path) -> None:
    spoil(tape, 1, 3)
    result = run("summary", "--salvage", "--json", tape.name)
    assert result.status == 3
    report = json.loads(result.out)
    assert (report["events"], report["stats"]["damaged_records"]) == (5 + 3, 2)
    assert [line.partition(", byte")[0] for line in result.err.splitlines()] == [
        "a.wfprec: record 1", "a.wfprec: record 3"]
    shown = run("summary", "--salvage", tape.name)
    assert "2  records with damage, left out" in shown.out


def test_an_event_behind_damage_can_be_explained(run: Run, tape: Path) -> None:
    spoil(tape, 1)
    assert run("explain", "event", tape.name, 1).status == 1
    result = run("explain", "--salvage", "event", tape.name, 1)
    assert result.status == 0
    assert "a.wfprec: record 1, byte " in result.err
    assert run("explain", "--salvage", "13801").status == 2


def test_thousands_of_damaged_records_are_not_thousands_of_lines(run: Run, tape: Path) -> None:
    with Recorder(tape) as recorder:
        for _ in range(50):
            recorder.write(encode(one_of_each()[:1]))
    spoil(tape, *range(2, 42), header=True)
    result = run("summary", "--salvage", "--json", tape.name)
    assert json.loads(result.out)["stats"]["damaged_records"] == 1  # one gap, without a header
    raw = tape.read_bytes()
    start = raw.index(b"BLCK")
    end = raw.index(b"BLCK", start + 1)
    record = bytearray(raw[start:end])
    record[HEAD + 5] ^= 4
    tape.write_bytes(raw[:start] + record * 40 + raw[start:end])
    result = run("summary", "--salvage", "--json", tape.name)
    assert json.loads(result.out)["stats"]["damaged_records"] == 40
    assert len(result.err.splitlines()) == 21
    assert result.err.splitlines()[-1] == "a.wfprec: 20 more damaged records were left out"


def test_it_is_for_recordings(run: Run, xml: Path, tape: Path) -> None:
    result = run("convert", "--salvage", xml, "a.csv")
    assert (result.status, result.err) == (1, f"wfpfast: {xml}: --salvage: for .wfprec only\n")
    whole = run("convert", "--salvage", tape.name, "a.csv")
    assert whole.status == 0
    assert whole.err.startswith("16 events in a.csv (")


def test_append_to_a_damaged_file_says_what_to_do(run: Run, tape: Path) -> None:
    spoil(tape, 2)
    raw = tape.read_bytes()
    result = run("record", "--engine", "simulated", "--count", 5, "--append", tape.name)
    assert result.status == 1
    assert result.err.endswith(
        "; a damaged file is not continued: write to another one, and read this one with"
        " Recording(..., salvage=True), or --salvage\n")
    assert tape.read_bytes() == raw
