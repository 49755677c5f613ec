from collections.abc import Mapping
from typing import Any

IPV4: str
IPV6: str
TIME: str

def take_easy(
    node: dict[str, Any],
    table: Mapping[str, tuple[Any, ...]],
    made: dict[str, Any],
) -> list[tuple[str, Any]]: ...
