"""Records of the Security log in several exports: their number says which are the same."""

import io
import json
from typing import Any

import pyarrow as pa
import pytest
from audit_records import FIELDS, MOMENT, Audit, record
from audit_shapes import nxlog, stamp
from evtx_file import evtx

import wfpfast

INBOUND = {
    **FIELDS["connection"], "Direction": "%%14592", "SourceAddress": "203.0.113.9",
    "DestAddress": "192.0.2.20", "SourcePort": "40022", "DestPort": "445", "Protocol": 6}
BIND = {**FIELDS["bind"], "SourceAddress": "192.0.2.20"}


def export(*audits: Audit) -> Any:
    return wfpfast.audit.read_events(io.BytesIO(evtx(map(record, audits))))


def left(*sources: Any) -> tuple[list[int], int]:
    """Return the numbers of the records that are left, and how many doubles there were."""
    found = wfpfast.distinct(list(sources))
    numbers = [n for part in found for n in part.column("record_id").to_pylist()]
    return numbers, found.stats["doubles"]


def audits(*numbers: int, host: str = "pc1", **changed: Any) -> list[Audit]:
    return [Audit(5156, {**FIELDS["connection"], **changed}, n, host=host) for n in numbers]


def test_exports_that_overlap() -> None:
    assert left(export(*audits(1, 2, 3)), export(*audits(2, 3, 4))) == ([1, 2, 3, 4], 2)


def test_records_that_are_alike_but_for_their_numbers_stay() -> None:
    assert left(export(*audits(1)), export(*audits(2)), export(*audits(2, 3))) == ([1, 2, 3], 1)


def test_the_same_number_on_another_host_is_another_record() -> None:
    assert left(export(*audits(1)), export(*audits(1, host="pc2"))) == ([1, 1], 0)


def test_the_same_number_at_another_time_is_another_record() -> None:
    later = Audit(5156, FIELDS["connection"], 1, host="pc1", time=MOMENT + 10_000_000)
    assert left(export(*audits(1)), export(later)) == ([1, 1], 0)


def test_a_record_of_which_one_export_alone_says_which_end_is_local() -> None:
    inbound = Audit(5157, INBOUND, 7)
    told, silent = export(Audit(5158, BIND, 6), inbound), export(inbound)
    first, second = map(pa.Table.from_batches, (
        [pa.record_batch(b) for b in told], [pa.record_batch(b) for b in silent]))
    assert first["local_address"].to_pylist() == ["192.0.2.20", "192.0.2.20"]
    assert second["local_address"].to_pylist() == [None]
    assert left(first, second) == ([6, 7], 1)
    assert left(second, first) == ([7, 6], 1)


@pytest.mark.parametrize(("changed", "count"), [
    ({}, 1), ({"SourceAddress": "203.0.113.10"}, 0), ({"DestPort": "446"}, 0),
    ({"EventID": 5156}, 0), ({"Hostname": "pc2.example.com"}, 0)])
def test_without_numbers_all_that_is_logged_counts(changed: dict[str, Any], count: int) -> None:
    def source(**more: Any) -> Any:
        one = Audit(5157, INBOUND, 7)
        found = nxlog(one) | {"EventTime": stamp(one.time)} | more
        del found["RecordNumber"]
        return wfpfast.audit.read_events(io.BytesIO(json.dumps(found).encode()))

    assert left(source(), source(**changed))[1] == count
