"""How fast wfpfast is, beside what one would use instead; this module only prepares the imports.

It must not know what is measured.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).parents[1])
if sys.path[0] in ("", _ROOT):
    # `python -m benchmarks` puts the checkout first, where wfpfast has no compiled modules unless
    # it was built in place; last, it hides no installed wfpfast.
    sys.path.append(sys.path.pop(0) or _ROOT)
sys.path.append(str(Path(_ROOT, "tests")))  # the ctypes oracle, a rival


class MissingLibraryError(Exception):
    """A library of the extra `wfpfast[bench]` is not installed."""


def library(name: str) -> Any:
    """Import what only the benchmarks need; what is missing is an error, never left out."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingLibraryError(f"{error}: install wfpfast[bench]") from None
