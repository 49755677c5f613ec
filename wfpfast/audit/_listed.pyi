from collections.abc import Iterable

def put_texts(
    memory: bytearray, targets: dict[str, int], items: Iterable[tuple[str, str]]
) -> list[str]: ...
