"""Prints which share of the compiled modules' lines was run, by file; must not know the tests.

    python tools/core_coverage.py       # where WFPFAST_BUILD=coverage built, after the tests

gcov counts lines of C. Cython writes above the code of each line which line of which .pyx or .pxd
file it comes from; a line was run if any of its code was. Lines that became no code do not count.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

LEAST = 0.5   # less of all lines: the counts were not written, or most tests were left out
ORIGIN = re.compile(r'\s*/\* "(wfpfast/.+\.p(?:yx|xd))":(\d+)$')
# Behind these stands what belongs to a whole function or module.
NO_ORIGIN = re.compile(r'\s*/\* function exit code \*/|\s*/\* "|/\* |\}')


def origins(source: Path) -> dict[int, tuple[str, int]]:
    """Return where the code of each line of C comes from, file and line."""
    found, origin = {}, None
    for number, text in enumerate(source.read_text().splitlines(), 1):
        if match := ORIGIN.match(text):
            origin = match[1], int(match[2])
        elif NO_ORIGIN.match(text):
            origin = None
        elif origin:
            found[number] = origin
    return found


def counted(notes: Path) -> Iterator[tuple[str, int, bool]]:
    """Yield file, line, and whether it ran, for the code of one compiled module."""
    told = subprocess.run(
        ["gcov", "--json-format", "--stdout", notes], check=True, capture_output=True, text=True)
    for file in json.loads(told.stdout)["files"]:
        if not file["file"].endswith(f"/{notes.stem}.c"):
            continue
        known = origins(Path(file["file"]))
        for line in file["lines"]:
            if line["line_number"] in known:
                yield *known[line["line_number"]], line["count"] > 0


def main() -> str | None:
    """Print a line for each file and one for all; return what is wrong."""
    files: dict[str, dict[int, bool]] = defaultdict(lambda: defaultdict(bool))
    for notes in sorted(Path("build").rglob("*.gcno")):
        for name, number, ran in counted(notes):
            files[name][number] |= ran
    for name, lines in sorted(files.items()):
        print(f"{sum(lines.values()):6} of {len(lines):5} lines  "
              f"{sum(lines.values()) / len(lines):7.1%}  {name}")
    total = sum(sum(lines.values()) for lines in files.values())
    count = sum(map(len, files.values()))
    touched = sum(any(lines.values()) for lines in files.values())
    print(f"{total:6} of {count:5} lines  {total / max(1, count):7.1%}  in {len(files)} files")
    if not touched or total < LEAST * count:
        return f"{touched} files were run, {total} of {count} lines: too few to be the whole suite"
    return None


if __name__ == "__main__":
    sys.exit(main())
