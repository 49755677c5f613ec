"""Searches for units of one door with libFuzzer, until its time is over or a promise is broken.

    python -m fuzz.search DOOR PROGRAM [OPTIONS OF LIBFUZZER] [FOLDERS]

PROGRAM is what libFuzzer is to run if it starts itself again. LD_PRELOAD must begin with atheris's
module for mutators: the libFuzzer that is preloaded, too, looks for one when it is loaded.
FUZZ_TALLY=FILE: what was tried is counted there. `python -m fuzz` runs it as it must be run; must
not know the doors.
"""

import os
import sys
import time
from typing import Any

import atheris

with atheris.instrument_imports(include=["wfpfast"]):
    from fuzz.doors import DOORS

from fuzz import MOST_STEPS, STEP, Chance, Door, parted, settled, unit_of
from fuzz.tally import Tally

# Of the processor, for one input: a bomb is a finding as a crash is.
SECONDS = 5
# How often a unit goes on from an input to which steps of the last one led.
SETTLED = 0.5
# How often an input is changed by one who knows its structure, and how often as bytes.
KNOWING, BLIND = 0.5, 0.2


def changed(door: Door, unit: bytes, most: int, seed: int) -> bytes:
    chance = Chance(seed)
    first = settled(door, unit, chance) if chance.random() < SETTLED else parted(unit)[0]
    way = chance.random()
    if way < KNOWING:
        first = door.mutate(first, chance)
    elif way < KNOWING + BLIND:
        first = bytes(atheris.Mutate(first, most))
    return unit_of(first, chance.randbytes(STEP.size * MOST_STEPS))[:most]


def main() -> None:
    door = DOORS[sys.argv.pop(1)]
    sys.argv.pop(0)
    # Not for programs that libFuzzer starts: they are no Python.
    os.environ["LD_PRELOAD"] = os.environ["LD_PRELOAD"].partition(" ")[2]
    tally = Tally(os.environ.get("FUZZ_TALLY"))

    start = 0.0

    def told(data: Any) -> None:
        """Count an input, and see how long the last one took."""
        nonlocal start
        last, start = start, time.process_time()
        assert start - last < SECONDS
        tally.add(data)

    def try_unit(unit: bytes) -> None:
        nonlocal start
        tally.units += 1
        start = time.process_time()
        door.try_unit(*parted(unit), told)
        assert time.process_time() - start < SECONDS

    atheris.Setup(
        sys.argv, try_unit,
        custom_mutator=lambda unit, most, seed: changed(door, unit, most, seed))
    atheris.Fuzz()


main()
