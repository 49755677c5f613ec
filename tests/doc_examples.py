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
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from audit_changes import fields_of, made
from audit_records import Audit, records
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


def prepare(folder: Path) -> None:
    """Put the files there that documents speak of: those of tests/data, also by their names."""
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


def run_command(command: str) -> tuple[int, str]:
    """Run `wfpfast ...` here, or change the folder; return status and output."""
    words = shlex.split(command, comments=True)
    if words[0] == "cd":
        os.chdir(words[1])
        return 0, ""
    if words[0].rpartition("/")[2] != "wfpfast" or {"|", ">", "&&"} & {*words}:
        raise ValueError(f"needs a shell: {command}")
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    status = 0
    with (
        mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
    ):
        try:
            main()
        except SystemExit as stopped:
            status = int(stopped.code or 0)
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
