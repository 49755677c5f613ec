"""Holds the structs of wfpfast/abi against the SDK's on every architecture that Windows has.

Cython writes their declarations as C; a compiler for that Windows then checks the assertions of
_layouts.h, as it does when the package is built there. Nothing is run, so that any machine with the
compilers can do it.
"""

import os
import re
import shutil
import subprocess
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

import wfpfast
from wfpfast._blocks.layouts import ROWS

SOURCES = Path(__file__).resolve().parents[2] / "wfpfast" / "_blocks"
INCLUDE = [f"-I{SOURCES}", f"-I{SOURCES.parent / 'abi'}"]
CLANG = ("clang", "-ferror-limit=0")
# Cross compilers for Windows, and the one that is at hand.
COMPILERS = {
    "x64": [*CLANG, "--target=x86_64-pc-windows-msvc"],
    "arm64": [*CLANG, "--target=aarch64-pc-windows-msvc"],
    "x86": [*CLANG, "--target=i686-pc-windows-msvc"],
    "x64, mingw-w64": ["x86_64-w64-mingw32-gcc"],
    "here": ["cc"],
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


def compiler(name: str) -> list[str]:
    command = COMPILERS[name]
    need(shutil.which(command[0]) is not None, f"{command[0]} is not installed")
    return command


def need(there: bool, reason: str) -> None:
    """Skip without a compiler, unless the environment says that there must be one."""
    if not there and "WFPFAST_REQUIRE_CROSS" in os.environ:
        pytest.fail(reason)
    if not there:
        pytest.skip(reason)


def cythonized(source: Path, module: str, into: Path) -> str:
    """Return the C that Cython makes of a module."""
    need(find_spec("Cython") is not None, "Cython is not installed")
    from Cython.Compiler.Main import compile_single
    from Cython.Compiler.Options import CompilationOptions

    options = CompilationOptions(
        include_path=[str(Path(wfpfast.__file__).parents[1])], language_level=3,
        output_file=str(into))
    assert compile_single(str(source), options, full_module_name=module).num_errors == 0
    return into.read_text()


@pytest.fixture(scope="module")
def declarations(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Cython makes of wfpfast/abi."""
    folder = tmp_path_factory.mktemp("abi")
    source = folder / "every.pyx"
    source.write_text("".join(
        f"from wfpfast.abi.{each.stem} cimport *\n"
        for each in sorted((Path(wfpfast.__file__).parent / "abi").glob("*.pxd"))
        if each.stem != "__init__"))
    text = cythonized(source, "every", folder / "every.c")
    sections = re.split(r"/\* #### Code section: (\w+) ### \*/", text)
    named = dict(zip(sections[1::2], sections[2::2], strict=True))
    return named["numeric_typedefs"] + named["type_declarations"]


def changed(text: str, struct: str, old: str, new: str) -> str:
    """Return C text with one difference in the members of a struct."""
    (body,) = re.findall(rf"^struct {struct} \{{\n.*?^\}};", text, re.M | re.S)
    made, count = re.subn(old, new, body)
    assert count == 1
    return text.replace(body, made)


def complaints(command: list[str], text: str, folder: Path) -> str:
    """Return what the compiler says."""
    source = folder / "layout.c"
    source.write_text(text)
    done = subprocess.run(
        [*command, *INCLUDE, "-c", "-o", os.devnull, str(source)], capture_output=True,
        text=True, check=False)
    assert (done.returncode == 0) == ("error" not in done.stderr)
    return done.stderr


HEAD = "#include <stddef.h>\n#include <stdint.h>\n"


def checked(declarations: str) -> str:
    return (HEAD + declarations + '#include "_layouts.h"\n'
            "void layouts(void);\nvoid layouts(void) { WF_ASSERT_LAYOUTS(); }\n")


@pytest.mark.parametrize("name", COMPILERS)
def test_every_member_of_every_struct(declarations: str, name: str, tmp_path: Path) -> None:
    command = compiler(name)
    assert complaints(command, checked(declarations), tmp_path) == ""
    source = tmp_path / "layout.c"
    expanded = subprocess.run(
        [*command, f"-I{SOURCES}", "-E", str(source)], capture_output=True, text=True, check=True)
    assert expanded.stdout.count("_Static_assert") == 2 * (58 + 445)


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
    broken = changed(declarations, struct, rf"\w+ {member};", f"{c_type} {member};")
    said = complaints(compiler(name), checked(broken), tmp_path)
    assert f"size of {struct}.{member}" in said
    moved = re.search(rf"(offset of|size of) {struct}\.(?!{member}\b)\w*", said)
    architecture = "x64" if name == "here" else name.partition(",")[0]
    assert (moved is not None) == (architecture in moves)


# Of each kind of mistake: the struct, what is replaced in it, and what the compiler says of it.
MISTAKES = {
    "struct too long": ("FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0", r"\};", "char more; };",
                        "size of FWPM_NET_EVENT_LPM_PACKET_ARRIVAL0\\b"),
    "alignment": ("FILETIME", r"(\w+ dwLowDateTime;)", r"_Alignas(8) \1",
                  "alignment of FILETIME\\b"),
    "two members in each other's place": (
        "FWPM_NET_EVENT_HEADER2", r"(\w+ localPort;)\s+(\w+ remotePort;)", r"\2 \1",
        r"offset of FWPM_NET_EVENT_HEADER2\.localPort"),
    "size of an arm": ("FWPM_ACTION0", r"union \w+ context;",
                       "union { char filterType[16]; char calloutKey[8]; } context;",
                       r"size of FWPM_ACTION0\.context\.calloutKey"),
    "member missing": ("FWPM_NET_EVENT_CLASSIFY_DROP_MAC0", r"\w+ reserved;", "",
                       r"FWPM_NET_EVENT_CLASSIFY_DROP_MAC0\b.*\breserved\b|"
                       r"\breserved\b.*FWPM_NET_EVENT_CLASSIFY_DROP_MAC0\b"),
}


@pytest.mark.parametrize("name", COMPILERS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_kind_of_mistake_is_named(
    declarations: str, name: str, mistake: str, tmp_path: Path
) -> None:
    struct, old, new, expected = MISTAKES[mistake]
    said = complaints(
        compiler(name), checked(changed(declarations, struct, old, new)), tmp_path)
    assert re.search(f"error: .*({expected})", said), said


def test_a_mistake_ends_the_build(tmp_path: Path) -> None:
    """One module of the package has the assertions, and does not compile with a mistake."""
    modules = [each.stem for each in sorted(SOURCES.rglob("*.pyx"))
               if re.search(r"^WF_ASSERT_LAYOUTS\(\)$", each.read_text(), re.M)]
    assert modules == ["encode_structs"]
    include = Path(sysconfig.get_path("include"))
    need((include / "Python.h").exists(), "Python.h is not installed")
    command = [*compiler("here"), "-fsyntax-only", f"-I{include}"]
    text = cythonized(
        SOURCES / "encode_structs.pyx", "wfpfast._blocks.encode_structs", tmp_path / "module.c")
    assert "error" not in complaints(command, text, tmp_path)
    broken = changed(text, "FWP_BYTE_BLOB", r"\w+ size;", "uint64_t size;")
    assert "size of FWP_BYTE_BLOB.size" in complaints(command, broken, tmp_path)


def test_what_mingws_own_headers_declare(tmp_path: Path) -> None:
    lines = []
    for struct in IN_MINGW:
        sizes, members = ROWS[struct]
        lines.append(f'_Static_assert(sizeof({struct}) == {sizes[0]}, "size of {struct}");')
        for way, (_, offset, size, *_) in members.items():
            member = way.rpartition(".")[2]
            known = ONCE.get(member, member)
            lines += [
                f'_Static_assert(offsetof({struct}, {known}) == {offset}, "{struct}.{member}");',
                f'_Static_assert(sizeof((({struct} *)0)->{known}) == {size}, "{struct}.{member}");']
    text = MINGW_HEADERS + HEAD + "\n".join(lines) + "\n"
    assert len(lines) > 200
    command = [*compiler("x64, mingw-w64"), "-D_WIN32_WINNT=0x0601"]
    assert complaints(command, text, tmp_path) == ""
