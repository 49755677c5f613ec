"""What documents show is run: commands print what is said, and blocks of Python work.

What is not run, or not compared, is listed here with the reason, and counted.
"""

from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from doc_examples import (
    ROOT,
    Example,
    examples,
    is_said,
    names,
    prepare,
    run_command,
    run_python,
)

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

TIME = "a simulated engine's times and numbers are those of the moment"
SHELL = "needs a shell, or a program that is not there everywhere"
WINDOWS = "asks Windows, or goes on for hours"
ITS_OWN = "its files are described there and are not in the repository"

# By document: how a command or a block of Python begins, and why it is not run.
NOT_RUN: dict[str, dict[str, str]] = {
    "README.md": {
        "python3 -m venv": SHELL, "wfpfast watch --type": WINDOWS,
        "wfpfast enumerate --since": WINDOWS, "wfpfast record": WINDOWS,
        "wfpfast diagnose": WINDOWS},
    "docs/doubles.md": {"wfpfast summary": ITS_OWN},
    "docs/files.md": {
        "wfpfast convert 'h*/*'": ITS_OWN, "wfpfast summary collected.zip": ITS_OWN,
        "cat netevents.xml |": SHELL, "wfpfast convert netevents.xml out.csv": ITS_OWN,
        "ls": SHELL, "wfpfast convert console.xml": ITS_OWN, "wfpfast convert bad.xml": ITS_OWN,
        "echo": SHELL},
    "docs/needs.md": {"wfpfast watch --engine simulated --type allow": "waits until Ctrl-C"},
    "docs/hunt.md": {"wfpfast hunt tunnel.yml": ITS_OWN},
    "docs/query.md": {"wfpfast query": ITS_OWN},
    "docs/recording.md": {"wfpfast convert": ITS_OWN},
    "docs/rules.md": {"wfpfast filters wfpstate.xml --json |": SHELL},
    "docs/security-log.md": {
        "wfpfast summary Security.evtx": ITS_OWN, "wfpfast convert": ITS_OWN,
        "wfpfast filters Security.evtx": ITS_OWN},
    "docs/show.md": {
        "wfpfast show events.parquet": ITS_OWN, "wfpfast convert 'collected": ITS_OWN,
        "wfpfast query": ITS_OWN},
    "docs/siem.md": {"head": SHELL, "wfpfast convert --view ocsf": ITS_OWN},
    "docs/summary.md": {"wfpfast summary 'hosts": ITS_OWN},
    "docs/watch.md": {"wfpfast watch --group": WINDOWS},
}
# The same of what is run, and must succeed, but whose output is not compared.
NOT_COMPARED: dict[str, dict[str, str]] = {
    "README.md": {"wfpfast watch --engine simulated": TIME},
    "docs/needs.md": {
        "wfpfast record --engine simulated": TIME, "wfpfast watch --engine simulated": TIME,
        "wfpfast enumerate --engine simulated": TIME, "wfpfast diagnose": TIME},
    "docs/recording.md": {"wfpfast record --engine simulated": TIME},
    "docs/show.md": {"wfpfast show netevents.xml --utc": "whole lines are wider than here"},
    "docs/tutorial.md": {"wfpfast watch --engine simulated": TIME},
    "docs/watch.md": {"wfpfast watch --engine simulated": TIME},
}


def listed(example: Example, reasons: dict[str, str]) -> list[str]:
    """Return the beginnings that fit an example."""
    shown = example.command or example.text
    return [each for each in reasons if shown.startswith(each)]


def fault(example: Example, name: str, known: dict[str, object]) -> str | None:
    """Run an example; return what is wrong."""
    if example.command.startswith("wfpfast hunt") and find_spec("sigma") is None:
        return None     # it is tested where pySigma is
    if not example.command:
        return "; ".join(run_python(example.text, known)) or None
    status, output = run_command(example.command)
    if listed(example, NOT_COMPARED.get(name, {})):
        return f"status {status}: {output}" if status else None
    return None if is_said(output, example.text) else f"status {status}, and prints:\n{output}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_true(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed in ("numpy", "polars", "pyarrow"):
        pytest.importorskip(needed, reason=f"documents use {needed}")
    name = document.relative_to(ROOT).as_posix()
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
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
            loose = listed(example, NOT_COMPARED.get(name, {}))
            used |= {(name, each) for each in skipped + loose}
            counts["not run" if skipped else "not compared" if loose else
                   "compared" if example.command else "python"] += 1
    assert used == {(name, each) for some in (NOT_RUN, NOT_COMPARED)
                    for name, reasons in some.items() for each in reasons}
    assert counts["compared"] >= 20
    assert counts["python"] >= 11
    assert counts["not compared"] <= 15
    assert counts["not run"] <= 38


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
