"""Public sets of audit records as JSON against a plain query; found through WFPFAST_SAMPLES."""

import gzip
import io
import os
from pathlib import Path
from typing import Any

import pytest

from wfpfast import audit

duckdb = pytest.importorskip("duckdb")
FOLDER = Path(os.environ.get("WFPFAST_SAMPLES", "absent")) / "audit"
FILES = sorted(FOLDER.glob("*.jsonl.gz"))
KEYS = "event_id, host, app_path, event_type"
PROVIDER = "Microsoft-Windows-Security-Auditing"
COLUMNS = ", ".join(f"{name}: 'VARCHAR'" for name in (
    "EventID", "Hostname", "Application", "SourceName", "FilterRTID",
    "LayerRTID", "Direction", "SourceAddress", "SourcePort", "DestAddress", "DestPort",
    "Protocol", "RecordNumber"))

pytestmark = pytest.mark.skipif(not FILES, reason="WFPFAST_SAMPLES has no sets of audits")


def ours(path: Path) -> tuple[Any, dict[str, int]]:
    import pyarrow as pa

    with audit.read_events(io.BytesIO(gzip.decompress(path.read_bytes()))) as stream:
        table = pa.Table.from_batches([pa.record_batch(batch) for batch in stream])
    return table, stream.stats


def query(what: str, path: Path) -> list[tuple[Any, ...]]:
    """Return what a query finds in the records that are decisions."""
    found: list[tuple[Any, ...]] = duckdb.sql(f"""
        WITH raw AS (SELECT * FROM read_json('{path}', format='newline_delimited',
                                             columns={{{COLUMNS}}})),
        audits AS (
            SELECT *, CASE WHEN EventID IN (5156, 5154, 5158) THEN 'CLASSIFY_ALLOW'
                           WHEN EventID IN (5031, 5152, 5155, 5157) THEN 'CLASSIFY_DROP' END
                      AS verdict
            FROM raw WHERE SourceName = '{PROVIDER}' AND verdict IS NOT NULL)
        {what}""").fetchall()
    return found


@pytest.mark.parametrize("path", FILES, ids=[path.name.partition(".")[0] for path in FILES])
def test_counts_are_those_of_a_plain_query(path: Path) -> None:
    table, stats = ours(path)
    assert len(table) > 25
    mine = duckdb.from_arrow(table).aggregate(f"{KEYS}, count(*)").order(KEYS).fetchall()
    assert mine == query("""
        SELECT EventID::INT, Hostname, nullif(Application, '-'), verdict, count(*) FROM audits
        GROUP BY ALL ORDER BY ALL""", path)
    for name in ("malformed", "lost_events", "unknown_names", "unknown_forms"):
        assert stats.get(name, 0) == 0, name
    assert not [name for name in stats if name.startswith("unknown_member")]


@pytest.mark.parametrize("path", FILES, ids=[path.name.partition(".")[0] for path in FILES])
def test_cells_are_those_of_a_plain_query(path: Path) -> None:
    table, _ = ours(path)
    mine = duckdb.from_arrow(table).project(
        "event_id, filter_id, layer_id, direction, source_address, source_port,"
        " destination_address, destination_port, ip_protocol, record_id").fetchall()
    assert sorted(mine, key=repr) == sorted(query("""
        SELECT EventID::INT, nullif(FilterRTID::UBIGINT, 0), LayerRTID::INT,
            CASE Direction WHEN '%%14592' THEN 'INBOUND' WHEN '%%14593' THEN 'OUTBOUND' END,
            SourceAddress, SourcePort::INT, DestAddress, DestPort::INT, Protocol::INT,
            RecordNumber::UBIGINT FROM audits""", path), key=repr)


def test_what_the_sets_have() -> None:
    assert len(FILES) == 6
    found = [ours(path) for path in FILES]
    assert sum(len(table) for table, _ in found) == 3060
    assert sum(stats["other_events"] for _, stats in found) == 724
    # One set is of an NXLog that writes over the event's process id.
    assert sum(stats.get("lost_process_ids", 0) for _, stats in found) == 602
    assert sum(table["process_id"].null_count for table, _ in found) == 602 + 4  # 4 of 5031
    # Times that have a zone are one set's only.
    assert sum(stats.get("received_times", 0) for _, stats in found) == 3060 - 27
    assert sum(table["timestamp"].null_count for table, _ in found) == 0
