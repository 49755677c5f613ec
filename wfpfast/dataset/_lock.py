"""A lock on a name, which the system releases when its process ends; must not know what for."""

import contextlib
import errno
import importlib
import os
from pathlib import Path
from typing import Any


def _where_available(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_fcntl = _where_available("fcntl")      # not on Windows
_msvcrt = _where_available("msvcrt")    # on Windows
_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK, 0)  # 0: Wine's _locking sets no errno


class Lock:
    """Held until `release`, or until the process ends."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path

    @classmethod
    def of(cls, path: Path) -> "Lock | None":
        """Lock a file, which is made if need be; None where the file system has no locks.

        Raises
        ------
        BlockingIOError
            If somebody else holds it.
        """
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if not _locked(descriptor, path):
                    os.close(descriptor)
                    return None
                if os.name == "nt" or os.fstat(descriptor).st_nlink:
                    return cls(descriptor, path)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)    # whoever held it has removed it: that one is nobody's

    def release(self) -> None:
        """Remove the file, and let others lock it."""
        if os.name == "nt":     # which removes no file that is open
            os.close(self._descriptor)
            with contextlib.suppress(OSError):
                self._path.unlink()
            return
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        os.close(self._descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    """Lock an open file; return False if the file system knows no locks."""
    try:
        if _fcntl is not None:
            _fcntl.flock(descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        else:
            _msvcrt.locking(descriptor, _msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in _HELD:
            raise BlockingIOError(errno.EAGAIN, "another process holds it", str(path)) from error
        return False
    return True
