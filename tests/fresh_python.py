"""Runs a script in a Python of its own, with the wfpfast that is tested here."""

import os
import subprocess
import sys
from pathlib import Path

import wfpfast

# For scripts: in_use() is how many bytes the C library has given out.
IN_USE = """
import ctypes, gc

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

mallinfo = ctypes.CDLL(None).mallinfo2
mallinfo.restype = Info

def in_use():
    gc.collect()
    info = mallinfo()
    return info.uordblks + info.hblkhd
"""


def fresh_python(script: str, *options: str, timeout: float = 280) -> str:
    """Return what the script prints; raise if it fails, or takes longer than so many seconds.

    These are fewer than pytest gives a test, so that what hangs is killed with it.

    The working directory is kept off the path: in a checkout, wfpfast has no compiled modules.
    """
    place = str(Path(wfpfast.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-P", *options, "-c", script], capture_output=True, text=True,
        check=False, timeout=timeout, env=os.environ | {"PYTHONPATH": place})
    assert run.returncode == 0, run.stderr
    return run.stdout
