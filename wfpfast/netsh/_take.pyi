from collections.abc import Callable, Mapping
from typing import Any, final

IPV4: int
IPV6: int
TIME: int

@final
class Member:
    name: str
    convert: Callable[[Any], Any]
    family: int | None
    def __init__(
        self,
        name: str,
        convert: Callable[[Any], Any],
        *,
        limit: int | None = None,
        form: int | None = None,
        family: int | None = None,
    ) -> None: ...
    def fresh(self) -> Member: ...
    def remember(self, held: str | bytes, value: Any) -> None: ...

def take_easy(
    node: dict[str, Any],
    table: Mapping[str, Member],
    built: dict[str, Any],
) -> list[tuple[str, Any]]: ...
