"""The audit that stands for a net event: by a table that was made by hand of Microsoft's page."""

import io
from typing import Any

import pyarrow as pa
import pytest
from audit_records import FIELDS, Audit, record
from evtx_file import evtx

from wfpfast import Decoder, audit, decode, encode

# "Auditing and logging" of the filtering platform; the numbers of layers are those of fwpmu.h's
# order, which records of 5154, 5156, 5157 and 5158 have, too.
EXPECTED = [
    ("CLASSIFY_ALLOW", 36, 5158), ("CLASSIFY_ALLOW", 38, 5158), ("CLASSIFY_ALLOW", 40, 5154),
    ("CLASSIFY_ALLOW", 42, 5154), ("CLASSIFY_ALLOW", 44, 5156), ("CLASSIFY_ALLOW", 46, 5156),
    ("CLASSIFY_ALLOW", 48, 5156), ("CLASSIFY_ALLOW", 50, 5156),
    ("CLASSIFY_DROP", 36, 5159), ("CLASSIFY_DROP", 38, 5159), ("CLASSIFY_DROP", 40, 5155),
    ("CLASSIFY_DROP", 42, 5155), ("CLASSIFY_DROP", 44, 5157), ("CLASSIFY_DROP", 46, 5157),
    ("CLASSIFY_DROP", 48, 5157), ("CLASSIFY_DROP", 50, 5157),
    # Packets: IPPACKET 0 to 7, IPFORWARD 8 to 11, TRANSPORT 12 to 19, DATAGRAM_DATA 24 to 27,
    # ICMP_ERROR 28 to 35, each second one already discarded.
    *(("CLASSIFY_DROP", layer, 5152) for layer in [*range(20), *range(24, 36)]),
    ("CLASSIFY_DROP_MAC", 56, 5150), ("CLASSIFY_DROP_MAC", 57, 5150),
    ("CLASSIFY_DROP_MAC", 58, 5150), ("CLASSIFY_DROP_MAC", 59, 5150),
    *(("CLASSIFY_DROP_MAC", layer, 5146) for layer in range(72, 78)),
    ("IKEEXT_QM_FAILURE", None, 4654),
    # Not known: streams, what is already discarded at a connection, allowed packets, layers that
    # move, numbers beyond all, two audits for one event, types that are not audited.
    *(("CLASSIFY_DROP", layer, None) for layer in [20, 21, 22, 23, 37, 45, 49, 51, 52]),
    *(("CLASSIFY_DROP", layer, None) for layer in [54, 56, 85, 97, 300, 65535, None]),
    ("CLASSIFY_ALLOW", 0, None), ("CLASSIFY_ALLOW", 13, None), ("CLASSIFY_ALLOW", 52, None),
    ("CLASSIFY_DROP_MAC", 44, None), ("CLASSIFY_DROP_MAC", 60, None),
    ("IKEEXT_MM_FAILURE", None, None), ("IKEEXT_EM_FAILURE", None, None),
    ("CAPABILITY_DROP", 48, None), ("IPSEC_KERNEL_DROP", 12, None), (None, 48, None),
]  # fmt: skip


def test_the_table() -> None:
    types, layers, expected = zip(*EXPECTED, strict=True)
    batch = pa.record_batch({
        "event_type": pa.array(types, pa.utf8()).dictionary_encode(),
        "layer_id": pa.array(layers, pa.uint16())})
    found = audit.event_ids(batch)
    assert found.type == pa.uint16()
    assert dict(zip(zip(types, layers, strict=True), found.to_pylist(), strict=True)) == dict(
        zip(zip(types, layers, strict=True), expected, strict=True))
    assert len(EXPECTED) > 80


@pytest.mark.parametrize(("status", "expected"), [
    (0xC0360007, 4963), (0xC0360001, None), (None, None)])
def test_a_packet_that_came_in_clear(status: int | None, expected: int | None) -> None:
    signed = status if status is None else status - 2**32
    batch = pa.record_batch({
        "event_type": ["IPSEC_KERNEL_DROP"], "failure_status": pa.array([signed], pa.int32())})
    assert audit.event_ids(batch).to_pylist() == [expected]


def drop(layer: int, **header: Any) -> dict[str, Any]:
    return {"type": 3, "header": header, "classifyDrop": {"filterId": 7, "layerId": layer}}


def test_a_decoded_batch() -> None:
    batch = decode(encode([drop(44), drop(13), {"type": 1, "ikeQmFailure": {}}, drop(99)]))
    assert audit.event_ids(batch).to_pylist() == [5157, 5152, 4654, None]
    assert "event_id" not in Decoder().column_names


def test_no_columns_and_no_rows() -> None:
    assert audit.event_ids(pa.record_batch({"x": [1, 2]})).to_pylist() == [None, None]
    assert audit.event_ids(decode(encode([]))).to_pylist() == []


def test_records_of_the_security_log_keep_theirs() -> None:
    made = [Audit(event_id, FIELDS[kind]) for event_id, kind in (
        (5158, "bind"), (5153, "packet"), (5152, "packet"), (5157, "connection"))]
    batch, = audit.read_events(io.BytesIO(evtx(map(record, made))))
    assert audit.event_ids(batch).to_pylist() == [5158, 5153, 5152, 5157]
    # What the log says and what the table says agree, where the table says something.
    rows = pa.record_batch(batch).drop_columns(["event_id"])
    assert audit.event_ids(rows).to_pylist() == [5158, 5152, 5152, 5157]
