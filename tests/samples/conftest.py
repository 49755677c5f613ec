"""Where real captures are: they are not part of this repository."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def samples() -> Path:
    """The folder of real captures that WFPFAST_SAMPLES names."""
    folder = os.environ.get("WFPFAST_SAMPLES")
    if not folder:
        pytest.skip("WFPFAST_SAMPLES does not name a folder of real captures")
    path = Path(folder)
    assert (path / "netevents").is_dir(), f"WFPFAST_SAMPLES={folder} has no folder netevents"
    return path
