"""Knows files again, whatever they are called and however they grew; must not know formats.

A file is known by its beginning: what lies before the place up to which it was read. One that only
grew since has the same bytes there; how many of its events were read, then says where to go on.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from wfpfast.dataset._manifest import Origin

_HEAD = 4_096
# Of larger files so much of the beginning and of the end is looked at: all of it would take longer
# than to read the events, and no two files of events differ only in between.
_LOOKED_AT = 1 << 20


def key_of(path: str | os.PathLike[str], nbytes: int | None = None) -> dict[str, Any]:
    """Return by what a file is known again.

    Parameters
    ----------
    path : path
        The file.
    nbytes : int, optional
        How much of it counts; all that there is by default.
    """
    with Path(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size if nbytes is None else nbytes
        looked = hashlib.sha256(str(size).encode())
        begin = file.read(min(size, _LOOKED_AT))
        looked.update(begin)
        if size > _LOOKED_AT:
            file.seek(max(_LOOKED_AT, size - _LOOKED_AT))
            looked.update(file.read(size - file.tell()))
    head = hashlib.sha256(begin[:_HEAD]).hexdigest()
    return {"bytes": size, "head": head, "sha256": looked.hexdigest()}


class Known:
    """The files that a dataset has events of."""

    def __init__(self, origins: Iterable[Origin] = ()) -> None:
        self._by_head: dict[tuple[int, str], list[Origin]] = {}
        for origin in origins:
            self.add(origin)

    def add(self, origin: Origin) -> None:
        """Know one more."""
        if "head" in origin.key:
            head = (min(origin.key["bytes"], _HEAD), origin.key["head"])
            self._by_head.setdefault(head, []).append(origin)

    def find(self, path: str | os.PathLike[str]) -> Origin | None:
        """Return what is known of a file, or of what it was before it grew."""
        candidates = sorted(self._begun(path), key=lambda each: (-each.key["bytes"], -each.read))
        size = os.path.getsize(path)
        for origin in candidates:
            nbytes = origin.key["bytes"]
            if nbytes <= size and key_of(path, nbytes) == origin.key:
                return origin
        return None

    def _begun(self, path: str | os.PathLike[str]) -> Iterator[Origin]:
        """Yield those that begin as a file does."""
        with Path(path).open("rb") as file:
            head = file.read(_HEAD)
        for nbytes in {nbytes for nbytes, _ in self._by_head if nbytes <= len(head)}:
            digest = hashlib.sha256(head[:nbytes]).hexdigest()
            yield from self._by_head.get((nbytes, digest), ())


def lock_name(name: str) -> str:
    """Return what to lock while something of a name is read."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32] + ".lock"

