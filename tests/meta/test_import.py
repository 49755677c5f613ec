"""What `import wfpfast` costs and brings along."""

from fresh_python import fresh_python

SCRIPT = """
import sys
before = set(sys.modules)
import wfpfast
heavy = {"numpy", "pyarrow", "pandas", "polars", "duckdb", "click", "rich", "ctypes", "asyncio",
         "xml", "ipaddress", "uuid", "difflib", "dataclasses", "wfpfast.netsh", "wfpfast.engine"}
print(sorted(heavy & (set(sys.modules) - before)))
"""


def test_the_core_imports_no_big_library() -> None:
    assert fresh_python(SCRIPT, "-W", "error").strip() == "[]"


def test_what_is_imported_later_is_there_when_it_is_asked_for() -> None:
    script = "import wfpfast; print([n for n in wfpfast.__all__ if not hasattr(wfpfast, n)])"
    assert fresh_python(script).strip() == "[]"
    assert fresh_python("from wfpfast import *; print(netsh.__name__)").strip() == "wfpfast.netsh"
    script = "import wfpfast; print(set(wfpfast.__all__) - set(dir(wfpfast)), 'engine' in dir())"
    assert fresh_python(script).strip() == "set() False"


def test_sources_that_are_not_built_say_what_to_do() -> None:
    """In a clone Python takes the folder there before what is installed."""
    script = (
        "import sys; sys.modules['wfpfast._blocks.block'] = None\n"
        "try:\n    import wfpfast\n"
        "except ImportError as error:\n    print(type(error).__name__, error)")
    said = fresh_python(script)
    assert said.startswith("ImportError ")
    assert "which is not built: start Python in another folder" in said
    other = script.replace("wfpfast._blocks.block'", "wfpfast.errors'")
    assert "not built" not in fresh_python(other)
