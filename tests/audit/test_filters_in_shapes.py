"""Records on filters tell the same in every form; what is damaged costs itself."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from audit_changes import ADD, DELETE, STORY, changed, intervals, log, present, started, story
from audit_records import Audit
from audit_shapes import (
    elastic,
    mordor,
    nxlog,
    powershell,
    security_event,
    windows_event,
    winlogbeat,
    winlogbeat_6,
    xml,
)

from wfpfast import audit

pa = pytest.importorskip("pyarrow")
OBJECTS = [
    elastic, mordor, nxlog, powershell, security_event, windows_event, winlogbeat, winlogbeat_6]
RECORDS = [*story(), started(120), present(7, "d", 130), changed(ADD, 8, "e", 140)]


def lines(shape: Callable[[Audit], dict[str, Any]], audits: list[Audit]) -> io.BytesIO:
    return io.BytesIO("".join(f"{json.dumps(shape(one))}\n" for one in audits).encode())


def cells(file: io.BytesIO) -> list[dict[str, Any]]:
    """Return the rows, with times to the millisecond and GUIDs in lower case."""
    table = pa.table(audit.read_filters(file))
    for name in ("from", "until", "read_until"):
        column = table[name].cast(pa.timestamp("ms", "UTC"), safe=False)
        table = table.set_column(table.column_names.index(name), name, column)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


@pytest.mark.parametrize("shape", OBJECTS, ids=[shape.__name__ for shape in OBJECTS])
def test_json_gives_the_same_rows(shape: Callable[[Audit], dict[str, Any]]) -> None:
    expected = cells(log(*RECORDS))
    assert len(expected) == len(STORY) + 2
    if shape is mordor:  # which has no numbers of records
        numbers = dict.fromkeys(("record_id", "until_record_id"))
        expected = [{**row, **numbers} for row in expected]
    assert cells(lines(shape, RECORDS)) == expected


def test_xml_gives_the_same_rows() -> None:
    text = "\r\n".join(xml(one) for one in RECORDS)
    expected = cells(log(*RECORDS))
    assert cells(io.BytesIO(text.encode())) == expected
    assert cells(io.BytesIO(f"<Events>{text}</Events>".encode("utf-16"))) == expected


def test_csv_of_sentinel_gives_the_same_rows() -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(security_event(RECORDS[0])))
    writer.writeheader()
    writer.writerows(security_event(one) for one in RECORDS)
    assert cells(io.BytesIO(out.getvalue().encode())) == cells(log(*RECORDS))


def test_forms_may_be_read_together() -> None:
    """A record that two forms have is one, as far as both have its time to the same digit."""
    table = audit.read_filters([log(*story()), lines(security_event, list(story()))])
    assert table.stats == {"doubles": 8}
    assert intervals(log(*story()[:4]), lines(nxlog, list(story()[4:]))) == [
        (*row[:4], *(time if time is None else pytest.approx(time, abs=1e-6) for time in row[4:6]),
         *row[6:]) for row in STORY]


def test_damaged_lines_cost_themselves() -> None:
    text = lines(nxlog, list(story())).getvalue().decode().splitlines()
    text.insert(3, '{"EventID": 5447, "SourceName": "Microsoft-Windo')
    text.insert(5, "[]")
    file = "\n".join(text).encode()
    found = audit.read_filters(io.BytesIO(file), errors="null")
    assert (len(found), found.stats) == (len(STORY), {"lost_events": 2})
    with pytest.raises(audit.EvtxError, match="record 4: is no JSON"):
        audit.read_filters(io.BytesIO(file))


def test_a_record_without_a_time_is_lost() -> None:
    objects = [nxlog(one) for one in story()]
    objects[1]["EventTime"] = "2020-11-16 11:33:20"  # of no zone
    file = "\n".join(map(json.dumps, objects)).encode()
    found = audit.read_filters(io.BytesIO(file), errors="null")
    assert found.stats == {"lost_events": 1}
    with pytest.raises(audit.EvtxError, match="record 2: field TimeCreated: has no time"):
        audit.read_filters(io.BytesIO(file))


def test_messages_alone_are_not_read() -> None:
    """Nor are those of events that become no rows counted where events are read."""
    objects = [powershell(one) | {"Properties": "System..."} for one in story()]
    file = "\n".join(map(json.dumps, objects)).encode()
    found = audit.read_filters(io.BytesIO(file), errors="null")
    assert (len(found), found.stats) == (0, {"only_messages": 8})
    with audit.read_events(io.BytesIO(file)) as stream:
        assert sum(len(batch) for batch in stream) == 0
    assert stream.stats["other_events"] == 8
    with pytest.raises(audit.EvtxError, match="record 1: has no fields, only a message"):
        audit.read_filters(io.BytesIO(file))


def test_events_that_cannot_be_read_are_no_loss_of_filters() -> None:
    bind = security_event(Audit(5158, {"ProcessId": 1}))
    rows = [bind | {"EventData": "<"}, *map(security_event, story())]
    file = io.BytesIO("\n".join(map(json.dumps, rows)).encode())
    found = audit.read_filters(file)
    assert (len(found), found.stats) == (len(STORY), {})
    rows = [security_event(changed(DELETE, 1, "a", 0)) | {"EventData": "<"}]
    found = audit.read_filters(io.BytesIO(json.dumps(rows).encode()), errors="null")
    assert found.stats == {"lost_events": 1}


def test_records_of_another_provider_are_others() -> None:
    table = audit.read_filters(lines(nxlog, [
        changed(ADD, 1, "a", 0)._replace(provider="Another"), changed(ADD, 2, "b", 9)]))
    assert ([row["filter_id"] for row in table], table.stats) == ([2], {})


def test_texts_and_numbers_that_no_column_can_hold() -> None:
    one = nxlog(changed(ADD, 7, "a", 0, name="half \ud83d"))
    host = "pc\udfff.example.com"
    lines_of_it = [json.dumps(one | {"RecordNumber": 10 ** 30}), json.dumps(one | {
        "Hostname": host, "RecordNumber": "\u0663", "FilterId": "\u0664"})]
    table = audit.read_filters(io.BytesIO("\n".join(lines_of_it).encode()), errors="null")
    (row,) = table.to_pylist()
    assert (row["name"], row["record_id"], row["filter_id"]) == ("half \ufffd", None, 7)
    assert table.stats == {"replaced_text": 3, "malformed": 1, "filters_without_id": 1}
