from collections.abc import Collection, Mapping
from typing import Any, final

@final
class Section:
    tag: str
    def __init__(
        self, tag: str, kind: str, struct: str, members: Mapping[str, Any],
        ignored: Collection[str],
    ) -> None: ...
