"""The layout of every struct of abi/, as the SDK has it; must not know what any member means.

tools/layouts.py writes the tables, and _layouts.h with the same numbers: by that the C compiler
refuses declarations in abi/ that are laid out otherwise.
"""

import sys
from typing import NamedTuple

from wfpfast._blocks import layouts_events as _layouts_events
from wfpfast._blocks import layouts_objects as _layouts_objects


class Member(NamedTuple):
    """Where a member lies in its struct, in bytes, and its type as the header spells it."""

    offset: int
    size: int
    c_type: str


class Struct(NamedTuple):
    """A struct for the pointers of the running Python; sizes in bytes."""

    name: str
    size: int
    align: int
    members: dict[str, Member]


# By name: size and alignment for 64-bit pointers and for 32-bit; by the way to each member its C
# type, then offset and size for either. A way has a dot where the SDK leaves the union unnamed.
ROWS = _layouts_events.ROWS | _layouts_objects.ROWS


def _struct(name: str, at: int) -> Struct:
    """Return a struct, given where the numbers of its pointers begin."""
    sizes, rows = ROWS[name]
    members = {
        way.rpartition(".")[2]: Member(numbers[at], numbers[at + 1], c_type)
        for way, (c_type, *numbers) in rows.items()
    }
    return Struct(name, sizes[at], sizes[at + 1], members)


STRUCTS = {name: _struct(name, 0 if sys.maxsize > 2**32 else 2) for name in ROWS}
