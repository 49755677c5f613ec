"""Spark over a dataset, over other Parquet, and over recordings, one beside the other.

`python -m benchmarks.spark` writes its data into a temporary folder and needs pyspark and Java 17.
Each round asks every source the same questions in turn; with several numbers of threads there is a
process each, and they take turns, too. Times are the least of the rounds, on the clock and of the
processors: of Python, its workers and Java together (Linux only).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

BLOCK = 2_048
DISTINCT = 16       # blocks of a file that differ; they are written several times
FILES = 4
HOST = "PC"
QUESTIONS = {
    "by app": "select host, event_type, app_path, count(*) n, count(distinct remote_address) a"
              " from events group by host, event_type, app_path",
    "drops": "select filter_id, remote_port, count(*) n from events"
             " where event_type = 'CLASSIFY_DROP' group by filter_id, remote_port"
             " order by n desc, filter_id, remote_port limit 50",
}
COLUMNS = "host,event_type,app_path,remote_address,filter_id,remote_port"
SOURCES = ("other Parquet", "dataset", "recordings")


def make(folder: Path, events: int) -> None:
    """Write the same events as recordings, as a lake, and as pyarrow writes Parquet unasked."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from wfpfast import Recorder, Recording, encode
    from wfpfast.dataset import lake
    from wfpfast.dataset.files import LakeFile, joined
    from wfpfast.simulator.synthetic import Mix

    for name in ("recordings", "dataset", "other"):
        (folder / name).mkdir()
    for number in range(FILES):
        path = folder / "recordings" / f"{number}.wfprec"
        supply = Mix(seed=number).events(DISTINCT * BLOCK)
        blocks = [encode(list(islice(supply, BLOCK))) for _ in range(DISTINCT)]
        with Recorder(path) as recorder:
            for count in range(events // FILES // BLOCK):
                recorder.write(blocks[count % DISTINCT])
        with Recording(path) as recording, recording.read_events() as stream:
            given = pa.schema(stream)
            batches = [pa.record_batch(batch) for batch in stream]
        plain = lake.LakeProfile(given, host=HOST, columns=lake.schema())
        with (folder / "dataset" / f"{number}.parquet").open("wb") as file:
            made = LakeFile(file, lake.schema())
            for batch in batches:
                made.write(plain.of(batch))
            made.finish({}, [])
            made.close()
        table = pa.Table.from_batches([plain.of(joined(batches))])
        pq.write_table(table, folder / "other" / f"{number}.parquet", compression="zstd")


def used() -> dict[int, float]:
    """Return how many seconds of the processors this process has used, and each one below it."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:     # it has ended
            continue
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:13]))
    own = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
    return {pid: ticks[pid] / os.sysconf("SC_CLK_TCK") for pid in own}


def spent(before: dict[int, float]) -> float:
    """Return what was used since then, by those that are still there."""
    return sum(seconds - before.get(pid, 0) for pid, seconds in used().items())


def session(threads: str) -> Any:
    """Return a session of Spark with the format."""
    from pyspark.sql import SparkSession

    from wfpfast.spark import register

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{threads}]")
    for name, value in {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": threads, "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    register(spark)
    return spark


def answer(folder: Path, threads: str) -> None:
    """Ask once for each line that comes, and tell the seconds; the first answers are warming."""
    from wfpfast.spark import views

    spark = session(threads)
    frames = {
        "other Parquet": spark.read.parquet(str(folder / "other")),
        "dataset": views(spark, str(folder / "dataset")),
        "recordings": spark.read.format("wfpfast").options(
            columns=COLUMNS, defaultHost=HOST).load(str(folder / "recordings"))}
    for _ in sys.stdin:
        told = {}
        for question, sql in QUESTIONS.items():
            rows = {}
            for source in SOURCES:
                frames[source].createOrReplaceTempView("events")
                begun, before = time.perf_counter(), used()
                found = spark.sql(sql).collect()
                seconds = time.perf_counter() - begun
                told[f"{question}, {source}"] = seconds, spent(before)
                rows[source] = sorted(map(repr, found))
                assert rows[source] == rows["other Parquet"], question
                assert len(found) >= 50, question
        print(json.dumps(told), flush=True)
    spark.stop()


def main() -> None:
    """Make the data, let the processes take turns, and print the least times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1 << 20)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", nargs="+", default=["1", "2"])
    parser.add_argument("--answer", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        answer(Path(given.answer[0]), given.answer[1])
        return
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), given.events)
        sizes = {each.name: sum(file.stat().st_size for file in each.iterdir()) / 1e6
                 for each in Path(name).iterdir()}
        print(f"{given.events:,} events; megabytes: {sizes}", flush=True)
        workers = {threads: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.spark", "--answer", name, threads],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for threads in given.threads}
        least: dict[str, dict[str, list[float]]] = {threads: {} for threads in workers}
        for _ in range(given.rounds):
            for threads, worker in workers.items():
                assert worker.stdin
                assert worker.stdout
                worker.stdin.write("\n")
                worker.stdin.flush()
                for question, times in json.loads(worker.stdout.readline()).items():
                    before = least[threads].get(question, times)
                    least[threads][question] = list(map(min, before, times))
        for worker in workers.values():
            worker.communicate()
    report(least)


def report(least: dict[str, dict[str, list[float]]]) -> None:
    """Print times by question and source, and what they are times those of other Parquet."""
    print("threads  question, source          clock  of other  times fewest    CPU  of other")
    fewest = next(iter(least.values()))
    for threads, times in least.items():
        for name, (clock, cpu) in times.items():
            other, other_cpu = times[f"{name.partition(',')[0]}, {SOURCES[0]}"]
            print(f"{threads:<8} {name:<24} {clock:6.2f} s  {clock / other:8.2f}"
                  f"  {fewest[name][0] / clock:13.2f} {cpu:5.2f} s"
                  f"  {cpu / other_cpu:8.2f}")


if __name__ == "__main__":
    main()
