"""What Spark reads of files is what they have, in the lake's types."""

import gzip
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from spark.hosts import PORTS, START, START_TEXT, recording
from spark.test_pieces import log

from wfpfast.dataset import lake

DATA = Path(__file__).parents[1] / "data"


def load(spark: Any, path: Any, **options: Any) -> Any:
    return spark.read.format("wfpfast").options(**options).load(str(path))


def rows(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame; toArrow has times as they are, whatever the time zone is."""
    return frame.toArrow().to_pylist()


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hosts with 23 and 10 events, in a folder with what is nobody's data."""
    folder = tmp_path_factory.mktemp("hosts")
    recording(folder / "a.wfprec", [4, 1, 6, 2, 3, 5, 2])
    (folder / "more").mkdir()
    recording(folder / "more" / "b.wfprec", [10], host="PC-2", first=23)
    (folder / "_SUCCESS").write_text("x", encoding="utf-8")
    (folder / ".a.wfprec.crc").write_text("x", encoding="utf-8")
    return folder


def test_every_column_has_the_lakes_type(spark: Any, hosts: Path) -> None:
    frame = load(spark, hosts)
    assert frame.columns == lake.schema().names
    table = frame.toArrow()
    assert table.num_rows == 33
    for field in lake.schema():
        assert table.schema.field(field.name).type == field.type, field.name


def test_events_are_those_that_were_recorded(spark: Any, hosts: Path) -> None:
    found = rows(load(spark, hosts, splitBytes=1).select(
        "host", "timestamp", "timestamp_100ns", "event_type", "remote_address", "remote_port",
        "filter_id", "event_id").orderBy("timestamp_100ns"))
    assert len(found) == 33
    for number, row in enumerate(found):
        ticks = START + number * 10_000_000 + 7
        assert row == {
            "host": "PC-1" if number < 23 else "PC-2",
            "timestamp": datetime.fromisoformat(START_TEXT).replace(tzinfo=UTC)
            + (number * (datetime(2000, 1, 1, 0, 0, 1) - datetime(2000, 1, 1))),
            "timestamp_100ns": ticks,
            "event_type": "CLASSIFY_ALLOW" if number % 3 == 2 else "CLASSIFY_DROP",
            "remote_address": f"192.0.2.{number % 5}", "remote_port": PORTS[number % 3],
            "filter_id": 70_000 + number % 4,
            "event_id": 5156 if number % 3 == 2 else 5157,
        }


def test_a_large_file_is_several_tasks(spark: Any, hosts: Path) -> None:
    counts = {
        split: load(spark, hosts / "a.wfprec", splitBytes=split).rdd.getNumPartitions()
        for split in (1, 1 << 20)}
    assert counts == {1: 7, 1 << 20: 1}


def test_columns_are_chosen_by_option_or_schema(spark: Any, hosts: Path) -> None:
    assert load(spark, hosts, columns="remote_port, host").columns == ["remote_port", "host"]
    chosen = spark.read.format("wfpfast").schema("host string, filter_id bigint").load(str(hosts))
    assert Counter(row["filter_id"] for row in rows(chosen)) == Counter(
        70_000 + n % 4 for n in range(33))
    # A file has nothing of what is asked: it has its rows all the same.
    assert rows(load(spark, hosts, columns="record_id")) == [{"record_id": None}] * 33


CONDITIONS = {
    "host = 'PC-2'": 10,    # this one and the next are pushed by tests below
    "timestamp >= timestamp '2024-09-05 08:53:30+00:00'": 23,
    # A microsecond ends in Spark where the recording has seven ticks more.
    "timestamp <= timestamp '2024-09-05 08:53:30+00:00'": 11,
    "event_type in ('CLASSIFY_ALLOW', 'CAPABILITY_ALLOW')": 11,
    "remote_port + 1 = 444": 11,
    "event_id = 5157 and host is not null": 22,
    "not (host = 'PC-2') and app_path like '%app.exe' and remote_address like '192.0.2.%'": 23,
}
NEEDED = (
    "host", "timestamp", "event_type", "remote_port", "event_id", "app_path", "remote_address")
PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


@pytest.fixture
def pushing(spark: Any) -> Iterator[None]:
    spark.conf.set(PUSHDOWN, "true")
    yield
    spark.conf.unset(PUSHDOWN)


def test_filters_keep_the_same_rows_wherever_they_are_decided(
    spark: Any, hosts: Path, pushing: None
) -> None:
    frame = load(spark, hosts, columns=",".join(NEEDED))
    counted = ", ".join(f"count_if({condition})" for condition in CONDITIONS)
    frame.createOrReplaceTempView("all_events")     # of which Spark decides itself
    assert list(spark.sql(f"select {counted} from all_events").first()) == [*CONDITIONS.values()]
    for condition in [*CONDITIONS][2:]:
        pushed = load(spark, hosts, pushFilters="true", columns=",".join(NEEDED)).where(condition)
        assert pushed.count() == CONDITIONS[condition], condition


def test_queries_of_one_data_frame_do_not_disturb_each_other(
    spark: Any, hosts: Path, pushing: None
) -> None:
    """As they do with pushFilters: then Spark keeps the filters of the query before."""
    for pushed, then in (("false", 33), ("true", 10)):
        frame = load(spark, hosts, pushFilters=pushed)
        assert frame.where("host = 'PC-2'").count() == 10
        assert frame.count() == then, "Spark has changed: docs/spark.md says how it was"


def test_pushed_filters_are_not_decided_twice(spark: Any, hosts: Path, pushing: None) -> None:
    frame = load(spark, hosts, pushFilters="true").where(
        "host = 'PC-2' and timestamp > timestamp '2024-09-05 08:53:50+00:00'"
        " and event_type = 'CLASSIFY_DROP'")
    plan = frame._jdf.queryExecution().executedPlan().toString()
    assert re.search(r"\bBatchScan\b", plan)
    assert not re.search(r"\bFilter\b", plan)
    assert frame.rdd.getNumPartitions() == 1    # the other host's file is no task
    assert frame.count() == sum(n % 3 != 2 for n in range(31, 33))


def test_options_choose_by_time_host_and_type(spark: Any, hosts: Path) -> None:
    since = load(spark, hosts, since="2024-09-05T08:53:30", until="2024-09-05T10:53:31+02:00")
    assert since.count() == 2
    others = load(spark, hosts, host="PC-2, PC-3", type="CLASSIFY_ALLOW,CAPABILITY_ALLOW")
    assert others.rdd.getNumPartitions() == 1
    assert others.count() == sum(n % 3 == 2 for n in range(23, 33))


def test_logs_and_dumps_are_read_too(spark: Any, tmp_path: Path) -> None:
    log(tmp_path / "Security.evtx", 600)
    found = rows(load(spark, tmp_path, splitBytes=65536).select(
        "host", "event_id", "record_id", "local_address").orderBy("record_id"))
    assert len(found) == 602
    assert [row["record_id"] for row in found] == sorted(row["record_id"] for row in found)
    assert found[0]["host"] == "pc1.example.com"
    assert {row["local_address"] for row in found[2:]} == {"224.0.0.1"}
    packed = tmp_path / "netevents.xml.gz"
    packed.write_bytes(gzip.compress((DATA / "netevents.xml").read_bytes()))
    named = rows(load(spark, packed, defaultHost="PC-9").select("host", "event_type", "event_id"))
    assert [row["host"] for row in named] == ["PC-9"] * 3
    assert load(spark, packed).where("host is null").count() == 3


def test_a_relative_path_a_pattern_and_a_list(
    spark: Any, hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = str(hosts / "**" / "*.wfprec")
    assert load(spark, pattern).count() == 33
    assert load(spark, f"file://{hosts}/a.wfprec").count() == 23
    listed = spark.read.format("wfpfast").load([str(hosts / "a.wfprec"), str(hosts / "more")])
    assert listed.count() == 33


def test_what_is_wrong_is_said(spark: Any) -> None:
    with pytest.raises(Exception, match="option 'colums' is unknown"):
        spark.read.format("wfpfast").option("colums", "host").load(".")
    with pytest.raises(Exception, match=r"nowhere\.wfprec: is not there"):
        load(spark, "nowhere.wfprec").count()


def test_a_schema_that_does_not_fit_is_said(spark: Any, hosts: Path) -> None:
    with pytest.raises(Exception, match="column remote_port is of type int, not string"):
        spark.read.format("wfpfast").schema("remote_port string").load(str(hosts)).count()
    with pytest.raises(Exception, match="there is no column port"):
        spark.read.format("wfpfast").schema("port int").load(str(hosts)).count()


def test_a_bad_file_fails_or_is_counted(spark: Any, hosts: Path, tmp_path: Path) -> None:
    shutil.copy(hosts / "a.wfprec", tmp_path)
    data = bytearray((tmp_path / "a.wfprec").read_bytes())
    data[300] ^= 0xFF       # within the first block, of four events
    (tmp_path / "a.wfprec").write_bytes(data)
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(Exception, match=r"a\.wfprec: byte \d+: the data of the record"):
        load(spark, tmp_path / "a.wfprec").count()
    with pytest.raises(Exception, match=r"notes\.txt: "):
        load(spark, tmp_path / "notes.txt").count()
    assert load(spark, tmp_path, errors="null").count() == 19
    told = {(Path(row["path"]).name, row["statistic"]): row["count"] for row in rows(
        load(spark, tmp_path, errors="null", table="stats"))}
    assert told[("a.wfprec", "events")] == 19
    assert told[("a.wfprec", "damaged_records")] == 1
    assert told[("a.wfprec", "lost_events")] == 4
    assert told[("notes.txt", "unreadable_files")] == 1


def test_batches_fit_what_spark_declares(spark: Any) -> None:
    from pyspark.sql.pandas.types import to_arrow_schema
    from pyspark.sql.types import StructType

    from wfpfast.spark._rows import declared

    made = to_arrow_schema(StructType.fromDDL(declared(lake.schema())), timezone="UTC")
    assert made.equals(lake.schema())
    assert pa.types.is_list(made.field("terminating_filters").type)
