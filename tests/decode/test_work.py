"""Twice the block is twice the work, for every member that points; counted in instructions.

Counted by valgrind, as a processor executes them: what wfpfast charges does not matter here.
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import shared_blocks

import wfpfast

# Quadratic work of one member would be many times the linear work of all others.
SIZE, TIMES = 24_000, 1_500
SCRIPT = """
import sys
from shared_blocks import heavies, shared
from wfpfast import Decoder
scale, decoding = int(sys.argv[1]), sys.argv[2] == "decoding"
for heavy in heavies({SIZE} * scale):
    if "range" in heavy.name:
        continue
    block = shared(heavy, {SIZE} * scale, {TIMES} * scale)
    if decoding:
        Decoder(errors="null").decode(block)
"""


def instructions(scale: int, what: str) -> int:
    command = [
        "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
        sys.executable, "-P", "-c", SCRIPT.format(SIZE=SIZE, TIMES=TIMES), str(scale), what]
    places = [Path(wfpfast.__file__).parents[1], Path(shared_blocks.__file__).parent]
    environment = os.environ | {
        "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(map(str, places))}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    [found] = re.findall(r"I +refs: +([\d,]+)", done.stderr)
    return int(found.replace(",", ""))


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind counts the instructions")
def test_twice_the_block_is_twice_the_work() -> None:
    runs = [(scale, what) for scale in (1, 2) for what in ("making", "decoding")]
    with ThreadPoolExecutor(2) as pool:
        making, decoding, making_twice, decoding_twice = pool.map(
            instructions, *zip(*runs, strict=True))
    once, twice = decoding - making, decoding_twice - making_twice
    assert once > 10**8
    assert twice / once < 2
