"""Generated event logs: what is written is what is read, in every way a record may be written."""

import io
import json
from typing import Any

import pytest
from audit_expected import expected
from audit_records import APP, EPOCH, FIELDS, Audit, read, records, rows_of
from evtx_file import HEX32, HEX64, TEXT, UINT8, UINT16, UINT64, evtx
from hypothesis import given
from hypothesis import strategies as st

from wfpfast import audit


def wanted(one: Audit) -> dict[str, Any]:
    return {**expected(one.event_id, one.fields), "host": one.host, "timestamp": one.time,
            "record_id": one.record_id}


def connections() -> list[Audit]:
    return [
        Audit(5156, FIELDS["connection"], 1),
        Audit(5158, FIELDS["bind"], 2),
        Audit(5157, {**FIELDS["connection"], "Direction": "%%14592"}, 3),
        Audit(5152, {**FIELDS["packet"], "Direction": "%%14592"}, 4),
        Audit(5153, FIELDS["packet"], 5),
        Audit(5154, {**FIELDS["bind"], "LayerName": "%%14609", "LayerRTID": 40}, 6),
        Audit(5155, FIELDS["bind"], 7), Audit(5159, FIELDS["bind"], 8),
        Audit(5031, {"Profiles": "Domain", "Application": r"C:\excel.exe"}, 9),
        Audit(5152, {**FIELDS["packet"], "Direction": "%%14594"}, 10),
        Audit(5157, {**FIELDS["connection"], "Direction": "%%14595"}, 11),
    ]


def test_each_event_becomes_a_row() -> None:
    audits = connections()
    rows, stats = read(evtx(records(audits)))
    assert rows == [wanted(one) for one in audits]
    assert len(rows) == 11
    assert stats["undecided_sides"] == 1
    assert stats["other_events"] == 0


def test_another_reader_agrees_about_the_generated_files() -> None:
    """The encoder of these tests writes what is an event log to others, too."""
    other = pytest.importorskip("evtx")
    audits = connections()
    found = []
    for record in other.PyEvtxParser(io.BytesIO(evtx(records(audits)))).records_json():
        event = json.loads(record["data"])["Event"]
        found.append((event["System"]["EventID"], event["System"]["Computer"],
                      {k: v for k, v in event["EventData"].items() if v != ""}))
    assert found == [(one.event_id, one.host, dict(one.fields)) for one in audits]


def test_a_record_without_a_template_is_read() -> None:
    audits = [one._replace(template=False) for one in connections()]
    assert rows_of(*audits) == [wanted(one) for one in audits]


def test_the_computer_may_be_a_value_or_part_of_the_template() -> None:
    audits = [Audit(5156, FIELDS["connection"], k, host=f"pc{k}", literal=k % 2 == 0)
              for k in range(6)]
    assert [row["host"] for row in rows_of(*audits)] == [f"pc{k}" for k in range(6)]


def test_a_chunk_may_have_more_templates_than_its_table_has_room_for() -> None:
    audits = [Audit(5158, {f"New{k}": "x"}, k) for k in range(100)]
    assert len(evtx(records(audits))) == 4096 + 65536
    assert [row["record_id"] for row in rows_of(*audits)] == [*range(100)]


def test_templates_and_names_of_one_chunk_mean_nothing_in_the_next() -> None:
    audits = [
        Audit(5156 + k % 2, dict(sorted(FIELDS["connection"].items(), reverse=k % 3 == 0)), k)
        for k in range(500)]
    data = evtx(records(audits))
    assert len(data) > 4096 + 4 * 65536
    assert read(data)[0] == [wanted(one) for one in audits]


@pytest.mark.parametrize(("kind", "value"), [
    (UINT8, 17), (UINT16, 17), (UINT64, 17), (HEX32, 17), (HEX64, 17), (TEXT, "17"),
    (TEXT, "0x11"), (TEXT, "0X11"), (TEXT, "17\0"),
])
def test_a_number_may_have_any_type(kind: int, value: Any) -> None:
    one = Audit(5156, {**FIELDS["connection"], "Protocol": value}, types={"Protocol": kind})
    assert [row["ip_protocol"] for row in rows_of(one)] == [17]


@pytest.mark.parametrize("value", [None, "", "-"])
@pytest.mark.parametrize("name", FIELDS["connection"])
def test_what_a_record_does_not_say_is_null(name: str, value: Any) -> None:
    fields = {**FIELDS["connection"], name: value}
    one = Audit(5156, fields, types={} if value is None else {name: TEXT})
    assert rows_of(one) == [wanted(one)]
    del fields[name]
    assert rows_of(one._replace(fields=fields)) == [wanted(one)]


def test_other_events_are_counted_and_not_read() -> None:
    audits = [
        Audit(4688, FIELDS["bind"]), Audit(5447, {"FilterId": "1"}),
        Audit(5156, FIELDS["connection"], provider="Somebody-Else"),
        Audit(5156, FIELDS["connection"], provider="Microsoft-Windows-Security-Auditing2"),
        Audit(5158, FIELDS["bind"]), Audit(4688, FIELDS["bind"], template=False)]
    rows, stats = read(evtx(records(audits)))
    assert [row["event_id"] for row in rows] == [5158]
    assert (stats["other_events"], stats["events"]) == (5, 1)


def test_columns_are_chosen() -> None:
    names = ["record_id", "remote_address", "host"]
    with audit.read_events(
        io.BytesIO(evtx(records(connections()))), columns=names, batch_size=4
    ) as stream:
        assert stream.column_names == names
        batches = list(stream)
    assert [len(batch) for batch in batches] == [4, 4, 3]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert list(rows[0]) == names
    assert [row["record_id"] for row in rows] == list(range(1, 12))
    with pytest.raises(ValueError, match="no column 'hosts'; did you mean host"):
        audit.read_events(io.BytesIO(), columns=["hosts"])


def test_addresses_may_be_binary() -> None:
    rows = rows_of(*connections()[:2], addresses="binary")
    assert rows[0]["source_address"].hex() == "fe8000000000000080ac4126fa581b81"
    assert rows[0]["remote_address"].hex() == "ff020000000000000000000000010002"
    assert rows[1]["local_address"].hex() == "00000000000000000000ffff00000000"


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
addresses = st.ip_addresses().map(str)
ports = st.integers(0, 65535).map(str)
fields = st.fixed_dictionaries({}, optional={
    "ProcessID": st.integers(0, 2**32 - 1), "Application": texts,
    "Direction": st.sampled_from(["%%14592", "%%14593", "%%14594", "%%14595"]),
    "SourceAddress": addresses, "SourcePort": ports, "DestAddress": addresses, "DestPort": ports,
    "Protocol": st.integers(0, 255), "InterfaceIndex": st.integers(0, 2**32 - 1),
    "FilterOrigin": texts, "FilterRTID": st.integers(0, 2**64 - 1),
    "LayerName": st.integers(14590, 14650).map("%%{}".format),
    "LayerRTID": st.integers(0, 65535),
    "RemoteUserID": st.sampled_from(["S-1-0-0", "S-1-5-18", "S-1-5-21-1-2-3-4"]),
    "Unheard": texts,
})
audits_made = st.tuples(
    st.sampled_from([5152, 5153, 5154, 5155, 5156, 5157, 5158, 5159]), fields,
    st.integers(0, 2**64 - 1), texts.filter(lambda text: text not in ("", "-")),
    st.integers(EPOCH, EPOCH + 2**56), st.booleans()
).map(lambda made: Audit(*made[:5], literal=made[5]))


@given(st.lists(audits_made, max_size=8), st.integers(1, 5))
def test_what_is_written_is_what_is_read(audits: list[Audit], batch_size: int) -> None:
    rows, stats = read(evtx(records(audits)), batch_size=batch_size)
    assert rows == [wanted(one) for one in audits]
    assert stats.get("malformed", 0) == stats.get("lost_events", 0) == 0


def test_a_path_and_a_file_and_several(tmp_path: Any) -> None:
    path = tmp_path / "Security.evtx"
    path.write_bytes(evtx(records(connections())))
    with audit.read_events([path, str(path), io.BytesIO(path.read_bytes())]) as stream:
        assert sum(map(len, stream)) == 33
    assert stream.stats["undecided_sides"] == 3
    assert next(iter(audit.read_events(path)))[0].app_path == APP


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_keep_the_order(threads: int) -> None:
    audits = [Audit(5156 + k % 2, FIELDS["connection"], k) for k in range(12_000)]
    data = evtx(records(audits))
    assert len(data) > 5 << 20
    rows, stats = read(data, threads=threads, columns=["timestamp", "record_id", "host"])
    assert [row["record_id"] for row in rows] == list(range(12_000))
    assert stats["events"] == 12_000
    if threads == 3:
        broken = bytearray(data)
        broken[4096 + 40 * 65536 + 600] ^= 1  # in the third megabyte
        stream = audit.read_events(io.BytesIO(broken), threads=threads)
        with pytest.raises(audit.EvtxError, match="chunk 40: "):
            sum(map(len, stream))
        assert 4000 < stream.stats["events"] < 8000     # all that comes before it
    with pytest.raises(ValueError, match="threads 0"):
        audit.read_events(io.BytesIO(data), threads=0)


def test_a_stream_of_threads_may_be_left() -> None:
    data = evtx(records([Audit(5158, FIELDS["bind"], k) for k in range(9_000)]))
    with audit.read_events(io.BytesIO(data), threads=2) as stream:
        assert len(next(stream)) > 1000


def test_a_time_that_is_text_may_be_a_leap_day() -> None:
    leap_day = 132_274_080_000_000_001 + 20 * 3600 * 10_000_000  # 29 February 2020, 20:00
    one = Audit(5158, FIELDS["bind"], time=leap_day, template=False)
    assert rows_of(one)[0]["timestamp"] == leap_day
