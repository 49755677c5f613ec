"""`python -m benchmarks.questions`: a table of many rows is asked, beside duckdb alone.

Must not know how it is answered. Every contestant is a process of its own, from its start to its
end, whose processor time on all cores and greatest memory count. They take turns, and what they
answer has to be equal.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks import library
from benchmarks.rivals import MismatchError
from wfpfast.explain import EVENT_KINDS

SIZE, QUICK_SIZE = 10_000_000, 20_000
ROUNDS = 3
WHERE = "event_type = 'CLASSIFY_DROP' and remote_port in (443, 80) and not is_loopback"
COUNT = f"select count(*) as n from events where {WHERE}"
# What summary counts by, and what duckdb counts for it: the verdict is a matter of the event type.
GROUPS = {
    "types": (), "applications": ("app_path",), "filters": ("filter_id",),
    "remote_addresses": ("remote_address",), "remote_ports": ("ip_protocol", "remote_port"),
    "directions": ("direction",), "users": ("user_sid",)}
# One thread, so that no core waits for another one.
_DUCKDB = """
import json, sys, duckdb
file, statements = sys.argv[1], json.loads(sys.argv[2])
connection = duckdb.connect()
connection.execute("SET threads = 1; SET enable_progress_bar = false")
connection.execute(f"CREATE VIEW events AS SELECT * FROM '{file}'")
print(json.dumps([connection.execute(each).fetchall() for each in statements]))
"""


class Cost(NamedTuple):
    """What a process took: seconds of the processor and by the clock, megabytes."""

    cpu: float
    wall: float
    memory: float

    def __str__(self) -> str:
        return f"{self.cpu:8.2f} s cpu {self.wall:8.2f} s {self.memory:8.0f} MB"


def ran(*command: str) -> tuple[str, Cost]:
    """Run Python with some arguments; return what it prints, and what it took.

    What is installed is meant, and not the sources where this stands.
    """
    started = perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", *command], stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = perf_counter() - started
        out.seek(0)
        text = out.read()
    if process.returncode:
        raise MismatchError(f"{' '.join(command[:4])}: exit status {process.returncode}")
    return text, Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def wfpfast(*command: str | Path) -> tuple[str, Cost]:
    return ran("-m", "wfpfast", *map(str, command))


def duckdb(file: Path, *statements: str) -> tuple[list[Any], Cost]:
    text, cost = ran("-c", _DUCKDB, str(file), json.dumps(statements))
    return json.loads(text), cost


def groups(file: Path) -> tuple[list[Any], Cost]:
    return duckdb(file, *(
        f"SELECT {', '.join(['event_type', *columns])}, count(*) FROM events GROUP BY ALL"
        for columns in GROUPS.values()))


def check_summary(file: Path, events: int) -> None:
    """Compare every row of the seven tables."""
    report = json.loads(wfpfast("summary", file, "--json", "--top", 10**9)[0])
    compared = 0
    for (name, columns), rows in zip(GROUPS.items(), groups(file)[0], strict=True):
        theirs, ours = Counter[Any](), Counter[Any]()
        for event_type, *key, count in rows:
            if name == "types":
                theirs[event_type] += count
            elif EVENT_KINDS[event_type].verdict == "drop":
                theirs[tuple(key)] += count
        table = report["types"] if name == "types" else report["dropped"][name]
        for row in table["top"]:
            key = tuple(row[column] for column in columns)
            ours[row["event_type"] if name == "types" else key] += row["events"]
        if ours != theirs:
            raise MismatchError(f"summary, {name}: {ours - theirs} and {theirs - ours}")
        compared += len(ours)
    if report["events"] != events or compared < len(GROUPS):
        raise MismatchError(f"summary: {report['events']} events of {events}, {compared} rows")


def check_where(file: Path, out: Path) -> None:
    """Compare the numbers of rows that are kept and counted."""
    parquet = library("pyarrow.parquet")
    rows = [parquet.ParquetFile(each).metadata.num_rows for each in (out, rival_of(out))]
    answer = json.loads(wfpfast("query", COUNT, file, "--json")[0])["n"]
    if not rows[0] or rows != [answer] * 2:
        raise MismatchError(f"--where: {rows} rows, and query counts {answer}")


def rival_of(out: Path) -> Path:
    return out.with_name(f"duckdb-{out.name}")


def contestants(file: Path, out: Path) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return who answers, we and duckdb, by question."""
    copy = (f"COPY (SELECT * FROM events WHERE {WHERE}) TO '{rival_of(out)}'"
            " (FORMAT parquet, COMPRESSION zstd)")
    return {
        "summary, seven group-bys": (lambda: wfpfast("summary", file), lambda: groups(file)),
        "convert --where": (
            lambda: wfpfast("convert", "-f", "--where", WHERE, file, out),
            lambda: duckdb(file, copy)),
        "query, count": (
            lambda: wfpfast("query", COUNT, file, "--json"), lambda: duckdb(file, COUNT)),
        "nothing but the start": (
            lambda: wfpfast("query", "select 1 as n", file, "--json"),
            lambda: duckdb(file, "select 1"))}


def race(file: Path, out: Path, rounds: int) -> str:
    """Let all take turns; return a table of the best of each."""
    lines = []
    for name, both in contestants(file, out).items():
        costs = [[call()[1] for call in both] for _ in range(rounds)]
        ours, theirs = (
            Cost(*(min(figures) for figures in zip(*each, strict=True)))
            for each in zip(*costs, strict=True))
        lines += [f"{name:26}wfpfast {ours}", f"{'':26}duckdb  {theirs}",
                  f"{'':26}ratio   {ours.cpu / theirs.cpu:8.2f} cpu"]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.questions", description="questions to a table, beside duckdb")
    parser.add_argument("--events", type=int, metavar="N", help="rows of the table")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--quick", action="store_true", help="few rows, one round")
    parser.add_argument("--file", type=Path, help="what `wfpfast demo --events N` has written")
    options = parser.parse_args(argv)
    events = options.events or (QUICK_SIZE if options.quick else SIZE)
    if find_spec("duckdb") is None:
        library("duckdb")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "chosen.parquet")
        file = options.file or Path(folder, "events.parquet")
        if options.file is None:
            wfpfast("demo", "--events", events, "--output", file)
        # First, while this process is small: its memory counts as that of what it starts.
        text = race(file, out, 1 if options.quick else options.rounds)
        check_summary(file, events)
        check_where(file, out)
    print(f"{events:,} events in Parquet, all answers equal\n{text}")


if __name__ == "__main__":
    main()
