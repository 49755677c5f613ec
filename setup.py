"""Builds wfpfast's extension modules; the one place that knows compilers and build modes.

WFPFAST_BUILD=release|debug|asan|coverage selects the mode; everything else is in pyproject.toml.
"""

import os
import pathlib
import sys
import sysconfig

from Cython.Build import cythonize
from setuptools import Extension, setup

MODES = {
    # checks: Cython's own bounds and None checks; lines: .pyx line numbers in the C code.
    # -g0: most Pythons were built with -g, which makes every module that they build five times
    # larger. MSVC writes no debug information unless it is asked to.
    "release": {"checks": False, "lines": False, "flags": ["-O3", "-g0"], "link": []},
    "debug": {"checks": True, "lines": True, "flags": ["-O0", "-g", "-UNDEBUG"], "link": []},
    "asan": {
        "checks": True,
        "lines": True,
        "flags": ["-O1", "-g", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"],
        "link": ["-fsanitize=address,undefined"],
    },
    # A line directive also renumbers the C lines after it: tools/core_coverage.py reads comments.
    "coverage": {"checks": False, "lines": False, "flags": ["-O0", "--coverage"],
                 "link": ["--coverage"]},
}
# What makes a mistake harder to exploit. tools/check_wheel.py looks for it, and docs/reliability.md
# says what it costs. Some compilers have a lower _FORTIFY_SOURCE defined, and without optimisation
# there is none. MSVC has stack canaries by default. The gcc for Windows, whose wheels are for tests
# only, would need a DLL for them.
HARDENED = ["-fstack-protector-strong"]
FORTIFIED = ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3"]
HARDENED_ELF_LINK = ["-Wl,-z,relro,-z,now,-z,noexecstack"]
HARDENED_MSVC = ["/guard:cf"]
WINDOWS = sysconfig.get_platform().startswith("win")
MSVC = WINDOWS and not os.environ.get("CC")
ABI3 = (3, 11)
PACKAGE = pathlib.Path("wfpfast")


def build_mode() -> str:
    mode = os.environ.get("WFPFAST_BUILD", "release")
    if mode not in MODES:
        sys.exit(f"WFPFAST_BUILD={mode}: expected one of {', '.join(MODES)}")
    return mode


def uses_abi3(mode: str) -> bool:
    """One wheel for all Pythons from 3.11 on; free-threaded builds have no stable ABI yet."""
    return (mode == "release" and sys.implementation.name == "cpython"
            and not sysconfig.get_config_var("Py_GIL_DISABLED"))


def compile_args(mode: str) -> list[str]:
    if MSVC:
        return ["/O2", "/std:c11", *HARDENED_MSVC]
    # Older event structs are read through the newest struct of their family.
    args = [*MODES[mode]["flags"], "-std=gnu11", "-fno-strict-aliasing", "-fvisibility=hidden",
            "-pthread"]
    if not WINDOWS:
        args += HARDENED
        # Sanitizers do not look into fortified copies.
        if mode == "release" and "-fsanitize" not in os.environ.get("CFLAGS", ""):
            args += FORTIFIED
    return args


def link_args(mode: str) -> list[str]:
    if WINDOWS:
        return HARDENED_MSVC if MSVC else []
    args = [*MODES[mode]["link"], "-pthread"]
    if sys.platform == "linux":
        # auditwheel tells by -lc which C library a module is for; some call nothing of it.
        args += [*HARDENED_ELF_LINK, "-Wl,--no-as-needed", "-lc"]
    return args


def directives(mode: str) -> dict[str, object]:
    checks = MODES[mode]["checks"]
    return {
        "language_level": 3,
        "boundscheck": checks,
        "wraparound": checks,
        "initializedcheck": checks,
        "nonecheck": checks,
        "cdivision": True,
        "auto_pickle": False,
        "freethreading_compatible": True,
    }


def extensions(mode: str) -> list[Extension]:
    macros = [("Py_LIMITED_API", f"0x{ABI3[0]:02X}{ABI3[1]:02X}0000")] if uses_abi3(mode) else []
    headers = sorted(PACKAGE.rglob("*.h"))
    return [
        Extension(
            ".".join(source.with_suffix("").parts),
            [source.as_posix()],
            include_dirs=sorted({header.parent.as_posix() for header in headers}),
            depends=[header.as_posix() for header in headers],
            define_macros=macros,
            extra_compile_args=compile_args(mode),
            extra_link_args=link_args(mode),
            py_limited_api=uses_abi3(mode),
        )
        for source in sorted(PACKAGE.rglob("*.pyx"))
        if WINDOWS or source.stem != "_win32"
    ]


def main() -> None:
    if sys.maxsize < 2**32 and not WINDOWS:
        sys.exit("wfpfast reads 64-bit blocks and needs a 64-bit Python outside Windows")
    mode = build_mode()
    options = {"build_ext": {"parallel": os.cpu_count() or 1}}
    if uses_abi3(mode):
        options["bdist_wheel"] = {"py_limited_api": f"cp{ABI3[0]}{ABI3[1]}"}
    setup(
        ext_modules=cythonize(
            extensions(mode),
            build_dir="build/cython",
            compiler_directives=directives(mode),
            emit_linenums=MODES[mode]["lines"],
            nthreads=os.cpu_count() or 1,
        ),
        options=options,
    )


main()
