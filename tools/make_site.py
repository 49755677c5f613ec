"""Puts the pages of the documentation site together, builds and checks it; must not know a page.

    python tools/make_site.py        # into build/site/html; needs the packages of the group `docs`

Documents keep their places, so that their links fit; what they link to comes along. Pages of the
API have every public name, those of commands every `--help`: from the wfpfast that is installed.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import wfpfast
from wfpfast.cli._app import app

ROOT = Path(__file__).parents[1]
SITE = ROOT / "build/site"
PAGES, HTML = SITE / "pages", SITE / "html"
LINK = re.compile(r"\[[^]]*\]\(([^)\s#]+)[^)\s]*\)")
# The packages behind public names that have no public module of their own.
TITLES = {"_blocks": "Blocks", "_columns": "Columns and tables", "_decode": "Decoding"}
NOT_FOR_PROGRAMS = {"abi", "cli"}   # C declarations; the command line


def documents() -> list[Path]:
    """Return what is written by hand."""
    return sorted([
        *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md",
        ROOT / "tests/windows/README.md"])


def put(path: Path) -> None:
    """Copy a file of the repository to its place among the pages."""
    target = PAGES / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def put_documents() -> None:
    """Copy documents and the files that they link to."""
    for document in documents():
        put(document)
        for link in LINK.findall(document.read_text(encoding="utf-8")):
            linked = (document.parent / link).resolve()
            if "://" not in link and linked.is_file() and linked.suffix != ".md":
                put(linked)
    for name in (".nav.yml", "site.css"):
        shutil.copy2(ROOT / "docs" / name, PAGES / name)


def public_names() -> dict[str, list[str]]:
    """Return all public names, by the title of their page."""
    pages = defaultdict(list)
    for name in [*wfpfast.__all__, "open"]:
        value = getattr(wfpfast, name)
        if not inspect.ismodule(value):
            part = value.__module__.split(".")[1]
            pages[TITLES.get(part, f"wfpfast.{part}")].append(f"wfpfast.{name}")
    top = [getattr(wfpfast, name) for name in (*wfpfast.__all__, "open")]
    for found in pkgutil.iter_modules(wfpfast.__path__):
        if found.name.startswith("_") or found.name in NOT_FOR_PROGRAMS:
            continue
        module = importlib.import_module(f"wfpfast.{found.name}")
        names = getattr(module, "__all__", None) or [
            name for name, value in vars(module).items()
            if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__]
        pages[module.__name__] += [
            f"{module.__name__}.{name}" for name in names
            if not any(getattr(module, name) is each for each in top)]
    return {title: names for title, names in pages.items() if names}


def put_api() -> int:
    """Write a page for each package; return how many names there are."""
    pages = public_names()
    (PAGES / "api").mkdir()
    for title, names in pages.items():
        module = sys.modules.get(title)
        lines = [f"# {title}", inspect.getdoc(module) or "", *(f"::: {name}" for name in names)]
        name = title.removeprefix("wfpfast.").replace(" ", "-").lower()
        (PAGES / f"api/{name}.md").write_text("\n\n".join(lines), encoding="utf-8")
    return sum(map(len, pages.values()))


def put_commands() -> int:
    """Write what `--help` says of each command; return how many there are."""
    lines = ["# Commands"]
    for name, command in sorted(app.commands.items()):
        told = command.make_context(name, [], resilient_parsing=True, max_content_width=80)
        told.info_name = f"wfpfast {name}"
        lines += [f"## {name}", f"```text\n{command.get_help(told)}\n```"]
    (PAGES / "api/commands.md").write_text("\n\n".join(lines), encoding="utf-8")
    return len(app.commands)


class Fetched(HTMLParser):
    """Collects what a page makes a browser fetch from elsewhere, and which names it documents."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        address = given.get("src") or (given.get("href", "") if tag == "link" else "")
        if address.startswith(("http:", "https:", "//")) and given.get("rel") != "canonical":
            self.elsewhere.append(f"<{tag}> {address}")


def check(names: int, commands: int) -> list[str]:
    """Return what is wrong with the site that was built."""
    wrong, ids, pages = [], set(), sorted(HTML.rglob("*.html"))
    for page in pages:
        seen = Fetched()
        seen.feed(page.read_text(encoding="utf-8"))
        ids |= seen.ids
        wrong += [f"{page.relative_to(HTML)} fetches {each}" for each in seen.elsewhere]
    lacking = {each for some in public_names().values() for each in some} - ids
    wrong += [f"{each} has no entry in the API's pages" for each in sorted(lacking)]
    missing = [each for each in documents()
               if not (HTML / each.relative_to(ROOT)).with_suffix(".html").is_file()
               and not (HTML / each.relative_to(ROOT)).with_name("index.html").is_file()]
    wrong += [f"{each} has no page" for each in missing]
    print(f"{len(pages)} pages, {len(documents())} documents, {names} public names, {commands}"
          f" commands, {len(wrong)} faults")
    return wrong


def main() -> int:
    """Build the site; return the exit status."""
    shutil.rmtree(SITE, ignore_errors=True)
    PAGES.mkdir(parents=True)
    put_documents()
    names, commands = put_api(), put_commands()
    built = subprocess.run(
        [sys.executable, "-P", "-m", "zensical", "build", "--strict", "--clean",
         "-f", "zensical.toml"], cwd=ROOT, check=False)
    if built.returncode:
        return built.returncode
    wrong = check(names, commands)
    for line in wrong:
        print(f"site: {line}")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
