"""docs/security-log.md lists the columns that are added, and every event that becomes a row."""

import io
import re
from pathlib import Path

from audit_records import FIELDS, Audit, records
from evtx_file import evtx

from wfpfast import Decoder, EventBatch, audit
from wfpfast.audit._events import EVENTS

TEXT = (Path(__file__).parents[2] / "docs/security-log.md").read_text("utf-8")


def batch_of(*audits: Audit) -> EventBatch:
    return next(audit.read_events(io.BytesIO(evtx(records(audits)))))


def test_the_added_columns_are_listed_with_their_types() -> None:
    batch = batch_of(Audit(5158, FIELDS["bind"]))
    events = Decoder().column_names
    assert batch.column_names[:len(events)] == events
    added = batch.column_names[len(events):]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", TEXT, re.M)
    assert [row for row in rows if row[0] in added] == [
        (name, batch[name].type) for name in added]
    assert len(added) == 11


def test_every_event_is_listed() -> None:
    listed = {int(number) for row in re.findall(r"^\| (\d{4}[^|]*)\|", TEXT, re.M)
              for number in re.findall(r"\d{4}", row)}
    assert listed == set(EVENTS)
    assert len(EVENTS) == 19


def test_a_batch_says_what_it_is() -> None:
    batch = batch_of(Audit(5158, FIELDS["bind"]), Audit(5159, FIELDS["bind"]))
    assert repr(batch).startswith("<wfpfast.EventBatch of 2 records, 78 columns>\n  timestamp")
    assert batch.version == -1
    assert [event.event_id for event in batch] == [5158, 5159]
