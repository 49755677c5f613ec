"""`wfpfast summary` as people see it: lines that fit, and nothing that steers the terminal."""

import json
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from cli.hand import HOSTILE, SVCHOST
from cli.hostile import RED, STEERING, cells
from cli.running import Run
from netsh_inputs import file, other

from wfpfast.cli._count import Count


@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("width", [40, 80, 96, 120, 200])
def test_no_line_is_longer_than_the_terminal(
    run: Run, hostile: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, width: int,
    with_state: bool,
) -> None:
    table, state = hostile
    monkeypatch.setenv("COLUMNS", str(width))
    result = run("summary", table, *(["--filters", state] if with_state else []))
    assert result.status == 0
    lines = result.out.split("\n")
    assert [line for line in lines if cells(line) > width] == []
    assert max(map(cells, lines)) > width - 8  # the room is used
    assert len(lines) < 200


def test_the_hand_written_events_fit(
    run: Run, xml: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (40, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        result = run("summary", xml, "--filters", state)
        assert result.status == 0
        assert [line for line in result.out.split("\n") if cells(line) > width] == []


@pytest.mark.parametrize("as_json", [False, True])
def test_text_of_events_cannot_steer_the_terminal(
    run: Run, hostile: tuple[Path, Path], as_json: bool
) -> None:
    table, state = hostile
    # Windows has no file whose name could steer anything.
    named = table if os.name == "nt" else table.rename(table.with_name(f"{RED}.parquet"))
    result = run("summary", named, "--filters", state, *(["--json"] if as_json else []))
    assert result.status == 0
    assert STEERING.findall(result.out + result.err) == []
    if not as_json:
        assert r"\x1b[31m\x07\r\n\x9b2J\u202egnp.exe" in result.out


def test_errors_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    for arguments in (
        ["summary", f"{RED}.xml"], ["summary", f"{RED}\n.txt"], ["explain", RED],
        ["convert", f"{RED}.xml", f"{RED}.csv"], ["--no" + RED],
    ):
        result = run(*arguments)
        assert result.status in (1, 2)
        assert STEERING.findall(result.out + result.err) == []
        assert r"\x1b[31m" in result.err
        assert len(result.err.split("\n")) == 2


def test_the_end_of_a_path_is_what_is_kept(
    run: Run, hostile: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = run("summary", hostile[0]).out.split("\n")
    # 40 columns less seven digits, a percentage and two gaps; a wide letter does not fit in half.
    assert "      1   25.0%  …lder\\very long folder\\" in lines
    assert "      1   25.0%  …文件夹文件夹文件夹.exe" in lines


def test_what_people_see(
    run: Run, xml: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("summary", xml, "--filters", state).out.split("\n")
    assert lines[:2] == [
        "netevents.xml: 7 events, 5 dropped",
        "2024-05-01 10:00:00.123 to 2024-05-01 10:02:06.000 UTC, 2 min 6 s"]
    start = lines.index("Dropped, by filter")
    indent = " " * 39
    assert lines[start:start + 10] == [
        "Dropped, by filter",
        "      2   40.0%  70000                 Block all",
        indent + "Acme Shield, ALE_AUTH_CONNECT_V4, BLOCK,",
        indent + "origin: Stealth",
        "      2   40.0%  70001                 Later rule",
        indent + "Acme Shield, ALE_AUTH_RECV_ACCEPT_V4,",
        indent + "BLOCK",
        indent + "in wfpstate.xml it is at",
        indent + "ALE_AUTH_CONNECT_V6: not the same filter",
        "      1   20.0%  18446744073709551615  not in wfpstate.xml",
    ]
    assert "      1   20.0%  empty text" in lines
    assert "      1   20.0%  icmp echo-request" in lines
    assert lines[-3:] == ["Lost or mended", "Nothing.", ""]


def test_what_is_left_out_is_said(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("summary", xml, "--top", 1).out.split("\n")
    start = lines.index("Dropped, by application")
    assert lines[start + 1].startswith("      2   40.0%  ")
    assert lines[start + 2].strip() == "process 4321"
    assert lines[start + 3] == "      3   60.0%  3 more"


def test_ctrl_c_shows_what_was_read(
    run: Run, xml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Count.add

    def interrupted(*args: Any) -> None:
        add(*args)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Count, "add", interrupted)
    result = run("summary", xml, xml, "--keep-doubles", "--json")
    report = json.loads(result.out)
    assert (result.status, report["events"], report["interrupted"]) == (130, 7, True)
    assert len(report["files"]) == 1
    assert result.err == "wfpfast: interrupted: these are counts of the part that was read\n"
    result = run("summary", xml, xml, "--keep-doubles")
    assert result.status == 130
    assert "Interrupted: these are counts of the part that was read.\n" in result.out
    assert "Dropped, by application\n" in result.out


def test_pairs_of_columns(run: Run, xml: Path) -> None:
    """Counted by hand over the events of hand.py."""
    result = run("summary", xml, "--by", "app, remote_port", "--json")
    table = json.loads(result.out)["by"]
    assert (table["events"], table["distinct"]) == (7, 6)
    names = ("app_path", "remote_port", "events", "dropped", "allowed", "failed")
    found = {tuple(row[name] for name in names) for row in table["top"]}
    assert found == {
        (SVCHOST, 443, 2, 2, 0, 0), (HOSTILE, 53, 1, 1, 0, 0), (None, 0, 1, 1, 0, 0),
        ("", None, 1, 1, 0, 0), (SVCHOST, 80, 1, 0, 1, 0), (None, None, 1, 0, 0, 1)}
    lines = run("summary", xml, "--by", "app,remote_port").out.splitlines()
    start = lines.index("All events, by app_path and remote_port")
    assert lines[start + 1].endswith(f"  {SVCHOST} - 443")
    assert lines[start + 2].strip() == "2 dropped"


def test_values_that_json_has_no_word_for(run: Run, tmp_path: Path) -> None:
    """Times are ISO 8601 in UTC, bytes hexadecimal; both were no JSON at all."""
    pq.write_table(pa.table({
        "event_type": ["CLASSIFY_DROP"] * 3,
        "timestamp": pa.array([-1, 1_714_557_600_123_456_789, None], pa.timestamp("ns", "UTC")),
        "end_cert_hash": pa.array([bytes(20), bytes(20), None], pa.binary(20)),
        "is_loopback": [True, False, False]}), tmp_path / "t.parquet")
    result = run("summary", "t.parquet", "--by", "timestamp,end_cert_hash,is_loopback", "--json")
    found = {tuple(row.values())[:4] for row in json.loads(result.out)["by"]["top"]}
    assert found == {
        ("1969-12-31T23:59:59.9999999Z", "00" * 20, True, 1),
        ("2024-05-01T10:00:00.1234567Z", "00" * 20, False, 1), (None, None, False, 1)}


@pytest.mark.usefixtures("two_hours_east")
def test_local_times(run: Run, xml: Path) -> None:
    text = run("summary", xml, "--json").out
    assert run("summary", xml, "--json", "--local").out == text
    ends = [datetime.fromisoformat(json.loads(text)[end][:26] + "+00:00")
            for end in ("first", "last")]
    local = [datetime.fromtimestamp(end.timestamp()).isoformat(" ", "milliseconds")
             for end in ends]
    shown = run("summary", xml, "--local").out.splitlines()[1]
    assert shown.startswith(f"{local[0]} to {local[1]} local time, ")
    default = run("summary", xml).out
    assert default == run("summary", xml, "--utc").out
    assert default.splitlines()[1].startswith(f"{ends[0]:%Y-%m-%d %H:%M:%S}")
    assert " UTC, " in default.splitlines()[1]


@pytest.mark.parametrize(("by", "words"), [
    ("remote_prot", "there is no column 'remote_prot'; did you mean remote_port"),
    ("app,terminating_filters", "there is no column 'terminating_filters'"),
    ("", "there is no column ''"), (RED, r"\x1b[31m"),
])
def test_columns_that_cannot_be_counted_together(
    run: Run, xml: Path, by: str, words: str
) -> None:
    result = run("summary", xml, "--by", by)
    assert (result.status, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert words in result.err
    assert STEERING.findall(result.err) == []


def test_drops_are_drawn_over_time(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four hours: 16, 0, 2 and 8 drops, and events that are none."""
    hours = [0] * 16 + [2] * 2 + [3] * 8
    start = 1_714_557_600_000_000
    times = [start + (hour * 60 + 1) * 60_000_000 for hour in hours] + [start] * 3
    pq.write_table(pa.table({
        "event_type": ["CLASSIFY_DROP"] * 26 + ["CLASSIFY_ALLOW"] * 3,
        "timestamp": pa.array(times, pa.timestamp("us", "UTC"))}), tmp_path / "t.parquet")
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("summary", "t.parquet").out.splitlines()
    start_line = lines.index("Dropped, over time: a bar is 5 min")
    gap = " " * 23
    assert lines[start_line + 1:start_line + 7] == [
        "     16  █", "         █", f"         █{gap}{' ' * 12}▄", f"         █{gap}{' ' * 12}█",
        f"      0  █{gap}▅{' ' * 11}█", f"         10:00:00{' ' * 21}13:01:00"]


def test_failures_of_ike_come_without_tables_of_drops(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ike.xml"
    path.write_bytes(file(other("IKEEXT_MM_FAILURE", "ikeMmFailure", {
        "failureErrorCode": "13801 (ERROR_IPSEC_IKE_AUTH_FAIL)"})))
    out = run("summary", path).out
    assert "ropped, by" not in out
    assert "IKE and IPsec failures\n" in out


def test_codes_outside_their_dictionary_are_a_fault_of_the_file(run: Run, tmp_path: Path) -> None:
    codes = pa.array([0, 1 << 30], pa.int32())
    types = pa.DictionaryArray.from_arrays(codes, pa.array(["CLASSIFY_DROP"]), safe=False)
    batch = pa.record_batch({"event_type": types})
    with pa.ipc.new_file(tmp_path / "bad.arrow", batch.schema) as writer:
        writer.write(batch)
    result = run("summary", "bad.arrow")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wfpfast: bad.arrow: not a readable Arrow file: ")
