"""How the tests of the command line run it: in this process, or as one of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from changing_rules import Rules
from cli.counted import Counted
from cli.hand import STATE, XML
from cli.hostile import write_hostile
from cli.running import Result, Run, environment

from wfpfast import Engine, Simulator
from wfpfast.cli import _follow, _line, main

EPOCH = datetime(1970, 1, 2, tzinfo=UTC)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run the command line in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)

    def call(*args: Any) -> Result:
        monkeypatch.setattr(sys, "argv", ["wfpfast", *map(str, args)])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return Result(stopped.value.code, captured.out, captured.err)

    return call


@pytest.fixture
def spawn(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run the command line as a process; keyword arguments are those of subprocess.run."""

    def call(*args: Any, env: dict[str, str] | None = None, **options: Any) -> Any:
        settings: dict[str, Any] = {
            "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, "timeout": 60,
            **options,
        }
        command = [sys.executable, "-P", "-m", "wfpfast.cli", *map(str, args)]
        return subprocess.run(
            command, check=False, text=True, env=environment(**(env or {})), **settings)

    return call


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Counted]]:
    """Let commands make simulators that are looked at, and clean in the end."""
    monkeypatch.setattr("wfpfast.simulator.Simulator", Counted)
    monkeypatch.setattr(Counted, "made", [])
    monkeypatch.setattr(Counted, "more", {})
    yield Counted
    Counted.assert_clean()


@pytest.fixture
def two_hours_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time that is UTC and two hours."""
    with monkeypatch.context() as patch:
        if not hasattr(time, "tzset"):  # as on Windows: a process cannot change its time zone
            east = timezone(timedelta(hours=2))
            patch.setattr(_line, "_local", lambda at: at.astimezone(east) if at > EPOCH else at)
            yield
            return
        patch.setenv("TZ", "EAST-02")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    """The events of hand.py as netsh writes them."""
    path = tmp_path / "netevents.xml"
    path.write_bytes(XML.encode())
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """What netsh says of the filters behind the events of hand.py."""
    path = tmp_path / "wfpstate.xml"
    path.write_text(STATE, encoding="utf-8-sig")
    return path


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Path, Path]:
    """A table and a state of filters, both made to spoil a terminal."""
    return write_hostile(tmp_path)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rules]:
    """An engine without events, which may be asked as often as somebody wants."""
    monkeypatch.setattr(_follow, "PAUSE", 0)
    monkeypatch.setattr(_follow, "_SHARE", 0)
    with Simulator(events=0) as simulator:
        made = Rules(simulator)

        def filters(engine: Engine) -> Any:
            return made.filters(engine)

        monkeypatch.setattr(Engine, "filters", filters)
        yield made
