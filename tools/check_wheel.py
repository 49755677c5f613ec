"""Fails if a wheel is too large, not hardened, or holds what it should not; knows no builder.

    python tools/check_wheel.py WHEEL...
"""

import os
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence

CEILING = 2_900_000   # bytes of a wheel: 2.60 million in 2026, of which the Security log has 0.5,
# counting, datasets, Spark and queries have 0.25; 5.27 with debug information, before all these
COMPILED = (".so", ".pyd")
SOURCES = (".c", ".h", ".pyx")
# Names of sections in ELF and PE files, and in Mach-O files.
DEBUG_SECTIONS = (b".debug_info", b".debug_line", b"__debug_info")

# Of ELF files: types of program headers, and the tag and bit of -z now in the dynamic section.
_DYNAMIC, _STACK, _RELRO = 2, 0x6474E551, 0x6474E552
_FLAGS_1, _NOW = 0x6FFFFFFB, 1
_EXECUTABLE = 1
# Of PE files: DllCharacteristics, as the specification of the format numbers them.
_PE = {0x0040: "address space randomisation", 0x0100: "protection from running data"}
_GUARD_CF = 0x4000
_MSVC_LINKER = 14     # the linker's major version in the optional header; that of binutils is 2


def _program_headers(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield type, flags, offset and size of each part of a 64-bit little-endian ELF file."""
    start, size, count = struct.unpack_from("<Q14xHH", content, 32)
    for at in range(start, start + size * count, size):
        kind, flags, offset, _, _, length = struct.unpack_from("<IIQQQQ", content, at)
        yield kind, flags, offset, length


def _elf_faults(content: bytes) -> Iterator[str]:
    if content[4:6] != b"\2\1":
        yield "is no 64-bit little-endian ELF file"
        return
    parts = {kind: (flags, offset, length)
             for kind, flags, offset, length in _program_headers(content)}
    if _RELRO not in parts:
        yield "has no RELRO"
    if _STACK not in parts or parts[_STACK][0] & _EXECUTABLE:
        yield "has an executable stack"
    _, offset, length = parts.get(_DYNAMIC, (0, 0, 0))
    dynamic = dict(struct.iter_unpack("<QQ", content[offset : offset + length]))
    if not dynamic.get(_FLAGS_1, 0) & _NOW:
        yield "has no BIND_NOW"


def _pe_faults(content: bytes) -> Iterator[str]:
    (header,) = struct.unpack_from("<I", content, 0x3C)
    optional = header + 24   # after the signature and the file header
    linker = content[optional + 2]
    (has,) = struct.unpack_from("<H", content, optional + 70)
    wanted = _PE | ({_GUARD_CF: "control flow guard"} if linker >= _MSVC_LINKER else {})
    for bit, name in wanted.items():
        if not has & bit:
            yield f"has no {name}"


def hardening_faults(content: bytes) -> list[str]:
    """Return what a compiled module lacks of what setup.py's flags give it."""
    if content[:2] == b"MZ":
        return list(_pe_faults(content))   # MSVC has canaries by default, under no name of its own
    found = list(_elf_faults(content)) if content[:4] == b"\x7fELF" else []
    if b"__stack_chk_fail" not in content:
        found.append("has no stack canaries")
    return found


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
    found += [f"{name} {fault}" for name, content in modules.items()
              for fault in hardening_faults(content)]
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
