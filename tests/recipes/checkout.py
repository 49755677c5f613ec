"""A copy of this checkout that recipes change, build and test; must not know any recipe."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from parts import Step

ROOT = Path(__file__).resolve().parents[2]
COMPILER = "ccache gcc" if shutil.which("ccache") else "gcc"
COMPILED = (".pyx", ".pxd", ".h")
BUILT = ("*.so", "*.pyd")  # and build/: what is built already need not be built again


class Failed(Exception):
    """A step, a build, an import or a test failed; the message is what was printed."""

    def __init__(self, stage: str, text: str) -> None:
        super().__init__(f"{stage}: {text}")
        self.stage = stage
        self.text = text


def listed() -> list[str]:
    """Return the files of the checkout that git has or would add."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


class Checkout:
    """The copy, at first as the checkout is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.added: set[str] = set()
        self.built = False
        self.originals = {name: (ROOT / name).read_bytes() for name in listed()}
        for name in self.originals:
            self._take(ROOT / name)
        for pattern in BUILT:
            for path in (ROOT / "wfpfast").rglob(pattern):
                self._take(path)
        self.compiler = folder / "recipe-cc"  # setup.py's -O3 takes long, and stands last
        self.compiler.write_text(f'#!/bin/sh\nexec {COMPILER} "$@" -O0\n')
        self.compiler.chmod(0o755)
        if (ROOT / "build").is_dir():
            shutil.copytree(ROOT / "build", folder / "build")

    def _take(self, path: Path) -> None:
        target = self.folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)

    def apply(self, steps: Iterable[Step]) -> None:
        """Make the copy the checkout with these steps and no others."""
        texts: dict[str, str | None] = dict.fromkeys(self.changed())  # None: as it was
        layouts = False
        for step in steps:
            layouts |= step.layouts
            for file, old, new in step.edits:
                text = texts.get(file)
                if text is None:
                    text = self.originals.get(file, b"").decode()
                if (text.count(old) != 1) if old else (text != ""):
                    where = f"{text.count(old)} times {old!r}" if old else "the file exists"
                    raise Failed(f"step {step.name!r} in {file}", where)
                texts[file] = text.replace(old, new) if old else new
        for file, text in texts.items():
            self._write(file, self.originals.get(file) if text is None else text.encode())
        if layouts:
            self.run("layouts", sys.executable, "tools/layouts.py")

    def _write(self, file: str, content: bytes | None) -> None:
        """Write what is not there yet: an untouched file is not built again."""
        path = self.folder / file
        if file not in self.originals:
            self.added.add(file)
        if content is None:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            self.built &= path.suffix not in COMPILED
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def changed(self) -> list[str]:
        """Return the files that are not as in the checkout."""
        return sorted(
            name for name in self.originals.keys() | self.added
            if (self.folder / name).is_file()
            and (self.folder / name).read_bytes() != self.originals.get(name))

    def run(self, stage: str, *command: str) -> str:
        """Run a command in the copy and return what it prints."""
        environment = os.environ | {
            "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1",
            "CC": str(self.compiler), "CCACHE_BASEDIR": str(self.folder)}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True,
            errors="replace", check=False)
        text = done.stdout + done.stderr
        if done.returncode:
            raise Failed(stage, text)
        return text

    def build(self) -> None:
        """Build what has changed, in place, if anything that is compiled has."""
        if not self.built:
            self.run(
                "build", sys.executable, "setup.py", "-q", "egg_info", "build_ext", "--inplace")
            self.built = True
        self.run("import", sys.executable, "-c",
                 "import wfpfast, wfpfast.netsh, wfpfast.engine; wfpfast.encode")

    def test(self, *arguments: str) -> str:
        """Run tests of the copy; return the closing line, which says how many passed."""
        text = self.run("tests", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                        *arguments)
        closing = text.strip().splitlines()[-1]
        if " passed" not in closing:
            raise Failed("tests", f"none ran: {closing}")
        return closing
