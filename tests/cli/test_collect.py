"""`collect`, `verify`, `compact` and `convert --profile lake`: read by other engines."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from cli.hand import ROWS, XML
from cli.running import Run, environment

from wfpfast import EventBatch, Recorder, dataset, decode, encode
from wfpfast.cli import _collect
from wfpfast.cli._collect_live import Seam

TICKS = 134_000_000_000_000_000


def event(number: int, app: str = r"\device\a.exe") -> dict[str, Any]:
    return {
        "header": {"timeStamp": TICKS + number, "flags": 0x20,
                   "appId": (app + "\0").encode("utf-16-le")},
        "type": 3, "classifyDrop": {"filterId": number}}


def record(path: Path, first: int, last: int, block: int = 50) -> None:
    with Recorder(path) as recorder:
        for start in range(first, last, block):
            recorder.write(encode([event(n) for n in range(start, min(last, start + block))]))


def ids(folder: Path) -> list[int]:
    """Return the filters of all events of a dataset, as duckdb reads it."""
    return [row[0] for row in duckdb.sql(
        f"select filter_id from read_parquet('{folder.as_posix()}/**/*.parquet')"
        " order by all").fetchall()]


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"r{number}.wfprec" for number in range(3)]
    for number, path in enumerate(paths):
        record(path, number * 200, number * 200 + 200)
    return paths


def test_convert_to_a_lake(run: Run, xml: Path, tmp_path: Path) -> None:
    result = run("convert", "--profile", "lake", xml, "out.parquet")
    assert result.status == 3   # one filter of hand.py has a number of 2^64 - 1
    assert "1 number of 2^63 and more, for which a signed column has no room, now" in result.err
    file = pq.ParquetFile(tmp_path / "out.parquet")
    rows = file.read().to_pylist()
    assert len(rows) == len(ROWS) == 7
    for row, expected in zip(rows, ROWS, strict=True):
        for name in ("app_path", "remote_port", "ip_protocol", "direction", "process_id"):
            assert row[name] == expected.get(name), name
    assert [row["filter_id"] for row in rows][:3] == [70000, 70000, None]
    assert {row["host"] for row in rows} == {None}
    about = file.metadata.metadata
    assert about[b"wfpfast.source"] == str(xml).encode()
    assert about[b"wfpfast.events"] == b"7"
    assert json.loads(about[b"wfpfast.stats"])["beyond_int64"] == 1
    again = run("summary", "--json", "out.parquet")
    assert json.loads(again.out)["events"] == 7


@pytest.mark.parametrize(("arguments", "message"), [
    (["--profile", "lake", "a.xml", "out.csv"], "--profile lake is for .parquet"),
    (["--profile", "lake", "--view", "asim", "a.xml", "o.parquet"], "a view has columns of its"),
])
def test_a_lake_is_parquet(
    run: Run, xml: Path, arguments: list[str], message: str
) -> None:
    shutil.copy(xml, "a.xml")
    result = run("convert", *arguments)
    assert result.status in (1, 2)
    assert message in result.err


def test_columns_of_a_lake(run: Run, xml: Path, tmp_path: Path) -> None:
    run("convert", "--profile", "lake", "--columns", "timestamp,layer_id", xml, "out.parquet")
    names = pq.read_schema(tmp_path / "out.parquet").names
    assert names == ["host", "timestamp", "timestamp_100ns", "layer_id"]


def test_each_event_is_collected_once(run: Run, recordings: list[Path], tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    first = run("collect", *recordings[:2], "lake")
    assert (first.status, first.out) == (0, "")
    assert re.fullmatch(r"400 events into lake \(.*\)\n", first.err)
    shutil.copy(recordings[0], "copy.wfprec")
    again = run("collect", *recordings, "copy.wfprec", "lake")
    assert re.fullmatch(r"200 events into lake \(.*\); 3 files have nothing new\n", again.err)
    record(recordings[1], 600, 650)     # it grows
    grown = run("collect", "*.wfprec", "lake")
    assert grown.err.startswith("50 events into lake (")
    assert ids(lake) == list(range(650))
    checked = run("verify", "--read", "lake")
    assert (checked.status, checked.err) == (0, "650 events in 3 files, 3 commits\n")


def test_what_lies_in_packed_files_and_pipes_is_known_again(
    run: Run, xml: Path, tmp_path: Path
) -> None:
    import gzip
    import zipfile

    Path("n.xml.gz").write_bytes(gzip.compress(XML.encode()))
    with zipfile.ZipFile("n.zip", "w") as packed:
        packed.writestr("a/netevents.xml", XML)
    result = run("collect", "n.xml.gz", xml, "n.zip", "lake")
    assert result.err.startswith("7 events into lake (")
    assert "2 files have nothing new" in result.err
    assert len(ids(tmp_path / "lake")) == 7


def test_the_host_of_a_file(run: Run, tmp_path: Path) -> None:
    for host in ("WS1", "WS2"):
        (tmp_path / host).mkdir()
        text = XML.replace("198.51.100.7", f"198.51.100.{len(host)}{host[-1]}")
        (tmp_path / host / "netevents.xml").write_text(text, encoding="utf-8")
    result = run("collect", "--host-from", "path", "*/netevents.xml", "lake")
    assert result.status == 3
    assert "2 numbers of 2^63 and more" in result.err
    found = duckdb.sql(
        "select host, count(*), count(distinct date) from read_parquet("
        f"'{(tmp_path / 'lake').as_posix()}/**/*.parquet') group by all order by all").fetchall()
    assert found == [("WS1", 7, 1), ("WS2", 7, 1)]
    of_one = json.loads(run("summary", "--json", "--host", "ws2", "lake/*/*/*.parquet").out)
    assert of_one["events"] == 7
    result = run("query", "select host, count(*) from events group by all order by all",
                 "lake/*/*/*.parquet", "--json")
    assert [json.loads(line)["host"] for line in result.out.splitlines()] == ["WS1", "WS2"]


def test_only_what_is_wanted(run: Run, recordings: list[Path], tmp_path: Path) -> None:
    run("collect", "--where", "filter_id % 100 = 7", *recordings, "lake")
    assert ids(tmp_path / "lake") == [7, 107, 207, 307, 407, 507]
    again = run("collect", *recordings, "lake")     # what was left out, was read
    assert again.err.startswith("0 events into lake")
    assert run("verify", "lake").status == 0


def test_a_bad_file_costs_itself(run: Run, recordings: list[Path], tmp_path: Path) -> None:
    Path("bad.xml").write_text("<netEvents>\n", encoding="utf-8")
    data = recordings[1].read_bytes()
    Path("cut.wfprec").write_bytes(data[:len(data) // 2])
    result = run("collect", "bad.xml", recordings[0], "cut.wfprec", "none.xml", "lake")
    assert result.status == 1
    assert [line.split(":")[1].strip() for line in result.err.splitlines()[1:]] == [
        "bad.xml", "cut.wfprec", "none.xml"]
    seen = len(ids(tmp_path / "lake"))
    assert 200 < seen < 400
    Path("cut.wfprec").write_bytes(data)    # now it is there as a whole
    result = run("collect", "cut.wfprec", "lake")
    assert result.err.startswith(f"{400 - seen} events into lake")
    assert ids(tmp_path / "lake") == list(range(400))


def test_losses_are_told_once(run: Run, tmp_path: Path) -> None:
    """Also of a recording that is read again from its beginning, since it grew."""
    path = tmp_path / "r.wfprec"
    with Recorder(path) as recorder:
        recorder.write(encode([event(1)]), dropped=5)
    assert "5 events for which there was no room" in run("collect", path, "lake").err
    with Recorder(path) as recorder:
        recorder.write(encode([event(2)]), dropped=3)
    result = run("collect", path, "lake")
    assert "3 events for which there was no room" in result.err
    assert "8 events for which there was no room" in run("verify", "lake").err
    lost = sum(int(pq.read_metadata(each).metadata[b"wfpfast.lost"])
               for each in (tmp_path / "lake").glob("**/*.parquet"))
    assert lost == 8
    assert json.loads(run("summary", "--json", "lake/*/*/*.parquet").out)["events"] == 2


def test_a_large_file_is_committed_in_pieces(
    run: Run, recordings: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_collect, "_MOST", 60)
    monkeypatch.setattr(_collect, "ROW_GROUP", 20)
    commit, free = dataset.Writer.commit, []

    def watched(self: dataset.Writer, *given: Any, **options: Any) -> Any:
        found = commit(self, *given, **options)
        other = dataset.Writer("lake")
        free.append(other.claim(os.path.realpath(recordings[0])))
        other.close(abort=True)
        return found

    monkeypatch.setattr(dataset.Writer, "commit", watched)
    run("collect", recordings[0], "lake")
    monkeypatch.undo()
    assert free[0] is False     # while it is being read, nobody else may
    assert free[-1] is True
    monkeypatch.chdir(tmp_path)
    checked = run("verify", "lake")
    assert ids(tmp_path / "lake") == list(range(200))
    commits = int(re.search(r"(\d+) commits", checked.err)[1])  # type: ignore[index]
    assert commits >= 2


def test_again_and_again(
    run: Run, recordings: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rounds = iter([False, False, True])

    def waited(_: Any, seconds: float) -> bool:
        assert seconds == 300
        record(recordings[0], 600, 610)
        return next(rounds)

    monkeypatch.setattr(_collect, "waited", waited)
    result = run("collect", "--every", "5m", recordings[0], "lake")
    assert [line.split(" (")[0] for line in result.err.splitlines()] == [
        "200 events into lake", "10 events into lake", "10 events into lake"]
    assert Counter(ids(tmp_path / "lake")) == Counter(
        [*range(200), *range(600, 610), *range(600, 610)])


def test_compact_and_verify(run: Run, recordings: list[Path], tmp_path: Path) -> None:
    for path in recordings:
        run("collect", path, "lake")
    result = run("compact", "lake")     # 2025: the day is over
    assert result.err == "lake: 600 events in 1 file, a host and day each, which were 3\n"
    assert ids(tmp_path / "lake") == list(range(600))
    assert run("verify", "lake").err == "600 events in 1 file, 4 commits\n"
    assert run("collect", *recordings, "lake").err.startswith("0 events into lake")
    [path] = (tmp_path / "lake").glob("**/*.parquet")
    path.unlink()
    result = run("verify", "lake")
    assert result.status == 1
    assert "is gone, with 600 events" in result.err


def test_verify_of_nothing(run: Run, tmp_path: Path) -> None:
    result = run("verify", "nothing")
    assert (result.status, result.out) == (1, "")
    assert "wfpfast: nothing: is no dataset" in result.err


def test_an_address_that_nobody_knows(run: Run, recordings: list[Path]) -> None:
    result = run("collect", recordings[0], "nowhere://bucket/lake")
    assert result.status == 1
    assert "nowhere://bucket/lake: neither pyarrow nor fsspec knows" in result.err


def test_an_engine(run: Run, counted: Any, tmp_path: Path) -> None:
    result = run("collect", "--engine", "simulated", "--events", "40", "--rate", "0", "--seed", 1,
                 "-n", "40", "lake")
    assert (result.status, result.err) == (0, "40 events into lake\n")
    assert run("verify", "lake").err == "40 events in 1 file, 1 commit\n"
    hosts = {path.parts[-3] for path in (tmp_path / "lake").glob("**/*.parquet")}
    assert hosts == {"host=simulated"}


def test_where_a_run_ended_the_next_one_begins() -> None:
    """The log still holds events of the run before: those before its end, and the first at it."""

    def batch(*numbers: int) -> EventBatch:
        return decode(encode([event(number) for number in numbers]))

    first = Seam(None)
    assert first.behind(batch(1, 2, 3)).to_pylist() == batch(1, 2, 3).to_pylist()
    first.behind(batch(2))      # a late one does not move the end
    assert first.read == 4
    after = Seam(dataset.Origin("pc", {"engine": "pc"}, first.read, 4, False, first.place()))
    found = [row["filter_id"] for row in after.behind(batch(2, 3, 3, 4)).to_pylist()]
    assert (found, after.left_out, after.read) == ([3, 4], 2, 6)
    assert len(after.behind(batch(5))) == 1
    assert len(after.behind(batch(2))) == 1     # late, and live: the log is read


@pytest.mark.parametrize(("arguments", "message"), [
    (["lake"], "Missing argument 'DATASET'"),
    (["--engine", "simulated", "a.xml", "lake"], "--engine is instead of files"),
    (["--rate", "5", "a.xml", "lake"], "--rate is for --engine"),
    (["--engine", "simulated", "--salvage", "lake"], "is for files"),
    (["--engine", "simulated", "--host-from", "path", "lake"], "is for files"),
])
def test_wrong_usage(run: Run, arguments: list[str], message: str) -> None:
    result = run("collect", *arguments)
    assert result.status == 2
    assert message in result.err


# Imports once, and then is as many processes as are wanted; its own end is theirs.
FORKS = """
import os, sys
import pyarrow as pa
from wfpfast.cli import _collect, main
pa.scalar(1)    # which loads pandas, where it is
children = []
for _ in range(int(sys.argv.pop(1))):
    child = os.fork()
    if not child:
        sys.argv[0] = "wfpfast"
        main()
    children.append(child)
print(*children, flush=True)
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def started(*arguments: Any, cwd: Path, code: str = "") -> "subprocess.Popen[str]":
    how = ["-c", code] if code else ["-m", "wfpfast.cli"]
    return subprocess.Popen(
        [sys.executable, "-P", *how, *map(str, arguments)], cwd=cwd, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_eight_processes_of_which_two_are_killed(run: Run, tmp_path: Path) -> None:
    """All are given the same files: those that live collect what the others did not commit."""
    for number in range(8):
        record(tmp_path / f"r{number}.wfprec", number * 500, number * 500 + 500)
    chosen = random.Random(5)
    forks = started("8", "collect", "*.wfprec", "lake", cwd=tmp_path, code=FORKS)
    assert forks.stdout is not None
    children = [int(child) for child in forks.stdout.readline().split()]
    assert len(children) == 8
    while not (tmp_path / "lake" / "_wfpfast" / "staging").exists():
        time.sleep(0.005)
    for child in chosen.sample(children, 2):
        time.sleep(chosen.random() / 20)
        os.kill(child, signal.SIGKILL)
    out, err = forks.communicate()
    assert sorted(map(int, out.split()))[2:] == [0] * 6, err
    assert ids(tmp_path / "lake") == list(range(4_000))
    assert run("verify", "--read", "lake").status == 0


def test_a_process_killed_at_any_time(run: Run, recordings: list[Path], tmp_path: Path) -> None:
    chosen, killed = random.Random(9), 0
    for _ in range(3):
        process = started("collect", *recordings, "lake", cwd=tmp_path)
        while process.poll() is None and not (tmp_path / "lake").exists():
            time.sleep(0.01)
        time.sleep(chosen.random() / 20)
        process.kill()
        process.communicate()
        killed += process.returncode != 0
    run("collect", *recordings, "lake")
    assert ids(tmp_path / "lake") == list(range(600))
    result = run("verify", "lake")
    assert (result.status, "600 events in" in result.err) == (0, True)
    assert killed
    assert os.listdir(tmp_path / "lake" / "_wfpfast") == ["commits"] or sorted(
        os.listdir(tmp_path / "lake" / "_wfpfast")) == ["commits", "locks", "staging"]
