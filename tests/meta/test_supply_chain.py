"""What builds a release is named by content: actions by commit, tools by hash; and is told."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
REQUIREMENTS = sorted((ROOT / ".github/requirements").glob("*.txt"))
PINNED_ACTION = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# What is installed in order to be tested, after everything that is published has been built.
TESTED = '"$(ls dist/*.tar.gz)[test]"'


def unpinned_actions(text: str) -> tuple[int, list[str]]:
    """Return how many actions a workflow uses, and those that a tag could change."""
    used = re.findall(r"^[\s-]*uses: *(.*?) *$", text, re.M)
    return len(used), [each for each in used if not PINNED_ACTION.fullmatch(each)]


def unhashed_installs(text: str) -> tuple[int, list[str]]:
    """Return how many times a workflow calls pip, and the calls that take what they are given."""
    calls = re.findall(r"pip install\s+(.*?)\s*$", re.sub(r"\n {10}-r ", " -r ", text), re.M)
    return len(calls), [
        each for each in calls if "--require-hashes" not in each.split() and each != TESTED]


def pins(text: str) -> dict[str, tuple[str, int]]:
    """Return the packages of a list of requirements: which version, and how many hashes."""
    entries = re.findall(r"^([\w.-]+)==([^\s;]+)(.*(?:\n    .*)*)", text, re.M)
    return {name: (version, len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", rest)))
            for name, version, rest in entries}


def test_every_action_is_named_by_its_commit() -> None:
    texts = [path.read_text("utf-8") for path in WORKFLOWS]
    assert [wrong for text in texts for wrong in unpinned_actions(text)[1]] == []
    assert sum(unpinned_actions(text)[0] for text in texts) >= 17
    actions = {each for text in texts for each in PINNED_ACTION.findall(text)}
    assert len({each.split("@")[0] for each in actions}) == len(actions) == 6


def test_every_tool_is_named_by_its_hash() -> None:
    texts = [path.read_text("utf-8") for path in WORKFLOWS]
    assert [wrong for text in texts for wrong in unhashed_installs(text)[1]] == []
    assert sum(unhashed_installs(text)[0] for text in texts) == 6
    command = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["cibuildwheel"]
    assert unhashed_installs(command["before-build"]) == (1, [])
    assert "--no-isolation" in command["build-frontend"]["args"]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_hashes(path: Path) -> None:
    text = path.read_text("utf-8")
    found = pins(text)
    assert [name for name, (_, hashes) in found.items() if not hashes] == []
    assert len(found) == len(re.findall(r"^\w", text, re.M))
    wanted = [Requirement(line) for line in path.with_suffix(".in").read_text("utf-8").splitlines()
              if not line.startswith("#")]
    assert wanted
    for each in wanted:
        assert each.specifier.contains(found[each.name.lower()][0]), each
    assert "://" not in text


def test_the_lists_are_there_and_fit_the_project() -> None:
    assert [path.name for path in REQUIREMENTS] == ["build.txt", "nox.txt", "release.txt"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = (ROOT / ".github/requirements/build.in").read_text("utf-8").split("\n")[1:-1]
    assert sorted(project["build-system"]["requires"], key=str.lower) == wanted


def test_the_bill_of_materials_names_what_builds_the_wheels() -> None:
    told = subprocess.run(
        [sys.executable, "tools/sbom.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    bom = json.loads(told.stdout)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    product = bom["metadata"]["component"]
    assert product["purl"] == f"pkg:pypi/wfpfast@{project['version']}"
    found = {part["name"]: (part.get("version"), part["scope"]) for part in bom["components"]}
    built = pins((ROOT / ".github/requirements/build.txt").read_text("utf-8"))
    assert found == {
        "cython": (built["cython"][0], "required"),
        "setuptools": (built["setuptools"][0], "excluded"),
        "click": (None, "optional"), "jinja2": (None, "optional"), "pyarrow": (None, "optional"),
        "rich": (None, "optional")}
    assert bom["dependencies"][0]["dependsOn"] == [part["bom-ref"] for part in bom["components"]]


def test_each_kind_of_loose_end_is_seen() -> None:
    sha = "0123456789abcdef0123456789abcdef01234567"
    for loose in ("a/b@v4", f"a/b@{sha}", f"a/b@{sha[1:]} # v1.2.3", "a/b@release/v1 # v1.2.3"):
        assert unpinned_actions(f"      - uses: {loose}\n") == (1, [loose])
    assert unhashed_installs("run: python -m pip install nox\n") == (1, ["nox"])
    assert pins("a==1 \\\n    --hash=sha256:12\nb==2 ; os_name == 'nt'\n") == {
        "a": ("1", 0), "b": ("2", 0)}
