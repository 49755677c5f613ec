"""Audit records as collectors write them in JSON become the rows that they are in an event log."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from audit_records import EPOCH, FIELDS, MOMENT, Audit, read, records
from audit_shapes import elastic, mordor, nxlog, winlogbeat, winlogbeat_6
from evtx_file import evtx

from wfpfast.audit import EvtxError

Maker = Callable[[Audit], dict[str, Any]]
INBOUND = {**FIELDS["connection"], "Direction": "%%14592", "SourceAddress": "10.0.0.9",
           "DestAddress": "10.0.0.5", "SourcePort": "40000", "DestPort": "445"}
MILLISECOND = 10_000
AUDITS = [
    Audit(5158, {**FIELDS["bind"], "SourceAddress": "10.0.0.5"}, 10, time=MOMENT - 1),
    Audit(5156, INBOUND, 11, time=MOMENT - 1 + 7 * MILLISECOND),
    Audit(5157, FIELDS["connection"], 2 ** 63, host="пк.example.com", time=MOMENT - 1),
    Audit(4688, {"NewProcessId": "0x1"}, 12),
    Audit(5152, {**FIELDS["packet"], "Application": "\\device\\x\\😀 & <é>.exe"}, 13,
          time=MOMENT - 1),
    Audit(5152, {"ProcessId": None, "Application": "-", "Protocol": 6, "SomethingNew": "5"}, 14,
          time=MOMENT - 1),
    Audit(5158, FIELDS["bind"], 15, provider="Another"),
]


def lines(make: Maker, audits: list[Audit] = AUDITS) -> bytes:
    return b"".join(json.dumps(make(one)).encode() + b"\n" for one in audits)


def read_one(record: dict[str, Any], **options: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Read a record as a line, which is scanned, and as a list, which Python's json reads."""
    rows, stats = read(json.dumps(record).encode(), **options)
    others, its = read(json.dumps([record]).encode(), **options)
    assert others == rows
    assert {k: v for k, v in its.items() if v} == {k: v for k, v in stats.items() if v}
    return rows, stats


@pytest.mark.parametrize("make", [winlogbeat, elastic, winlogbeat_6, nxlog, mordor])
def test_rows_are_those_of_the_event_log(make: Maker) -> None:
    rows, stats = read(evtx(records(AUDITS)))
    assert (len(rows), stats["other_events"]) == (5, 2)
    assert rows[1]["local_port"] == 445
    if make is mordor:
        for row in rows:
            del row["record_id"]
    others, its = read(lines(make))
    assert others == rows
    assert its.pop("unknown_member:SomethingNew") == 1
    assert its == stats


def test_a_time_without_a_zone_is_not_believed() -> None:
    line = nxlog(AUDITS[0]) | {"EventTime": "2020-11-16 06:33:20",
                               "@timestamp": "2020-11-16T11:33:21.250Z"}
    rows, stats = read_one(line)
    assert rows[0]["timestamp"] == EPOCH + 1_605_526_401_250 * MILLISECOND
    assert stats["received_times"] == 1
    del line["@timestamp"]
    rows, stats = read_one(line, errors="null")
    assert "timestamp" not in rows[0]
    assert stats["malformed"] == 1


def test_the_process_that_wrote_the_log_is_not_the_events() -> None:
    old = nxlog(AUDITS[0]) | {"ProcessID": 4, "ThreadID": 56}
    rows, stats = read_one(old)
    assert (rows[0]["process_id"], stats.get("lost_process_ids", 0)) == (1280, 0)
    del old["ProcessId"]
    rows, stats = read_one(old)
    assert ("process_id" in rows[0], stats["lost_process_ids"]) == (False, 1)


def test_numbers_and_answers_may_be_json_s_own() -> None:
    data = {**FIELDS["connection"], "IsLoopback": True, "OriginalProfile": 2, "SourcePort": 546}
    line = winlogbeat(AUDITS[2])
    line["winlog"]["event_data"] = data
    rows, _ = read_one(line)
    assert rows[0]["is_loopback"] is True
    assert (rows[0]["original_profile"], rows[0]["source_port"]) == (2, 546)
    assert rows[0]["process_id"] == 820


def test_a_word_of_a_language_is_no_direction() -> None:
    line = winlogbeat(AUDITS[2])
    line["winlog"]["event_data"]["Direction"] = "Ausgehend"
    rows, stats = read_one(line, errors="null")
    assert ("direction" in rows[0], stats["malformed"]) == (False, 1)


def test_a_line_that_is_damaged_costs_itself() -> None:
    good = lines(nxlog, AUDITS[:3]).split(b"\n")
    for bad in (good[1][:-9], b"[1]", b"{" * 100_000, b'{"EventID": 5156, "SourceName": 7}'):
        data = b"\n".join([good[0], bad, good[2]])
        rows, stats = read(data, errors="null")
        assert [row["event_id"] for row in rows] == [5158, 5157]
        assert stats.get("lost_events", 0) + stats["other_events"] == 1
    with pytest.raises(EvtxError, match=r"^record 2: is no JSON: "):
        read(b"\n".join([good[0], b"{", good[2]]))
    with pytest.raises(EvtxError, match=r"^record 3: is no JSON: "):
        read(b"\n".join(good)[:-9])
    assert read(b"\n".join(good)[:-9], errors="null")[1]["truncated_files"] == 1


def test_lines_may_be_cut_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read(lines(winlogbeat))
    for size in (1, 50, 1000):
        monkeypatch.setattr("wfpfast.audit._text.BLOCK", size)
        assert read(lines(winlogbeat)) == whole


def test_a_long_line_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfpfast.audit._json.LONGEST", 1 << 16)
    monkeypatch.setattr("wfpfast.audit._text.BLOCK", 1 << 14)
    data = lines(nxlog, AUDITS[:1]) + b"x" * (1 << 18) + b"\n" + lines(nxlog, AUDITS[:1])
    rows, stats = read(data, errors="null")
    assert (len(rows), stats["lost_events"]) == (2, 1)
    _, stats = read(data[:-len(lines(nxlog, AUDITS[:1])) - 1], errors="null")
    assert (stats["events"], stats["lost_events"]) == (1, 1)
