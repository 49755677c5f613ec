"""Events for datasets, made with pyarrow alone, and ways to read one without wfpfast."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

START = datetime(2026, 10, 5, 23, 59, 58, tzinfo=UTC)
CODED = pa.dictionary(pa.int32(), pa.utf8())


def events(
    ids: Sequence[int], *, host: str | None = "WS1", step: timedelta = timedelta(milliseconds=10),
    start: datetime = START,
) -> pa.RecordBatch:
    """Return an event for each id, which is its filter; the id also says when it was."""
    return pa.record_batch({
        "timestamp": pa.array([start + step * number for number in ids], pa.timestamp("ns", "UTC")),
        "event_type": pa.array(["CLASSIFY_DROP"] * len(ids)).dictionary_encode(),
        "filter_id": pa.array(list(ids), pa.uint64()),
        "host": pa.array([host] * len(ids), pa.utf8()).dictionary_encode(),
    })


def parquet_files(folder: Path) -> list[Path]:
    """Return what any engine would read of a dataset."""
    return sorted(folder.glob("**/*.parquet"))


def ids_of(folder: Path) -> list[int]:
    """Return the filters of all events of a dataset, sorted, by reading each of its files."""
    found: list[Any] = []
    for path in parquet_files(folder):
        found += pq.ParquetFile(path).read(columns=["filter_id"]).column(0).to_pylist()
    return sorted(found)
