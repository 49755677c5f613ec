def valid_prefix(data: bytes, start: int, stop: int) -> tuple[int, int]: ...
def mend(
    data: bytes, start: int, stop: int, *, before: int, final: bool
) -> tuple[bytes, int, int, int]: ...
def from_utf16(
    data: bytes,
    start: int,
    stop: int,
    *,
    big: bool,
    before: int,
    final: bool,
    mixed: bool = False,
) -> tuple[bytes, int, int]: ...
