from wfpfast.counting._tally import Tally

def best(
    tally: Tally, most: int | None = None, numbers: dict[int, int] | None = None
) -> tuple[int, int, list[int]]: ...
