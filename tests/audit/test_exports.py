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


FRAMES = {"Direction": "%%14593", "SourceAddress": "00155d010203", "DestAddress": "00155d010204",
          "EtherType": "2048"}
DECIDED = {"FilterRTID": 7, "LayerName": "%%14602", "LayerRTID": 56}
FAILED = {"FailurePoint": "%%8199", "FailureReason": "Negotiation timed out"}
PEERS = {"LocalAddress": "192.0.2.1", "LocalKeyModPort": 500, "RemoteAddress": "192.0.2.2",
         "RemoteKeyModPort": 4500}


def names(mode: str, *, certificates: bool) -> dict[str, str]:
    return {
        f"{end}{mode}{what}": value for end in ("Local", "Remote") for what, value in (
            ("PrincipalName", f"CN={end}"), ("CertHash", "0a" * 20), ("IssuingCA", "CA"),
            ("RootCA", "Root"))[:4 if certificates else 1]}


def main_mode(*, certificates: bool) -> dict[str, Any]:
    return {
        **names("MM", certificates=certificates), **PEERS, "KeyModName": "%%8222", **FAILED,
        "MMAuthMethod": "%%8193", "State": "%%8202", "Role": "%%8205",
        "MMImpersonationState": "%%8217", "MMFilterID": 70001, "InitiatorCookie": "aa",
        "ResponderCookie": "bb"}


QUICK = {
    "LocalAddress": "10.1.0.0", "LocalAddressMask": "255.255.0.0", "LocalPort": 1,
    "LocalTunnelEndpoint": "192.0.2.1", "RemoteAddress": "10.2.3.0",
    "RemoteAddressMask": "255.255.255.0", "RemotePort": 2, "RemoteTunnelEndpoint": "192.0.2.2",
    "Protocol": 6, "RemotePrivateAddress": "0.0.0.0", "KeyModName": "%%8223", **FAILED,
    "Mode": "%%8213", "State": "%%8208", "Role": "%%8206", "MessageID": 3, "QMFilterID": 70002,
    "MMSAID": 77}
EXTENDED = {"State": "%%8219", "Role": "%%8206", "EMImpersonationState": "%%8217", "QMFilterID": 9}


@pytest.mark.parametrize(("event_id", "fields"), [
    # In the order of the provider's manifest.
    (4652, main_mode(certificates=True)), (4653, main_mode(certificates=False)),
    (4654, QUICK), (4654, {**QUICK, "TunnelId": 5, "TrafficSelectorId": 6}),
    (4983, {**names("EM", certificates=True), **PEERS, **FAILED, **EXTENDED}),
    (4984, {**names("EM", certificates=False), **PEERS, **FAILED, "EMAuthMethod": "%%8192",
            **EXTENDED}),
    (4963, {"RemoteAddress": "192.0.2.9", "SPI": "0"}),
    *((event_id, {**FRAMES, "MediaType": "0", "InterfaceType": "6", "VlanTag": "12", **DECIDED})
      for event_id in (5150, 5151)),
    *((event_id, {**FRAMES, "VlanTag": "12", "vSwitchID": "x", "SourcevSwitchPort": "3",
                  "DestinationvSwitchPort": "4", **DECIDED}) for event_id in (5146, 5147)),
    (5157, {**{name: value for name, value in FIELDS["connection"].items()
               if name not in {*DECIDED, "RemoteUserID", "RemoteMachineID"}},
            "InterfaceIndex": 12, "FilterOrigin": "Stealth", **DECIDED,
            "RemoteUserID": "S-1-0-0", "RemoteMachineID": "S-1-5-18", "OriginalProfile": "1",
            "CurrentProfile": "2", "IsLoopback": "true", "HasRemoteDynamicKeywordAddress": "0"}),
])
def test_fields_by_their_position(event_id: int, fields: dict[str, Any]) -> None:
    expected = read(evtx(records([Audit(event_id, fields)])))
    assert len(expected[0][0]) > 10
    assert read(as_list(powershell, [Audit(event_id, fields)])) == expected
    less = dict(list(fields.items())[:-1])
    rows, stats = read(as_list(powershell, [Audit(event_id, less)]), errors="null")
    assert (rows, stats["only_messages"]) == ([], 1)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_of_countries_where_the_comma_is_in_numbers(separator: str) -> None:
    expected = read(evtx(records(AUDITS)))
    file = io.StringIO(newline="")
    header, *rows = csv.reader(as_csv(windows_event).decode("utf-8-sig").splitlines())
    csv.writer(file, delimiter=separator).writerows([header, *rows])
    assert read(b'#TYPE System.X\r\n' + file.getvalue().encode()) == expected


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
