"""`convert` of files whose columns differ, and the audits that stand for net events."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_records import FIELDS, Audit, records
from cli.running import Run
from evtx_file import evtx
from netsh_xml import drop, netevents

import wfpfast

ADDED = ["host", "record_id", "layer_kind", "source_address", "source_port", "destination_address",
         "destination_port", "remote_user_sid", "remote_machine_sid", "failure_reason"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "Security.evtx"
    path.write_bytes(evtx(records([Audit(5156, FIELDS["connection"], 71, host="pc1")])))
    return path


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    path = tmp_path / "netevents.xml"
    path.write_bytes(netevents(drop()).encode())     # at the layer 44
    return path


@pytest.mark.parametrize("turned", [False, True])
def test_all_columns_of_both(run: Run, log: Path, xml: Path, turned: bool) -> None:
    sources = [xml, log] if turned else [log, xml]
    result = run("convert", *sources, "o.parquet")
    assert result.status == 0, result.err
    assert result.err.splitlines()[1] == (
        f"null where a file has no such column: {', '.join(ADDED)}")
    table = pq.read_table(log.parent / "o.parquet")
    assert table.column_names == wfpfast.audit.read_events([]).column_names
    rows = table.to_pylist()[::-1 if turned else 1]
    assert [(row["host"], row["event_id"], row["record_id"]) for row in rows] == [
        ("pc1", 5156, 71), (None, 5157, None)]
    assert all(row["timestamp"] is not None for row in rows)


def test_a_choice_of_columns(run: Run, log: Path, xml: Path) -> None:
    columns = "event_id,host,event_type"
    result = run("convert", log, xml, "-", "--to", "csv", "--columns", columns)
    assert result.status == 0, result.err
    assert result.out.splitlines() == [
        '"event_id","host","event_type"', '5156,"pc1","CLASSIFY_ALLOW"', '5157,,"CLASSIFY_DROP"']
    assert "null where a file has no such column: host\n" in result.err
    result = run("convert", log, xml, "o.csv", "--columns", "hots,event_id")
    assert (result.status, result.err) == (
        1, "wfpfast: the files: there is no column 'hots'; did you mean host?\n")
    assert not (log.parent / "o.csv").exists()


@pytest.mark.parametrize("suffix", ["xml", "wfprec", "parquet", "ndjson"])
def test_net_events_alone(run: Run, xml: Path, suffix: str) -> None:
    if suffix == "wfprec":
        with wfpfast.Recorder(xml.parent / "o.wfprec") as recorder:
            recorder.write(wfpfast.encode([{
                "type": 3, "header": {"timeStamp": 133_800_000_000_000_000},
                "classifyDrop": {"filterId": 1, "layerId": 44}}]))
    elif suffix != "xml":
        run("convert", xml, f"o.{suffix}")
    source = xml if suffix == "xml" else f"o.{suffix}"
    result = run("convert", source, "-", "--to", "csv", "--columns", "event_id,filter_id")
    assert result.status == 0, result.err
    header, row = result.out.splitlines()
    assert (header, row.split(",")[0]) == ('"event_id","filter_id"', "5157")
    assert run("convert", xml, "p.parquet").status == 0
    assert "event_id" not in pq.read_schema(xml.parent / "p.parquet").names


def test_what_comes_through_a_pipe_has_to_fit(
    spawn: Callable[..., Any], log: Path, xml: Path
) -> None:
    with log.open("rb") as file:
        result = spawn("convert", xml, "-", "o.csv", stdin=file)
    assert result.returncode == 1
    assert ("wfpfast: standard input: its column host (dictionary<values=string, indices=int32,"
            f" ordered=0>) is not in {xml}; --columns chooses such as both have") in result.stderr
    assert len((log.parent / "o.csv").read_text().splitlines()) == 2


def test_the_standard_input_is_read_once(
    spawn: Callable[..., Any], log: Path, xml: Path
) -> None:
    (log.parent / "-").write_text("a file that may have this name")
    with log.open("rb") as file:
        result = spawn("convert", "-", xml, "o.csv", "--columns", "event_id", stdin=file)
    assert result.returncode == 0, result.stderr
    assert (log.parent / "o.csv").read_text().split() == ['"event_id"', "5156", "5157"]


def test_columns_come_in_the_order_that_they_have_everywhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine,local_port,event_type\nx,53,CLASSIFY_DROP\n")
    (tmp_path / "b.csv").write_text("host,yours,timestamp,event_type\npc1,y,,CLASSIFY_ALLOW\n")
    result = run("convert", "a.csv", "b.csv", "-", "--to", "csv")
    assert result.status == 0, result.err
    assert result.out.splitlines() == [
        '"timestamp","event_type","local_port","host","mine","yours"',
        ',"CLASSIFY_DROP",53,,"x",', ',"CLASSIFY_ALLOW",,"pc1",,"y"']


def test_types_that_differ_are_named(run: Run, log: Path, xml: Path) -> None:
    run("convert", log, "b.parquet", "--addresses", "binary")
    result = run("convert", xml, "b.parquet", "o.parquet")
    assert result.status == 1
    assert ("wfpfast: b.parquet: its column local_address (fixed_size_binary[16]) is of another"
            " type than in the others; --columns chooses such as both have") in result.err
    assert len(pq.read_table(log.parent / "o.parquet")) == 1
