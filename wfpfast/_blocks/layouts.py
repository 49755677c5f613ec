"""The layout of every struct of abi/, as the SDK has it; must not know what any member means.

tools/layouts.py writes the tables, and the same numbers to _layouts.h, with which the C compiler
refuses declarations in abi/ that have another layout.
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


# By name: size and alignment, for 64-bit and then for 32-bit pointers; then by the path to each
# member its C type, and offset and size for both. A path has a dot if the union has no name.
ROWS = _layouts_events.ROWS | _layouts_objects.ROWS


def _struct(name: str, first: int) -> Struct:
    """Return a struct; `first` is the index of the numbers for its pointer size."""
    sizes, rows = ROWS[name]
    members = {
        path.rpartition(".")[2]: Member(numbers[first], numbers[first + 1], c_type)
        for path, (c_type, *numbers) in rows.items()
    }
    return Struct(name, sizes[first], sizes[first + 1], members)


STRUCTS = {name: _struct(name, 0 if sys.maxsize > 2**32 else 2) for name in ROWS}
