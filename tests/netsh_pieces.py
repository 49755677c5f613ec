"""A binary file that gives its bytes in pieces of any size, as pipes and sockets do."""

import io


class Pieces(io.RawIOBase):
    """A file that is read in pieces of given sizes, and then as a whole."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = data
        self._sizes = sizes
        self._at = self._count = 0

    def read(self, _: int = -1) -> bytes:
        size = self._sizes[self._count] if self._count < len(self._sizes) else len(self._data)
        self._count += 1
        piece = self._data[self._at:self._at + size]
        self._at += size
        return piece
