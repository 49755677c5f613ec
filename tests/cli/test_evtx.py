"""`summary` and `convert` read event logs: what docs/security-log.md shows is what they print."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from audit_records import FIELDS, MOMENT, Audit, records
from audit_shapes import nxlog, powershell, security_event, stamp, xml
from cli.running import Run
from evtx_file import evtx

DOCUMENT = Path(__file__).parents[2] / "docs/security-log.md"
SECOND = 10_000_000
MAIL = r"\device\harddiskvolume3\program files\mail\mail.exe"
SSH = r"\device\harddiskvolume3\windows\system32\openssh\ssh.exe"


def audits() -> list[Audit]:
    """Return what a host might log in some seconds."""
    drop = {**FIELDS["connection"], "ProcessID": 5120, "Application": MAIL,
            "SourceAddress": "192.0.2.20", "SourcePort": "50111", "DestAddress": "198.51.100.7",
            "DestPort": "25", "Protocol": 6, "FilterRTID": 70412, "LayerRTID": 48}
    inbound = {**drop, "ProcessID": 4, "Application": "System", "Direction": "%%14592",
               "SourceAddress": "203.0.113.9", "SourcePort": "40022",
               "DestAddress": "192.0.2.20", "DestPort": "445", "FilterRTID": 70001,
               "LayerName": "%%14610", "LayerRTID": 44}
    ssh = {**drop, "ProcessID": 7740, "Application": SSH, "DestPort": "22",
           "DestAddress": "198.51.100.22", "FilterRTID": 67655}
    made = [
        (5158, {**FIELDS["bind"], "Application": SSH}), (5156, ssh), (5157, drop),
        (5157, {**drop, "SourcePort": "50112"}), (5157, inbound), (4688, {"NewProcessId": "0x1"}),
        (5152, {**FIELDS["packet"], "SourceAddress": "192.0.2.20"}),
    ]
    return [
        Audit(event_id, fields, 880_000 + k, host="pc07.example.com", time=MOMENT + k * SECOND)
        for k, (event_id, fields) in enumerate(made)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "Security.evtx"
    path.write_bytes(evtx(records(audits())))
    return path


def shown(command: str, number: int = 1) -> str:
    """Return what the document shows as the output of a command where it stands so often."""
    text = DOCUMENT.read_text(encoding="utf-8").split(f"$ {command}\n")[number]
    return text.partition("```")[0].partition("$ ")[0]


def test_the_document_shows_the_summary(run: Run, log: Path) -> None:
    result = run("summary", log.name)
    assert (result.status, result.err) == (0, "")
    assert result.out == shown("wfpfast summary Security.evtx")
    assert "mail.exe" in result.out


def test_it_is_recognised_by_content(run: Run, log: Path, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(gzip.compress(log.read_bytes()))
    result = run("summary", "given", "--json")
    assert result.status == 0, result.err
    report: dict[str, Any] = json.loads(result.out)
    assert (report["events"], report["dropped"]["events"]) == (6, 4)
    assert report["stats"]["local_is_destination:pc07.example.com"] == 1
    assert report["stats"]["other_events"] == 1
    run("convert", "given", "o.parquet")
    table = pq.read_table(tmp_path / "o.parquet")
    assert table["record_id"].to_pylist() == [880_000, 880_001, 880_002, 880_003, 880_004, 880_006]


def test_the_same_records_as_text(run: Run, log: Path, tmp_path: Path) -> None:
    text = "\r\n".join(map(xml, audits()))
    (tmp_path / "Security.xml").write_text(text, encoding="utf-16")
    (tmp_path / "given").write_bytes(gzip.compress(text.encode()))
    expected = run("summary", log.name).out
    assert run("summary", "Security.xml").out == expected.replace(".evtx", ".xml")
    assert run("summary", "given").out == expected.replace("Security.evtx", "given")
    (tmp_path / "Security.json").write_text("".join(
        json.dumps(nxlog(one) | {"EventTime": stamp(one.time)}) + "\n" for one in audits()))
    assert run("summary", "Security.json").out == expected.replace(".evtx", ".json")
    rows = json.dumps([security_event(one) for one in audits()], indent=1)
    (tmp_path / "Sentinel").write_text(rows)
    assert run("summary", "Sentinel").out == expected.replace("Security.evtx", "Sentinel")
    run("convert", log.name, "a.csv")
    assert run("convert", "Security.xml", "b.csv").status == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_records_that_are_only_messages_are_said(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps(powershell(one) | {"Properties": "System..."}) for one in audits()[:2]]
    (tmp_path / "a.json").write_text("\n".join(lines))
    result = run("summary", "a.json")
    assert result.status == 3
    assert "2  records without named fields, left out: export .evtx, or ToXml()" in result.out
    result = run("summary", "a.json", "--errors", "raise")
    assert result.status == 1
    assert "a.json: record 1: has no fields, only a message in the machine's" in result.err


def test_a_damaged_log_is_read_as_far_as_it_goes(run: Run, log: Path) -> None:
    data = log.read_bytes()
    log.write_bytes(data[:4096 + 4000])
    result = run("summary", log.name)
    assert result.status == 3
    assert "1  file that break off" in result.out
    result = run("summary", log.name, "--errors", "raise")
    assert result.status == 1
    assert "wfpfast: Security.evtx: chunk 0: " in result.err


def test_a_log_without_such_records_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "System.evtx").write_bytes(evtx(records([Audit(4688, {"NewProcessId": "0x1"})])))
    result = run("summary", "System.evtx")
    assert result.status == 0
    assert "System.evtx: no events: no record of the filtering engine" in result.err
