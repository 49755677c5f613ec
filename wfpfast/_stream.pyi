from collections.abc import Iterable
from typing import Any

def stream_capsule(schema: Any, batches: Iterable[Any]) -> Any: ...
