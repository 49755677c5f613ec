"""A Security log names rules by the events' host and time; the document shows what is printed."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_changes import ADD, DELETE, HOST, SECOND, changed, log, present, started
from audit_records import EPOCH, FIELDS, MOMENT, Audit
from audit_shapes import nxlog
from cli.running import Run
from cli.test_rules import rule
from netsh_xml import drop, element, netevents


def blocked(number: int, at: float, host: str = HOST, layer: int = 48) -> Audit:
    return Audit(5157, {
        **FIELDS["connection"], "FilterRTID": number, "LayerRTID": layer, "Protocol": 6,
        "SourceAddress": "192.0.2.20", "SourcePort": "50111", "DestAddress": "198.51.100.7",
        "DestPort": "25"}, int(at * 10) + 1000, host, MOMENT + round(at * SECOND))


STATE = [
    present(70001, "a", 0, name="Block mail"), changed(ADD, 70412, "b", 10, name="Guest Wi-Fi")]


def filters(run: Run, *arguments: Any) -> dict[int, tuple[str | None, str | None]]:
    """Return what is known of each filter, and what its rule is called."""
    report = json.loads(run("summary", *arguments, "--json").out)
    return {
        row["filter_id"]: (row["rule_known"], row["rule"] and row["rule"]["name"])
        for row in report["dropped"]["filters"]["top"]}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, *audits: Audit) -> str:
        (tmp_path / name).write_bytes(log(*audits).getvalue())
        return name

    return write


def test_a_log_names_the_rules_of_its_own_events(run: Run, write: Any, tmp_path: Path) -> None:
    events = [blocked(70001, 12), blocked(70001, 13), blocked(70412, 14)]
    write("a.evtx", *STATE, *events)
    expected = {70001: ("then", "Block mail"), 70412: ("then", "Guest Wi-Fi")}
    assert filters(run, "a.evtx") == expected
    (tmp_path / "a.json.gz").write_bytes(gzip.compress("".join(
        f"{json.dumps(nxlog(one))}\n" for one in [*STATE, *events]).encode()))
    assert filters(run, "a.json.gz") == expected
    report = json.loads(run("summary", "a.evtx", "--json").out)
    assert report["rule_files"] == [{"path": "a.evtx", "filters": 2, "stats": {}}]
    (row,) = [row for row in report["dropped"]["filters"]["top"] if row["filter_id"] == 70001]
    assert (row["rule"]["action"], row["rule"]["layer_key"], row["rule"]["layer_agrees"]) == (
        "BLOCK", "FWPM_LAYER_ALE_AUTH_CONNECT_V4", True)


def test_a_log_that_has_no_filters_is_no_file_of_rules(run: Run, write: Any) -> None:
    write("a.evtx", blocked(70001, 12))
    assert json.loads(run("summary", "a.evtx", "--json").out)["rule_files"] == []


def test_what_is_not_known_is_said(run: Run, write: Any) -> None:
    write("state.evtx", *STATE, changed(DELETE, 70001, "a", 20))
    write("a.evtx", blocked(70001, 21), blocked(70412, 21), blocked(5, 12))
    assert filters(run, "a.evtx", "--filters", "state.evtx") == {
        70001: ("not known then", None), 70412: ("last known", "Guest Wi-Fi"),
        5: ("not known", None)}
    out = run("summary", "a.evtx", "--filters", "state.evtx").out
    assert "70001  not known then: the log tells of this id at another time" in out
    assert "last known: the host's last record is older than these events" in out
    assert "not known: the log tells of no filter with this id" in out
    assert "take the state" not in out


def test_an_id_that_was_of_several_filters_is_counted_for_each(run: Run, write: Any) -> None:
    write("a.evtx", *STATE, blocked(70001, 12), started(50),
          present(70001, "c", 51, name="Another"), present(70001, "d", 0, "pc2", name="Third"),
          *(blocked(70001, 60 + k) for k in range(3)), blocked(70001, 70, "pc2"),
          blocked(70001, 71, "pc2"))
    report = json.loads(run("summary", "a.evtx", "--json").out)["dropped"]["filters"]
    assert (report["events"], report["distinct"]) == (6, 3)
    assert [(row["filter_id"], row["events"], row["rule"]["name"]) for row in report["top"]] == [
        (70001, 3, "Another"), (70001, 2, "Third"), (70001, 1, "Block mail")]


def test_a_log_that_was_archived_in_pieces_is_one(run: Run, write: Any) -> None:
    """What one piece does not tell, another does; events may be in a third."""
    write("1.evtx", *STATE)
    write("2.evtx", blocked(70412, 15), changed(DELETE, 70412, "b", 20), started(50),
          present(70001, "c", 51, name="Another"), started(70))
    write("3.evtx", blocked(70001, 12), blocked(70001, 60))
    expected = [("Another", "then"), ("Block mail", "then"), ("Guest Wi-Fi", "then")]
    for arguments in (["2.evtx", "3.evtx", "--filters", "1.evtx"],
                      ["3.evtx", "2.evtx", "1.evtx"],
                      ["2.evtx", "3.evtx", "--filters", "2.evtx", "--filters", "1.evtx"]):
        report = json.loads(run("summary", *arguments, "--json").out)
        assert sorted((row["rule"]["name"], row["rule_known"])
                      for row in report["dropped"]["filters"]["top"]) == expected, arguments
        (file,) = report["rule_files"]
        assert file["filters"] == 3
        assert file["path"] in ("1.evtx and 1 more", "2.evtx and 1 more", "2.evtx and 2 more")


def test_filters_that_come_late_in_a_log(run: Run, write: Any, tmp_path: Path) -> None:
    binds = [Audit(5158, FIELDS["bind"], k, HOST, MOMENT - SECOND) for k in range(300)]
    write("a.evtx", *binds, *STATE, blocked(70001, 12))
    assert b"F\0i\0l\0t\0e\0r\0K\0e\0y" not in (tmp_path / "a.evtx").read_bytes()[:1 << 16]
    assert filters(run, "a.evtx") == {70001: ("then", "Block mail")}


def test_a_log_that_cannot_be_read_costs_itself(run: Run, write: Any, tmp_path: Path) -> None:
    write("a.evtx", *STATE, blocked(70001, 12))
    data = bytearray((tmp_path / "a.evtx").read_bytes())
    data[0x26] = 4      # a version that is not known
    (tmp_path / "b.evtx").write_bytes(data)
    result = run("summary", "a.evtx", "b.evtx")
    assert result.status == 1
    assert "70001  Block mail" in result.out
    assert "b.evtx: is an event log of version 4" in result.err
    result = run("summary", "a.evtx", "--filters", "b.evtx")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wfpfast: b.evtx: is an event log of version 4")


def test_net_events_of_the_same_host(run: Run, write: Any, tmp_path: Path) -> None:
    write("Security.evtx", *STATE, started(100))
    (tmp_path / "netevents.xml").write_text(netevents(drop(
        {"timeStamp": _iso(15)}, classifyDrop={"filterId": "70001", "layerId": "48"})))
    named = filters(run, "netevents.xml", "--filters", "Security.evtx")
    assert named == {70001: ("then", "Block mail")}
    write("two.evtx", *STATE, present(1, "c", 0, "pc2"))
    assert filters(run, "netevents.xml", "--filters", "two.evtx") == {70001: ("not known", None)}


def _iso(at: float) -> str:
    from audit_shapes import stamp

    return stamp(MOMENT + round(at * SECOND), 3)


def test_netsh_and_a_log_together(run: Run, write: Any, tmp_path: Path) -> None:
    write("a.evtx", *STATE, blocked(70001, 12), blocked(70412, 9))
    (tmp_path / "state.xml").write_text(element("filters", [rule("Netsh's"), rule(
        "Later", filterId="70412")]))
    assert filters(run, "a.evtx", "--filters", "state.xml") == {
        70001: ("then", "Netsh's"), 70412: ("not known then", "Later")}
    write("state.evtx", *STATE, started(100))
    assert filters(run, "a.evtx", "--filters", "state.evtx", "--filters", "state.xml") == {
        70001: ("then", "Block mail"), 70412: ("not known then", "Later")}


def test_explain_names_the_rule_of_that_time(run: Run, write: Any) -> None:
    write("a.evtx", *STATE, blocked(70001, 12), blocked(70412, 9), blocked(7, 9))
    assert "The filter is called Block mail" in run("explain", "event", "a.evtx", "1").out
    out = run("explain", "event", "a.evtx", "2").out
    assert "The log tells of a filter with this id, and not at the time of the event." in out
    assert "Guest" not in out
    assert "The log tells of no filter with this id." in run("explain", "event", "a.evtx", "3").out
    write("state.evtx", *STATE)
    assert "may be another one since" in run(
        "explain", "event", "a.evtx", "1", "--filters", "state.evtx").out


def test_filters_are_listed_and_written(run: Run, write: Any, tmp_path: Path) -> None:
    write("a.evtx", *STATE, changed(DELETE, 70412, "b", 20))
    lines = [json.loads(line) for line in run("filters", "a.evtx", "--json").out.splitlines()]
    assert [(each["filter_id"], each["from"], each["until"]) for each in lines] == [
        (70001, _iso7(0), None), (70412, _iso7(10), _iso7(20))]
    (tmp_path / "state.xml").write_text(element("filters", [rule("Netsh's")]))
    assert run("filters", "a.evtx", "state.xml", "-o", "o.parquet").status == 0
    table = pq.read_table(tmp_path / "o.parquet")
    assert table["name"].to_pylist() == ["Block mail", "Guest Wi-Fi", "Netsh's"]
    assert table["until"].cast("int64").to_pylist() == [
        None, (MOMENT + 20 * SECOND - EPOCH) * 100, None]


def _iso7(at: float) -> str:
    from audit_shapes import stamp

    return stamp(MOMENT + round(at * SECOND))


def test_damage_is_counted_and_costs_itself(run: Run, write: Any, tmp_path: Path) -> None:
    write("a.evtx", *STATE, blocked(70001, 12))
    data = bytearray((tmp_path / "a.evtx").read_bytes())
    data[data.index(b"**\0\0", 4096 + 512 + 4)] = 0
    (tmp_path / "a.evtx").write_bytes(data)
    result = run("filters", "a.evtx")
    assert result.status == 3
    assert "70001  Block mail" in result.out
    assert "70412" not in result.out
    assert "1 event that could not be read at all, left out" in result.err
