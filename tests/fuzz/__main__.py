"""Searches door by door, and asks the oracles about what was found.

    python -m fuzz [TIME] [--door NAME ...] [--jobs N] [--keep BYTES]
    python -m fuzz --try FILE --door NAME

TIME is of each door, such as 90s, 2m or 1h. `nox -s fuzz` makes the build and sets the
environment that this needs. Units that break a promise are left in the folder that is named.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import atheris

from fuzz import inputs, parted, unit_of
from fuzz.corpus import keep, kept, units_in, unpack
from fuzz.doors import DOORS

# Of one unit. The timeout is the clock's; search.py looks at the processor's time. The sanitizer
# takes memory of its own. A unit has many inputs: how often they run a line says nothing of one.
LIMITS = ("-timeout=120", "-rss_limit_mb=2048", "-malloc_limit_mb=512", "-use_counters=0",
          "-print_funcs=0")
# With 1,017 for the steps. What is small is tried sooner, and has all that larger ones have.
MOST_BYTES = {door: 4096 if door == "blocks" else 6144 for door in DOORS}
UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)([smh])", text)
    if not found:
        raise argparse.ArgumentTypeError("a time is a number and s, m or h")
    return int(found[1]) * UNITS[found[2]]


def libfuzzer(door: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run libFuzzer and return what it said."""
    program = folder / "again"
    (mutator,) = Path(atheris.path(), "atheris").glob("custom_mutator.*.so")
    program.write_text(f'#!/bin/sh\nLD_PRELOAD="{mutator} $LD_PRELOAD" exec'
                       f' "{sys.executable}" -P -m fuzz.search {door} "$0" "$@"\n')
    program.chmod(0o755)
    return subprocess.run(
        [str(program), *LIMITS, f"-max_len={MOST_BYTES[door]}", *arguments], text=True,
        check=False, stderr=subprocess.PIPE, errors="replace",
        env={**os.environ, "FUZZ_TALLY": str(folder / "tally")})


def tally(folder: Path) -> str:
    """Return in words what was counted."""
    try:
        count = json.loads((folder / "tally").read_text())
    except FileNotFoundError:
        return "hardly an input tried"
    share = count["distinct"] / count["sampled"] if count["sampled"] else 1
    rate = count["inputs"] / max(1, count["seconds"])
    return (f"{count['inputs']:,} inputs tried in {count['units']:,} units, {share:.0%} of them"
            f" distinct, {rate:,.0f} a second of the processor")


def search(door: str, time: int, folder: Path, size: int) -> bool:
    """Search through one door, and say what came of it; return whether all promises were kept."""
    corpus, small = folder / "corpus", folder / "small"
    unpack(map(unit_of, DOORS[door].seeds()), corpus)
    if size == 0:       # a corpus that is to be made anew begins with nothing else
        unpack(kept(door).values(), corpus)
    found = libfuzzer(
        door, folder, f"-max_total_time={time}", f"-artifact_prefix={folder}/", str(corpus))
    covered = [line for line in found.stderr.splitlines() if " cov: " in line]
    print(f"{door}: {tally(folder)}; {covered[-1].strip() if covered else 'no coverage'}",
          flush=True)
    if found.returncode:
        print(found.stderr[-6000:])
        print(f"{door}: a promise is broken by a unit in {folder}")
        return False
    small.mkdir()
    libfuzzer(door, folder, "-merge=1", str(small), str(corpus))
    return ask(door, units_in(small), folder) and (size == 0 or collect(door, folder, size))


def ask(door: str, units: list[bytes], folder: Path) -> bool:
    """Ask the oracle about the inputs with which units begin."""
    compared = 0
    for unit in units:
        try:
            compared += DOORS[door].compare(parted(unit)[0])
        except Exception:
            (folder / "differs").write_bytes(unit)
            print(f"{door}: an oracle has another opinion of {folder}/differs")
            raise
    print(f"{door}: {len(units)} units cover all that was covered; an oracle agrees with"
          f" {compared}", flush=True)
    return True


def collect(door: str, folder: Path, size: int) -> bool:
    """Keep inputs of the units that were found, each as a unit of its own."""
    single, best = folder / "single", folder / "best"
    for unit in units_in(folder / "small"):
        unpack(map(unit_of, inputs(DOORS[door].walk, *parted(unit))), single)
    best.mkdir()
    libfuzzer(door, folder, "-merge=1", str(best), str(single))
    units = units_in(best)
    compared = {unit for unit in units if DOORS[door].compare(parted(unit)[0])}
    chosen: list[bytes] = []
    # What an oracle has an opinion on comes first; the small ones say most.
    for unit in sorted(units, key=lambda unit: (unit not in compared, len(unit))):
        if sum(map(len, chosen)) + len(unit) <= size:
            chosen.append(unit)
    keep(door, chosen)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Search for what breaks a promise.")
    parser.add_argument("time", nargs="?", type=seconds, default="2m", help="such as 2m or 1h")
    parser.add_argument("--door", action="append", choices=DOORS, help="all of them by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
                        help="so many doors at a time")
    parser.add_argument("--keep", type=int, default=0, metavar="BYTES",
                        help="make the kept units of a door anew, at most so many bytes")
    parser.add_argument("--try", dest="unit", type=Path, metavar="FILE",
                        help="try this unit once, and do not search")
    arguments = parser.parse_args()
    doors = arguments.door or list(DOORS)
    if arguments.unit:
        unit = arguments.unit.read_bytes()
        for door in doors:
            DOORS[door].try_unit(*parted(unit), len)
            each_one = inputs(DOORS[door].walk, *parted(unit))
            opinions = [DOORS[door].compare(each) for each in each_one]
            print(f"{door}: no promise is broken by {len(opinions)} inputs;"
                  f" an oracle agrees with {sum(opinions)}")
        return 0
    folders = [Path(tempfile.mkdtemp(prefix=f"fuzz-{door}-")) for door in doors]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        good = list(pool.map(
            lambda door, folder: search(door, arguments.time, folder, arguments.keep),
            doors, folders))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
