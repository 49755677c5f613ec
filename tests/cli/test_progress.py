"""Progress bars: a share where one is known, and never one of what has no length."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.hand import HEAD, ITEMS
from cli.running import environment
from rich.console import Console

from wfpfast.cli._screen import Bar, progress


def shown(count: int, share: float | None, nbytes: int) -> str:
    """Return the line of a bar."""
    screen = progress()
    Bar(screen, "a.xml").show(count, share, nbytes)
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    console.print(screen.make_tasks_table(screen.tasks))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().strip()


def test_a_file_has_a_share() -> None:
    line = shown(2000, 0.25, 7)
    assert line.startswith("a.xml ")
    assert line.endswith(" 25% 2,000 events")


def test_a_pipe_has_bytes_and_no_share() -> None:
    line = shown(1, None, 7_654_321)
    assert line.startswith("a.xml ")
    assert line.endswith(" 1 event, 7.7 MB read")
    assert "%" not in line


@pytest.mark.parametrize("piped", [True, False])
def test_a_terminal_sees_them(tmp_path: Path, piped: bool) -> None:
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
    data = (HEAD + ITEMS[0] * 30_000 + "</netEvents>").encode()
    (tmp_path / "many.xml").write_bytes(data)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "wfpfast.cli", "summary"]
    with subprocess.Popen(
        [*command, "-" if piped else "many.xml"], cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=theirs, env=environment(TERM="xterm", COLUMNS="100"),
    ) as process:
        os.close(theirs)
        assert process.stdin
        if piped:
            process.stdin.write(data)
        process.stdin.close()
        parts = []
        try:
            while part := os.read(ours, 65_536):
                parts.append(part)
        except OSError:  # how Linux says that the other end is closed
            pass
        assert process.wait(60) == 0
    os.close(ours)
    text = b"".join(parts).decode()
    assert "events" in text
    assert ("MB read" in text, "%" in text) == (piped, not piped)
