"""`wfpfast record`, and the commands that read what it wrote."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli import counted as counting
from cli.counted import Counted
from cli.running import Run, environment

from wfpfast import encode
from wfpfast.cli._record import Picker, RecordingRun
from wfpfast.recording import Recorder, Recording
from wfpfast.simulator.synthetic import Mix

TAPE = ["record", "--engine", "simulated", "--rate", 5000]
PORTS = [event["header"]["localPort"] for event in Mix(0).events(1000)]


def ports(path: Path) -> list[Any]:
    with Recording(path) as recording, recording.read_events(columns=["local_port"]) as stream:
        return [port for batch in stream for port in batch["local_port"].to_pylist()]


@pytest.fixture
def tape(run: Run, tmp_path: Path, counted: type[Counted]) -> Path:
    """A recording of 100 events, and of 20 later ones, which are in another record."""
    assert run(*TAPE, "--events", 100, "--count", 100, "a.wfprec").status == 0
    assert run(*TAPE, "--events", 20, "--count", 20, "--append", "a.wfprec").status == 0
    return tmp_path / "a.wfprec"


@pytest.mark.usefixtures("counted")
def test_the_log_comes_first_and_the_count_is_exact(run: Run, tmp_path: Path) -> None:
    assert run(*TAPE, "--events", 100, "--count", 120, "a.wfprec").status == 0
    found = ports(tmp_path / "a.wfprec")
    assert len(found) == 120
    assert found[:100] == PORTS[:100]


@pytest.mark.usefixtures("counted")
def test_a_line_says_what_is_in_the_file(run: Run) -> None:
    result = run(*TAPE, "--events", 0, "--count", 50, "a.wfprec")
    assert (result.status, result.out) == (0, "")
    assert re.fullmatch(
        r"50 events in a\.wfprec \([^)]+ KB, [^)]+ s\)"
        r"(; [\d,]+ came; [\d,]+ came after the last one wanted)?\n", result.err)


@pytest.mark.usefixtures("counted")
def test_it_ends_when_its_time_is_over(run: Run, tmp_path: Path) -> None:
    before = time.monotonic()
    assert run(*TAPE, "--duration", "0.5s", "a.wfprec").status == 0
    assert 0.5 < time.monotonic() - before < 10
    assert len(ports(tmp_path / "a.wfprec")) > 1000  # the log, and half a second of 5,000


LOG = list(Mix(0).events(200))
WEB = [event["header"]["localPort"] for event in LOG
       if event["header"]["remotePort"] in (80, 443)]
NO_TCP = [event["header"]["localPort"] for event in LOG if event["header"]["ipProtocol"] != 6]


@pytest.mark.parametrize(("options", "wanted"), [
    (["--remote-port", "443,80"], WEB), (["--protocol", "!tcp"], NO_TCP),
    (["--where", "remote_port in (443, 80)"], WEB),
    (["--remote-port", "80,443", "--protocol", "!tcp"],
     [port for port in WEB if port in NO_TCP])])
def test_events_that_windows_cannot_choose_are_chosen_and_stay_as_they_came(
    run: Run, tmp_path: Path, counted: type[Counted], options: list[str], wanted: list[int]
) -> None:
    if "--where" in options:
        pytest.importorskip("duckdb")
    assert 5 <= len(wanted) < 200
    result = run(*TAPE, "--events", 200, "--count", len(wanted), *options, "a.wfprec")
    assert result.status == 0, result.err
    assert ports(tmp_path / "a.wfprec") == wanted
    assert re.search(r"; [\d,]+ not chosen", result.err)
    with Recording(tmp_path / "a.wfprec") as recording, recording.read_events() as stream:
        paths = {path for batch in stream for path in batch["app_path"].to_pylist()}
    assert len(paths) > 1       # which are elsewhere in a block


def test_what_was_dropped_is_kept_where_no_event_is_chosen(tmp_path: Path) -> None:
    class Nobody:
        columns = ("timestamp",)
        left_out = 0

        def mask(self, batch: Any) -> Any:
            return pa.array([False] * len(batch), pa.bool_())

    class Stream:
        stats: ClassVar = {"received": 7, "dropped": 5}

    class Keeper:
        def before(self, block: Any) -> None:
            assert block.count == 0

    with Recorder(tmp_path / "a.wfprec") as recorder:
        picker: Any = Picker(Nobody())  # type: ignore[arg-type]
        recording = RecordingRun(
            recorder, Stream(), 9, Keeper(), picker)  # type: ignore[arg-type]
        recording._write(encode([LOG[0]]), 0)
        recording._write(encode([LOG[1]]), 5)
    assert (recording.events, recording.dropped) == (0, 5)
    with Recording(tmp_path / "a.wfprec") as found:
        assert [(each.block.count, each.dropped) for each in found.records()] == [(0, 5)]


def test_what_is_there_is_continued_only_if_that_is_wanted(run: Run, tape: Path) -> None:
    before = ports(tape)
    result = run(*TAPE, "--count", 5, "a.wfprec")
    assert (result.status, result.err) == (
        1, "wfpfast: a.wfprec exists: --append continues it\n")
    assert run(*TAPE, "--count", 5, "--append", "--events", 10, "a.wfprec").status == 0
    assert ports(tape) == [*before, *PORTS[:5]]


def test_a_recording_that_breaks_off_is_continued_where_it_is_whole(run: Run, tape: Path) -> None:
    tape.write_bytes(tape.read_bytes()[:-1])
    result = run(*TAPE, "--count", 5, "--append", "--events", 10, "a.wfprec")
    assert result.status == 0
    assert "the file ends in the record" in result.err.splitlines()[0]
    assert ports(tape)[:100] == PORTS[:100]
    assert ports(tape)[-5:] == PORTS[:5]


def test_other_commands_read_it(run: Run, tape: Path, tmp_path: Path) -> None:
    result = run("summary", "--json", "a.wfprec")
    assert (result.status, json.loads(result.out)["events"]) == (0, 120)
    result = run("convert", "a.wfprec", "a.parquet", "--columns", "local_port,filter_id")
    assert result.status == 0
    assert result.err.startswith("120 events in a.parquet (")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["local_port", "filter_id"]
    assert table["local_port"].to_pylist() == ports(tape)
    assert run("convert", "a.wfprec", "b.parquet", "--addresses", "binary").status == 0
    assert len(pq.read_table(tmp_path / "b.parquet")["local_address"][0].as_py()) == 16


def test_a_recording_that_breaks_off_is_read_to_there(
    run: Run, tape: Path, tmp_path: Path
) -> None:
    tape.write_bytes(tape.read_bytes()[:-3])
    whole = len(ports(tape))
    assert 100 <= whole < 120
    result = run("convert", "a.wfprec", "a.parquet")
    assert result.status == 1
    first, second = result.err.splitlines()
    assert first.startswith(f"{whole} events in a.parquet (")
    assert "wfpfast: a.wfprec: byte " in second
    assert second.endswith(f"; a.parquet has what came before: {whole} events")
    assert pq.read_metadata(tmp_path / "a.parquet").num_rows == whole
    result = run("summary", "a.wfprec")
    assert result.status == 1
    assert f"a.wfprec: {whole} events, " in result.out
    assert "a.wfprec was read in part." in result.out
    assert result.err.endswith(f"; counted is what came before: {whole} events\n")


def test_a_damaged_recording_is_read_to_there(run: Run, tape: Path) -> None:
    data = bytearray(tape.read_bytes())
    data[-30] ^= 1
    tape.write_bytes(data)
    result = run("summary", "--json", "a.wfprec")
    assert result.status == 1
    assert 100 <= json.loads(result.out)["events"] < 120
    assert len(result.err.splitlines()) == 1
    result = run(*TAPE, "--append", "--count", 5, "a.wfprec")
    assert result.status == 1
    assert result.err.startswith("wfpfast: a.wfprec: byte ")
    assert tape.read_bytes() == data


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["a.pcap"], 1, "a.pcap: expected a name that ends in .wfprec"),
        (["no/a.wfprec"], 1, f"{Path('no/a.wfprec')}: No such file or directory"),
        (["a.wfprec", "--duration", "soon"], 2, "'soon' is no span of time, such as 90s, 10m"),
        (["a.wfprec", "--duration", "0s"], 2, "'0s' is no span of time"),
        ([], 2, "Missing argument 'FILE.wfprec'"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Run, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    result = run(*TAPE, *arguments)
    assert (result.status, result.out) == (status, "")
    assert words in result.err
    assert len(result.err.splitlines()) == 1
    assert os.listdir(tmp_path) == []


def test_no_recording_is_no_recording(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.wfprec").write_bytes(b"MZ" + bytes(100))
    for arguments in (["summary", "a.wfprec"], ["convert", "a.wfprec", "a.csv"]):
        result = run(*arguments)
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith("wfpfast: a.wfprec: byte 0: ")
    assert os.listdir(tmp_path) == ["a.wfprec"]


def test_what_was_recorded_before_an_error_is_kept(
    run: Run, counted: type[Counted], tmp_path: Path
) -> None:
    counted.more = {"faults": {"FwpmNetEventEnum5": {2: 1722}}}  # after one page of 1,024
    result = run("record", "--engine", "simulated", "--events", 3000, "--rate", 0, "a.wfprec")
    assert result.status == 1
    first, second = result.err.splitlines()
    assert first.startswith("1,024 events in a.wfprec (")
    assert second.startswith("wfpfast: FwpmNetEventEnum5: RPC_S_SERVER_UNAVAILABLE (1722)")
    assert len(ports(tmp_path / "a.wfprec")) == 1024


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_an_interrupt_leaves_a_whole_recording(tmp_path: Path) -> None:
    command = [sys.executable, "-P", counting.__file__, "report.json", *map(str, TAPE), "a.wfprec"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), text=True, stderr=subprocess.PIPE
    ) as process:
        give_up = time.monotonic() + 30
        while not (tmp_path / "a.wfprec").exists() and time.monotonic() < give_up:
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    (report,) = json.loads((tmp_path / "report.json").read_text())
    counting.assert_clean(report)
    count = len(ports(tmp_path / "a.wfprec"))
    assert count > 300
    assert error.startswith(f"{count:,} events in a.wfprec (")
    with Recording(tmp_path / "a.wfprec") as recording:
        list(recording)
        assert recording.cut is None
