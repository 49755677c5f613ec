"""A C library whose allocations fail if wfpfast's compiled code asks; knows nothing of wfpfast."""

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_suffix(".c")
FOLDER = tempfile.TemporaryDirectory(prefix="failing-malloc-")

needs_failing_malloc = pytest.mark.skipif(
    sys.platform != "linux" or "LD_PRELOAD" in os.environ,
    reason="takes the place of malloc, as glibc lets it; a sanitizer may have that place already")


@functools.cache
def failing_malloc() -> str:
    """Return the library, for LD_PRELOAD."""
    library = Path(FOLDER.name) / "failing_malloc.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    return str(library)
