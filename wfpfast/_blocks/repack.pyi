from collections.abc import Sequence

from wfpfast._blocks.block import Block

def repack(block: Block, events: Sequence[int] | None = None) -> Block: ...
