"""What a fuzzer tries, door by door: the ways by which foreign bytes get into wfpfast.

A unit is an input and up to 255 steps that lead from it to others: all of them are tried, and
counted, in one go, since a step costs less than a unit of libFuzzer. Whatever they are, a door does
what it promises, in little time and memory: `Door.try_input` fails otherwise. `Door.compare` asks
an oracle as well, which is slow. `python -m fuzz` searches for units, guided by coverage;
`test_corpus.py` tries those that are kept.
"""

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Chance = random.Random
# Where something changes; how; which; a number. What they mean is up to the door, and any bytes are
# steps. A step is taken back before the next one, but for those that say that they stay.
STEP = struct.Struct("<HBBI")
MOST_STEPS = 63
STAYS = 0x80    # in how


class Step(NamedTuple):
    where: int
    how: int
    which: int
    number: int

    @property
    def stays(self) -> bool:
        return self.how & 0xE0 == STAYS   # an eighth of them


class Door(NamedTuple):
    """One way in.

    Attributes
    ----------
    try_input : callable
        Reads an input, and raises if a promise is broken. What it gets beside is a dict that is
        empty for the first input of a unit, and the same for the others.
    walk : callable
        Yields the inputs to which steps lead from another one.
    compare : callable
        Asks an oracle about an input; returns False if it has no opinion, and raises if it differs.
    seeds : callable
        Yields inputs to begin with.
    mutate : callable
        Changes an input as who knows its structure would, in ways that are too large for a step.
    """

    try_input: Callable[[bytes, dict[str, Any]], None]
    walk: Callable[[bytes, list[Step]], Iterator[bytes]]
    compare: Callable[[bytes], bool]
    seeds: Callable[[], Iterator[bytes]]
    mutate: Callable[[bytes, Chance], bytes]

    def inputs(self, unit: bytes) -> Iterator[bytes]:
        """Yield the inputs of a unit. A step that changes nothing leads nowhere."""
        first, steps = parted(unit)
        yield first
        last = first
        for each in self.walk(first, steps):
            if each != last:
                yield each
            last = each

    def try_unit(self, unit: bytes) -> None:
        known: dict[str, Any] = {}
        for each in self.inputs(unit):
            self.try_input(each, known)


def parted(unit: bytes) -> tuple[bytes, list[Step]]:
    """Return the input with which a unit begins, and its steps."""
    end = 1 + STEP.size * (unit[0] if unit else 0)
    steps = unit[1:end]
    steps = steps[:len(steps) - len(steps) % STEP.size]
    return unit[end:], [Step(*each) for each in STEP.iter_unpack(steps)]


def unit_of(first: bytes, steps: bytes = b"") -> bytes:
    return bytes([len(steps) // STEP.size]) + steps + first
