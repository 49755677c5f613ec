"""Real event logs, cell by cell against another reader; found through WFPFAST_SAMPLES."""

import gzip
import io
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from audit_expected import WANTED, expected

from wfpfast import audit

evtx = pytest.importorskip("evtx")
FOLDER = Path(os.environ.get("WFPFAST_SAMPLES", "absent")) / "evtx"
FILES = sorted(FOLDER.rglob("*.evtx.gz"))

pytestmark = pytest.mark.skipif(not FILES, reason="WFPFAST_SAMPLES has no event logs")


def others_view(data: bytes) -> tuple[list[dict[str, Any]], int]:
    """Return the rows that another reader's JSON gives, and how many records have other ids."""
    rows, others = [], 0
    for record in evtx.PyEvtxParser(io.BytesIO(data)).records_json():
        event = json.loads(record["data"])["Event"]
        system, event_id = event["System"], event["System"]["EventID"]
        event_id = event_id["#text"] if isinstance(event_id, dict) else event_id
        provider = system["Provider"]["#attributes"]["Name"]
        if provider != "Microsoft-Windows-Security-Auditing" or event_id not in WANTED:
            others += 1
            continue
        rows.append({
            **expected(event_id, event["EventData"]), "host": system["Computer"],
            "record_id": system["EventRecordID"],
            "timestamp": system["TimeCreated"]["#attributes"]["SystemTime"]})
    return rows, others


def ours(data: bytes) -> tuple[list[dict[str, Any]], dict[str, int]]:
    with audit.read_events(io.BytesIO(data)) as stream:
        rows = [
            {k: v for k, v in row.items() if v is not None}
            for batch in stream for row in batch.to_pylist()]
    for row in rows:  # microseconds are what the other reader shows
        row["timestamp"] = f"{row['timestamp']:%Y-%m-%dT%H:%M:%S.%fZ}"
    return rows, stream.stats


def test_every_cell_of_every_record() -> None:
    total: Counter[str] = Counter()
    for path in FILES:
        data = gzip.decompress(path.read_bytes())
        rows, others = others_view(data)
        mine, stats = ours(data)
        assert mine == rows, path.name
        assert stats["other_events"] == others, path.name
        total.update(files=1, rows=len(rows), others=others, cells=sum(map(len, rows)))
        total.update(f"{row['event_id']}" for row in rows)
    assert total["files"] == 42
    assert (total["rows"], total["others"]) == (72, 1336)
    assert (total["5156"], total["5158"]) == (63, 9)
    assert total["cells"] > 1000


def test_no_chunk_of_a_real_file_is_doubted() -> None:
    for path in FILES:
        _, stats = ours(gzip.decompress(path.read_bytes()))
        for name in ("malformed", "lost_events", "bad_chunks", "bad_checksums"):
            assert stats.get(name, 0) == 0, (path.name, name)
