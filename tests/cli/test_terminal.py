"""`wfpfast summary` on a terminal, which it asks for its size and sends colours to."""

import contextlib
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from cli.hostile import RED, STEERING, cells
from cli.running import environment

pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def read_all(terminal: int) -> str:
    chunks = []
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while chunk := os.read(terminal, 65_536):
            chunks.append(chunk)
    return b"".join(chunks).decode()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_real_terminal_gets_colours_of_ours_and_no_line_too_long(
    hostile: tuple[Path, Path], width: int
) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    table, state = hostile
    command = [sys.executable, "-P", "-m", "wfpfast.cli", "summary", table.name]
    with subprocess.Popen(
        [*command, "--filters", state.name], stdin=theirs, stdout=theirs,
        stderr=subprocess.PIPE, cwd=table.parent, env=environment(TERM="xterm-256color"),
    ) as process:
        os.close(theirs)
        text = read_all(ours)
        assert process.wait(60) == 0
    os.close(ours)
    assert ESCAPES.search(text)
    assert RED not in text
    plain = ESCAPES.sub("", text).replace("\r\n", "\n")
    assert STEERING.findall(plain) == []
    assert [line for line in plain.split("\n") if cells(line) > width] == []
    assert "Dropped, by filter" in plain
