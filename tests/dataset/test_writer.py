"""What a writer leaves: read by pyarrow, duckdb and polars, and compared with what was given."""

import errno
import itertools
import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from dataset.made import CODED, START, events, ids_of, parquet_files

import wfpfast
from wfpfast import dataset
from wfpfast.dataset import _parts, writer
from wfpfast.dataset._store import Folder


def folders(path: Path) -> list[str]:
    return sorted({each.parent.relative_to(path).as_posix() for each in parquet_files(path)})


def write(path: Path, *batches: Any, **options: Any) -> None:
    with dataset.Writer(path, **options) as out:
        for batch in batches:
            out.write(batch)


def test_events_lie_by_host_and_day(tmp_path: Path) -> None:
    write(tmp_path, events(range(300)), events(range(300, 310), host="WS2"),
          events([400], host=None))
    # Event 200 is the first of the next day: they come every 10 ms, from 2 s before midnight on.
    assert folders(tmp_path) == [
        "host=WS1/date=2026-10-05", "host=WS1/date=2026-10-06", "host=WS2/date=2026-10-06",
        "host=__HIVE_DEFAULT_PARTITION__/date=2026-10-06"]
    [first] = parquet_files(tmp_path / "host=WS1" / "date=2026-10-05")
    assert pq.ParquetFile(first).read().column("filter_id").to_pylist() == list(range(200))
    assert ids_of(tmp_path) == [*range(310), 400]


def test_every_engine_reads_it(tmp_path: Path) -> None:
    write(tmp_path, events(range(300)), events(range(300, 310), host="WS2"))
    expected = {("WS1", "2026-10-05"): 200, ("WS1", "2026-10-06"): 100, ("WS2", "2026-10-06"): 10}
    pattern = f"{tmp_path.as_posix()}/**/*.parquet"
    assert {(host, str(date)): count for host, date, count in duckdb.sql(
        f"select host, date, count(*) from read_parquet('{pattern}', hive_partitioning=true)"
        " group by all").fetchall()} == expected
    frame = polars.read_parquet(pattern, hive_partitioning=True)
    assert {(host, str(date)): count for host, date, count in
            frame.group_by("host", "date").len().rows()} == expected
    assert pq.read_table(tmp_path).num_rows == len(pandas.read_parquet(tmp_path)) == 310
    table = pa.dataset.dataset(tmp_path, partitioning="hive").to_table()
    groups = table.group_by(["host", "date"]).aggregate([([], "count_all")]).to_pylist()
    assert {(each["host"], str(each["date"])): each["count_all"] for each in groups} == expected


def test_late_events_are_in_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is sorted; what comes only a little late does not cost another one."""
    monkeypatch.setattr(writer, "ROW_GROUP", 100)
    monkeypatch.setattr(writer, "LATE", 20)
    ids = list(range(1_000))
    shuffled = random.Random(1)
    for start in range(0, 1_000, 10):
        part = ids[start:start + 10]
        shuffled.shuffle(part)
        ids[start:start + 10] = part
    batches = [events(ids[start:start + 7], start=START - timedelta(hours=1))
               for start in range(0, 1_000, 7)]
    write(tmp_path, *batches)
    [path] = parquet_files(tmp_path)
    file = pq.ParquetFile(path)
    assert file.read().column("filter_id").to_pylist() == list(range(1_000))
    assert file.num_row_groups > 5
    ends = [file.metadata.row_group(i).column(0).statistics for i in range(file.num_row_groups)]
    assert all(a.max <= b.min for a, b in itertools.pairwise(ends))
    assert [each.column_index for each in file.metadata.row_group(0).sorting_columns] == [0]


def test_what_comes_much_too_late_is_in_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "ROW_GROUP", 100)
    monkeypatch.setattr(writer, "LATE", 20)
    early = START - timedelta(hours=1)
    write(tmp_path, events(range(500, 1_000), start=early), events(range(200), start=early))
    for path in parquet_files(tmp_path):
        ids = pq.ParquetFile(path).read().column("filter_id").to_pylist()
        assert ids == sorted(ids)
    assert len(parquet_files(tmp_path)) > 1
    assert ids_of(tmp_path) == [*range(200), *range(500, 1_000)]


def test_many_hosts_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than may be open, in one batch, in any order: each event is with its host."""
    monkeypatch.setattr(writer, "_MOST_OPEN", 4)
    monkeypatch.setattr(writer, "ROW_GROUP", 64)
    monkeypatch.setattr(writer, "_MOST_WAITING", 128)
    monkeypatch.setattr(_parts, "MANY", 8)
    monkeypatch.setattr(writer, "MANY", 8)
    hosts = [f"H{number % 20}" for number in range(600)]
    random.Random(3).shuffle(hosts)
    batch = events(range(600)).set_column(
        3, pa.field("host", CODED), pa.array(hosts).dictionary_encode())
    with dataset.Writer(tmp_path, columns=["filter_id"]) as out:
        for start in range(0, 600, 50):
            out.write(batch.slice(start, 50))
    found = {}
    for path in parquet_files(tmp_path):
        table = pq.ParquetFile(path).read()
        host = path.parts[-3].removeprefix("host=")
        found.update(dict.fromkeys(table.column("filter_id").to_pylist(), host))
    assert found == dict(enumerate(hosts))


@pytest.mark.parametrize("name", [
    "../../etc/passwd", "a/b\\c", "..", "x=y", "50%", "line\nbreak\0", "ü.example.", "N" * 300,
    "CON", "a b", "123", "C:", "\udcff", "*?<>|\"'"])
def test_the_name_of_a_host_is_one_folder(tmp_path: Path, name: str) -> None:
    """Whatever it is, it leads nowhere, and engines give it back."""
    home = tmp_path / "lake"
    if name == "\udcff":    # which is no text for Arrow
        assert _parts.folder_of(name, None).startswith("host=%ED%B3%BF/")
        return
    write(home, events([1], host=name))
    [path] = parquet_files(home)
    assert path.relative_to(home).parts[1:2] == ("date=2026-10-05",)
    assert len(path.parts[-3]) < 160
    assert set(path.parts[-3]) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~%=")
    assert [each.name for each in tmp_path.iterdir()] == ["lake"]
    assert pq.read_metadata(path).metadata[b"wfpfast.host"].decode() == name
    if len(name) < 80 and "\0" not in name:
        [(host,)] = duckdb.sql(f"select host from read_parquet('{home.as_posix()}/**/*.parquet',"
                               " hive_partitioning=true, hive_types_autocast=false)").fetchall()
        assert host == name


def test_anything_with_arrow_can_be_written(tmp_path: Path) -> None:
    event = {"header": {"timeStamp": 134_000_000_000_000_000, "flags": 0x100, "ipVersion": 0},
             "type": 3, "classifyDrop": {"filterId": 7}}
    batch = wfpfast.decode(wfpfast.encode([event]))
    with dataset.Writer(tmp_path, host="ME") as out:
        assert out.write(batch) == 1
        assert out.write(polars.DataFrame(pa.table(batch))) == 1
        assert out.write(pa.table(batch), host="YOU") == 1
        with pytest.raises(TypeError, match="int has no Arrow interface"):
            out.write(7)
    assert ids_of(tmp_path) == [7, 7, 7]
    hosts = [path.parts[-3] for path in parquet_files(tmp_path)]
    assert hosts == ["host=ME", "host=YOU"]
    table = pa.dataset.dataset(tmp_path, partitioning="hive").to_table()
    assert set(table.column("timestamp_100ns").to_pylist()) == {134_000_000_000_000_000}
    expected = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=13_400_000_000_000_000)
    assert set(table.column("timestamp").to_pylist()) == {expected}


def test_all_files_have_the_same_columns_and_more_if_a_source_has_them(tmp_path: Path) -> None:
    more = events([2]).append_column("rule_name", pa.array(["Block"]).dictionary_encode())
    write(tmp_path, events([1]), more, events([3]))
    names = [pq.read_schema(path).names for path in parquet_files(tmp_path)]
    known = dataset.lake.schema().names[1:]     # the host is in the folder's name
    assert sorted(names, key=len) == [known, [*known, "rule_name"]]
    assert ids_of(tmp_path) == [1, 2, 3]


def test_nothing_is_there_before_the_commit_nor_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), dataset.Writer(tmp_path) as out:  # noqa: PT012
        out.write(events(range(10)))
        out.commit()
        out.write(events(range(10, 20)))
        assert ids_of(tmp_path) == list(range(10))
        raise ZeroDivisionError
    assert ids_of(tmp_path) == list(range(10))
    assert dataset.verify(tmp_path).events == 10
    with pytest.raises(ValueError, match="closed"):
        out.write(events([1]))


class Full(Folder):
    """A disk with so much room, in bytes of what is written to files."""

    room = 0

    def create(self, path: str) -> Any:
        file = super().create(path)
        write, full = file.write, self

        class Limited:
            closed = False

            def __getattr__(self, name: str) -> Any:
                return getattr(file, name)

            def write(self, data: Any) -> int:
                full.room -= len(bytes(data))
                if full.room < 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return int(write(data))

            def __enter__(self) -> "Limited":
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

        return Limited()


@pytest.mark.parametrize("room", [0, 3, 1_500, 4_000, 4_600])
def test_a_full_disk_costs_what_is_not_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """At the first byte, within a file, and when only the commit has no room."""
    write(tmp_path, events(range(10)), columns=["filter_id"])
    full = Full(tmp_path)
    full.room = room
    with monkeypatch.context() as patch:
        patch.setattr(writer, "store_of", lambda path, filesystem: full)
        with (pytest.raises(OSError, match="No space left"),
              dataset.Writer(tmp_path, columns=["filter_id"]) as out):
            out.write(events(range(10, 1_000)))
    assert ids_of(tmp_path) == list(range(10))
    found = dataset.verify(tmp_path)
    assert (found.problems, found.events) == ([], 10)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(left) == 2   # a file and its commit
    write(tmp_path, events(range(10, 1_000)), columns=["filter_id"])
    assert ids_of(tmp_path) == list(range(1_000))


def test_files_are_for_their_owner(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such modes")
    write(tmp_path, events([1]))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_compacted_days_are_one_sorted_file_with_bloom_filters(tmp_path: Path) -> None:
    for start in range(5):
        write(tmp_path, events(range(start, 400, 5)))   # they interleave
    assert len(parquet_files(tmp_path)) == 10
    assert dataset.compact(tmp_path, before="2026-10-06") == dataset.Compacted(1, 5, 1, 200)
    [day] = parquet_files(tmp_path / "host=WS1" / "date=2026-10-05")
    table = pq.ParquetFile(day).read()
    assert table.column("filter_id").to_pylist() == list(range(200))
    assert pc.all(pc.is_valid(table.column("event_type"))).as_py()
    assert table.schema.names == dataset.lake.schema().names[1:]
    assert pq.read_metadata(day).metadata[b"wfpfast.host"] == b"WS1"
    blooms = {name for name, has in duckdb.sql(
        "select path_in_schema, bloom_filter_offset is not null from"
        f" parquet_metadata('{day.as_posix()}')").fetchall() if has}
    assert "remote_address" in blooms
    assert "filter_id" not in blooms
    assert len(parquet_files(tmp_path)) == 6
    assert ids_of(tmp_path) == list(range(400))
    assert dataset.verify(tmp_path, read=True).problems == []
    assert dataset.compact(tmp_path, before="2026-10-06") == dataset.Compacted(0, 0, 0, 0)


def test_verify_names_what_differs(tmp_path: Path) -> None:
    write(tmp_path, events(range(300)), events([500], host="WS2"), events([501], host="WS3"))
    first, second, third, fourth = parquet_files(tmp_path)
    first.unlink()
    data = bytearray(second.read_bytes())
    data[200] ^= 0xFF       # in a page
    second.write_bytes(bytes(data))
    third.write_bytes(fourth.read_bytes()[:-1])
    (fourth.parent / "other.parquet").write_bytes(fourth.read_bytes())
    quick, whole = dataset.verify(tmp_path), dataset.verify(tmp_path, read=True)
    assert quick.events == 302
    assert len(quick.problems) == 3
    assert "is gone, with 200 events" in quick.problems[0] + quick.problems[1]
    assert any("other.parquet: is not in the manifest" in each for each in quick.problems)
    assert any("bytes, and not" in each for each in quick.problems)
    [more] = set(whole.problems) - set(quick.problems)
    assert second.name in more
    assert "cannot be read" in more


def test_what_is_no_dataset_says_so(tmp_path: Path) -> None:
    with pytest.raises(dataset.DatasetError, match="is no dataset"):
        dataset.verify(tmp_path)
    commits = tmp_path / "_wfpfast" / "commits"
    commits.mkdir(parents=True)
    (commits / "20260101T000000.000000Z-ab-1.json").write_text("{}", encoding="utf-8")
    with pytest.raises(dataset.DatasetError, match="is no commit"):
        dataset.verify(tmp_path)
