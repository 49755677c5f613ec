from typing import Self

from typing_extensions import Buffer, disjoint_base

@disjoint_base
class Block:
    base: int
    count: int
    version: int
    entries_offset: int
    tail_size: int
    nbytes: int
    def __new__(
        cls,
        data: Buffer,
        *,
        base: int,
        count: int,
        version: int,
        entries_offset: int = 0,
        internal: bool = False,
        tail_size: int | None = None,
    ) -> Self: ...
    @property
    def internal(self) -> bool: ...
    @property
    def data(self) -> memoryview: ...
    def __len__(self) -> int: ...
