"""`wfpfast watch` on a simulated engine: what it shows, how it ends, what it leaves."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from cli import counted as counting
from cli.counted import Counted
from cli.running import Run, environment
from oracle.structs import COLUMNS

from wfpfast.simulator.synthetic import Mix

WATCH = ["watch", "--engine", "simulated"]
FAST = [*WATCH, "--rate", 5000]
# With these, events of every class are collected, in the order in which they are made up.
ALL = ["--keywords", "INBOUND_MCAST,INBOUND_BCAST,CAPABILITY_DROP,CAPABILITY_ALLOW,CLASSIFY_ALLOW"]
MORE = r"; [\d,]+ came; [\d,]+ came after the last one wanted"
LINE = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (drop |allow|fail |arrived) \S+ +\S+ +[→←↔-] \S+.*")


@pytest.mark.usefixtures("counted")
def test_so_many_lines_and_no_more(run: Run) -> None:
    result = run(*FAST, "--count", 123)
    lines = result.out.splitlines()
    assert (result.status, result.err, len(lines)) == (0, "123 events\n", 123)
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert any(line.endswith("  Simulated rule 65536") for line in lines)


@pytest.mark.usefixtures("counted")
def test_events_are_those_of_the_seed_as_they_happen(run: Run) -> None:
    before = time.time()
    result = run(
        *FAST, *ALL, "--count", 40, "--seed", 6, "--json", "--columns", "local_port,timestamp")
    rows = [json.loads(line) for line in result.out.splitlines()]
    expected = [event["header"]["localPort"] for event in Mix(6).events(1000)]
    ports = [row["local_port"] for row in rows]
    # From the thousandth event at the latest on: the first ones may have happened before.
    assert len(ports) == 40
    assert any(expected[first:first + 40] == ports for first in range(960))
    assert list(rows[0]) == ["local_port", "timestamp"]
    now = time.strftime("%Y-%m-%dT%H:", time.gmtime(before))
    assert rows[0]["timestamp"][:14] >= now


@pytest.mark.usefixtures("counted")
def test_the_log_comes_first_if_it_is_wanted(run: Run) -> None:
    result = run(*FAST, "--log", "--events", 30, "--count", 50, "--json", "--columns", "local_port")
    ports = [json.loads(line)["local_port"] for line in result.out.splitlines()]
    assert len(ports) == 50
    assert ports[:30] == [event["header"]["localPort"] for event in Mix(0).events(30)]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    ("arguments", "column", "holds"),
    [
        (["--protocol", "UDP"], "ip_protocol", lambda value: value == 17),
        (["--protocol", "6"], "ip_protocol", lambda value: value == 6),
        (["--type", "classify-allow"], "event_type", lambda value: value == "CLASSIFY_ALLOW"),
        (["--type", "3"], "event_type", lambda value: value == "CLASSIFY_DROP"),
        (["--remote-port", "53"], "remote_port", lambda value: value == 53),
        (["--remote-address", "198.51.100.0/24"], "remote_address",
         lambda value: value.startswith("198.51.100.")),
        (["--local-address", "2001:db8::/32"], "local_address",
         lambda value: value.startswith("2001:db8:")),
        (["--user", "S-1-5-18"], "user_sid", lambda value: value == "S-1-5-18"),
        (["--app", "\\Device\\HarddiskVolume1\\Windows\\System32\\svchost.exe"], "app_path",
         lambda value: value == "\\device\\harddiskvolume1\\windows\\system32\\svchost.exe"),
        (["--since", "1h"], "timestamp", lambda value: value is not None),
    ],
)
def test_filters(
    run: Run, arguments: list[str], column: str, holds: Callable[[Any], bool]
) -> None:
    result = run(*FAST, *ALL, *arguments, "--count", 20, "--json")
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert (result.status, len(rows), len(rows[0])) == (0, 20, len(COLUMNS))
    assert [row[column] for row in rows if not holds(row[column])] == []


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("kind", ["classify_allow", "6"])
def test_a_type_that_is_not_collected_is_said_to_be(run: Run, kind: str) -> None:
    asked = [*FAST, "--log", "--type", kind, "--count", 1]
    hint = "wfpfast: CLASSIFY_ALLOW events are not collected now: --keywords CLASSIFY_ALLOW"
    # The log need not have such an event, and then none comes.
    assert run(*asked, "--until", "3s").err.splitlines()[0].startswith(hint)
    assert run(*asked, "--keywords", "CLASSIFY_ALLOW").err == "1 event\n"


@pytest.mark.usefixtures("counted")
def test_it_ends_when_nothing_more_can_come(run: Run) -> None:
    result = run(*FAST, "--until", "2s")
    assert (result.status, result.out, result.err) == (0, "", "0 events\n")


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv", "ndjson"])
def test_a_file_is_written_and_no_lines(run: Run, tmp_path: Path, kind: str) -> None:
    result = run(*FAST, *ALL, "--count", 700, "-o", f"live.{kind}")
    assert (result.status, result.out) == (0, "")
    assert re.fullmatch(rf"700 events in live\.{kind} \(.+ .?B, .+ s\)({MORE})?\n", result.err)
    assert os.listdir(tmp_path) == [f"live.{kind}"]
    if kind == "parquet":
        table = pq.read_table(tmp_path / "live.parquet")
    elif kind == "arrow":
        table = pa.ipc.open_file(tmp_path / "live.arrow").read_all()
    else:
        header = kind == "csv"
        assert len((tmp_path / f"live.{kind}").read_text().splitlines()) == 700 + header
        return
    assert (len(table), len(table.column_names)) == (700, len(COLUMNS))
    ports = table["local_port"].to_pylist()
    expected = [event["header"]["localPort"] for event in Mix(0).events(2000)]
    assert any(expected[first:first + 700] == ports for first in range(1300))


@pytest.mark.usefixtures("counted")
def test_a_file_and_json_have_the_same_events(run: Run, tmp_path: Path) -> None:
    result = run(*FAST, "--count", 99, "--json", "-o", "a.ndjson", "--columns", "filter_id")
    assert result.out == (tmp_path / "a.ndjson").read_text()
    assert len(result.out.splitlines()) == 99


@pytest.mark.usefixtures("counted")
def test_what_was_dropped_is_said_where_it_is_missing(run: Run, tmp_path: Path) -> None:
    """A simulated engine as fast as it can be: nobody can write all of that to a file."""
    result = run(*WATCH, "--rate", 1e9, "--count", 400_000, "-o", "all.ndjson")
    *gaps, last = result.err.splitlines()
    assert result.status == 0
    numbers = [re.fullmatch(r"… ([\d,]+) events? w(as|ere) dropped here", gap) for gap in gaps]
    assert numbers
    assert None not in numbers
    said = sum(int(match[1].replace(",", "")) for match in numbers if match)
    counted = re.search(r"; ([\d,]+) events for which there was no room as they came$", last)
    assert counted
    assert 0 < said <= int(counted[1].replace(",", ""))


@pytest.mark.parametrize(
    "call", ["FwpmEngineOpen0", "FwpmEngineGetOption0", "FwpmEngineSetOption0",
             "FwpmNetEventSubscribe4", "FwpmNetEventCreateEnumHandle0", "FwpmNetEventEnum5",
             "FwpmNetEventDestroyEnumHandle0"])
def test_a_call_that_fails_is_one_line_with_what_to_do(
    run: Run, counted: type[Counted], call: str
) -> None:
    counted.more = {"faults": {call: {1: 5}}}
    result = run(*FAST, "--log", "--count", 5000, "--keywords", "CLASSIFY_ALLOW", "--json")
    assert result.status == 1
    assert result.err.startswith(f"wfpfast: {call}: ERROR_ACCESS_DENIED (5): ")
    assert "dministrator" in result.err
    assert len(result.err.splitlines()) == 1


def test_filters_without_names_are_ids(run: Run, counted: type[Counted]) -> None:
    counted.more = {"faults": {"FwpmFilterEnum0": 5}}
    result = run(*FAST, "--count", 20)
    assert result.status == 0
    assert result.err.startswith(
        "wfpfast: filters have no names here: FwpmFilterEnum0: ERROR_ACCESS_DENIED (5)")
    assert result.err.endswith("\n20 events\n")
    assert "Simulated rule" not in result.out


def test_what_came_before_an_error_is_kept_in_the_file(
    run: Run, counted: type[Counted], tmp_path: Path
) -> None:
    counted.more = {"faults": {"FwpmNetEventEnum5": {2: 1722}}}  # after one page of 1,024
    result = run(*WATCH, "--rate", 0, "--events", 3000, "--log", "-o", "a.parquet")
    assert result.status == 1
    first, second = result.err.splitlines()
    assert first.startswith("1,024 events in a.parquet (")
    assert second.startswith("wfpfast: FwpmNetEventEnum5: RPC_S_SERVER_UNAVAILABLE (1722)")
    assert pq.read_metadata(tmp_path / "a.parquet").num_rows == 1024


def test_keywords_are_collected_meanwhile_and_put_back(run: Run, counted: type[Counted]) -> None:
    assert run(*FAST, "--count", 5, "--keywords", "CLASSIFY_ALLOW,INBOUND_MCAST").status == 0
    assert counted.made[0].left["calls"]["FwpmEngineSetOption0"] == 2  # there and back
    assert run(*FAST, "--count", 5).status == 0
    assert counted.made[1].left["calls"]["FwpmEngineSetOption0"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--seed", "1", "--engine", "windows"], 2, "--seed is for --engine simulated. See: "),
        (["--rate", "0", "--engine", "windows"], 2, "--rate is for --engine simulated. See: "),
        (["--columns", "flags"], 2, "--columns is for --json and --output. See: "),
        (["--json", "--columns", "flags,flags"], 2, "a name is there twice."),
        (["--json", "--columns", ","], 2, "no names in it."),
        (["--json", "--columns", "flag"], 1, "there is no column 'flag'; did you mean flags?"),
        (["--since", "tomorrow"], 2, "'tomorrow' is no time, such as 2026-01-31T18:00, 10min or"),
        (["--since", "3 fortnights"], 2, "'3 fortnights' is no time, such as "),
        (["--since", "1h", "--until", "2h"], 2, "is after end"),
        (["--protocol", "quic"], 2, "ip_protocol: no protocol 'quic': give its number."),
        (["--protocol", "256"], 2, "ip_protocol: 256 does not fit 8 bits."),
        (["--local-port", "65536"], 2, "local_port: 65536 does not fit 16 bits."),
        (["--local-port", "http"], 2, "local_port: 'http' is no number."),
        (["--remote-port", "1,,2"], 2, "a value is empty."),
        (["--type", "!"], 2, "a value is empty."),
        (["--direction", "up"], 2, "direction: 'up' is not in, out or one of INBOUND, "),
        (["--remote-address", "10.0.0.1/33"], 2, "remote_address: '10.0.0.1/33' does not appear"),
        (["--app", ""], 2, "a value is empty."),
        (["--user", "S-1"], 2, "user_sid: 'S-1' is not a SID"),
        (["--type", "fly"], 2, "event_type: 'fly' is not one of IKEEXT_MM_FAILURE, "),
        (["--keywords", "ALL"], 1, "wfpfast: no keyword 'ALL': there are INBOUND_MCAST"),
        (["--count", "0"], 2, "Invalid value for '-n' / '--count'"),
        (["-o", "a.txt"], 1, "a.txt: expected a name that ends in .parquet"),
        (["-o", "old.csv"], 1, "old.csv exists: --force replaces it"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    (tmp_path / "old.csv").write_text("old")
    usual = {"--engine": "simulated", "--count": "1"}
    given = [part for pair in usual.items() if pair[0] not in arguments for part in pair]
    result = run("watch", *given, *arguments)
    assert (result.status, result.out) == (status, "")
    assert words in result.err
    assert len(result.err.splitlines()) == 1
    assert os.listdir(tmp_path) == ["old.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows its drives and accounts")
@pytest.mark.parametrize(("arguments", "words"), [
    (["--user", "CORP\\ann"], "user_sid: CORP\\ann: who an account is, only its own Windows can"
     " say; give its SID, such as S-1-5-21-"),
])
def test_what_only_its_own_windows_can_say(run: Run, arguments: list[str], words: str) -> None:
    result = run(*WATCH, *arguments)
    assert (result.status, result.out) == (2, "")
    assert words in result.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has an engine")
@pytest.mark.parametrize("command", [["watch"], ["enumerate"], ["record", "a.wfprec"]])
def test_without_an_engine_there_is_a_simulated_one(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    result = run(*command)
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        f"wfpfast: {sys.platform} has no filtering engine: --engine simulated shows made-up"
        " events\n")
    assert os.listdir(tmp_path) == []


# Processes of their own, as people run them.


def start(folder: Path, *arguments: Any, **options: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-P", counting.__file__, "report.json", *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, text=True, stderr=subprocess.PIPE,
                            env=environment(PYTHONUNBUFFERED="1"), **options)


def left(folder: Path) -> None:
    """Check what the simulator of a process said in the end."""
    (report,) = json.loads((folder / "report.json").read_text())
    counting.assert_clean(report)
    (folder / "report.json").unlink()


def wait_for(what: Callable[[], Any]) -> None:
    give_up = time.monotonic() + 30
    while not what():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals for another process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with start(tmp_path, *FAST, "--keywords", "CLASSIFY_ALLOW", stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.send_signal(number)
        lines = [first, *process.stdout]
        error = process.stderr.read()
        assert process.wait(30) == 128 + number
    assert [line for line in lines if not LINE.fullmatch(line.rstrip("\n"))] == []
    assert error == f"{len(lines):,} event{'s' * (len(lines) > 1)}\n"
    left(tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals for another process")
def test_an_interrupt_completes_the_file(tmp_path: Path) -> None:
    with start(tmp_path, *FAST, "-o", "live.parquet") as process:
        wait_for(lambda: os.listdir(tmp_path))
        time.sleep(3)  # a busy machine takes a while to bring events
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    left(tmp_path)
    assert os.listdir(tmp_path) == ["live.parquet"]
    count = pq.read_metadata(tmp_path / "live.parquet").num_rows
    assert count > 100
    assert error.startswith(f"{count:,} events in live.parquet (")


@pytest.mark.skipif(os.name == "nt", reason="a reader that leaves is seen otherwise on Windows")
@pytest.mark.parametrize("more", [[], ["--json"], ["--json", "-o", "a.parquet"]])
def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path, more: list[str]) -> None:
    with start(tmp_path, *FAST, *more, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr
        error = process.stderr.read()
        assert process.wait(30) == 1
    left(tmp_path)
    if "-o" in more:
        count = pq.read_metadata(tmp_path / "a.parquet").num_rows
        assert error.startswith(f"{count:,} event")
        assert len(error.splitlines()) == 1
    else:
        assert error == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        process = start(tmp_path, *FAST, stdout=full)
        _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (1, "wfpfast: No space left on device\n")
    left(tmp_path)
