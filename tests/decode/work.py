"""Counts the instructions that a decode of n and of 2n bytes takes, for every member that points.

    python tests/decode/work.py

prints a table, with the time that it takes as well. valgrind counts: what wfpfast charges does not
matter here. Must not know how anything is decoded.
"""

import ctypes
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import shared_blocks
from shared_blocks import heavies, shared

import wfpfast
from wfpfast import Block, Decoder

PARTS = 4   # of the members, each with a valgrind of its own
# Small enough to be quick, and large enough for the budget to end at both sizes.
SIZE, TIMES = 6_000, 300
# Counting begins and ends with a decode: all else is several times as fast without.
MARKS = """#include <valgrind/callgrind.h>
void work_begin(void) { CALLGRIND_START_INSTRUMENTATION; CALLGRIND_ZERO_STATS; }
void work_end(void) { CALLGRIND_DUMP_STATS; CALLGRIND_STOP_INSTRUMENTATION; }
"""
PLACES = [str(Path(wfpfast.__file__).parents[1]), str(Path(shared_blocks.__file__).parent)]


class Work(NamedTuple):
    """What a member costs in a block and in one that is twice as large."""

    name: str
    once: int
    twice: int


def blocks(part: int) -> Iterator[tuple[str, Block]]:
    """Yield blocks in which a member is shared by many events, and those twice as large."""
    for place, (some, more) in enumerate(zip(heavies(SIZE), heavies(2 * SIZE), strict=True)):
        assert some.name == more.name
        if place % PARTS == part and "range" not in some.name:  # the same as without one
            yield some.name, shared(some, SIZE, TIMES)
            yield some.name, shared(more, 2 * SIZE, 2 * TIMES)


def decode_all(library: str, part: int) -> None:
    """Decode each block between two marks."""
    marks = ctypes.CDLL(library)
    for name, block in blocks(part):
        decoder = Decoder(errors="null")
        marks.work_begin()
        decoder.decode(block)
        marks.work_end()
        print(name)


def counted(part: int) -> list[Work]:
    """Return the work of each member of a part."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "mark.c").write_text(MARKS)
        subprocess.run(
            ["cc", "-O0", "-shared", "-fPIC", "mark.c", "-o", "mark.so"], check=True, cwd=folder)
        done = subprocess.run([
            "valgrind", "--tool=callgrind", "--dump-line=no", "--instr-atstart=no",
            f"--callgrind-out-file={folder}/out", sys.executable, "-P", __file__,
            f"{folder}/mark.so", str(part)], check=True, capture_output=True, text=True,
            env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(PLACES)})
        names = done.stdout.splitlines()
        found = [
            int(re.findall(r"^(?:summary|totals): (\d+)", path.read_text(), re.M)[0])
            for path in (place / f"out.{k + 1}" for k in range(len(names)))]
    return [Work(*each) for each in zip(names[::2], found[::2], found[1::2], strict=True)]


def seconds(block: Block) -> float:
    """Return the shortest of some times that a decode took."""
    spans = []
    for _ in range(5):
        decoder, start = Decoder(errors="null"), time.perf_counter()
        decoder.decode(block)
        spans.append(time.perf_counter() - start)
    return min(spans)


def main() -> None:
    if sys.argv[1:]:
        decode_all(sys.argv[1], int(sys.argv[2]))
        return
    print("| member | instructions, n | 2n | ratio | ms, n | 2n |\n|---|---|---|---|---|---|")
    for part in range(PARTS):
        times = [seconds(block) * 1000 for _, block in blocks(part)]
        for work, once, twice in zip(counted(part), times[::2], times[1::2], strict=True):
            print(f"| {work.name} | {work.once:,} | {work.twice:,} |"
                  f" {work.twice / work.once:.2f} | {once:.2f} | {twice:.2f} |")


if __name__ == "__main__":
    main()
