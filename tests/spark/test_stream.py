"""A streaming query reads what recorders append, each event once."""

from pathlib import Path
from typing import Any

import pytest
from spark.hosts import event, recording

from wfpfast import Recorder, encode


def run(spark: Any, path: Path, state: Path, **options: str) -> list[int]:
    """Read what is new since the last time; return the seconds of all events that were read."""
    query = (
        spark.readStream.format("wfpfast").options(columns="timestamp_100ns", **options)
        .load(str(path)).writeStream.format("parquet").option("path", str(state / "out"))
        .option("checkpointLocation", str(state / "checkpoint")).trigger(availableNow=True).start())
    query.awaitTermination()
    found = spark.read.schema("timestamp_100ns bigint").parquet(str(state / "out"))
    return sorted(row.timestamp_100ns // 10_000_000 for row in found.collect())


def append(path: Path, first: int, count: int) -> None:
    with Recorder(path) as recorder:
        recorder.write(encode([event(first + n) for n in range(count)]))


def test_recordings_are_read_as_they_grow(spark: Any, tmp_path: Path) -> None:
    folder, state = tmp_path / "in", tmp_path / "state"
    folder.mkdir()
    path = recording(folder / "a.wfprec", [3, 4])
    assert len(run(spark, folder, state)) == 7
    append(path, 7, 5)
    recording(folder / "b.wfprec", [6], host="PC-2", first=12)
    whole = path.read_bytes()
    append(path, 18, 2)
    longer = path.read_bytes()
    path.write_bytes(longer[:-9])       # the recorder is in the middle of a record
    found = run(spark, folder, state)
    assert found == list(range(found[0], found[0] + 18))
    path.write_bytes(longer)
    found = run(spark, folder, state)
    assert found == list(range(found[0], found[0] + 20))
    path.write_bytes(longer + b"\0" * 9 + b"damage that is longer than a header" * 9)
    with pytest.raises(Exception, match=r"a\.wfprec: byte \d+: the record's header"):
        run(spark, folder, state)
    path.write_bytes(whole)
    with pytest.raises(Exception, match=r"a\.wfprec: has become shorter"):
        run(spark, folder, state)


def test_only_recordings_grow(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "netevents.xml").write_text("<netEvents/>", encoding="utf-8")
    with pytest.raises(Exception, match="only recordings grow"):
        run(spark, tmp_path / "netevents.xml", tmp_path / "state")
