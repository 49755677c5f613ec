"""Memory that changes during a decode gives wrong values, but nothing outside of it is read."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wfpfast

TESTS = Path(__file__).parents[1]
# A long run: WFPFAST_FLIP_SECONDS=60.
SECONDS = os.environ.get("WFPFAST_FLIP_SECONDS", "3")


@pytest.mark.skipif(sys.platform != "linux", reason="guards the memory with Linux' calls")
@pytest.mark.skipif(not shutil.which("cc"), reason="the thread is written in C")
def test_a_thread_that_overwrites_a_block_while_it_is_decoded(tmp_path: Path) -> None:
    flipper = tmp_path / "flipper.so"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-pthread", TESTS / "flipper.c", "-o", flipper],
        check=True)
    places = os.pathsep.join([str(Path(wfpfast.__file__).parents[1]), str(TESTS)])
    done = subprocess.run(
        [sys.executable, "-P", TESTS / "decode" / "changing_memory.py", flipper, SECONDS],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": places})
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 20
