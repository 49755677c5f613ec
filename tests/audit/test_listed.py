"""Lists of fields that break off or lie are lost, and nothing outside of them is read."""

import struct

import pytest
from audit_records import FIELDS, Audit
from audit_shapes import xml

from wfpfast.audit._errors import EvtxError
from wfpfast.audit._packing import listed
from wfpfast.audit._reader import AuditReader
from wfpfast.audit._xml import record

PART = next(iter(listed([record(xml(Audit(5158, FIELDS["bind"], 7)))])))


def rows_of(memory: bytes, errors: str = "null") -> tuple[int, int]:
    """Return how many records become rows, and how many are lost."""
    reader = AuditReader(errors=errors)
    reader.feed_listed(memory, 9)
    rows = lost = 0
    while (batch := reader.read()) is not None:
        rows += len(batch)
        lost += batch.stats["lost_events"]
    return rows, lost


def test_a_list_that_breaks_off_anywhere() -> None:
    whole = bytes(PART.memory)
    assert len(whole) > 300
    assert rows_of(whole) == (1, 0)
    assert rows_of(whole * 3) == (3, 0)
    assert rows_of(b"") == (0, 0)
    for size in range(1, len(whole)):
        # Memory of its own size, so that a sanitizer notices what is read behind it.
        assert rows_of(bytearray(whole[:size])) == (0, 1), size
        assert rows_of(whole + whole[:size]) == (1, 1), size
    with pytest.raises(EvtxError, match=r"^record 1: the list of its fields breaks off"):
        rows_of(whole[:-1], "raise")


def test_targets_and_sizes_that_are_none() -> None:
    head = struct.pack("<QI", 1, 1)
    for target, size in ((0xFFFF, 0), (200, 2), (1, 3), (1, 0xFFFFFFFF), (1, 0x7FFFFFFF)):
        assert rows_of(head + struct.pack("<HHI", target, 1, size) + b"ab") == (0, 1)
    assert rows_of(struct.pack("<QI", 1, 0xFFFFFFFF)) == (0, 1)
    for kind in range(0, 0x10000, 77):  # no type of a value, or one that the text does not fit
        memory = bytes(PART.memory).replace(
            struct.pack("<HI", 1, 14) + "0.0.0.0".encode("utf-16-le"),
            struct.pack("<HI", kind, 14) + "0.0.0.0".encode("utf-16-le"))
        assert kind == 1 or memory != PART.memory
        assert rows_of(memory) == (1, 0)
