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
from itertools import islice
from typing import Any, NamedTuple

Chance = random.Random
# Where something changes; how; which; a number. What they mean is up to the door, and any bytes are
# steps. A step is taken back before the next one, but for the eighth of them that stay.
STEP = struct.Struct("<HBBI")
MOST_STEPS = 127
Step = tuple[int, int, int, int]
Told = Callable[[Any], None]    # is told the bytes of each input


def stays(how: int) -> bool:
    return how & 0xE0 == 0xE0


class Door(NamedTuple):
    """One way in.

    Attributes
    ----------
    try_unit : callable
        Reads an input and those to which steps lead, and raises if a promise is broken.
    walk : callable
        Yields the inputs to which steps lead.
    compare : callable
        Asks an oracle about an input; returns False if it has no opinion, and raises if it differs.
    seeds : callable
        Yields inputs to begin with.
    mutate : callable
        Changes an input as who knows its structure would, in ways that are too large for a step.
    """

    try_unit: Callable[[bytes, list[Step], Told], None]
    walk: Callable[[bytes, list[Step]], Iterator[bytes]]
    compare: Callable[[bytes], bool]
    seeds: Callable[[], Iterator[bytes]]
    mutate: Callable[[bytes, Chance], bytes]


def one_by_one(
    try_input: Callable[[bytes, dict[str, Any]], None],
    walk: Callable[[bytes, list[Step]], Iterator[bytes]],
) -> Callable[[bytes, list[Step], Told], None]:
    """Return the `try_unit` of a door whose inputs are tried one by one.

    What `try_input` gets beside is a dict, empty for the first input of a unit, and the same for
    the others.
    """
    def try_unit(first: bytes, steps: list[Step], told: Told) -> None:
        known: dict[str, Any] = {}
        for each in inputs(walk, first, steps):
            told(each)
            try_input(each, known)

    return try_unit


def inputs(walk: Any, first: bytes, steps: list[Step]) -> Iterator[bytes]:
    """Yield the inputs of a unit. A step that changes nothing leads nowhere."""
    yield first
    last = first
    for each in walk(first, steps):
        if each != last:
            yield each
        last = each


def parted(unit: bytes) -> tuple[bytes, list[Step]]:
    """Return the input with which a unit begins, and its steps."""
    end = 1 + STEP.size * (unit[0] if unit else 0)
    steps = unit[1:end]
    return unit[end:], list(STEP.iter_unpack(steps[:len(steps) - len(steps) % STEP.size]))


def unit_of(first: bytes, steps: bytes = b"") -> bytes:
    return bytes([len(steps) // STEP.size]) + steps + first


def settled(door: Door, unit: bytes, chance: Chance) -> bytes:
    """Return one of the inputs of a unit."""
    first, steps = parted(unit)
    if not steps:
        return first
    return next(islice(door.walk(first, steps), chance.randrange(len(steps)), None), first)
