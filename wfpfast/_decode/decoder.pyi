from collections.abc import Iterator, Sequence
from typing import Any, Literal, Self, final, overload

from wfpfast._blocks.block import Block
from wfpfast._columns.batch import Batch
from wfpfast._columns.cells import Column
from wfpfast._columns.mask import Mask
from wfpfast._decode.row import NetEvent

@final
class EventBatch(Batch):
    version: int
    @property
    def stats(self) -> dict[str, int]: ...
    @overload
    def __getitem__(self, key: str, /) -> Column: ...
    @overload
    def __getitem__(self, key: int, /) -> NetEvent: ...
    @overload
    def __getitem__(self, key: slice | Mask, /) -> EventBatch: ...
    def __iter__(self) -> Iterator[NetEvent]: ...
    def with_names(self, filters: Any = None, **options: Any) -> Any: ...

@final
class Decoder:
    def __new__(
        cls,
        *,
        columns: Sequence[str] | None = None,
        addresses: Literal["text", "binary"] = "text",
        errors: Literal["raise", "null"] = "raise",
    ) -> Self: ...
    @property
    def column_names(self) -> list[str]: ...
    def decode(self, block: Block) -> EventBatch: ...
    def __arrow_c_schema__(self) -> Any: ...

def decode(block: Block, **options: Any) -> EventBatch: ...
