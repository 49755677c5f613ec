"""`wfpfast summary` as people see it: lines that fit, and nothing that steers the terminal."""

import os
from pathlib import Path

import pytest
from cli.hostile import RED, STEERING, cells
from cli.running import Run


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
