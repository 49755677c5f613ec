from collections.abc import Sequence
from typing import Any

def find_intervals(
    intervals: Sequence[Any], moments: Sequence[Any], answers: Any, n_intervals: int,
    n_moments: int,
) -> None: ...
