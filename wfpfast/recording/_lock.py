"""One writer at a time, asked of the operating system; must not know what is written."""

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


_fcntl = _where_available("fcntl")    # everywhere but on Windows
_msvcrt = _where_available("msvcrt")  # on Windows
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK, 0)  # 0: Wine's _locking does not say


class WriterLock:
    """Held from construction to `release`; when the process dies, the system releases it.

    ``flock`` is advisory and on the file itself. Windows locks bytes against readers, too, so
    there the lock is on an empty file beside it.

    Parameters
    ----------
    file : FileIO
        The open file that is to be written.
    path : str
        Its path.

    Raises
    ------
    BlockingIOError
        If somebody else holds the lock.
    """

    def __init__(self, file: FileIO, path: str) -> None:
        self._beside: FileIO | None = None
        self._beside_path = path + ".lock"
        if _fcntl is None and _msvcrt is not None:
            self._beside = FileIO(self._beside_path, "a+")
        try:
            if _fcntl is not None:
                # Not lockf: that lock goes with any descriptor of the file that is closed.
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
        """Let the next one write. A lock on the file itself goes when the file is closed."""
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.close()
            with contextlib.suppress(OSError):  # whoever holds the lock has it open
                os.unlink(self._beside_path)
