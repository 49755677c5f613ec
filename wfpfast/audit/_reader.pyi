from collections.abc import Sequence
from typing import Any, Literal, final

from wfpfast._decode.decoder import EventBatch

CHUNK_SIZE: int
PROVIDER: bytes

@final
class AuditReader:
    def __init__(
        self,
        *,
        columns: Sequence[str] | None = None,
        addresses: Literal["text", "binary"] = "text",
        errors: Literal["raise", "null"] = "raise",
        batch_size: int = 8192,
    ) -> None: ...
    @property
    def column_names(self) -> list[str]: ...
    def feed(
        self, memory: Any, count: int, number: int, *, checking: bool = True
    ) -> None: ...
    def follow(self, leader: AuditReader) -> None: ...
    def survey(self) -> bool: ...
    def read(self) -> EventBatch | None: ...
    def __arrow_c_schema__(self) -> Any: ...
