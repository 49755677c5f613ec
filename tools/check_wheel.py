"""Fails if a wheel is too large, or holds sources or debug information; must not know who built it.

    python tools/check_wheel.py WHEEL...
"""

import os
import sys
import zipfile
from collections.abc import Sequence

CEILING = 2_000_000   # bytes of a wheel: 1.29 million in 2026, and 5.27 with debug information
COMPILED = (".so", ".pyd")
SOURCES = (".c", ".h", ".pyx")
# Names of sections in ELF and PE files, and in Mach-O files.
DEBUG_SECTIONS = (b".debug_info", b".debug_line", b"__debug_info")


def faults(path: str) -> list[str]:
    """Return what is wrong with a wheel, a line each, and print what was looked at."""
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        modules = {name: wheel.read(name) for name in names if name.endswith(COMPILED)}
    size = os.path.getsize(path)
    unpacked = sum(map(len, modules.values()))
    print(f"{path}: {size:,} bytes; {len(modules)} compiled modules of {unpacked:,} bytes")
    found = [f"holds the source {name}" for name in names if name.endswith(SOURCES)]
    debug = [name for name, content in modules.items()
             if any(section in content for section in DEBUG_SECTIONS)]
    if debug:
        found.append(f"{len(debug)} modules hold debug information, as {debug[0]}")
    if size > CEILING:
        found.append(f"{size:,} bytes are more than {CEILING:,}")
    if not modules:
        found.append("has no compiled module")
    return [f"{path}: {fault}" for fault in found]


def main(paths: Sequence[str]) -> str | None:
    """Return the faults of all wheels, or None."""
    if not paths:
        return __doc__
    return "\n".join(fault for path in paths for fault in faults(path)) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
