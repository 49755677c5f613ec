"""Audit records as portals and PowerShell export them become the rows of the event log."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from audit_records import EPOCH, FIELDS, MOMENT, Audit, read, records
from audit_shapes import elastic, nxlog, powershell, security_event, windows_event, xml
from evtx_file import evtx

from wfpfast.audit import EvtxError

Maker = Callable[[Audit], dict[str, Any]]
INBOUND = {**FIELDS["connection"], "Direction": "%%14592", "SourceAddress": "10.0.0.9",
           "DestAddress": "10.0.0.5", "SourcePort": "40000", "DestPort": "445"}
AUDITS = [
    Audit(5158, {**FIELDS["bind"], "SourceAddress": "10.0.0.5"}, 10),
    Audit(5156, INBOUND, 11),
    Audit(5157, FIELDS["connection"], 2 ** 63, host="пк.example.com"),
    Audit(4688, {"NewProcessId": "0x1"}, 12),
    Audit(5152, {**FIELDS["packet"], "Application": '\\device\\x\\😀 & <é>, "a".exe'}, 13),
    Audit(5158, FIELDS["bind"], 15, provider="Another"),
    Audit(5031, {"Profiles": "Domain", "Application": "C:\\a.exe"}, 16),
]


def as_list(make: Maker, audits: Sequence[Audit] = AUDITS) -> bytes:
    """Return what ConvertTo-Json and az print: a list, whose objects have several lines."""
    return json.dumps([make(one) for one in audits], indent=2).encode("utf-16")


def as_lines(make: Maker, audits: Sequence[Audit] = AUDITS) -> bytes:
    return b"".join(json.dumps(make(one)).encode() + b"\n" for one in audits)


def as_csv(make: Maker, audits: Sequence[Audit] = AUDITS) -> bytes:
    file = io.StringIO(newline="")
    rows = [
        {k: json.dumps(v) if isinstance(v, dict) else v for k, v in make(one).items()}
        for one in audits]
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize(("make", "write"), [
    (security_event, as_list), (security_event, as_lines), (security_event, as_csv),
    (windows_event, as_list), (windows_event, as_lines), (windows_event, as_csv),
    (powershell, as_list), (powershell, as_lines),
])
def test_rows_are_those_of_the_event_log(make: Maker, write: Callable[[Maker], bytes]) -> None:
    expected = read(evtx(records(AUDITS)))
    assert (len(expected[0]), expected[1]["other_events"]) == (5, 2)
    assert read(write(make)) == expected


def test_objects_of_several_lines_need_no_list() -> None:
    """ConvertTo-Json makes no list of a single record."""
    expected = read(evtx(records(AUDITS[:2])))
    text = "\r\n".join(json.dumps(powershell(one), indent=2) for one in AUDITS[:2])
    assert read(text.encode()) == expected


def test_one_record_in_all_forms() -> None:
    """As precise as the forms are: to the microsecond or millisecond."""
    one = Audit(5156, {**INBOUND, "Direction": "%%14593"}, 77, time=MOMENT - 1)
    rows, _ = read(evtx(records([one])))
    assert len(rows) == 1
    assert len(rows[0]) > 20
    for data in (
        xml(one).encode(), as_lines(elastic, [one]), as_lines(nxlog, [one]),
        as_csv(security_event, [one]), as_lines(windows_event, [one]), as_list(powershell, [one]),
    ):
        assert read(data)[0] == rows


def test_more_fields_of_newer_windows_have_their_places() -> None:
    fields = {**INBOUND, "InterfaceIndex": 12, "FilterOrigin": "Stealth"}
    order = ["ProcessID", "Application", "Direction", "SourceAddress", "SourcePort", "DestAddress",
             "DestPort", "Protocol", "InterfaceIndex", "FilterOrigin", "FilterRTID", "LayerName",
             "LayerRTID", "RemoteUserID", "RemoteMachineID"]
    one = Audit(5157, {name: fields[name] for name in order})
    assert read(as_list(powershell, [one])) == read(evtx(records([one])))


def test_times_of_windows_powershell_are_milliseconds() -> None:
    line = powershell(AUDITS[0]) | {"TimeCreated": "/Date(1605526400250)/"}
    rows, _ = read(json.dumps(line).encode())
    assert rows[0]["timestamp"] == EPOCH + 1_605_526_400_250 * 10_000
    for digits in (14, 15, 40):
        line |= {"TimeCreated": f"/Date({'9' * digits})/"}
        rows, stats = read(json.dumps(line).encode(), errors="null")
        assert "timestamp" not in rows[0]
        assert stats["malformed"] + stats["timestamps_out_of_range"] == 1


def test_times_of_the_portal_are_in_their_header() -> None:
    row = security_event(AUDITS[0])
    del row["TimeGenerated"]
    for text, there in (("1/29/2026, 5:44:10.120 PM", True), ("29/1/2026, 5:44:10.120 PM", False)):
        line = json.dumps(row | {"TimeGenerated [UTC]": text}).encode()
        rows, stats = read(line, errors="null")
        assert (stats["malformed"], "timestamp" in rows[0]) == (1 - there, there)
        if there:
            assert rows[0]["timestamp"] == EPOCH + 1_769_708_650_120 * 10_000


@pytest.mark.parametrize("properties", [
    None, "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]",
    ["System.Diagnostics.Eventing.Reader.EventProperty"] * 8, [{"Value": 1}] * 9,
])
def test_records_without_named_fields_are_said(properties: Any) -> None:
    lines = [powershell(AUDITS[0]) | {"Properties": properties}, powershell(AUDITS[2])]
    data = "\n".join(map(json.dumps, lines)).encode()
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["only_messages"]) == (1, 1)
    with pytest.raises(EvtxError, match=r"^record 1: has .* fields"):
        read(data)


def test_export_csv_has_only_messages() -> None:
    row = powershell(AUDITS[0]) | {"Properties": "System.Collections.Generic.List`1[...]"}
    text = as_csv(lambda _: row).decode("utf-8-sig")
    data = f"#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n{text}".encode()
    with pytest.raises(EvtxError, match="only a message in the machine's language"):
        read(data)
    assert read(data, errors="null")[1]["only_messages"] == len(AUDITS)


def test_rows_that_are_damaged_cost_themselves() -> None:
    data = as_csv(security_event, AUDITS[:3])
    for before, after in (
        (b"<EventData", b"<EventDate"), (b"'Protocol'", b"'Protocol"), (b"5158 - Die", b"5158, D"),
    ):
        assert before in data
        rows, stats = read(data.replace(before, after, 1), errors="null")
        assert (len(rows), stats["lost_events"]) == (2, 1)
    rows, stats = read(data + b'"' + b"x" * 300_000 + b"\n" + b"y" * 3_000_000, errors="null")
    assert len(rows) == 3
    assert stats["lost_events"] > 0


def test_a_list_that_breaks_off() -> None:
    data = as_list(windows_event, AUDITS[:3])[:-200]
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["truncated_files"]) == (2, 1)
    with pytest.raises(EvtxError, match=r"^record 3: is no JSON: "):
        read(data)


def test_lists_may_be_cut_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for write in (as_list, as_csv):
        whole = read(write(windows_event))
        for size in (3, 50, 1000):
            monkeypatch.setattr("wfpfast.audit._text.BLOCK", size)
            assert read(write(windows_event)) == whole
