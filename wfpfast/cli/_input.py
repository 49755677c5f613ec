"""Something to read: a file, a pipe, or what is packed in one; must not know formats.

A reader gets an `Input` from its beginning, although its first bytes have been looked at, and
whether or not one can go back in it.
"""

import contextlib
import io
import lzma
import os
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wfpfast.cli import _screen
from wfpfast.cli._screen import Fault

STDIN = "-"
STDIN_NAME = "standard input"
BUFFER = 1 << 18
SPOOL = 2 << 30  # bytes of what is packed or comes from a pipe, that may be put on the disk
_COPY = 1 << 20
# What unpacking raises, beside errors of the disk, which have a number.
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError,
          RuntimeError)


class _Stream(io.RawIOBase):
    """Bytes that are read once, and how many they were; a damage ends them, and is kept."""

    def __init__(self, name: str, file: Any) -> None:
        self.name = name
        self.fault: str | None = None
        self.count = 0
        # One read at a time: of several, a damage would cost those before it.
        self._read = getattr(file, "readinto1", file.readinto)
        self._kept = b""

    def readable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what was looked at before, then what follows."""
        if not self._kept:
            return self._pull(buffer)
        taken = min(len(buffer), len(self._kept))
        buffer[:taken] = self._kept[:taken]
        self._kept = self._kept[taken:]
        return taken

    def peek(self, count: int) -> bytes:
        """Return the next bytes, and keep them."""
        while len(self._kept) < count:
            more = bytearray(count - len(self._kept))
            got = self._pull(more)
            if not got:
                break
            self._kept += more[:got]
        return self._kept[:count]

    def _pull(self, buffer: Any) -> int:
        try:
            got: int = 0 if self.fault else self._read(buffer) or 0
        except DAMAGE as error:
            self.fault = str(error)
            return 0
        except OSError as error:
            if error.errno is not None:
                raise
            self.fault = str(error)  # as gzip and bz2 say it
            return 0
        self.count += got
        return got


class Pieces(io.RawIOBase):
    """The bytes of pieces as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read of one piece, or of the next one that has bytes."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


class Input:
    """Something to read.

    Parameters
    ----------
    name : str
        What messages call it.
    file : binary file
        At its beginning.
    size : int, optional
        How many bytes there are; a pipe does not know.
    path : Path, optional
        Of a file that can be opened once more.
    share : callable, optional
        Returns how much has been read, 0 to 1, or None; without it, that is counted here.

    Attributes
    ----------
    file : io.BufferedReader
        The bytes from the beginning, to be read once.
    trouble : str or None
        Why it could not be opened.
    """

    def __init__(
        self, name: str, file: Any, *, size: int | None = None, path: Path | None = None,
        share: Callable[[], float | None] | None = None, trouble: str | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.trouble = trouble
        self._size = size
        self._share = share
        self._stream = _Stream(name, file)
        self.file = io.BufferedReader(self._stream, BUFFER)

    @property
    def fault(self) -> str | None:
        """Why its bytes end before they should; known when they have been read."""
        return self._stream.fault

    @property
    def nbytes(self) -> int:
        """How many bytes have been read."""
        return self._stream.count

    def peek(self, count: int) -> bytes:
        """Return its first bytes; only before anything is read."""
        return self._stream.peek(count)

    def share(self) -> float | None:
        """Return how much of it has been read, 0 to 1; None if nobody can know."""
        if self._share is not None:
            return self._share()
        return None if self._size is None else min(1.0, self.nbytes / max(1, self._size))

    def on_disk(self, stack: contextlib.ExitStack) -> Path:
        """Return a file in which one can go back: itself, or a copy that `stack` removes."""
        if self.path is not None:
            return self.path
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wfpfast-"))
        path, left = Path(folder) / "copy", SPOOL
        with path.open("wb") as copy:
            while piece := self.file.read(_COPY):
                left -= len(piece)
                if left < 0:
                    raise Fault(f"{self.name}: cannot be read as it comes, and is more than"
                                f" {_screen.size(SPOOL)}: unpack it, and give the file")
                copy.write(piece)
        if self.fault:
            raise Fault(f"{self.name}: {self.fault}")
        return path


def name_of(path: Path) -> str:
    """Return what messages call the thing at a path."""
    return STDIN_NAME if str(path) == STDIN else str(path)


def failed(name: str, trouble: str) -> Input:
    """Return what could not be opened, so that the others are read all the same."""
    return Input(name, io.BytesIO(), trouble=trouble)


def opened_file(path: Path, stack: contextlib.ExitStack) -> Input:
    """Open a file or a pipe; ``-`` is the standard input."""
    if str(path) == STDIN:
        stdin = getattr(sys.stdin, "buffer", None)
        if stdin is None or stdin.closed:
            raise Fault(f"{STDIN_NAME}: is closed, or has been read")
        stack.callback(stdin.close)
        return Input(STDIN_NAME, stdin)
    file = stack.enter_context(path.open("rb", buffering=0))
    about = os.fstat(file.fileno())
    if not stat.S_ISREG(about.st_mode):
        return Input(str(path), file)
    return Input(str(path), file, size=about.st_size, path=path)
