from collections.abc import Iterable
from typing import Any

from typing_extensions import disjoint_base

@disjoint_base
class Source:
    def __init__(self, schema: Any, batches: Iterable[Any]) -> None: ...

def stream_capsule(schema: Any, batches: Iterable[Any]) -> Any: ...
