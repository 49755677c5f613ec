"""Who may know whom: the order of the packages, for every kind of source and for the tests."""

import ast
import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "wfpfast"

# A part of wfpfast and the parts that it may import; itself it may always. "engine._api" is a
# single module. docs/architecture.md says why the arrows point as they do.
ALLOWED: dict[str, set[str]] = {
    "_tables": set(),
    "abi": set(),
    "_base": set(),
    "names": {"_tables"},
    "errors": {"names"},
    "explain": {"_tables", "names"},
    "doubles": {"_base"},
    "naming": {"names"},
    "_columns": {"_base"},
    "lines": {"_base", "_columns"},
    "counting": {"_base", "_columns", "lines"},
    "_blocks": {"_tables", "abi", "errors"},
    "_decode": {"_base", "_blocks", "_columns", "_tables", "abi", "errors", "naming"},
    "_filter_table": {"_columns", "names"},
    "engine": {
        "_base", "_blocks", "_columns", "_decode", "_filter_table", "_tables", "abi", "errors",
        "names"},
    "simulator": {
        "_base", "_blocks", "_columns", "_decode", "_tables", "abi", "engine._api", "errors",
        "names"},
    "netsh": {
        "_base", "_blocks", "_columns", "_decode", "_filter_table", "_tables", "abi", "errors",
        "names"},
    "_evtx": {"_base"},
    "audit": {"_base", "_columns", "_decode", "_evtx", "_tables", "abi", "errors", "naming"},
    "opening": {"_decode", "audit", "errors", "netsh", "recording"},
    "views": {"_tables", "audit", "lines", "names"},
    "recording": {
        "_base", "_blocks", "_columns", "_decode", "_filter_table", "_tables", "errors"},
    "dataset": {"audit", "errors"},
    "queries": {"_tables", "errors", "names"},
    "spark": {
        "_blocks", "_decode", "audit", "dataset", "errors", "names", "opening", "recording"},
}
# The top of the package puts all parts together, and the command line uses what it shows.
TOP = {"__init__", "__main__", "cli"}


def modules(*suffixes: str, folder: Path = PACKAGE) -> list[Path]:
    found = sorted(p for p in folder.rglob("*") if p.suffix in suffixes)
    assert found, f"no {suffixes} below {folder}: a check without subjects is no check"
    return found


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def python_imports(text: str) -> set[str]:
    """Return what is imported of wfpfast, with the names that are taken from it, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports of wfpfast name it in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {arg.value for arg in node.args
                      if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    return {name for name in found if name.split(".")[0] == "wfpfast"}


def cython_imports(text: str) -> set[str]:
    """As python_imports(), of .pyx and .pxd, cimports as well."""
    found = {
        f"{module}.{name.split(' as ')[0].strip()}"
        for module, several, one_line in re.findall(
            r"^ *from (wfpfast[\w.]*) +c?import +(?:\(([^)]*)\)|([^(\n]+))", text, re.M)
        for name in (several or one_line).split(",") if name.strip()
    }
    return found | set(re.findall(r"^ *c?import (wfpfast[\w.]*)", text, re.M))


def imports(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    read = cython_imports if path.suffix in (".pyx", ".pxd") else python_imports
    return {name.removeprefix("wfpfast").removeprefix(".") for name in read(text)}


def is_allowed(part: str, target: str) -> bool:
    """Tell whether a part may import a dotted name, "" for the package itself."""
    return any(target == each or target.startswith(f"{each}.") for each in {part, *ALLOWED[part]})


def wrong_arrows(paths: Iterable[Path]) -> tuple[int, list[str]]:
    """Return how many imports were looked at, and those that are not allowed."""
    seen, wrong = 0, []
    for path in paths:
        part = part_of(path)
        if part in TOP:
            continue
        for target in imports(path):
            seen += 1
            if target != "__version__" and not is_allowed(part, target):
                wrong.append(f"{path.relative_to(ROOT)} imports wfpfast.{target}")
    return seen, wrong


@pytest.mark.parametrize(("suffix", "fewest"), [
    (".py", 60), (".pyi", 15), (".pyx", 300), (".pxd", 100)])
def test_no_arrow_points_upwards(suffix: str, fewest: int) -> None:
    seen, wrong = wrong_arrows(modules(suffix))
    assert wrong == []
    assert seen > fewest


def test_every_part_is_in_the_order() -> None:
    parts = {part_of(path) for path in modules(".py", ".pyx", ".pxd")}
    assert parts == {*ALLOWED, *TOP}


def test_there_is_no_circle() -> None:
    arrows = {part: {each.split(".")[0] for each in allowed} for part, allowed in ALLOWED.items()}
    assert len(list(TopologicalSorter(arrows).static_order())) == len(ALLOWED)


def test_packages_say_what_they_must_not_know() -> None:
    packages = [path for path in modules(".py") if path.name == "__init__.py"]
    assert len(packages) >= 12
    for path in packages:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert text, path
        assert path.parent == PACKAGE or "must not know" in text, path


def private(target: str) -> bool:
    return any(step.startswith("_") and step != "__version__" for step in target.split("."))


def test_the_command_line_uses_public_names_only() -> None:
    seen = 0
    for path in modules(".py", folder=PACKAGE / "cli"):
        for target in imports(path):
            seen += 1
            inside = target == "cli" or target.startswith("cli.")
            assert inside or not private(target), f"{path.name} imports wfpfast.{target}"
    assert seen > 40


def test_the_oracle_imports_nothing_compiled() -> None:
    seen = 0
    for path in modules(".py", folder=ROOT / "tests" / "oracle"):
        if path.name.startswith("test_"):
            continue
        seen += 1
        for target in imports(path):
            assert target.rpartition(".")[0] == "errors", f"{path.name} imports wfpfast.{target}"
    assert seen == 3


# What the tests of a part may take from inside other parts, besides from those below it: the engine
# is tested on the simulator, and abi by the table that _blocks has of it.
TESTS_MAY = {"engine": {"simulator"}, "abi": {"_blocks"}}


def part_tested_in(folder: str) -> str:
    return folder if folder in {*ALLOWED, *TOP} else f"_{folder}"


def test_tests_look_into_their_own_part_only() -> None:
    """The others they use as users do, by public names; live_buffers() is for every test."""
    seen = 0
    for path in modules(".py", folder=ROOT / "tests"):
        folder = path.relative_to(ROOT / "tests").parts[0]
        part = part_tested_in(folder)
        if part not in {*ALLOWED, *TOP}:  # what is about all parts: meta, samples, windows, ...
            continue
        inside = {part, "_base", *ALLOWED.get(part, set()), *TESTS_MAY.get(part, set())}
        for target in filter(private, imports(path)):
            seen += 1
            assert target.split(".")[0] in inside, f"{path.name} imports wfpfast.{target}"
    assert seen > 30


WRONG = {
    "names.py": "from wfpfast.cli import main\n",
    "explain.py": "def f():\n    import wfpfast.netsh\n",
    "errors.py": "from importlib import import_module\nimport_module('wfpfast.engine')\n",
    "_base/shared_buffers.pyx": "from wfpfast._columns.columns cimport Column\n",
    "_blocks/encode.pyx": "from wfpfast._decode.schema import EVENT_COLUMNS\n",
    "_blocks/pack.pxd": "from wfpfast._decode.arms cimport (\n    Arm)\n",
    "simulator/_log.pyx": "cimport wfpfast.engine._session\n",
    "netsh/_values.py": "from wfpfast import Engine\n",
    "_columns/batch.pyi": "from wfpfast._decode.row import NetEvent\n",
}


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_of_wrong_arrow_is_seen(name: str, tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path / "wfpfast")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "wfpfast" / name
    path.parent.mkdir(parents=True)
    path.write_text(WRONG[name])
    assert wrong_arrows([path])[1] != []
