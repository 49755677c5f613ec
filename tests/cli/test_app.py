"""What all commands share: help, version, statuses, missing libraries, streams that are closed."""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from cli.hand import HEAD, ITEMS
from cli.running import Run

import wfpfast

COMMANDS = (
    "collect", "compact", "convert", "demo", "diagnose", "enumerate", "explain", "filters", "hunt",
    "ike", "query", "record", "report", "show", "summary", "verify", "watch",
)  # fmt: skip


def test_version(run: Run) -> None:
    result = run("--version")
    assert (result.status, result.out) == (0, f"wfpfast {wfpfast.__version__}\n")


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help(run: Run, option: str, command: str | None) -> None:
    result = run(*([command] if command else []), option)
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Usage: wfpfast {command or '[OPTIONS]'}")
    assert max(map(len, result.out.splitlines())) <= 80
    if command is None:
        listed = result.out.partition("\nCommands:\n")[2].splitlines()
        assert [line.split()[0] for line in listed] == [*COMMANDS]


def test_the_readme_names_every_command() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`{name}`" not in text
            and f"wfpfast {name}" not in text] == []


def test_without_a_command_there_is_help_and_status_2(run: Run) -> None:
    result = run()
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("Usage: wfpfast [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], "No such command 'fly'. See: wfpfast --help"),
        (["--fly"], "--fly"),
        (["convert", "a.xml"], "Missing argument 'OUT'. See: wfpfast convert --help"),
        (["summary"], "Missing argument 'FILE...'. See: wfpfast summary --help"),
        (["summary", "--top"], "'--top' requires an argument."),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("wfpfast: ")
    assert words in result.err
    assert len(result.err.splitlines()) == 1


def without(folder: Path, *missing: str) -> str:
    """Make a folder of links to what is installed, but for some packages."""
    for package in ("wfpfast", "click", "rich", "pyarrow", "pygments", "markdown_it", "mdurl"):
        found = find_spec(package)
        if package not in missing and found is not None and found.origin is not None:
            (folder / package).symlink_to(Path(found.origin).parent)
    return str(folder)


@pytest.mark.parametrize(
    ("missing", "named"),
    [(["rich"], "rich"), (["click"], "click"), (["click", "rich", "pyarrow"], "click and rich")],
)
def test_a_missing_library_is_one_line_and_status_2(
    tmp_path: Path, missing: list[str], named: str
) -> None:
    script = (
        f"import sys; sys.path.append({without(tmp_path, *missing)!r});"
        "from wfpfast.cli import main; main()")
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        f"wfpfast: the command line needs {named}: pip install 'wfpfast[cli]'\n")


@pytest.mark.parametrize(("command", "status", "lines", "said"), [
    (["summary", "a.xml"], 2, 0, "this command needs pyarrow: pip install 'wfpfast[cli]'"),
    (["watch", "--engine", "simulated", "--rate", "9000", "-n", "2", "--json"], 2, 0,
     "this command needs pyarrow: pip install 'wfpfast[cli]'"),
    (["watch", "--engine", "simulated", "--rate", "9000", "-n", "2"], 0, 2, "2 events"),
    (["enumerate", "--engine", "simulated", "--events", "3"], 0, 3, "3 events"),
    (["explain", "5"], 0, 1, ""), (["diagnose", "--engine", "simulated"], 0, 8, "")])
def test_what_runs_without_pyarrow(
    tmp_path: Path, command: list[str], status: int, lines: int, said: str
) -> None:
    """For which there is no wheel of pyarrow: Windows on ARM."""
    script = (
        f"import sys; sys.path.append({without(tmp_path, 'pyarrow')!r});"
        f"sys.argv = ['wfpfast', *{command!r}]; from wfpfast.cli import main; main()")
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", script], capture_output=True,
        encoding="utf-8", check=False)
    assert result.returncode == status, result.stderr
    assert len(result.stdout.splitlines()) >= lines
    assert bool(result.stdout) == bool(lines)
    assert said in result.stderr


def test_nothing_more_than_these_libraries_is_needed(tmp_path: Path) -> None:
    """So that the test above fails for the missing library, not for want of another one."""
    script = (
        f"import sys; sys.path.append({without(tmp_path)!r}); sys.argv = ['wfpfast', 'demo',"
        "'--events', '9']; from wfpfast.cli import main; main()")
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False,
        cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.parametrize("arguments", [["explain", "5"], ["summary", "a.xml"], ["--version"]])
def test_output_that_cannot_be_written_is_one_line(
    spawn: Callable[..., Any], tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "a.xml").write_text(HEAD + ITEMS[0] + "</netEvents>")
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = spawn(*arguments, stdout=full)
    assert (result.returncode, result.stderr) == (1, "wfpfast: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="closes file descriptors as only Unix has them")
@pytest.mark.parametrize("closed", [1, 2])
@pytest.mark.parametrize("arguments", [["explain", "5"], ["summary", "a.xml"],
                                       ["convert", "-f", "a.xml", "a.csv"]])
def test_closed_streams_are_no_fault(
    spawn: Callable[..., Any], tmp_path: Path, arguments: list[str], closed: int
) -> None:
    (tmp_path / "a.xml").write_text("<netEvents/>")
    result = spawn(*arguments, preexec_fn=lambda: os.close(closed))
    assert result.returncode == 0
    assert "Traceback" not in result.stderr


def test_the_script_is_installed_under_its_name(run: Run) -> None:
    assert run("--version").out.split()[1] == version("wfpfast")
