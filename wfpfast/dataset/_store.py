"""Where a dataset lies: a folder, or a place of pyarrow or fsspec; must not know what lies there.

A path within a store has slashes, whatever the system. What is put, appears whole or not at all.
"""

import contextlib
import importlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from wfpfast.dataset._lock import Lock

_PRIVATE = 0o600
_COPY = 1 << 20


class DatasetError(ValueError):
    """A dataset is not what it should be, or is none."""


class Entry(NamedTuple):
    """A file of a store.

    Attributes
    ----------
    path : str
        Within the store.
    size : int
        In bytes.
    age : float
        Seconds since it was changed.
    """

    path: str
    size: int
    age: float


class Store(Protocol):
    """What a dataset needs of the place where it lies.

    Attributes
    ----------
    name : str
        What messages call it.
    """

    name: str

    def read(self, path: str) -> bytes:
        """Return what a file holds."""

    def put(self, path: str, data: bytes) -> None:
        """Write a small file, which is there whole, and to stay, or not at all."""

    def create(self, path: str) -> Any:
        """Open a new file for writing; `keep` follows."""

    def keep(self, file: Any, path: str) -> None:
        """Close a file that was created, and see to it that it outlives a power failure."""

    def move(self, path: str, to: str) -> None:
        """Give a file another name; raise FileNotFoundError if it is not there."""

    def delete(self, path: str) -> None:
        """Remove a file, if it is there."""

    def sync(self, paths: set[str]) -> None:
        """See to it that the names in the folders of these paths outlive a power failure."""

    def files(self, folder: str) -> list[Entry]:
        """Return all files in a folder and below; none if it is not there."""

    def size(self, path: str) -> int | None:
        """Return the bytes of a file, or None if it is not there."""

    def open(self, path: str) -> Any:
        """Open a file to read it, anywhere in it."""

    def lock(self, path: str) -> Lock | None:
        """Lock something of that name until the process ends; None where there are no locks.

        Raises
        ------
        BlockingIOError
            If somebody else holds it.
        """

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty, where folders are something."""


class Folder:
    """A store that is a folder of this computer."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        self._root = Path(os.path.abspath(path))

    def _at(self, path: str) -> Path:
        return self._root.joinpath(*path.split("/"))

    def read(self, path: str) -> bytes:
        """Return what a file holds."""
        return self._at(path).read_bytes()

    def put(self, path: str, data: bytes) -> None:
        """Write a small file beside its place, and move it there."""
        part = f"{path}.{secrets.token_hex(4)}.part"
        file = self.create(part)
        try:
            with file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(self._at(part), self._at(path))
        except BaseException:
            self.delete(part)
            raise
        self.sync({path})

    def create(self, path: str) -> Any:
        """Open a new file, which is for its owner alone: events hold paths, addresses, SIDs."""
        place = self._at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        return open(str(place), "xb", opener=_private)

    def keep(self, file: Any, path: str) -> None:
        """Close a file when it is on the disk."""
        file.flush()
        os.fsync(file.fileno())
        file.close()

    def move(self, path: str, to: str) -> None:
        """Rename a file."""
        place = self._at(to)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._at(path), place)

    def delete(self, path: str) -> None:
        """Remove a file."""
        self._at(path).unlink(missing_ok=True)

    def sync(self, paths: set[str]) -> None:
        """Write the folders of these paths, and those above them, to the disk."""
        if os.name == "nt":     # which opens no folder, and keeps names in its journal
            return
        folders = {above for path in paths for above in self._at(path).parents
                   if above.is_relative_to(self._root)}
        for folder in sorted(folders):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def files(self, folder: str) -> list[Entry]:
        """Return all files in a folder and below."""
        found, now = [], time.time()
        for place, _, names in os.walk(self._at(folder) if folder else self._root):
            for name in names:
                path = Path(place, name)
                with contextlib.suppress(FileNotFoundError):    # gone meanwhile
                    about = path.stat()
                    within = path.relative_to(self._root).as_posix()
                    found.append(Entry(within, about.st_size, now - about.st_mtime))
        return sorted(found)

    def size(self, path: str) -> int | None:
        """Return the bytes of a file."""
        try:
            return self._at(path).stat().st_size
        except FileNotFoundError:
            return None

    def open(self, path: str) -> Any:
        """Open a file to read it."""
        return self._at(path).open("rb")

    def lock(self, path: str) -> Lock | None:
        """Lock a file of that name, which is made for that."""
        place = self._at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        return Lock.of(place)

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty."""
        with contextlib.suppress(OSError):      # it is not
            self._at(folder).rmdir()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


class Remote:
    """A store that is a file system of pyarrow, such as S3: names appear when files are closed."""

    def __init__(self, name: str, files: Any, root: str) -> None:
        self.name = name
        self._fs = files
        self._root = root.rstrip("/")
        self._fs_module: Any = importlib.import_module("pyarrow.fs")

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def read(self, path: str) -> bytes:
        """Return what a file holds."""
        with self._fs.open_input_stream(self._at(path)) as file:
            return bytes(file.read())

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        with self.create(path) as file:
            file.write(data)

    def create(self, path: str) -> Any:
        """Open a new file."""
        return self._above(path, lambda: self._fs.open_output_stream(self._at(path)))

    def _above(self, path: str, work: Callable[[], Any]) -> Any:
        """Do something, for which the folder of a path may have to be made first."""
        try:
            return work()
        except FileNotFoundError:   # a store of objects has no folders to be missing
            self._fs.create_dir(self._at(path).rpartition("/")[0], recursive=True)
            return work()

    def keep(self, file: Any, path: str) -> None:
        """Close a file, with which it appears."""
        file.close()

    def move(self, path: str, to: str) -> None:
        """Move a file; where that is a copy, it appears whole, and the old one goes then."""
        if self.size(path) is None:
            raise FileNotFoundError(path)
        self._above(to, lambda: self._fs.move(self._at(path), self._at(to)))

    def delete(self, path: str) -> None:
        """Remove a file."""
        if self.size(path) is not None:
            with contextlib.suppress(FileNotFoundError):
                self._fs.delete_file(self._at(path))

    def sync(self, paths: set[str]) -> None:
        """Do nothing: what is closed is kept."""

    def files(self, folder: str) -> list[Entry]:
        """Return all files in a folder and below."""
        selector = self._fs_module.FileSelector(
            self._at(folder), allow_not_found=True, recursive=True)
        now = time.time()
        begin = len(self._root.strip("/")) + 1      # some give paths a slash in front
        return sorted(
            Entry(about.path.lstrip("/")[begin:], about.size, now - (about.mtime_ns or 0) / 1e9)
            for about in self._fs.get_file_info(selector)
            if about.type == self._fs_module.FileType.File)

    def size(self, path: str) -> int | None:
        """Return the bytes of a file."""
        about = self._fs.get_file_info(self._at(path))
        return int(about.size) if about.type == self._fs_module.FileType.File else None

    def open(self, path: str) -> Any:
        """Open a file to read it."""
        return self._fs.open_input_file(self._at(path))

    def lock(self, path: str) -> Lock | None:
        """Return None: there are no locks."""
        return None

    def remove_folder(self, folder: str) -> None:
        """Remove a folder that is empty; in a store of objects there is none."""
        with contextlib.suppress(OSError):
            if not self.files(folder):
                self._fs.delete_dir(self._at(folder))


def store_of(path: str | os.PathLike[str], filesystem: Any = None) -> Store:
    """Return the store at a path, or at an address such as ``s3://bucket/folder``.

    Parameters
    ----------
    path : str or path
        Where the dataset lies.
    filesystem : pyarrow.fs.FileSystem or fsspec.AbstractFileSystem, optional
        In which `path` is.
    """
    name = os.fspath(path)
    if filesystem is None and "://" not in name:
        return Folder(path)
    fs: Any = importlib.import_module("pyarrow.fs")
    if filesystem is None:
        filesystem, root = _of_address(fs, name)
        if isinstance(filesystem, fs.LocalFileSystem):
            return Folder(root)
    else:
        root = name
    if not isinstance(filesystem, fs.FileSystem):
        filesystem = fs.PyFileSystem(fs.FSSpecHandler(filesystem))
    return Remote(name, filesystem, root)


def _of_address(fs: Any, address: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it; fsspec knows more of them."""
    with contextlib.suppress(ValueError):
        found: tuple[Any, str] = fs.FileSystem.from_uri(address)
        return found
    try:
        core: Any = importlib.import_module("fsspec.core")
        found = core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise DatasetError(
            f"{address}: neither pyarrow nor fsspec knows how to get there: {error}") from None
    return found
