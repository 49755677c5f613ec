"""`wfpfast demo`, and the made-up events that it shows."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from cli.running import Run, environment
from oracle.structs import COLUMNS

from wfpfast.simulator.synthetic import Mix

COUNT = 20_000


def test_events_are_written_timed_and_summarised(run: Run, tmp_path: Path) -> None:
    result = run("demo", "--events", 2500)
    assert (result.status, result.err) == (0, "")
    assert os.listdir(tmp_path) == ["wfpfast-demo.parquet"]
    table = pq.read_table(tmp_path / "wfpfast-demo.parquet")
    assert (len(table), len(table.column_names)) == (2500, len(COLUMNS))
    lines = result.out.split("\n")
    assert lines[0] == "2,500 events, made up; nothing of this machine was read."
    for step in ("generating", "encoding", "logging", "reading", "writing", "summarising"):
        (line,) = (line for line in lines if line.startswith(f"  {step} "))
        assert re.match(rf"  {step} +\d+\.\d\d s +[1-9][\d,]* events/s", line)
    drops = sum(
        count for name, count in Counter(table["event_type"].to_pylist()).items()
        if "DROP" in name)
    assert f"wfpfast-demo.parquet: 2,500 events, {drops:,} dropped" in lines
    assert "existed" not in result.out


def test_files_as_netsh_writes_them(run: Run, tmp_path: Path) -> None:
    """Read by ElementTree, which knows nothing of this package: the counts are those of TALKS."""
    assert run("demo", "--files", "try").status == 0
    assert sorted(os.listdir(tmp_path / "try")) == ["netevents.xml", "wfpstate.xml"]
    events = ElementTree.parse(tmp_path / "try/netevents.xml").getroot()
    decided = Counter(item.findtext(".//filterId") for item in events.findall("item"))
    assert decided == {"71001": 9, "71002": 12, "71003": 6, "71004": 2, "71005": 18}
    times = [item.findtext("header/timeStamp") or "" for item in events.findall("item")]
    assert (len(times), times) == (47, sorted(times))
    filters = ElementTree.parse(tmp_path / "try/wfpstate.xml").getroot()
    assert {each.text for each in filters.iter("filterId")} == {*decided}


def test_files_are_understood_whole_and_named(run: Run, tmp_path: Path) -> None:
    """Strict: whatever is not understood would be an error, or counted below Lost."""
    assert run("demo", "--files", ".").status == 0
    result = run("summary", "netevents.xml", "--filters", "wfpstate.xml", "--errors", "raise")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("netevents.xml: 47 events, 29 dropped\n")
    for name in ("Mail stays inside", "Query User", "Port Scanning Prevention Filter",
                 "Example Shield: no remote desktop"):
        assert f"  {name}\n" in result.out
    assert result.out.endswith("Lost or mended\nNothing.\n")


def test_files_that_are_there_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "netevents.xml").write_text("mine", encoding="utf-8")
    result = run("demo", "--files", ".")
    assert (result.status, result.out) == (1, "")
    assert result.err == "wfpfast: netevents.xml: File exists\n"
    assert os.listdir(tmp_path) == ["netevents.xml"]
    assert (tmp_path / "netevents.xml").read_text("utf-8") == "mine"


def test_what_was_there_is_replaced_and_that_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.parquet").write_bytes(b"old")
    result = run("demo", "--events", 10, "--output", "mine.parquet")
    assert result.status == 0
    assert "mine.parquet existed and was replaced.\n" in result.out
    assert pq.read_metadata(tmp_path / "mine.parquet").num_rows == 10
    assert os.listdir(tmp_path) == ["mine.parquet"]


def test_the_seed_decides(run: Run, tmp_path: Path) -> None:
    for seed, name in ((1, "a"), (1, "b"), (2, "c")):
        result = run("demo", "--events", 50, "--seed", seed, "--output", f"{name}.parquet")
        assert result.status == 0
    one, same, other = (pq.read_table(tmp_path / f"{name}.parquet") for name in "abc")
    assert one.equals(same)
    assert not one.equals(other)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("demo", "--events", 1200, "--output", "a-rather-long-name-of-a-file.parquet")
    assert result.status == 0
    assert [line for line in result.out.split("\n") if len(line) > width] == []


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--output", "demo.csv"], 1, "demo.csv: the demo writes .parquet"),
        (["--output", "no/demo.parquet"], 1,
         f"{Path('no/demo.parquet')}: there is no directory no"),
        (["--events", "0"], 2, "Invalid value for '--events'"),
        (["--seed", "x"], 2, "Invalid value for '--seed'"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    result = run("demo", *arguments)
    assert (result.status, result.out) == (status, "")
    assert result.err.startswith(f"wfpfast: {words}")
    assert len(result.err.splitlines()) == 1
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "old.parquet").write_bytes(b"old")
    command = [sys.executable, "-P", "-m", "wfpfast.cli", "demo", "--output", "old.parquet"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        give_up = time.monotonic() + 30
        while len(os.listdir(tmp_path)) == 1 and time.monotonic() < give_up:
            time.sleep(0.01)
        (part,) = set(os.listdir(tmp_path)) - {"old.parquet"}
        assert part.endswith(".part")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert error.strip() == ""
    assert os.listdir(tmp_path) == ["old.parquet"]
    assert (tmp_path / "old.parquet").read_bytes() == b"old"


@pytest.mark.parametrize(
    "arguments",
    [["demo", "--events", "500"], ["summary", "d.parquet"], ["summary", "--json", "d.parquet"],
     ["explain", *map(str, range(3000))]],
)
def test_a_reader_that_leaves_is_no_traceback(
    run: Run, tmp_path: Path, arguments: list[str]
) -> None:
    """As `wfpfast ... | head -1`, but with a reader that is gone before the first line."""
    assert run("demo", "--events", 500, "--output", "d.parquet").status == 0
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-P", "-m", "wfpfast.cli", *arguments], cwd=tmp_path, stdout=writing,
        stderr=subprocess.PIPE, check=False, text=True, env=environment(), timeout=60)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


def test_a_full_disk_is_one_line(spawn: Callable[..., Any], tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of file sizes are of Unix")
    result = spawn(
        "demo", "--events", 5000,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "wfpfast: wfpfast-demo.parquet: File too large\n"
    assert os.listdir(tmp_path) == []


# The mix itself.

EVENTS = list(Mix().events(COUNT))


def share(count: float) -> float:
    return count / COUNT


def test_shares_are_those_of_real_records() -> None:
    """As the docstring of wfpfast.simulator.synthetic has them; within four standard deviations."""
    headers = [event["header"] for event in EVENTS]
    paths = Counter(header["appId"] for header in headers).most_common()
    assert len(paths) == 171
    assert share(paths[0][1]) == pytest.approx(0.34, abs=0.014)
    for most, expected in ((2, 0.44), (3, 0.50), (5, 0.61), (10, 0.74), (50, 0.94)):
        assert share(sum(n for _, n in paths[:most])) == pytest.approx(expected, abs=0.014)
    assert share(sum(h["ipVersion"] for h in headers)) == pytest.approx(0.19, abs=0.012)
    protocols = Counter(header["ipProtocol"] for header in headers)
    assert share(protocols[6]) == pytest.approx(0.66, abs=0.014)
    assert share(protocols[17]) == pytest.approx(0.33, abs=0.014)
    assert share(protocols[1] + protocols[58]) == pytest.approx(0.01, abs=0.003)
    remotes = {h.get("remoteAddrV4", h.get("remoteAddrV6")) for h in headers}
    assert len(remotes) == 243


def test_types_are_mostly_decisions_and_a_little_of_everything() -> None:
    kinds = Counter(event["type"] for event in EVENTS)
    assert set(kinds) == set(range(11))
    assert share(kinds[3]) == pytest.approx(0.615, abs=0.014)
    assert share(kinds[6]) == pytest.approx(0.340, abs=0.014)


def test_a_filter_stands_at_one_layer_and_looks_at_one_version() -> None:
    layers: dict[int, set[int]] = defaultdict(set)
    versions: dict[int, set[int]] = defaultdict(set)
    met: Counter[int] = Counter()
    for event in EVENTS:
        for payload in (value for name, value in event.items() if name not in ("header", "type")):
            if payload.get("filterId") and "layerId" in payload:
                layers[payload["filterId"]].add(payload["layerId"])
                met[payload["layerId"]] += 1
                if event["type"] != 9:  # a frame's filter does not look at IP
                    versions[payload["layerId"]].add(event["header"]["ipVersion"])
    assert 320 < len(layers) <= 335
    assert {len(found) for found in layers.values()} == {1}
    assert [layer for layer, _ in met.most_common(8)] == [36, 48, 38, 44, 50, 46, 42, 40]
    assert {layer for layer, found in versions.items() if found == {1}} == {38, 50, 46, 42, 14}
    assert {len(found) for found in versions.values()} == {1}


def test_addresses_are_of_the_documentation_ranges() -> None:
    for event in EVENTS[:2000]:
        header = event["header"]
        if header["ipVersion"]:
            ends = [header["localAddrV6"], header["remoteAddrV6"]]
            assert [(len(end), end[:4].hex()) for end in ends] == [(16, "20010db8")] * 2
        else:
            for end in (header["localAddrV4"], header["remoteAddrV4"]):
                assert end >> 8 in (0xC00002, 0xC63364, 0xCB0071)


def test_one_seed_makes_the_same_events_however_they_are_asked_for() -> None:
    mix, stream = Mix(), Mix().events(COUNT)
    assert [*mix.events(1), *mix.events(4999)] == EVENTS[:5000]
    assert list(islice(stream, 5000)) == EVENTS[:5000]
    assert list(Mix(1).events(100)) != EVENTS[:100]
    times = [event["header"]["timeStamp"] for event in EVENTS]
    assert times == sorted(times)
