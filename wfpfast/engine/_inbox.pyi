from collections.abc import Callable
from typing import TypeVar

from typing_extensions import disjoint_base

from wfpfast._blocks.block import Block
from wfpfast.engine._session import NativeTemplate, Session

_T = TypeVar("_T")

@disjoint_base
class Inbox:
    version: int
    def __init__(
        self, session: Session, template: NativeTemplate | None, version: int, capacity: int
    ) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def stats(self) -> dict[str, int]: ...
    def wait(self, seconds: float | None) -> bool: ...
    def take(self, decode: Callable[[Block, int], _T]) -> _T | None: ...
    def take_copy(self) -> tuple[Block, int] | None: ...
    def close(self) -> None: ...
