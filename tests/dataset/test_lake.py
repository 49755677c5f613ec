"""The lake profile: expected types and values are written down here, or come from other engines."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wfpfast.dataset import lake
from wfpfast.dataset.files import LakeFile, options

# Windows' own number of 2020-05-22 20:54:53.4991234, by Python's datetime.
TICKS = ((datetime(2020, 5, 22, 20, 54, 53, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC))
         // (datetime(1, 1, 2) - datetime(1, 1, 1))) * 864_000_000_000 + (
             (20 * 60 + 54) * 60 + 53) * 10_000_000 + 4_991_234
NANOSECONDS = 1_590_180_893_499_123_400
BIG = (1 << 64) - 1


def written(batch: pa.RecordBatch, path: Path, **stats: int) -> pq.ParquetFile:
    with path.open("wb") as file:
        out = LakeFile(file, batch.schema)
        out.write(batch)
        out.finish(stats, ["a.xml"])
    return pq.ParquetFile(path)


def one(**columns: pa.Array) -> pa.RecordBatch:
    return pa.record_batch(columns)


def test_all_columns_have_types_that_every_engine_reads() -> None:
    """No unsigned numbers, no dictionaries, no nanoseconds, no fixed size, at any depth."""
    schema = lake.schema()
    assert len(schema) > 75
    allowed = {
        pa.utf8(), pa.int16(), pa.int32(), pa.int64(), pa.bool_(), pa.binary(),
        pa.timestamp("us", "UTC")}
    leaves: list[pa.DataType] = []

    def walk(kind: pa.DataType) -> None:
        if pa.types.is_nested(kind):
            for number in range(kind.num_fields):
                walk(kind.field(number).type)
        else:
            leaves.append(kind)

    for field in schema:
        walk(field.type)
    assert set(leaves) == allowed
    assert schema.names[:3] == ["host", "timestamp", "timestamp_100ns"]


@pytest.mark.parametrize(("kind", "wider", "most"), [
    (pa.uint8(), pa.int16(), 255), (pa.uint16(), pa.int32(), 65_535),
    (pa.uint32(), pa.int64(), 4_294_967_295), (pa.uint64(), pa.int64(), (1 << 63) - 1),
])
def test_unsigned_numbers_keep_their_values(
    kind: pa.DataType, wider: pa.DataType, most: int
) -> None:
    profile = lake.LakeProfile(pa.schema([("filter_id", kind)]))
    found = profile.of(one(filter_id=pa.array([0, None, most], kind)))
    assert found.column("filter_id").equals(pa.array([0, None, most], wider))
    assert not profile.stats


def test_a_number_without_room_is_null_and_counted(tmp_path: Path) -> None:
    batch = one(filter_id=pa.array([BIG, 1, 1 << 63, None], pa.uint64()))
    file = written(batch, tmp_path / "a.parquet")
    assert file.read().column("filter_id").to_pylist() == [None, 1, None, None]
    assert json.loads(file.metadata.metadata[b"wfpfast.stats"]) == {"beyond_int64": 2}


def test_the_time_is_in_microseconds_and_exact_beside_it(tmp_path: Path) -> None:
    before_1970 = -1_500
    times = pa.array([NANOSECONDS, None, before_1970], pa.timestamp("ns", "UTC"))
    file = written(one(timestamp=times), tmp_path / "a.parquet")
    table = file.read()
    assert table.schema.field("timestamp").type == pa.timestamp("us", "UTC")
    # 1.5 microseconds before 1970 is in the second microsecond before it.
    assert table.column("timestamp").cast(pa.int64()).to_pylist() == [
        NANOSECONDS // 1_000, None, -2]
    assert table.column("timestamp_100ns").to_pylist() == [
        TICKS, None, 116_444_736_000_000_000 - 15]
    about = file.metadata.metadata
    assert about[b"wfpfast.first"] == b"1969-12-31T23:59:59.9999985Z"
    assert about[b"wfpfast.last"] == b"2020-05-22T20:54:53.4991234Z"


def test_nested_columns(tmp_path: Path) -> None:
    kind = pa.list_(pa.struct([
        ("filter_id", pa.uint64()), ("sublayer", pa.utf8()), ("action", pa.utf8())]))
    rows: list[Any] = [
        [{"filter_id": 7, "sublayer": "A", "action": "BLOCK"},
         {"filter_id": 8, "sublayer": None, "action": "PERMIT"}],
        None, [], [{"filter_id": BIG, "sublayer": "B", "action": None}]]
    batch = one(terminating_filters=pa.array(rows, kind)).slice(0)
    path = tmp_path / "a.parquet"
    written(batch, path)
    rows[3][0]["filter_id"] = None
    assert polars.read_parquet(path)["terminating_filters"].to_list() == rows
    found = duckdb.sql(f"select terminating_filters from '{path.as_posix()}'").fetchall()
    assert [row[0] for row in found] == rows
    sliced = lake.LakeProfile(batch.schema).of(batch.slice(2, 2))
    assert sliced.column("terminating_filters").to_pylist() == rows[2:]


def test_texts_are_strings_for_every_reader(tmp_path: Path) -> None:
    codes = pa.DictionaryArray.from_arrays(pa.array([1, 0, None, 1], pa.int32()), ["a", "b"])
    batch = one(event_type=codes, remote_address=pa.array(["x", None, "y", "x"]))
    path = tmp_path / "a.parquet"
    table = written(batch, path).read()
    assert table.schema.field("event_type").type == pa.utf8()
    assert table.column("event_type").to_pylist() == ["b", "a", None, "b"]
    assert polars.read_parquet(path).schema["event_type"] == polars.String
    types = dict(duckdb.sql(
        f"select column_name, column_type from (describe from '{path.as_posix()}')").fetchall())
    assert types == {
        "host": "VARCHAR", "event_type": "VARCHAR", "remote_address": "VARCHAR"}


def test_the_metadata_says_what_there_is_and_what_is_missing(tmp_path: Path) -> None:
    batch = one(host=pa.array(["B", "A", None]), filter_id=pa.array([1, 2, 3], pa.uint64()))
    file = written(batch, tmp_path / "a.parquet", dropped=3, lost_events=4, malformed=2, events=3)
    about = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
    stats = json.loads(about.pop("wfpfast.stats"))
    assert stats == {"dropped": 3, "lost_events": 4, "malformed": 2, "events": 3}
    assert about.pop("wfpfast.version").count(".") == 2
    assert about == {
        "wfpfast.profile": "lake", "wfpfast.host": '["A", "B"]', "wfpfast.source": "a.xml",
        "wfpfast.first": "", "wfpfast.last": "", "wfpfast.events": "3", "wfpfast.lost": "7",
        "wfpfast.malformed": "2"}


def test_the_host_fills_what_does_not_say_it() -> None:
    batch = one(host=pa.array(["A", None]), filter_id=pa.array([1, 2], pa.uint64()))
    profile = lake.LakeProfile(batch.schema, host="B")
    assert profile.of(batch).column("host").to_pylist() == ["A", "B"]
    bare = batch.select(["filter_id"])
    assert lake.LakeProfile(bare.schema, host="B").of(bare).column("host").to_pylist() == ["B"] * 2


def test_row_groups_can_be_skipped_by_time(tmp_path: Path) -> None:
    """Statistics are where they pay, and nowhere else."""
    batch = one(timestamp=pa.array([NANOSECONDS], pa.timestamp("ns", "UTC")),
                app_path=pa.array(["a"]))
    group = written(batch, tmp_path / "a.parquet").metadata.row_group(0)
    have = {group.column(i).path_in_schema: group.column(i).is_stats_set
            for i in range(group.num_columns)}
    assert have["timestamp"]
    assert have["timestamp_100ns"]
    assert not have["app_path"]


def test_an_older_pyarrow_gets_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfpfast.dataset.files._parameters", lambda: frozenset({"compression"}))
    assert options(lake.schema(), blooms=True) == {"compression": "zstd"}
