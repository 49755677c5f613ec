"""A lock of the operating system for one writer at a time; must not know what is written."""

import contextlib
import errno
import importlib
import os
from io import FileIO
from typing import Any


def _where_available(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_fcntl = _where_available("fcntl")    # not on Windows
_msvcrt = _where_available("msvcrt")  # on Windows
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK, 0)  # 0: Wine's _locking sets no errno


class WriterLock:
    """Held from construction to `release`; when the process dies, the system releases it.

    ``flock`` is advisory and locks the file itself. A lock on Windows keeps out readers, too, so
    there an empty file beside it is locked.

    Parameters
    ----------
    file : FileIO
        The open file that is to be written.
    path : str
        Its path.

    Raises
    ------
    BlockingIOError
        If another process or object holds the lock.
    """

    def __init__(self, file: FileIO, path: str) -> None:
        self._beside: FileIO | None = None
        self._beside_path = path + ".lock"
        if _fcntl is None and _msvcrt is not None:
            self._beside = FileIO(self._beside_path, "a+")
        try:
            if _fcntl is not None:
                # Not lockf: closing any descriptor of the file would release its lock.
                _fcntl.flock(file.fileno(), _fcntl.LOCK_EX | _fcntl.LOCK_NB)
            elif self._beside is not None:
                self._beside.seek(0)
                _msvcrt.locking(self._beside.fileno(), _msvcrt.LK_NBLCK, 1)
        except OSError as error:
            self.release()
            if error.errno not in _HELD:
                raise
            raise BlockingIOError(
                errno.EAGAIN, "another recorder is writing to this file", path) from error

    def release(self) -> None:
        """Let the next writer write; closing the file releases a lock on the file itself."""
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.close()
            with contextlib.suppress(OSError):  # another writer may hold it open
                os.unlink(self._beside_path)
