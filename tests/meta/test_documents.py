"""Documents name files and what is in them, and link to documents: all of that is there."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP = ("benchmarks", "docs", "tests", "tools", "wfpfast")
DOCUMENTS = sorted([
    *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md",
    ROOT / "tests/windows/README.md"])
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.S)
# What may be a path in code; then, what is one: it ends as files or folders of the repository do,
# or begins with a folder of it. A name without a slash is a source's, which may be anywhere.
WORD = re.compile(r"(?<![\w./\\:*-])[\w.]+(?:/[\w.]+)*/?(?![\w/*<-])")
SOURCE = r"\.(?:py|pyi|pyx|pxd|h|c)"
IS_PATH = re.compile(
    rf"(?:{'|'.join(TOP)}|\.ci|\.github)/.*"
    rf"|.*/(?:.*(?:{SOURCE}|\.(?:md|json|png|sh|yml|xml|toml)))?|\w+{SOURCE}")

# "`name()` and `other()` in `file`", and rows of a table that begin so or with a number.
# Of a function the opening bracket is a part of its name, so that a comment does not do.
_NAME, _FILE = r"`(?:[A-Z]\w*\.)?(\w+\(?)\)?`", rf"`([\w./]+{SOURCE})`"
NAMED = re.compile(
    rf"{_NAME}(?:(?: and |, ){_NAME})? in {_FILE}"
    rf"|^\|(?: \d+ \|)? {_NAME}(?:, {_NAME})? \| {_FILE} \|", re.M)


@cache
def sources() -> frozenset[str]:
    """Return the names of all files of the repository."""
    return frozenset(path.name for folder in TOP for path in (ROOT / folder).rglob("*.*"))


def slug(heading: str) -> str:
    """Return what GitHub makes of a heading for links to it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def wrong_links(document: Path) -> tuple[int, list[str]]:
    """Return how many links there are to files of the repository, and those that lead nowhere."""
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8"))
             if "://" not in link]
    wrong = []
    for link in links:
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists():
            wrong.append(link)
        elif anchor:
            text = target.read_text(encoding="utf-8")
            headings = {slug(each) for each in re.findall(r"^#+ (.+)$", text, re.M)}
            if anchor not in headings:
                wrong.append(link)
    return len(links), wrong


def is_there(folder: Path, path: str) -> bool:
    """Tell whether a path is one from the document's folder, the repository's or the package's."""
    return path in sources() or any(
        (each / path).exists() for each in (folder, ROOT, ROOT / "wfpfast"))


def wrong_paths(document: Path) -> tuple[int, list[str]]:
    """Return how many paths of the repository there are in code, and those that are not there."""
    text = document.read_text(encoding="utf-8")
    paths = [word for code in CODE.findall(text) for word in WORD.findall(code)
             if IS_PATH.fullmatch(word)]
    return len(paths), [path for path in paths if not is_there(document.parent, path)]


def wrong_names(document: Path) -> tuple[int, list[str]]:
    """Return how many names are said to be in a source, and those that are not in it."""
    found = []
    for match in NAMED.findall(document.read_text(encoding="utf-8")):
        first, second, path = match[:3] if match[2] else match[3:]
        found += [(name, path) for name in (first, second) if name]
    return len(found), [
        f"{name} in {path}" for name, path in found
        if not re.search(rf"\b{re.escape(name)}", read(document.parent, path))]


def read(folder: Path, path: str) -> str:
    """Return the text of a source that a document names; "" where it is not there."""
    for each in (folder, ROOT, ROOT / "wfpfast"):
        if (each / path).is_file():
            return (each / path).read_text(encoding="utf-8")
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    assert wrong_links(document)[1] == []
    assert wrong_paths(document)[1] == []
    assert wrong_names(document)[1] == []


def test_there_are_documents_with_links_and_paths() -> None:
    assert len(DOCUMENTS) >= 20
    assert sum(wrong_links(document)[0] for document in DOCUMENTS) > 50
    assert sum(wrong_paths(document)[0] for document in DOCUMENTS) > 150
    assert sum(wrong_names(document)[0] for document in DOCUMENTS) > 40


WRONG = {
    "a link": ("See [this](docs/nothing.md).", "docs/nothing.md"),
    "an anchor": ("See [this](#elsewhere).\n# Here\n", "#elsewhere"),
    "a path": ("`_decode/schema.pyx` and `_decode/nothing.pyx`", "_decode/nothing.pyx"),
    "a folder": ("`_decode/` and `_nothing/`", "_nothing/"),
    "a folder without its slash": ("`tests/cli` and `tests/nothing`", "tests/nothing"),
    "a name": ("`schema.pyx` and `nothing.pyx`", "nothing.pyx"),
    "a function": (
        "`decode_header()` and `nothing()` in `_decode/events.pyx`",
        "nothing( in _decode/events.pyx"),
    "a function in a table": (
        "| 1 | `decode_header()` | `_decode/context.pyx` | first |",
        "decode_header( in _decode/context.pyx"),
    "a path in a block": ("```\npython tools/nothing.py 1\n```", "tools/nothing.py"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_each_kind_of_wrong_name_is_seen(kind: str, tmp_path: Path) -> None:
    text, name = WRONG[kind]
    document = tmp_path / "a.md"
    document.write_text(text, encoding="utf-8")
    wrong = wrong_links(document)[1] + wrong_paths(document)[1] + wrong_names(document)[1]
    assert wrong == [name]
