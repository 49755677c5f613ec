"""What documents show is run: commands print what is said, and blocks of Python work.

What is not run, or not compared, is listed here with the reason, and counted.
"""

from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from doc_examples import (
    ROOT,
    Example,
    examples,
    is_said,
    lacking,
    names,
    prepare,
    run_command,
    run_python,
)

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

TIME = "a simulated engine's times and numbers are those of the moment"

# By document: how a command or a block of Python begins, and why it is not run.
NOT_RUN: dict[str, dict[str, str]] = {
    "README.md": {"python3 -m venv": "asks a package index; `nox -s readme` runs it"}}
# What asks Windows, or would go on for hours, is run with a simulated engine and an end.
SIMULATED = ("--engine", "simulated")
HERE: dict[str, dict[str, tuple[str, ...]]] = {
    "README.md": {
        "wfpfast watch --type": (*SIMULATED, "--rate", "5000", "-n", "3"),
        "wfpfast enumerate --since": SIMULATED,
        "wfpfast record": (*SIMULATED, "--append", "-n", "20"), "wfpfast diagnose": SIMULATED},
    "docs/watch.md": {"wfpfast watch --group": (*SIMULATED, "--rate", "5000", "-n", "99")},
}
# The same of what is run, and must succeed, but whose output is not compared.
NOT_COMPARED: dict[str, dict[str, str]] = {
    "README.md": {"wfpfast watch --engine simulated": TIME},
    "docs/needs.md": {
        "wfpfast record --engine simulated": TIME, "wfpfast watch --engine simulated": TIME,
        "wfpfast enumerate --engine simulated": TIME, "wfpfast diagnose": TIME},
    "docs/recording.md": {"wfpfast record --engine simulated": TIME},
    "docs/tutorial.md": {"wfpfast watch --engine simulated": TIME},
    "docs/watch.md": {"wfpfast watch --engine simulated": TIME},
}
WIDE = {"docs/show.md"}     # whose lines are as in a file


def listed(example: Example, reasons: Iterable[str]) -> list[str]:
    """Return the beginnings that fit an example."""
    shown = example.command or example.text
    return [each for each in reasons if shown.startswith(each)]


def is_missing(command: str) -> bool:
    """Tell whether something is not here that a command needs, and that is not everywhere."""
    if command.startswith("wfpfast hunt") and find_spec("sigma") is None:
        return True
    public = "tunnel.evtx.gz"       # a public log, see doc_inputs.py
    return bool(lacking(command)) or (public in command and not Path(public).exists())


def fault(example: Example, name: str, known: dict[str, Any]) -> str | None:
    """Run an example; return what is wrong."""
    if not example.command:
        return "; ".join(run_python(example.text, known)) or None
    if is_missing(example.command):
        return None
    here = HERE.get(name, {})
    more = [word for each in listed(example, here) for word in here[each]]
    status, output = run_command(example.command, more, known.pop("status", 0))
    known["status"] = status
    if more or listed(example, NOT_COMPARED.get(name, {})):
        return f"status {status}: {output}" if status else None
    return None if is_said(output, example.text) else f"status {status}, and prints:\n{output}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_true(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed in ("numpy", "polars", "pyarrow"):
        pytest.importorskip(needed, reason=f"documents use {needed}")
    name = document.relative_to(ROOT).as_posix()
    prepare(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    if name in WIDE:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", "100")
    known, wrong = names(), {}
    for example in examples(document):
        if not listed(example, NOT_RUN.get(name, {})):
            found = fault(example, name, known)
            if found:
                wrong[f"{name}:{example.line} {example.command}"] = found
    assert wrong == {}


def test_the_lists_name_what_is_there_and_counts_are_known() -> None:
    counts: Counter[str] = Counter()
    used = set()
    for document in DOCUMENTS:
        name = document.relative_to(ROOT).as_posix()
        for example in examples(document):
            skipped = listed(example, NOT_RUN.get(name, {}))
            loose = listed(example, NOT_COMPARED.get(name, {})) + listed(
                example, HERE.get(name, {}))
            used |= {(name, each) for each in skipped + loose}
            counts["not run" if skipped else "not compared" if loose else
                   "compared" if example.command else "python"] += 1
    assert used == {(name, each) for some in (NOT_RUN, NOT_COMPARED, HERE)
                    for name, reasons in some.items() for each in reasons}
    assert counts["compared"] >= 75
    assert counts["python"] >= 11
    assert counts["not compared"] <= 16
    assert counts["not run"] == 1


@pytest.mark.parametrize(
    ("said", "true"),
    [("a\nb\n", True), ("a\n...\n", True), ("...\nb\n", True), ("a\n", False), ("a\nc\n", False),
     ("...\na\n", False), ("b\na\n", False), ("a\n...\nb\n", True), ("", False)],
)
def test_another_output_is_seen(said: str, true: bool) -> None:
    assert is_said("a\nb\n", said) is true


def test_another_value_is_seen() -> None:
    assert run_python("x = 2\nx + 1    # 3\n", {}) == []
    assert run_python("x = 2\nx + 1    # 4\n", {}) == ["x + 1: 3 and not 4"]


def test_outputs_that_vary_are_the_same() -> None:
    assert is_said("3 events in a.csv (19.3 KB, 0.2 s)\n", "3 events in a.csv (1 B, 17.0 s)\n")
    assert not is_said("3 events in a.csv (19.3 KB, 0.2 s)\n", "4 events in a.csv (1 B, 17.0 s)\n")
