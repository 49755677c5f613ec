from typing import final

@final
class LineScanner:
    def __init__(self) -> None: ...
    def scan(
        self, data: bytes, at: int, number: int, most: int
    ) -> tuple[int, int, bytes, dict[str, int]]: ...
