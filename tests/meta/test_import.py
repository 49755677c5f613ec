"""What `import wfpfast` costs and brings along."""

import subprocess
import sys

SCRIPT = """
import sys
before = set(sys.modules)
import wfpfast
heavy = {"numpy", "pyarrow", "pandas", "polars", "duckdb", "click", "rich", "ctypes", "asyncio"}
print(sorted(heavy & (set(sys.modules) - before)))
"""


def test_the_core_imports_no_big_library() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
