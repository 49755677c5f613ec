"""Reads a block's bytes by address with struct alone; knows nothing of wfpfast's decoder."""

import struct
from typing import Any

from wfpfast import Block


class View:
    """The memory of a block, at the addresses that it claims."""

    def __init__(self, block: Block) -> None:
        self.data = bytes(block.data)
        self.base = block.base
        self.entries = struct.unpack_from(f"<{block.count}Q", self.data, block.entries_offset)

    def raw(self, address: int, size: int) -> bytes:
        start = address - self.base
        assert 0 <= start <= start + size <= len(self.data)
        return self.data[start:start + size]

    def unpack(self, address: int, layout: str) -> tuple[Any, ...]:
        """Return the members at an address; `layout` is struct's, with padding written as x."""
        layout = "<" + layout
        return struct.unpack(layout, self.raw(address, struct.calcsize(layout)))

    def text(self, address: int) -> str:
        """Return the NUL-terminated UTF-16 at an address."""
        end = address
        while self.unpack(end, "H") != (0,):
            end += 2
        return self.raw(address, end - address).decode("utf-16-le")
