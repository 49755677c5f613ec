from collections.abc import Iterator
from typing import Any, final

from wfpfast.audit._change import Fault, Record

@final
class ChangeReader:
    @property
    def seen(self) -> dict[str, int]: ...
    def read(
        self, memory: Any, count: int, number: int, *, checking: bool = True
    ) -> Iterator[Record | Fault]: ...
