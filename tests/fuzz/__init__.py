"""What a fuzzer tries, door by door: the ways by which foreign bytes get into wfpfast.

A unit is the bytes of one try. Whatever they are, a door does what it promises, in little time and
memory: `Door.try_unit` fails otherwise. `Door.compare` asks an oracle as well, which is slow.
`python -m fuzz` searches for units, guided by coverage; `test_corpus.py` tries those that are kept.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

Chance = random.Random


class Door(NamedTuple):
    """One way in.

    Attributes
    ----------
    try_unit : callable
        Reads a unit, and raises if a promise is broken.
    compare : callable
        Asks an oracle about a unit; returns False if it has no opinion, and raises if it differs.
    seeds : callable
        Yields units to begin with.
    mutate : callable
        Changes a unit as who knows its structure would.
    """

    try_unit: Callable[[bytes], None]
    compare: Callable[[bytes], bool]
    seeds: Callable[[], Iterator[bytes]]
    mutate: Callable[[bytes, Chance], bytes]
