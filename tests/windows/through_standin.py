"""Lets the tests of the engine go through fwpuclnt.dll: a plugin of pytest.

Every engine of theirs is opened as on Windows, and the stand-in gives each call to the simulator
that the test has made.
"""

import pytest
from standin_hook import connect

from wfpfast.engine._session import Session


@pytest.fixture(autouse=True)
def the_dll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open sessions with the DLL's calls."""
    monkeypatch.setattr("wfpfast.engine.Session", lambda api: Session(connect(api)))
