"""A store whose process dies at a chosen moment: nothing that happens afterwards changes it."""

import os
from pathlib import Path
from typing import Any

from wfpfast.dataset._lock import Lock
from wfpfast.dataset._store import Folder


class Killed(BaseException):
    """The process is gone."""


class Dying(Folder):
    """A folder, until its process has done so many things.

    Parameters
    ----------
    path : Path
        The folder.
    steps : int
        After how many steps the process dies: before or after an operation, or in the middle.
    """

    def __init__(self, path: Path, steps: int) -> None:
        super().__init__(path)
        self.left = steps
        self.dead = False
        self._held: list[DyingLock] = []
        self._files: list[Any] = []

    def step(self) -> None:
        if self.left == 0 and not self.dead:
            self.dead = True
            for lock in self._held:
                lock.die()
            for file in self._files:
                file.close()
        if self.dead:
            raise Killed
        self.left -= 1

    def _between(self, work: Any, *given: Any) -> Any:
        self.step()
        found = work(*given)
        self.step()
        return found

    def open(self, path: str) -> Any:
        self.step()
        self._files.append(super().open(path))
        return self._files[-1]

    def put(self, path: str, data: bytes) -> None:
        self.step()
        torn = self._at(f"{path}.0123abcd.part")
        torn.parent.mkdir(parents=True, exist_ok=True)
        torn.write_bytes(data[:len(data) // 2])     # as it is when its writing breaks off
        self.step()
        torn.unlink()
        self.step()
        with torn.open("xb") as file:
            file.write(data)
        os.replace(torn, self._at(path))
        self.step()

    def create(self, path: str) -> Any:
        self.step()
        file = super().create(path)
        self._files.append(file)
        self.step()
        return DyingFile(file, self)

    def keep(self, file: Any, path: str) -> None:
        self._between(super().keep, file, path)

    def move(self, path: str, to: str) -> None:
        self._between(super().move, path, to)

    def delete(self, path: str) -> None:
        self._between(super().delete, path)

    def remove_folder(self, folder: str) -> None:
        self._between(super().remove_folder, folder)

    def lock(self, path: str) -> Lock | None:
        self.step()
        place = self._at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = DyingLock.of(place)
        assert isinstance(lock, DyingLock)
        lock.store = self
        self._held.append(lock)
        self.step()
        return lock


class DyingLock(Lock):
    """A lock that the system releases when the process dies."""

    store: Dying
    _gone = False

    def release(self) -> None:
        self.store.step()
        super().release()
        self._gone = True
        self.store.step()

    def die(self) -> None:
        if not self._gone:
            os.close(self._descriptor)
            self._gone = True


class DyingFile:
    """A file of which only what was written before is there."""

    closed = False

    def __init__(self, file: Any, store: Dying) -> None:
        self._file = file
        self._store = store

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._file.tell())

    def write(self, data: Any) -> int:
        if self._store.dead:
            return len(data)    # which a destructor of pyarrow may try yet
        data = bytes(data)
        self._file.write(data[:len(data) // 2])
        self._store.step()
        self._file.write(data[len(data) // 2:])
        return len(data)

    def flush(self) -> None:
        if not self._store.dead:
            self._file.flush()

    def fileno(self) -> int:
        return int(self._file.fileno())

    def close(self) -> None:
        self.closed = True
        self._file.close()

    def __enter__(self) -> "DyingFile":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
