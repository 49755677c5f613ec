"""The house rules of CONTRIBUTING.md, executed; each check fails when it finds no source."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 400
MOST_FUNCTION_LINES = 40


def sources(*suffixes: str, folder: str = "wfpfast") -> list[Path]:
    found = [p for p in sorted((ROOT / folder).rglob("*")) if p.suffix in suffixes]
    assert found, f"no {suffixes} below {folder}: a check without subjects is no check"
    return found


def every_source() -> list[Path]:
    return [
        *sources(".py", ".pyx", ".pxd", ".pyi", ".h"),
        *sources(".py", folder="tests"),
        *sources(".py", folder="benchmarks"),
        ROOT / "setup.py",
    ]


def test_files_are_short() -> None:
    long = {str(p.relative_to(ROOT)): n for p in every_source()
            if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert long == {}


def cython_functions(text: str) -> list[tuple[str, int]]:
    """Name and length of each function of a .pyx or .pxd file, by indentation."""
    lines = text.splitlines()
    found = []
    for start, line in enumerate(lines):
        opening = re.match(
            r"( *)(?:cdef (?!class|struct|enum|union|extern)|cpdef |def )[^=]*\(", line)
        if not opening:
            continue
        indent = len(opening[1])
        end = start + 1
        while end < len(lines) and (
            not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
            or lines[end].strip().startswith(")")
        ):
            end += 1
        body = "\n".join(lines[start:end]).rstrip().splitlines()
        if len(body) > 1:
            found.append((line.strip(), len(body)))
    return found


def python_functions(text: str) -> list[tuple[str, int]]:
    return [
        (node.name, (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


# A function that is a table, or one switch over the values of one SDK enumeration, or a docstring
# with the code after it; splitting them would hide what they are.
LONG = {
    "cdef int declare_events() except -1:": "a table: one line a column",
    "cdef Result render(Decode* d, Column* out, const FWP_VALUE0* value) noexcept nogil:":
        "a switch: one case a type",
    "read_events": "a docstring with the code after it",
    "read_filters": "a docstring with the code after it",
}


def test_functions_are_short() -> None:
    seen, long = 0, []
    for path in every_source():
        functions = (python_functions if path.suffix == ".py" else cython_functions)
        if path.suffix in (".h", ".pyi"):
            continue
        for name, length in functions(path.read_text()):
            seen += 1
            if length > MOST_FUNCTION_LINES and name not in LONG:
                long.append((str(path.relative_to(ROOT)), name, length))
    assert seen > 200
    assert long == []


def test_modules_say_what_they_are_for() -> None:
    for path in sources(".py", ".pyx"):
        docstring = ast.get_docstring(ast.parse(path.read_text())) if path.suffix == ".py" else (
            re.match(r'"""(.+?)"""', path.read_text(), re.DOTALL) or [None, ""])[1]
        assert docstring, path
    for path in sources(".pxd"):
        text = path.read_text()
        assert text.startswith("# "), path


def test_hot_path_is_plain_c() -> None:
    """No Python object and no exception in the modules that see events."""
    hot = ("_base/text _columns/columns _columns/dictionaries _decode/context _decode/values"
           " _decode/conditions _decode/tail _decode/payloads _decode/events")
    seen = 0
    for name in hot.split():
        for suffix in (".pyx", ".pxd"):
            path = ROOT / f"wfpfast/{name}{suffix}"
            text = re.sub(r"\(\n(.*?)\n\)", r"(\1)", path.read_text(), flags=re.DOTALL)
            for line in text.splitlines():
                if re.match(r"cdef (?!class|struct|enum|union|extern|const char\*\s)\S.*\(.*\).*:$",
                            line):
                    seen += 1
                    assert "noexcept" in line, f"{path.name}: {line}"
    assert seen > 60


@pytest.mark.parametrize("banned", [
    r"^\s*DEF ", r"^\s*IF ", r"^include ", r'extern from \*', r"\bTODO\b", r"\bXXX\b",
])
def test_what_the_sources_do_without(banned: str) -> None:
    for path in sources(".pyx", ".pxd", ".py"):
        assert not re.search(banned, path.read_text(), re.M), (banned, path)


def test_every_cdef_function_states_its_exceptions() -> None:
    seen = 0
    classes = {"object", "str", "bytes", "list", "dict", "tuple"}
    for path in sources(".pyx", ".pxd"):
        classes |= set(re.findall(r"^cdef class (\w+)", path.read_text(), re.M))
    for path in sources(".pyx", ".pxd"):
        text = re.sub(r"\(\n(.*?)\n\)", r"(\1)", path.read_text(), flags=re.DOTALL)
        for line in text.splitlines():
            function = re.match(
                r"\s*cdef (?:inline )?(?P<type>[\w* ]+?)\s*\*?\w+\(.*\)(?P<tail>.*)$", line)
            if not function or function["type"].split()[0] in ("class", "extern"):
                continue
            seen += 1
            if function["type"] in classes and "*" not in line.split("(")[0]:
                continue
            assert "except" in function["tail"], f"{path.name}: {line}"
    assert seen > 120
