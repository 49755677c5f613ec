"""Gives the stand-in for fwpuclnt.dll a simulator, whose counters are reported in the end.

Loaded by every Python of the test installation when it starts, and does nothing unless the
environment asks: WFPFAST_STANDIN_REPORT names the file for the report.
"""

import atexit
import ctypes
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfpfast import Simulator
    from wfpfast.engine._api import Api

_SYSTEM32_ONLY = 0x800  # LOAD_LIBRARY_SEARCH_SYSTEM32
_kept: list[Any] = []   # the DLL has their addresses


def connect(simulator: "Simulator") -> "Api":
    """Let the stand-in answer as a simulator does, and return the calls as Windows' own."""
    from wfpfast.engine._win32 import load
    from wfpfast.simulator._simulation import ENTRIES

    dll = ctypes.WinDLL("fwpuclnt.dll", winmode=_SYSTEM32_ONLY)  # type: ignore[attr-defined]
    dll.standin_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    _kept.append(simulator)
    taken = sum(
        dll.standin_connect(name.encode(), simulator._address(name)) for name in ENTRIES)
    if taken < 20:
        raise RuntimeError(f"the stand-in took {taken} calls")
    return load()


def _connect_and_report(path: str) -> None:
    from wfpfast import Simulator

    rate = float(os.environ.get("WFPFAST_STANDIN_RATE", "2000"))
    simulator = Simulator(events=300, rate=rate)
    connect(simulator)

    def report() -> None:
        simulator.stop()
        options = {"calls": simulator.calls, "live": simulator.live, "stats": simulator.stats}
        Path(path).write_text(json.dumps(options))

    atexit.register(report)


if os.environ.get("WFPFAST_STANDIN_REPORT"):
    _connect_and_report(os.environ["WFPFAST_STANDIN_REPORT"])
