"""The compiled modules are hardened, and tools/check_wheel.py says so when they are not."""

import importlib.util
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import wfpfast

TOOL = Path(__file__).parents[2] / "tools/check_wheel.py"
HARDENED = ["-fstack-protector-strong", "-Wl,-z,relro,-z,now,-z,noexecstack"]
SOURCE = """
void given(char *);
int sum(int n) { char line[64]; given(line); return line[n & 63]; }
"""


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_wheel", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


check_wheel = load()


def test_every_module_of_this_build_is_hardened() -> None:
    modules = [path for path in Path(wfpfast.__file__).parent.rglob("*")
               if path.suffix in check_wheel.COMPILED]
    assert len(modules) > 40
    assert {path.name: found for path in modules
            if (found := check_wheel.hardening_faults(path.read_bytes()))} == {}


# What gcc leaves out when it is told to, and what the check says of it.
LACKING = {
    (): [],
    ("-Wl,-z,lazy",): ["has no BIND_NOW"],
    ("-Wl,-z,norelro",): ["has no RELRO"],
    ("-Wl,-z,execstack",): ["has an executable stack"],
    ("-fno-stack-protector",): ["has no stack canaries"],
    ("-Wl,-z,norelro,-z,lazy", "-fno-stack-protector"):
        ["has no RELRO", "has no BIND_NOW", "has no stack canaries"],
}


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("gcc"), reason="needs gcc's ELF")
@pytest.mark.parametrize("flags", LACKING, ids=" ".join)
def test_each_lack_of_an_elf_file_is_seen(flags: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(SOURCE)
    built = tmp_path / "a.so"
    # What the system's gcc does by default must not matter: all that is wanted is said.
    subprocess.run(
        ["gcc", "-O2", "-shared", "-fPIC", *HARDENED, *flags, "a.c", "-o", built.name],
        cwd=tmp_path, check=True)
    assert check_wheel.hardening_faults(built.read_bytes()) == LACKING[flags]


def test_other_elf_files_are_refused() -> None:
    thirty_two_bits = b"\x7fELF\1\1" + bytes(100) + b"__stack_chk_fail"
    assert check_wheel.hardening_faults(thirty_two_bits) == [
        "is no 64-bit little-endian ELF file"]


def pe_file(characteristics: int, linker: int) -> bytes:
    """Return the headers of a PE32+ file, by Microsoft's specification of the format."""
    optional = struct.pack("<HB", 0x20B, linker) + bytes(67) + struct.pack("<H", characteristics)
    before = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + bytes(64)
    return before + b"PE\0\0" + bytes(20) + optional


NO_GUARD, NO_RANDOM, NO_NX = (
    "has no control flow guard", "has no address space randomisation",
    "has no protection from running data")


@pytest.mark.parametrize(("characteristics", "linker", "lacks"), [
    (0x4160, 14, []), (0x0160, 14, [NO_GUARD]), (0x4120, 14, [NO_RANDOM]),
    (0x4060, 14, [NO_NX]), (0x0160, 2, []), (0x0000, 2, [NO_RANDOM, NO_NX])])
def test_each_lack_of_a_pe_file_is_seen(
    characteristics: int, linker: int, lacks: list[str],
) -> None:
    assert check_wheel.hardening_faults(pe_file(characteristics, linker)) == lacks


def test_a_wheel_is_refused_for_one_module(tmp_path: Path) -> None:
    wheel = tmp_path / "a.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("good.pyd", pe_file(0x4160, 14))
        archive.writestr("bad.pyd", pe_file(0x0160, 14))
    done = subprocess.run(
        [sys.executable, str(TOOL), str(wheel)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"{wheel}: bad.pyd {NO_GUARD}\n")
    assert "2 compiled modules" in done.stdout
