"""Counts the decoder's instructions and compares them with what they were; must not know structs.

    python -m benchmarks.instructions             # fails where there are a tenth more
    python -m benchmarks.instructions --record    # these are the ones to compare with

Counted by valgrind, for which a machine's load does not matter: twice as many calls less once as
many, so that neither Python's start nor the making of the block is in it. The compiler matters:
what is recorded is of one, named beside it, and of x86-64.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import MissingLibraryError

RECORD = Path(__file__).with_suffix(".json")
TOLERANCE = 1.10
CALLS = 40
# A call's fixed cost, and an event's: (mix, events in the block).
BLOCKS = {
    "a call, 1 event": ("realistic", 1),
    "an event, realistic": ("realistic", 1_024),
    "an event, 5 % IKE": ("5 % IKE", 1_024),
}
SCRIPT = """
import sys
from benchmarks.data import sample
from wfpfast import Decoder
mix, size, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
block, decoder = sample(size, mix=mix).block, Decoder()
for _ in range(calls):
    batch = decoder.decode(block)
    schema, array = batch.__arrow_c_array__()
    del batch, schema, array
"""


def count(mix: str, size: int) -> float:
    """Return how many instructions decoding and exporting an event of a block takes."""
    once, twice = (_run(mix, size, calls) for calls in (CALLS, 2 * CALLS))
    return (twice - once) / CALLS / size


def _run(mix: str, size: int, calls: int) -> int:
    command = [
        "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
        sys.executable, "-P", "-c", SCRIPT, mix, str(size), str(calls)]
    place = os.pathsep.join(each for each in sys.path if each)
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": place}
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise MissingLibraryError("valgrind is not installed") from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{mix}, {size} events:\n{error.stderr}") from None
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    if not found:
        raise RuntimeError(f"valgrind counts nothing:\n{done.stderr}")
    return int(found[1].replace(",", ""))


def compare(counts: dict[str, float], recorded: dict[str, float]) -> list[str]:
    """Return a line for each block; those that are too many end in TOO MANY."""
    if counts.keys() != recorded.keys():
        raise RuntimeError(f"recorded are {', '.join(recorded)}: use --record")
    lines = []
    for name, now in counts.items():
        share = now / recorded[name]
        verdict = "  TOO MANY" if share > TOLERANCE else ""
        lines.append(f"{name:22}{now:>10,.0f}{recorded[name]:>10,.0f}{share:>8.2f} x{verdict}")
    return lines


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions")
    parser.add_argument("--record", action="store_true", help="write what is counted now")
    options = parser.parse_args(argv)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(count, *zip(*BLOCKS.values(), strict=True))
            counts = dict(zip(BLOCKS, found, strict=True))
    except MissingLibraryError as error:
        sys.exit(f"benchmarks: {error}")
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True)
    if options.record:
        record = {"compiler": compiler.stdout.splitlines()[0],
                  "instructions": {name: round(each) for name, each in counts.items()}}
        RECORD.write_text(json.dumps(record, indent=2) + "\n")
        return
    record = json.loads(RECORD.read_text())
    lines = compare(counts, record["instructions"])
    print(f"{'Instructions for':22}{'now':>10}{'recorded':>10}", *lines, sep="\n")
    if any(line.endswith("TOO MANY") for line in lines):
        sys.exit(f"benchmarks: more than {TOLERANCE:.2f} times what {record['compiler']} recorded")


if __name__ == "__main__":
    main()
