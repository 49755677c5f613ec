"""Builds the wheel for 64-bit Windows with mingw-w64 and looks at it; must not know Wine."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from winpython import GCC, WindowsPython

# What sysconfig says while setup.py runs: that this is Windows, and what builds for it.
_SYSCONFIG = """\
build_time_vars = {{
    "CC": {cc!r}, "CXX": {cc!r}, "OPT": "-DNDEBUG", "CFLAGS": "-O2 -Wall -fwrapv", "CCSHARED": "",
    "LDSHARED": {cc!r} " -shared -static-libgcc -s", "LDCXXSHARED": "", "AR": "ar", "ARFLAGS": "",
    "SHLIB_SUFFIX": ".pyd", "EXT_SUFFIX": ".cp311-win_amd64.pyd", "SOABI": "cp311-win_amd64",
    "INCLUDEPY": {include!r}, "CONFINCLUDEPY": {include!r}, "LIBDIR": {libs!r},
    "VERSION": "3.11", "Py_DEBUG": 0, "Py_ENABLE_SHARED": 0, "MACHDEP": "win32",
}}
"""
_SETUP = """\
[build_ext]
library_dirs = {libs}
libraries = python3
parallel = {jobs}
[bdist_wheel]
plat_name = win_amd64
"""
# Beside these, only the parts of the UCRT, which are named api-ms-win-crt-*.
_MAY_IMPORT = {"python3.dll", "kernel32.dll", "ucrtbase.dll"}


def compiler(folder: Path) -> str:
    """Return the command that compiles for the C library that Python on Windows has, the UCRT.

    Debian 12's gcc takes an older one, msvcrt.dll; from gcc 13 on an option would tell it.
    """
    specs = subprocess.run([GCC, "-dumpspecs"], check=True, capture_output=True, text=True).stdout
    (folder / "ucrt.specs").write_text(specs.replace("-lmsvcrt", "-lucrt"))
    return f"{GCC} -specs={folder / 'ucrt.specs'} -D_UCRT"


def build(source: Path, python: WindowsPython, folder: Path) -> Path:
    """Build the wheel by the project's own setup.py; return where it is."""
    cc = ("ccache " if shutil.which("ccache") else "") + compiler(folder)
    (folder / "_sysconfigdata_windows.py").write_text(
        _SYSCONFIG.format(cc=cc, include=str(python.include), libs=str(python.libs)))
    (folder / "setup.cfg").write_text(_SETUP.format(libs=python.libs, jobs=os.cpu_count() or 1))
    # CC tells setup.py that it is not MSVC which compiles.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, source],
        check=True, stdout=subprocess.DEVNULL, env=os.environ | {
            "CC": cc, "PYTHONPATH": str(folder), "_PYTHON_HOST_PLATFORM": "win-amd64",
            "_PYTHON_SYSCONFIGDATA_NAME": "_sysconfigdata_windows",
            "DIST_EXTRA_CONFIG": str(folder / "setup.cfg")})
    (wheel,) = folder.glob("wfpfast-*-cp311-abi3-win_amd64.whl")
    return wheel


def imports(module: Path) -> set[str]:
    """Return the names of the DLLs that a module cannot be loaded without."""
    told = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", module], check=True, capture_output=True, text=True)
    return {name.lower() for name in re.findall(r"DLL Name: (\S+)", told.stdout)}


def check(wheel: Path) -> int:
    """Raise if a module is not what it must be; return how many there are."""
    with TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
        modules = [*Path(folder).rglob("*.pyd")]
        if not modules:
            raise RuntimeError(f"{wheel.name} has no compiled modules")
        for module in modules:
            others = {name for name in imports(module) - _MAY_IMPORT
                      if not name.startswith("api-ms-win-crt-")}
            if others:
                raise RuntimeError(f"{module.name} needs {', '.join(sorted(others))}")
    subprocess.run([sys.executable, "-m", "abi3audit", "--strict", wheel], check=True)
    return len(modules)
