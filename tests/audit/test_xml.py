"""Audit records as XML become the rows that they are in an event log."""

import gzip
import io
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from audit_records import FIELDS, MOMENT, Audit, read, records
from audit_shapes import SPACE, stamp, xml
from evtx_file import HEX64, evtx

from wfpfast import audit
from wfpfast.audit import EvtxError

LEAP_DAY = 132_274_080_000_000_001 + 20 * 3600 * 10_000_000  # 29 February 2020
INBOUND = {**FIELDS["connection"], "Direction": "%%14592", "SourceAddress": "10.0.0.9",
           "DestAddress": "10.0.0.5", "SourcePort": "40000", "DestPort": "445"}
IKE = {"LocalMMPrincipalName": "O'Neil & <söhne>", "LocalAddress": "10.0.0.5",
       "LocalKeyModPort": 500, "RemoteAddress": "192.0.2.9", "RemoteKeyModPort": 500,
       "KeyModName": "%%8222", "FailurePoint": "%%8199", "FailureReason": "keine Antwort\r\n",
       "State": "%%8202", "Role": "%%8205", "MMFilterID": 7}
AUDITS = [
    Audit(5158, {**FIELDS["bind"], "SourceAddress": "10.0.0.5"}, 10, time=LEAP_DAY),
    Audit(5156, INBOUND, 11, types={"ProcessID": HEX64}),
    Audit(5157, FIELDS["connection"], 2 ** 63, host="пк.example.com"),
    Audit(4688, {"NewProcessId": "0x1"}, 12),
    Audit(5152, {**FIELDS["packet"], "Application": "\\device\\x\\😀 & <é>.exe"}, 13),
    Audit(5152, {"ProcessId": None, "Application": "-", "Protocol": 6, "SomethingNew": "5"}, 14),
    Audit(5158, FIELDS["bind"], 15, provider="Another"),
    Audit(4653, IKE, 16),
]


def as_xml(audits: Sequence[Audit] = AUDITS) -> str:
    return "\r\n".join(map(xml, audits)) + "\r\n"


def test_rows_are_those_of_the_event_log() -> None:
    rows, stats = read(evtx(records(AUDITS)))
    assert len(rows) == 6
    assert stamp(rows[0]["timestamp"]) == "2020-02-29T20:00:00.0000001Z"
    assert rows[1]["local_port"] == 445
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le"):
        others, its = read(as_xml().encode(encoding))
        assert others == [
            {**row, **({"failure_reason": "keine Antwort\n"} if "failure_reason" in row else {})}
            for row in rows], encoding  # XML makes one character of an end of line
        assert its.pop("unknown_member:SomethingNew") == 1
        assert its == stats
    assert stats["other_events"] == 2


@pytest.mark.parametrize(("before", "after"), [
    ("<?xml version='1.0' encoding='utf-16'?>\r\n<Events>", "</Events>"),
    ("PS C:\\> Get-WinEvent ...\r\n", "\r\nPS C:\\> "), ("\n\n", ""),
])
def test_what_stands_around_is_left_out(before: str, after: str) -> None:
    plain = read(as_xml().encode())
    assert read((before + as_xml() + after).encode("utf-16")) == plain


def test_times_of_older_windows_have_nine_digits() -> None:
    one = Audit(5158, FIELDS["bind"], time=MOMENT)
    rows, _ = read(xml(one, digits=9).encode())
    assert rows[0]["timestamp"] == MOMENT


def test_records_may_be_cut_anywhere_between_two_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = as_xml(AUDITS[:3])
    whole = read(text.encode())
    for size in (1, 7, 100, len(text) // 2):
        monkeypatch.setattr("wfpfast.audit._text.BLOCK", size)
        assert read(text.encode()) == whole


def test_a_record_that_is_damaged_costs_itself() -> None:
    good = [xml(one) for one in AUDITS[:3]]
    for bad in (good[1].replace("</System>", ""), good[1][:300], good[1].replace("Data ", "Da\1 ")):
        data = "\n".join([good[0], bad, good[2]]).encode()
        rows, stats = read(data, errors="null")
        assert [row["event_id"] for row in rows] == [5158, 5157]
        assert (stats["lost_events"], stats["events"]) == (1, 2)
        stream = audit.read_events(io.BytesIO(data))
        assert [event.event_id for event in next(stream)] == [5158]
        with pytest.raises(EvtxError, match=r"^record 2: ") as raised:
            next(stream)
        assert (raised.value.chunk, raised.value.record) == (None, 2)


def test_a_file_that_breaks_off() -> None:
    data = as_xml(AUDITS[:3]).encode()[:-40]
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["truncated_files"]) == (2, 1)
    with pytest.raises(EvtxError, match="record 3: the file breaks off"):
        read(data)


def test_values_that_cannot_be_read() -> None:
    bad = Audit(5158, {**FIELDS["bind"], "SourcePort": "many"})
    data = as_xml([AUDITS[0], bad]).encode().replace(b"SystemTime='2020-02", b"SystemTime='2020-14")
    rows, stats = read(data, errors="null")
    assert stats["malformed"] == 2
    assert "timestamp" not in rows[0]
    assert "source_port" not in rows[1]
    with pytest.raises(EvtxError, match="record 1: field TimeCreated: has a value"):
        read(data)


def test_a_value_that_is_there_twice_is_not_guessed() -> None:
    twice = xml(Audit(5158, FIELDS["bind"])).replace(
        "<EventData>", "<EventData><Data Name='Protocol'>6</Data>")
    rows, stats = read(twice.encode(), errors="null")
    assert (stats["malformed"], "ip_protocol" in rows[0]) == (1, False)


def test_characters_that_are_no_text_are_counted() -> None:
    data = xml(Audit(5158, {**FIELDS["bind"], "Application": "a?b"})).encode()
    rows, stats = read(data.replace(b"a?b", b"a\x84b"))
    assert (rows[0]["app_path"], stats["replaced_text"]) == ("a\ufffdb", 1)


def test_a_record_without_an_end_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfpfast.audit._xml.LONGEST", 1 << 16)
    monkeypatch.setattr("wfpfast.audit._text.BLOCK", 1 << 14)
    data = f"<Event xmlns='{SPACE}'><System>{' ' * (1 << 18)}{xml(AUDITS[0])}".encode()
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["lost_events"]) == (1, 1)


def test_paths_files_and_threads(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(as_xml() * 700, encoding="utf-16")
    (tmp_path / "b.evtx").write_bytes(evtx(records(AUDITS)))
    for threads in (1, 2):
        with audit.read_events(
            [tmp_path / "a.xml", tmp_path / "b.evtx"], threads=threads, batch_size=1000,
        ) as stream:
            numbers = [event.record_id for batch in stream for event in batch]
        assert numbers == [10, 11, 2 ** 63, 13, 14, 16] * 701
    with gzip.open(io.BytesIO(gzip.compress(as_xml().encode()))) as packed:
        assert sum(map(len, audit.read_events(packed))) == 6


def test_damage_at_the_beginning_leaves_hosts_known() -> None:
    bad = as_xml(AUDITS[3:4]) + "<Event xmlns='x'></Events></Event>\n"
    rows, stats = read((bad * 40 + as_xml()).encode(), errors="null")
    assert stats["lost_events"] == 40
    assert rows[1]["local_port"] == 445
    assert stats["local_is_destination:pc1.example.com"] == 1


def test_what_is_neither_says_so() -> None:
    for data in (b"<html><Event></html>", b"", b"<Events><Event><System/></Event></Events>"):
        with pytest.raises(EvtxError, match=r"is no Windows event log \(.evtx\), nor records of"):
            read(data)


def test_beginnings_without_an_end_are_read_once() -> None:
    """Were the end looked for from each of them, this would take minutes."""
    data = as_xml(AUDITS[:1]).encode() + b"<Event " * 150_000
    begin = time.process_time()
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["lost_events"], stats["truncated_files"]) == (1, 149_999, 1)
    assert time.process_time() - begin < 20
