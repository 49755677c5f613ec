from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wfpfast._blocks.block import Block

def encode(
    events: Iterable[Mapping[str, Any]],
    *,
    version: int = 5,
    base: int = 0x20000000000,
    order: Sequence[int] | None = None,
    internal: bool | None = None,
) -> Block: ...
