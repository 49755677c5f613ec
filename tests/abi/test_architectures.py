"""Holds the structs of wfpfast/abi against the SDK's on every architecture that Windows has.

Cython writes their declarations as C; a compiler for that Windows then checks each golden number
as a static assertion. Nothing is run, so that any machine with the compilers can do it.
"""

import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

import wfpfast

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
CLANG = ("clang", "-ferror-limit=0")
# Cross compilers for Windows, and which golden table has their pointers.
COMPILERS = {
    "x64": ([*CLANG, "--target=x86_64-pc-windows-msvc"], "x64"),
    "arm64": ([*CLANG, "--target=aarch64-pc-windows-msvc"], "x64"),
    "x86": ([*CLANG, "--target=i686-pc-windows-msvc"], "x86"),
    "x64, mingw-w64": (["x86_64-w64-mingw32-gcc"], "x64"),
}
# mingw-w64's headers stop at Windows 7: so much of the table is in them.
IN_MINGW = (
    "FWPM_NET_EVENT0", "FWPM_NET_EVENT1", "FWPM_NET_EVENT_HEADER0", "FWPM_NET_EVENT_HEADER1",
    "FWPM_NET_EVENT_IKEEXT_MM_FAILURE0", "FWPM_NET_EVENT_IKEEXT_MM_FAILURE1",
    "FWPM_NET_EVENT_IKEEXT_QM_FAILURE0", "FWPM_NET_EVENT_IKEEXT_EM_FAILURE0",
    "FWPM_NET_EVENT_IKEEXT_EM_FAILURE1", "FWPM_NET_EVENT_CLASSIFY_DROP0",
    "FWPM_NET_EVENT_CLASSIFY_DROP1", "FWPM_NET_EVENT_IPSEC_KERNEL_DROP0",
    "FWPM_NET_EVENT_IPSEC_DOSP_DROP0", "FWP_BYTE_BLOB", "FWP_BYTE_ARRAY6", "FWP_BYTE_ARRAY16",
    "FWP_VALUE0", "FWP_CONDITION_VALUE0", "FWP_RANGE0", "FWP_V4_ADDR_AND_MASK",
    "FWP_V6_ADDR_AND_MASK", "FILETIME", "GUID", "SID",
)
# What Windows 7 had names for, Windows 8 reserved.
ONCE = dict(zip(
    (f"reserved{k}" for k in range(1, 11)),
    ("addressFamily", "dstAddrEth", "srcAddrEth", "addrType", "encapMethod", "etherType",
     "snapControl", "snapOui", "vlanTag", "ifLuid"), strict=True))
MINGW_HEADERS = "#include <winsock2.h>\n#include <windows.h>\n#include <fwpmu.h>\n"


def golden(architecture: str) -> dict[str, dict[str, list[int]]]:
    """Return offset and size of each member by struct, and the struct's own as member ''."""
    text = (GOLDEN / f"layout_{architecture}.json").read_text(encoding="utf-8")
    return {
        name: {"": [0, struct["size"]], **{m: row[1:] for m, row in struct["members"].items()}}
        for name, struct in json.loads(text).items()
    }


def compiler(name: str) -> tuple[list[str], str]:
    command, table = COMPILERS[name]
    need(shutil.which(command[0]) is not None, f"{command[0]} is not installed")
    return command, table


def need(there: bool, reason: str) -> None:
    """Skip without a compiler, unless the environment says that there must be one."""
    if not there and "WFPFAST_REQUIRE_CROSS" in os.environ:
        pytest.fail(reason)
    if not there:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def declarations(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Cython makes of wfpfast/abi."""
    need(find_spec("Cython") is not None, "Cython is not installed")
    folder = tmp_path_factory.mktemp("abi")
    abi = Path(wfpfast.__file__).parent / "abi"
    source = folder / "every.pyx"
    source.write_text("".join(
        f"from wfpfast.abi.{each.stem} cimport *\n" for each in sorted(abi.glob("*.pxd"))
        if each.stem != "__init__"))
    from Cython.Compiler.Main import compile_single
    from Cython.Compiler.Options import CompilationOptions

    options = CompilationOptions(
        include_path=[str(abi.parents[1])], language_level=3, output_file=str(folder / "every.c"))
    result = compile_single(str(source), options, full_module_name="every")
    assert result.num_errors == 0
    sections = re.split(r"/\* #### Code section: (\w+) ### \*/", (folder / "every.c").read_text())
    named = dict(zip(sections[1::2], sections[2::2], strict=True))
    return named["numeric_typedefs"] + named["type_declarations"]


STRUCT = re.compile(r"^(struct|union) (\w+) \{\n(.*?)^\};", re.M | re.S)
MEMBER = re.compile(r"^ +(?:(?:struct|union) )?(\w+)\b[ *]*?(\w+)(?:\[\w+\])*;", re.M)


class Declared:
    """The structs of C text by their SDK names, and how to reach their members."""

    def __init__(self, text: str) -> None:
        self._kinds: dict[str, str] = {}
        self._members: dict[str, list[tuple[str, str]]] = {}
        for kind, name, body in STRUCT.findall(text):
            self._kinds[name] = f"{kind} {name}"
            self._members[name] = [(type_, member) for type_, member in MEMBER.findall(body)]

    def c_name(self, struct: str) -> str:
        (found,) = [name for name in self._members
                    if re.fullmatch(rf"__pyx_t_\w+_3abi_\d+[a-z]+_{struct}", name)]
        return found

    def path(self, c_name: str, member: str) -> str | None:
        """Return a member's way from a struct, through unions that the SDK leaves unnamed."""
        own = self._members.get(c_name, [])
        if any(name == member for _, name in own):
            return member
        for type_, name in own:
            inner = self.path(type_, member)
            if inner is not None:
                return f"{name}.{inner}"
        return None

    def assertions(self, struct: str, rows: dict[str, list[int]]) -> list[str]:
        c_name = self.c_name(struct)
        kind, made = self._kinds[c_name], []
        for member, (offset, size) in rows.items():
            path = self.path(c_name, member) if member else ""
            assert path is not None, f"{struct} has no {member}"
            made += assert_member(kind, path, offset, size, f"{struct}.{member}")
        return made


def assert_member(kind: str, path: str, offset: int, size: int, label: str) -> list[str]:
    """Return static assertions about a member, or about the whole if there is no path."""
    if not path:
        return [f'_Static_assert(sizeof({kind}) == {size}, "size of {label}");']
    return [
        f'_Static_assert(offsetof({kind}, {path}) == {offset}, "offset of {label}");',
        f'_Static_assert(sizeof((({kind} *)0)->{path}) == {size}, "size of {label}");']


def compile_c(command: list[str], text: str, folder: Path) -> str:
    """Return what the compiler complains of."""
    source = folder / "layout.c"
    source.write_text(text)
    done = subprocess.run(
        [*command, "-c", "-o", os.devnull, str(source)], capture_output=True, text=True,
        check=False)
    assert (done.returncode == 0) == ("error" not in done.stderr)
    return done.stderr


HEAD = "#include <stddef.h>\n#include <stdint.h>\n"


def checks(declarations: str, table: str) -> tuple[str, int]:
    declared, lines = Declared(declarations), []
    for struct, rows in golden(table).items():
        lines += declared.assertions(struct, rows)
    return HEAD + declarations + "\n".join(lines) + "\n", len(lines)


@pytest.mark.parametrize("name", COMPILERS)
def test_every_member_of_every_struct(declarations: str, name: str, tmp_path: Path) -> None:
    command, table = compiler(name)
    text, count = checks(declarations, table)
    assert count == 52 + 2 * 414
    assert compile_c(command, text, tmp_path) == ""


@pytest.mark.parametrize("name", COMPILERS)
@pytest.mark.parametrize(
    ("struct", "member", "c_type", "moves"),
    [
        ("FWPM_NET_EVENT_HEADER3", "remotePort", "uint32_t", ["x64", "arm64", "x86"]),
        ("FWPM_NET_EVENT_IPSEC_KERNEL_DROP0", "direction", "uint64_t", ["x64", "arm64", "x86"]),
        # Followed by four bytes of padding on 64 bits: there, nothing behind it moves.
        ("FWP_BYTE_BLOB", "size", "uint64_t", ["x86"]),
    ],
)
def test_a_member_that_is_wrong_is_named(  # noqa: PLR0917 -- what is broken, and where it shows
    declarations: str, name: str, tmp_path: Path, struct: str, member: str, c_type: str,
    moves: list[str],
) -> None:
    command, table = compiler(name)
    body = next(m for m in STRUCT.finditer(declarations) if m[2].endswith(f"_{struct}"))
    broken, count = re.subn(rf"\w+ {member};", f"{c_type} {member};", body[0])
    assert count == 1
    text, _ = checks(declarations.replace(body[0], broken), table)
    complaints = compile_c(command, text, tmp_path)
    assert f"size of {struct}.{member}" in complaints
    moved = re.search(rf"(offset of|size of) {struct}\.(?!{member}\b)\w*", complaints)
    assert (moved is not None) == (name.partition(",")[0] in moves)


def test_what_mingws_own_headers_declare(tmp_path: Path) -> None:
    command, table = compiler("x64, mingw-w64")
    known, lines = golden(table), []
    for struct in IN_MINGW:
        for member, (offset, size) in known[struct].items():
            name = ONCE.get(member, member)
            lines += assert_member(struct, name, offset, size, f"{struct}.{member}")
    text = MINGW_HEADERS + HEAD + "\n".join(lines) + "\n"
    assert len(lines) > 200
    assert compile_c([*command, "-D_WIN32_WINNT=0x0601"], text, tmp_path) == ""
