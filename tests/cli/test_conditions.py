"""The options that choose events, on files and live: which of the events of hand.py they keep."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cli.counted import Counted
from cli.hand import HOSTILE, SVCHOST
from cli.running import Run

LIVE = ("enumerate", "--engine", "simulated", "--events", 400, "--json")


def options(*given: tuple[str, Any]) -> list[Any]:
    return [part for pair in given for part in pair]


# Which of the seven events of hand.py: chosen by reading its rows, not by running this.
CHOSEN: list[tuple[list[tuple[str, Any]], list[int]]] = [
    ([("--type", "drop")], [0, 1, 2, 3, 4]),
    ([("--type", "drop"), ("--type", "allow")], [0, 1, 2, 3, 4, 5]),
    ([("--type", "classify_allow,IKEEXT_MM_FAILURE")], [5, 6]),
    ([("--type", "!drop")], [5, 6]),
    ([("--type", "!drop,allow")], [6]),
    ([("--type", "3"), ("--type", "!3")], []),
    ([("--protocol", "tcp")], [0, 1, 4, 5]),
    ([("--protocol", "!tcp"), ("--protocol", "!udp")], [3]),
    ([("--protocol", "1,17")], [2, 3, 6]),
    ([("--remote-port", "443,80")], [0, 1, 5]),
    ([("--remote-port", "443"), ("--remote-port", "53")], [0, 1, 2]),
    ([("--remote-port", "!443")], [2, 3, 4, 5, 6]),       # those without a port, too
    ([("--local-port", "50005"), ("--remote-port", "80")], [5]),
    ([("--local-port", "50005"), ("--remote-port", "443")], []),
    ([("--remote-address", "198.51.100.0/24")], [0, 1, 4, 5, 6]),
    ([("--remote-address", "2001:db8::/32, 192.0.2.9")], [2, 3]),
    ([("--local-address", "!192.0.2.1")], [2]),
    ([("--app", "svchost.exe")], [0, 1, 5]),
    ([("--app", "SVCHOST.EXE")], [0, 1, 5]),
    ([("--app", "svc*")], [0, 1, 5]),
    ([("--app", "vchost.exe")], []),
    ([("--app", "?vchost.exe")], [0, 1, 5]),
    ([("--app", "[s]vchost.exe")], []),
    ([("--app", SVCHOST.upper())], [0, 1, 5]),
    ([("--app", r"C:\windows\System32\svchost.exe")], [0, 1, 5]),
    ([("--app", r"\\?\d:\Windows\*")], [0, 1, 5]),
    ([("--app", "c:/windows/system32/svchost.exe")], [0, 1, 5]),
    ([("--app", r"c:\system32\svchost.exe")], []),
    ([("--app", r"*\system32\*")], [0, 1, 5]),
    ([("--app", "!svchost.exe")], [2, 3, 4, 6]),
    ([("--app", HOSTILE)], [2]),
    ([("--user", "SYSTEM")], [0]),
    ([("--user", "S-1-5-21-1-2-3-1001"), ("--user", "NT AUTHORITY\\SYSTEM")], [0, 2]),
    ([("--user", "!system")], [1, 2, 3, 4, 5, 6]),
    ([("--direction", "in")], [2, 3, 4]),
    ([("--direction", "OUT"), ("--type", "allow")], [5]),
    ([("--direction", "!in,outbound")], [6]),
    ([("--since", "2024-05-01T10:00:03Z")], [3, 4, 5, 6]),
    ([("--until", "2024-05-01T10:00:03Z")], [0, 1, 2, 3]),
    ([("--since", "2024-05-01T12:00:01+02:00"), ("--until", "2024-05-01T10:00:04Z")],
     [1, 2, 3, 4]),
    ([("--since", "yesterday")], []),
]  # fmt: skip


@pytest.fixture
def rows(run: Run, xml: Path) -> list[str]:
    lines = run("show", xml, "--json").out.splitlines()
    assert len(lines) == 7
    return lines


@pytest.mark.parametrize(("given", "expected"), CHOSEN)
def test_events_of_a_file(
    run: Run, xml: Path, rows: list[str], given: list[tuple[str, Any]], expected: list[int]
) -> None:
    result = run("show", xml, "--json", *options(*given))
    assert result.status == 0, result.err
    assert result.out.splitlines() == [rows[number] for number in expected]


def test_there_are_subjects() -> None:
    assert len(CHOSEN) > 40
    assert sum(bool(expected) for _, expected in CHOSEN) > 30


@pytest.mark.parametrize("suffix", ["parquet", "csv", "ndjson"])
def test_tables_and_bytes(run: Run, xml: Path, tmp_path: Path, suffix: str) -> None:
    run("convert", xml, f"o.{suffix}", "--addresses", "binary")
    chosen = ("--remote-address", "2001:db8::/32", "--since", "2024-05-01T10:00Z")
    result = run("convert", f"o.{suffix}", "p.parquet", *chosen, "--columns", "filter_id")
    if suffix == "parquet":     # in the others, addresses that were bytes stay text
        assert result.status == 0, result.err
        assert pq.read_table(tmp_path / "p.parquet").to_pydict() == {"filter_id": [2**64 - 1]}
    assert run("summary", f"o.{suffix}", "--type", "!drop").out.startswith(
        f"o.{suffix}: 2 events, 0 dropped\n")


def test_with_where_and_other_options(run: Run, xml: Path, rows: list[str]) -> None:
    pytest.importorskip("duckdb")
    result = run("show", xml, "--json", "--app", "svchost.exe", "--where", "filter_id > 70000")
    assert result.out.splitlines() == [rows[5]]


@pytest.mark.parametrize(("given", "said"), [
    (["--type", "fly"], "event_type: 'fly' is not one of "),
    (["--remote-port", "443-445"], "remote_port: '443-445' is no number."),
    (["--user", "S-1"], "user_sid: 'S-1' is not a SID"),
    (["--since", "2024-01-02", "--until", "2024-01-01"], "is after --until "),
    (["--since", "1h", "--since", "2h"], "--since is given 2 times"),
])
def test_wrong_usage(run: Run, xml: Path, given: list[str], said: str) -> None:
    result = run("show", xml, *given)
    assert (result.status, result.out) == (2, "")
    assert said in result.err


def test_a_table_without_the_column(run: Run, xml: Path) -> None:
    run("convert", xml, "o.parquet", "--columns", "event_type,timestamp")
    result = run("summary", "o.parquet", xml, "--remote-port", "443")
    assert result.status == 1
    assert result.err == (
        "wfpfast: o.parquet: --remote-port: there is no column 'remote_port'\n")
    assert "netevents.xml" not in result.err


@pytest.mark.parametrize(("given", "column", "keep"), [
    (["--type", "drop", "--type", "3"], "event_type", lambda v: v == "CLASSIFY_DROP"),
    (["--type", "!drop"], "event_type", lambda v: v != "CLASSIFY_DROP"),
    (["--remote-port", "443,80"], "remote_port", lambda v: v in (443, 80)),
    (["--app", "svchost.exe"], "app_path", lambda v: v is not None and v.endswith("\\svchost.exe")),
    (["--direction", "in"], "direction", lambda v: v == "INBOUND"),
    (["--remote-address", "!198.51.100.0/24"], "remote_address",
     lambda v: v is None or not v.startswith("198.51.100.")),
])
def test_live_what_windows_cannot_choose(
    run: Run, counted: type[Counted], given: list[str], column: str, keep: Any
) -> None:
    every = [json.loads(line) for line in run(*LIVE).out.splitlines()]
    result = run(*LIVE, *given)
    assert result.status == 0, result.err
    chosen = [json.loads(line) for line in result.out.splitlines()]
    expected = [row[column] for row in every if keep(row[column])]
    assert [row[column] for row in chosen] == expected
    assert 0 < len(chosen) < len(every)
    assert result.err == f"{len(chosen)} events\n"
    lines = run(*LIVE[:-1], *given).out.splitlines()
    assert len(lines) == len(chosen)


def test_live_where_and_the_account_of_events(
    run: Run, counted: type[Counted], tmp_path: Path
) -> None:
    pytest.importorskip("duckdb")
    where = ("--where", "remote_port = 443 and not is_loopback")
    result = run(*LIVE, *where, "--columns", "remote_port")
    found = [json.loads(line) for line in result.out.splitlines()]
    assert found == [{"remote_port": 443}] * len(found)
    assert found
    result = run("watch", "--engine", "simulated", "--log", "--rate", 0, "--events", 400, "-n",
                 len(found), "-o", "o.parquet", *where)
    assert result.status == 0
    table = pq.read_table(tmp_path / "o.parquet")
    assert (len(table), table["remote_port"].unique().to_pylist()) == (len(found), [443])
    stats = json.loads(pq.read_metadata(tmp_path / "o.parquet").metadata[b"wfpfast.stats"])
    assert stats["came"] == len(found) + stats["filtered"] + stats["not_wanted"]
    assert stats["filtered"] > 100
    assert f"; {stats['came']} came; {stats['filtered']} not chosen" in result.err
    result = run(*LIVE, "--where", "remote_prt = 1")
    assert (result.status, result.out) == (1, "")
    assert "net events: --where: there is no column 'remote_prt'" in result.err


def test_what_is_wrong_is_said_before_a_recording_begins(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    result = run("record", "a.wfprec", "--engine", "simulated", "--where", "remote_prt = 1")
    assert (result.status, result.out) == (1, "")
    assert "net events: --where: there is no column 'remote_prt'" in result.err
    assert list(tmp_path.iterdir()) == []
