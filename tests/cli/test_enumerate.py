"""`wfpfast enumerate` on a simulated engine: the log, to its end, as it was made."""

import ipaddress
import json
import time
from typing import Any

import pyarrow.parquet as pq
import pytest
from cli.counted import Counted
from cli.running import Run

from wfpfast.simulator.synthetic import Mix

LOG = ["enumerate", "--engine", "simulated"]


def address(header: dict[str, Any], end: str) -> str:
    return str(ipaddress.ip_address(header[f"{end}Addr{'V6' if header['ipVersion'] else 'V4'}"]))


@pytest.mark.usefixtures("counted")
def test_every_event_of_the_log_in_its_order(run: Run) -> None:
    columns = "local_address,remote_address,remote_port,app_path,user_sid"
    result = run(*LOG, "--events", 2500, "--seed", 4, "--json", "--columns", columns)
    assert (result.status, result.err) == (0, "2,500 events\n")
    headers = [event["header"] for event in Mix(4).events(2500)]
    assert [json.loads(line) for line in result.out.splitlines()] == [
        {
            "local_address": address(header, "local"),
            "remote_address": address(header, "remote"),
            "remote_port": header["remotePort"],
            "app_path": header["appId"].decode("utf-16-le").rstrip("\0"),
            "user_sid": header["userId"],
        }
        for header in headers
    ]


@pytest.mark.usefixtures("counted")
def test_the_log_ends_now_and_has_the_times_between(run: Run) -> None:
    before = time.time()
    result = run(*LOG, "--events", 200, "--output", "a.parquet", "--columns", "timestamp")
    assert result.status == 0
    times = [at.value for at in pq.read_table("a.parquet")["timestamp"]]
    made = [event["header"]["timeStamp"] * 100 for event in Mix(0).events(200)]
    assert [at - times[0] for at in times] == [at - made[0] for at in made]
    assert before - 0.1 < times[-1] / 1e9 < time.time() + 0.1


@pytest.mark.usefixtures("counted")
def test_a_line_an_event_with_the_names_of_rules(run: Run) -> None:
    result = run(*LOG, "--events", 50, "--type", "CLASSIFY_DROP")
    lines = result.out.splitlines()
    events = [event for event in Mix(0).events(50) if event["type"] == 3]
    assert result.err == f"{len(events)} events\n"
    for line, event in zip(lines, events, strict=True):
        number = event["classifyDrop"]["filterId"]
        assert line.split()[2] == "drop"
        assert line.endswith(f" {number}  Simulated rule {number}")


@pytest.mark.usefixtures("counted")
def test_the_log_is_a_ring_of_128_kb_unless_asked_otherwise(run: Run) -> None:
    count = len(run(*LOG).out.splitlines())
    assert 300 < count < 400  # of some 380 bytes each
    assert run(*LOG, "--events", 0).err == "0 events\n"


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run(*LOG).out.splitlines()
    assert max(map(len, lines)) == width
    assert "\x1b" not in "".join(lines)


def test_what_came_before_an_error_is_shown(run: Run, counted: type[Counted]) -> None:
    counted.more = {"faults": {"FwpmNetEventEnum5": {3: 8}}}  # after two pages of 1,024
    result = run(*LOG, "--events", 3000, "--json", "--columns", "flags")
    assert (result.status, len(result.out.splitlines())) == (1, 2048)
    assert result.err.startswith("wfpfast: FwpmNetEventEnum5: ERROR_NOT_ENOUGH_MEMORY (8): ")
    assert len(result.err.splitlines()) == 1
