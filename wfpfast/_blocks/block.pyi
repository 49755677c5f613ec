from typing_extensions import Buffer, disjoint_base

@disjoint_base
class Block:
    base: int
    count: int
    version: int
    entries_offset: int
    tail_size: int
    nbytes: int
    def __init__(
        self,
        data: Buffer,
        *,
        base: int,
        count: int,
        version: int,
        entries_offset: int = 0,
        internal: bool = False,
        tail_size: int | None = None,
    ) -> None: ...
    @property
    def internal(self) -> bool: ...
    @property
    def data(self) -> memoryview: ...
    def __len__(self) -> int: ...
