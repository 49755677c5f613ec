"""Searches for units of one door with libFuzzer, until its time is over or a promise is broken.

    python -m fuzz.search DOOR PROGRAM [OPTIONS OF LIBFUZZER] [FOLDERS]

PROGRAM is what libFuzzer is to run if it starts itself again. `python -m fuzz` runs it as it must
be run; must not know the doors.
"""

import sys

import atheris

with atheris.instrument_imports(include=["wfpfast"]):
    from fuzz.doors import DOORS

from fuzz import Chance

# How often a unit is changed by one who knows its structure, and not as bytes alone.
KNOWING = 0.7


def main() -> None:
    door = DOORS[sys.argv.pop(1)]
    sys.argv.pop(0)

    def changed(unit: bytes, most: int, seed: int) -> bytes:
        chance = Chance(seed)
        if chance.random() < KNOWING:
            return door.mutate(unit, chance)[:most]
        return bytes(atheris.Mutate(unit, most))

    atheris.Setup(sys.argv, door.try_unit, custom_mutator=changed)
    atheris.Fuzz()


main()
