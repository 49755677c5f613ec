"""Shows wfpfast on Windows: builds its wheel, and runs it in a Python for Windows under Wine.

    python tests/windows/run.py [argument of pytest ...]

Needs Debian, Python 3.11 and what `pip install build abi3audit Cython` brings; installs Wine and
mingw-w64. Downloads are kept in ~/.cache/wfpfast-windows, to be faster the next time. With
arguments, only these tests run, and nothing is said of their share.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import wheel
from wine import Wine, need_packages, windows_path
from winpython import HERE, WindowsPython, cache_name, download

ROOT = HERE.parents[1]
LEAST_SHARE = 0.95
# These count what a process has open: under Wine another thread, as workers have, changes that.
ALONE = ("tests/netsh/test_events.py::test_the_file_is_closed_on_every_path",)
WORKERS = ("-n", str(os.cpu_count() or 1), "--dist", "worksteal")
NOT_SOURCE = (".git", "build", "*.so", ".venv*", "*.egg-info", ".hypothesis")
LEAST_STANDIN, LEAST_ENGINE = 10, 200   # tests that there are: none at all would be no failure
# The versions of a call that a Windows has: below these numbers. Windows 7 brought Enum1 and
# Subscribe0, Windows 8 Enum2 and Subscribe1, as the calls' pages on learn.microsoft.com say.
DLLS = {
    "whole": (6, 5, ()),
    "windows8": (3, 2, ()),
    "windows7": (2, 1, ()),
    "crippled": (6, 5, ("FwpmFreeMemory0",)),
}
# Simulators without a call cannot be told from others behind a DLL that has it: test_standin.py has
# DLLs without.
NOT_BEHIND_THE_DLL = ("test_an_old_windows_gives_what_it_has", "test_a_windows_without_events")


class Windows:
    """A Windows in a folder: Wine, a Python, the stand-in and wfpfast's wheel."""

    def __init__(self, wine: Wine, folder: Path) -> None:
        self._wine = wine
        self._folder = folder
        self._python = WindowsPython(folder / "python")
        self._standins = folder / "standins"
        self.failed = False

    def make(self, wheels: Path) -> None:
        """Put all together, and install the wheel as users do."""
        self._python.make(wheels)
        self._build_standins()
        made = wheel.build(self._source(), self._python, self._folder)
        print(f"{made.name}: {wheel.check(made)} modules, python3.dll, KERNEL32 and the UCRT only")
        self._run("-m", "pip", "install", "-q", "--no-warn-script-location", "--no-index",
                  "--no-deps", windows_path(made))
        hook = self._python.packages / "standin_hook.py"
        shutil.copy(HERE / hook.name, hook)
        hook.with_suffix(".pth").write_text("import standin_hook\n")

    def _source(self) -> Path:
        """Return a copy of the sources: building leaves files behind."""
        source = self._folder / "source"
        shutil.copytree(
            ROOT, source, ignore=shutil.ignore_patterns(*NOT_SOURCE))
        return source

    def _build_standins(self) -> None:
        self._standins.mkdir()
        names = re.findall(
            r"(Fwpm\w+)", subprocess.run(
                [*wheel.compiler(self._folder).split(), "-E", "-P", HERE / "standin.c"], check=True,
                capture_output=True, text=True).stdout)
        for dll, (enums, subscribes, lacking) in DLLS.items():
            newer = {f"FwpmNetEventEnum{n}" for n in range(enums, 6)}
            newer |= {f"FwpmNetEventSubscribe{n}" for n in range(subscribes, 5)}
            exports = sorted(set(names) - newer - set(lacking) | {"standin_connect"})
            definition = self._standins / f"{dll}.def"
            definition.write_text(
                "LIBRARY fwpuclnt.dll\nEXPORTS\n" + "".join(f"{name}\n" for name in exports))
            subprocess.run(
                [*wheel.compiler(self._folder).split(), "-O2", "-Wall", "-Wextra", "-Werror",
                 "-shared", "-static-libgcc", "-s", "-o", self._standins / f"{dll}.dll",
                 HERE / "standin.c", definition], check=True)
        shutil.copy(self._standins / "whole.dll", self._wine.system32 / "fwpuclnt.dll")

    def _run(self, *arguments: str, **environment: str) -> list[str]:
        return self._wine.run(
            ROOT, [str(self._python.program), *arguments], PYTHONUTF8="1",
            PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=windows_path(HERE), **environment)

    def test(self, title: str, *arguments: str) -> "Outcome":
        """Run tests; return how many there were."""
        print(f"\n-- Windows: {title}", flush=True)
        lines: list[str] = []
        environment = {"WFPFAST_STANDIN": windows_path(self._standins)}
        if samples := os.environ.get("WFPFAST_SAMPLES"):
            environment["WFPFAST_SAMPLES"] = windows_path(Path(samples))
        if "tests/windows" not in arguments:
            environment.pop("WFPFAST_STANDIN")
        try:
            lines = self._run(
                "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, **environment)
        except subprocess.CalledProcessError as error:
            print(error)
            self.failed = True
            lines = error.output.splitlines()
        return Outcome.of(lines[-1] if lines else "")


class Outcome:
    """How many tests passed, and how many were left out."""

    def __init__(self, passed: int, skipped: int) -> None:
        self.passed = passed
        self.skipped = skipped

    @classmethod
    def of(cls, line: str) -> "Outcome":
        """Read pytest's closing line."""
        found = {what: int(n) for n, what in re.findall(r"(\d+) (passed|skipped)", line)}
        return cls(found.get("passed", 0), found.get("skipped", 0))


def suite(windows: Windows) -> str:
    """Run everything, and return the closing line."""
    whole = windows.test(
        "the whole suite, wfpfast from its wheel", "-p", "not_under_wine", *WORKERS,
        *(f"--deselect={name}" for name in ALONE))
    alone = windows.test("of the suite, what must run alone", *ALONE)
    standin = windows.test("against fwpuclnt.dll", "tests/windows")
    engine = windows.test(
        "the engine's tests, each call through fwpuclnt.dll", "-p", "through_standin", *WORKERS,
        *(f"--deselect=tests/engine/test_every_call.py::{name}" for name in NOT_BEHIND_THE_DLL),
        "tests/engine")
    share = whole.passed / max(1, whole.passed + whole.skipped)
    if (share < LEAST_SHARE or alone.passed < len(ALONE) or standin.passed < LEAST_STANDIN
            or engine.passed < LEAST_ENGINE):
        windows.failed = True
    return (
        f"Windows: {whole.passed} passed, {whole.skipped} left out ({share:.1%} run);"
        f" {standin.passed} against fwpuclnt.dll; {engine.passed} of the engine's through it")


def main(arguments: Sequence[str]) -> int:
    started = monotonic()
    need_packages()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "wfpfast-windows"
    with TemporaryDirectory() as folder, Wine(Path(folder) / "prefix") as wine:
        wheels = cache / cache_name()
        download(wheels)
        wine.ready()
        windows = Windows(wine, Path(folder))
        windows.make(wheels)
        print(f"a Windows with Python and wfpfast after {monotonic() - started:.0f} s", flush=True)
        if arguments:
            windows.test("some tests", *arguments)
            return int(windows.failed)
        line = suite(windows)
    print(f"\n{line}; {monotonic() - started:.0f} s", flush=True)
    return int(windows.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
