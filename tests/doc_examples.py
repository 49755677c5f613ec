"""Runs what documents show: commands in this process, Python with a simulated engine.

A block of Python is executed. In a block without a language, lines that begin with `$ ` are
commands, and what follows them is their output: `...` stands for any lines. Of the output, times
that a run took and sizes of files are not compared. All that a document shows runs in one folder.
"""

import ast
import contextlib
import io
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from audit_changes import fields_of, made
from audit_records import Audit, records
from doc_inputs import INPUTS
from evtx_file import evtx

import wfpfast
import wfpfast.explain
from wfpfast.cli import main
from wfpfast.recording import Damage

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.S | re.M)
VARYING = re.compile(r"\d+\.\d s\b|\d+(?:\.\d+)? (?:B|KB|MB)\b")
BATCHES = 3     # of a stream that would go on for ever


class Example(NamedTuple):
    """A command with what it is said to print, or a block of Python, and its line."""

    line: int
    command: str    # "" for Python
    text: str


def examples(document: Path) -> Iterator[Example]:
    """Yield what a document shows that can be run."""
    whole = document.read_text(encoding="utf-8")
    for indent, language, text in ((m, m[2], m[3]) for m in FENCE.finditer(whole)):
        line = whole.count("\n", 0, indent.start()) + 2
        if language == "python":
            yield Example(line, "", text)
        elif not language:
            first, *rest = re.split(r"^\$ ", text, flags=re.M)
            at = line + first.count("\n")
            for each in rest:
                command, _, output = each.partition("\n")
                yield Example(at, command, output)
                at += each.count("\n")


def prepare(folder: Path, document: str = "") -> None:
    """Put the files there that a document speaks of: those of tests/data, and its own."""
    shutil.copytree(ROOT / "tests/data", folder / "tests/data")
    for path in (ROOT / "tests/data").iterdir():
        if path.is_file():
            shutil.copy2(path, folder)
    for name, source in (("dump-1.xml", "netevents.xml"), ("dump-2.xml", "netevents.xml"),
                         ("tonight.wfprec", "recording_3.wfprec")):
        shutil.copy2(ROOT / "tests/data" / source, folder / name)
    (folder / "try").mkdir()
    (folder / "try/volumes.json").write_text('{"HarddiskVolume3": "C:"}', encoding="utf-8")
    log = evtx(records([made(5441, fields_of(7, "a", None), 0), Audit(
        5157, {"FilterRTID": 7, "LayerRTID": 48, "Application": "\\device\\volume1\\a.exe"}, 2)]))
    for name in ("pc1", "pc2", "monday", "tuesday"):
        (folder / f"{name}.evtx").write_bytes(log)
    for put in INPUTS.get(document, ()):
        put(folder)


def names() -> dict[str, Any]:
    """Return what blocks take as known: the libraries, and what a sentence has introduced."""
    import numpy
    import polars
    import pyarrow

    return {
        "wfpfast": wfpfast, "numpy": numpy, "polars": polars, "pyarrow": pyarrow,
        "Recording": wfpfast.Recording, "Damage": Damage, "lines": wfpfast.explain.explain("5"),
        "batch": wfpfast.decode(wfpfast.encode([{
            "header": {"timeStamp": 0x1DB_5A5A_0000_0000, "flags": 0}, "type": 3,
            "classifyDrop": None}]))}


def programs(command: str) -> list[list[str]]:
    """Return the words of each program of a pipe."""
    words = shlex.split(command, comments=True)
    found: list[list[str]] = [[]]
    for word in words:
        if word in (">", "&&", ";"):
            raise ValueError(f"needs a shell: {command}")
        if word == "|":
            found.append([])
        else:
            found[-1].append(word)
    return found


def is_ours(words: list[str]) -> bool:
    """Tell whether a program is `wfpfast`, however it is called."""
    return words[0].rpartition("/")[2] == "wfpfast"


def lacking(command: str) -> list[str]:
    """Return the programs of a command that this machine lacks."""
    return [words[0] for words in programs(command) if not is_ours(words)
            and words[0] not in ("cd", "echo") and shutil.which(words[0]) is None]


def run_command(command: str, more: Sequence[str] = (), before: int = 0) -> tuple[int, str]:
    """Run a pipe, `wfpfast` in this process; return its status and its output.

    Parameters
    ----------
    more : sequence of str
        What `wfpfast` is told besides, to run here.
    before : int
        The status of the command before.
    """
    (first, *words), *rest = programs(command)
    if first == "cd":
        os.chdir(words[0])
        return 0, ""
    if first == "echo":
        assert words == ["$?"]
        return 0, f"{before}\n"
    if not rest and is_ours([first]):   # what is said stands where it was said
        return run_here([first, *words, *more])
    status, data, said = 0, b"", b""
    for each in programs(command):
        if is_ours(each):
            told = io.BytesIO()
            status, text = run_here([*each, *more], data, told)
            data, said = text.encode(), said + told.getvalue()
        else:
            data = subprocess.run(
                each, input=data, stdout=subprocess.PIPE, check=True).stdout
    return status, (data + said).decode()


def run_here(
    words: Sequence[str], data: bytes = b"", told: io.BytesIO | None = None
) -> tuple[int, str]:
    """Run `wfpfast`; return its status and output, with what it says unless that is `told`."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    error = out if told is None else io.TextIOWrapper(
        told, encoding="utf-8", newline="\n", write_through=True)
    status = 0
    with (
        mock.patch.object(sys, "argv", list(words)), contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")),
    ):
        try:
            main()
        except SystemExit as stopped:
            status = int(stopped.code or 0)
    if told is not None:
        error.detach()
    return status, out.buffer.getvalue().decode()


def is_said(output: str, said: str) -> bool:
    """Tell whether an output is what the document says."""
    pieces = [re.escape(VARYING.sub("~", each.strip("\n")))
              for each in re.split(r"^\.\.\.\n?", said, flags=re.M)]
    plain = "\n".join(line.rstrip() for line in VARYING.sub("~", output).split("\n"))
    pattern = r"(?:.*\n)?".join(f"\n*{each}\n*" for each in pieces)
    return re.fullmatch(pattern, plain, re.S) is not None


class Engine(wfpfast.Engine):
    """What `Engine()` is on any machine: simulated, with an end."""

    def __init__(self, api: Any = None, **options: Any) -> None:
        super().__init__(api or wfpfast.Simulator(rate=20_000), **options)

    def follow(self, *args: Any, **options: Any) -> Any:
        """Follow for a few batches."""
        return itertools.islice(super().follow(*args, **options), BATCHES)


def run_python(text: str, names: dict[str, Any]) -> list[str]:
    """Execute a block; return what differs from the value in the comment behind an expression."""
    comments = {
        each.start[0]: each.string.lstrip("# ")
        for each in tokenize.generate_tokens(io.StringIO(text).readline)
        if each.type == tokenize.COMMENT}
    wrong = []
    with mock.patch.object(wfpfast, "Engine", Engine), contextlib.redirect_stdout(io.StringIO()):
        for node in ast.parse(text).body:
            if not isinstance(node, ast.Expr):
                exec(compile(ast.Module([node], []), "<block>", "exec"), names)
                continue
            value = eval(compile(ast.Expression(node.value), "<block>", "eval"), names)
            said = comments.get(node.end_lineno or 0, "")
            with contextlib.suppress(ValueError, SyntaxError):
                if ast.literal_eval(said) != value:
                    wrong.append(f"{ast.unparse(node)}: {value!r} and not {said}")
    return wrong
