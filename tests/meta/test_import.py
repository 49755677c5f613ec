"""What `import wfpfast` costs and brings along."""

from fresh_python import fresh_python

SCRIPT = """
import sys
before = set(sys.modules)
import wfpfast
heavy = {"numpy", "pyarrow", "pandas", "polars", "duckdb", "click", "rich", "ctypes", "asyncio"}
print(sorted(heavy & (set(sys.modules) - before)))
"""


def test_the_core_imports_no_big_library() -> None:
    assert fresh_python(SCRIPT, "-W", "error").strip() == "[]"
