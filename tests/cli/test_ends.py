"""Commands that are ended while they write: nothing is left, and what SIGKILL leaves is removed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from cli.hand import HEAD, ITEMS
from cli.running import environment

from wfpfast.cli import _place
from wfpfast.cli._formats import OUTPUTS
from wfpfast.cli._stop import unwinding

FORMATS = [each.suffix for each in OUTPUTS]
OLD = b"what was there before"
unix = pytest.mark.skipif(os.name == "nt", reason="signals are of Unix")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def begun(folder: Path, *arguments: Any) -> "tuple[subprocess.Popen[bytes], str]":
    """Start a conversion of a pipe that gives no more; return it, and its part."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "wfpfast.cli", *map(str, arguments)], cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdin
    process.stdin.write((HEAD + "".join(ITEMS) * 400).encode())
    process.stdin.flush()
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        if found := [name for name in names(folder) if name.endswith(".part")]:
            return process, found[0]
        time.sleep(0.01)
    process.kill()
    raise AssertionError("it has not begun")


@unix
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGHUP", 1), signal.SIGINT])
@pytest.mark.parametrize("suffix", FORMATS)
def test_who_is_asked_to_end_leaves_nothing(tmp_path: Path, number: int, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    out.write_bytes(OLD)
    process, _ = begun(tmp_path, "convert", "--force", "-", out.name)
    process.send_signal(number)
    told, error = process.communicate(timeout=30)
    assert (process.returncode, told, error.strip()) == (128 + number, b"", b"")
    assert names(tmp_path) == [out.name]
    assert out.read_bytes() == OLD


@unix
def test_two_signals_at_once_are_one(tmp_path: Path) -> None:
    """A terminal that closes sends SIGHUP, and a service manager SIGTERM with it."""
    process, _ = begun(tmp_path, "convert", "-", "out.csv")
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGHUP)
    _, error = process.communicate(timeout=30)
    assert error == b""
    assert process.returncode in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
    assert names(tmp_path) == []


@unix
def test_who_cleans_up_is_not_disturbed() -> None:
    def twice() -> None:
        with unwinding():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGHUP)

    with pytest.raises(SystemExit) as ended:
        twice()
    assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


@unix
def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process, _ = begun(tmp_path, "convert", "-", "out.csv")
    finally:
        signal.signal(signal.SIGHUP, before)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=30)
    assert process.returncode == 1  # the file breaks off; the events are kept
    assert names(tmp_path) == ["out.csv"]


@unix
def test_a_part_that_was_left_is_removed_and_named(tmp_path: Path, xml: Path) -> None:
    process, part = begun(tmp_path, "convert", "-", "out.csv")
    process.kill()  # SIGKILL: nobody can clean up
    process.communicate(timeout=30)
    assert part in names(tmp_path)
    alive, other = begun(tmp_path, "convert", "-", "out.csv")
    removed = alive.stderr.readline() if alive.stderr else b""
    assert removed.decode().startswith(f"removed {part}, which a run that was ended has left (")
    assert part not in names(tmp_path)
    for name in (".out.csv.12345678.part", ".out.csv.1234567.part", ".oth.csv.12345678.part"):
        (tmp_path / name).write_bytes(b"1")
    result = subprocess.run(
        [sys.executable, "-P", "-m", "wfpfast.cli", "convert", xml, "out.csv"], cwd=tmp_path,
        capture_output=True, check=False, text=True, env=environment())
    assert result.returncode == 0
    assert "removed .out.csv.12345678.part, " in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert names(tmp_path) == sorted([  # what is still being written stays, and what is another's
        xml.name, "out.csv", other, ".out.csv.1234567.part", ".oth.csv.12345678.part"])
    alive.kill()
    alive.communicate(timeout=30)


def test_who_interrupts_a_file_as_it_is_made_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C at each line of what makes it, also when the file is there already."""
    made = {_place._created.__code__, _place._locked.__code__}
    lines = wanted = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code in made and event == "line":
            lines += 1
            if lines == wanted:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    while wanted < 50:
        lines, wanted = 0, wanted + 1
        sys.settrace(trace)
        try:
            with _place.part_of(tmp_path / "a.parquet"):
                break
        except KeyboardInterrupt:
            assert os.listdir(tmp_path) == []
        finally:
            sys.settrace(before)
    assert 5 < wanted < 30
    assert os.listdir(tmp_path) == []
