"""Writes events into a dataset, all of a commit or none; must not know formats of sources."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from wfpfast.dataset import _manifest, lake
from wfpfast.dataset._lock import Lock
from wfpfast.dataset._manifest import Commit, Manifest, Origin, Part
from wfpfast.dataset._parts import (
    LATE,
    MANY,
    Key,
    OpenPart,
    Pending,
    Profiles,
    folder_of,
    new_writer,
    part_name,
    split,
)
from wfpfast.dataset._store import DatasetError, store_of
from wfpfast.dataset.files import ROW_GROUP
from wfpfast.dataset.lake import HOST, TICKS
from wfpfast.dataset.origins import Known, lock_name

_MOST_WAITING = 2 * ROW_GROUP       # rows in memory
_MOST_OPEN = 32                 # files


class Writer:
    """Adds events to a dataset: a folder of Parquet files, ``host=/date=``, sorted by time.

    What is written is in the dataset from `commit` on, or from the end of a ``with`` block that
    raises nothing: all of it, whatever ends the process when. Any number of writers may write to a
    dataset at a time. Their parts are `lake` files with the same columns: `lake.schema`, and behind
    them those that a batch has besides.

    Parameters
    ----------
    path : str or path
        A folder, which is made, or an address as ``s3://bucket/folder``.
    filesystem : optional
        Of pyarrow or fsspec: where `path` is.
    host : str, optional
        The host of events that do not say it themselves.
    columns : sequence of str, optional
        Only these; `host`, `timestamp` and `timestamp_100ns` are always there.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, filesystem: Any = None, host: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> None:
        self._store = store_of(path, filesystem)
        self._host = host
        self._columns = columns
        self.name = new_writer()
        self._parts = 0
        self._commits = 0
        self._waiting: list[pa.RecordBatch] = []
        self._waits = 0
        self._named = host
        self._profiles: Profiles | None = None
        self._pending: dict[Key, Pending] = {}
        self._finished: list[Part] = []
        self._broken = False
        self._claims: dict[str, Lock] = {}
        self.finished_files = _manifest.recover(self._store)
        self._manifest = Manifest(self._store)
        self._known, self._known_of = Known(), 0    # by how many commits
        self._lock = _manifest.enter(self._store, self.name)
        self._closed = False

    def claim(self, name: str) -> bool:
        """Keep other writers of this dataset from reading the same until the next commit.

        Parameters
        ----------
        name : str
            What is to be read: writers that call it the same take turns. Where there are no locks,
            as in stores of objects, there is no claim either.

        Returns
        -------
        bool
            Whether nobody else reads it now.
        """
        try:
            lock = self._store.lock(f"{_manifest.LOCKS}/{lock_name(name)}")
        except BlockingIOError:
            return False
        if lock is not None:
            self._claims[name] = lock
        self._manifest.refresh()
        return True

    def known(self, path: str | os.PathLike[str]) -> Origin | None:
        """Return what the dataset has of a file already, or of what it was before it grew."""
        if self._known_of != len(self._manifest.commits):
            self._known = Known(self._manifest.origins())
            self._known_of = len(self._manifest.commits)
        return self._known.find(path)

    def last(self, key: Mapping[str, Any]) -> Origin | None:
        """Return what was said at last of an origin that is no file."""
        return next((each for each in self._manifest.origins() if each.key == key), None)

    def _let_go(self, keep: str | None = None) -> None:
        for name in [name for name in self._claims if name != keep]:
            self._claims.pop(name).release()

    def write(self, events: Any, *, host: str | None = None) -> int:
        """Add events, and return how many there were.

        Parameters
        ----------
        events : Arrow-capable object
            An `EventBatch`, an `EventStream`, a batch or a table of pyarrow or another library.
        host : str, optional
            The host of those that do not say it; that of the writer by default.
        """
        if self._closed:
            raise ValueError("the writer is closed")
        count = 0
        for batch in _batches(events):
            named = self._host if host is None else host
            if self._waiting and (batch.schema != self._waiting[0].schema or named != self._named):
                self._distribute()
            self._named = named
            self._waiting.append(batch)
            self._waits += len(batch)
            count += len(batch)
            if self._waits >= ROW_GROUP:
                self._distribute()
        return count

    def _distribute(self) -> None:
        """Give what waits to its hosts and days."""
        waiting, self._waiting, self._waits = self._waiting, [], 0
        if not waiting:
            return
        if self._profiles is None or not self._fits(waiting[0].schema):
            self._begin(waiting[0].schema)
        assert self._profiles is not None
        for key, batch in split(self._profiles.of(waiting, self._named)):
            self._pending.setdefault(key, Pending()).add(batch)
            if self._pending[key].waits >= ROW_GROUP + LATE:
                self._flush(key, late=LATE)
        if len(self._pending) > MANY and self._waiting_rows() > _MOST_WAITING:
            for key in list(self._pending):
                self._flush(key, late=0)
        while self._waiting_rows() > _MOST_WAITING:
            self._flush(max(self._pending, key=lambda key: self._pending[key].waits), late=0)

    def _waiting_rows(self) -> int:
        return sum(each.waits for each in self._pending.values())

    def _fits(self, given: pa.Schema) -> bool:
        assert self._profiles is not None
        there = self._profiles.columns.names
        return self._columns is not None or all(name in there for name in given.names)

    def _begin(self, given: pa.Schema) -> None:
        """Take columns: those of the lake, and what a source has besides."""
        for key in list(self._pending):
            self._flush(key, late=0)
            if self._pending[key].open is not None:
                self._close(self._pending[key])
        before = lake.coded() if self._profiles is None else self._profiles.columns
        more = lake.lake_schema(given, coded=True)
        fields = [*before, *(field for field in more if field.name not in before.names)]
        if self._columns is not None:
            always = (HOST, lake.TIMESTAMP, TICKS)
            wanted = {*always, *self._columns}
            fields = [field for field in fields if field.name in wanted]
        self._profiles = Profiles(pa.schema(fields))

    def _flush(self, key: Key, *, late: int) -> None:
        """Write what waits for a host's day as a row group, but for the last ones."""
        pending = self._pending[key]
        if pending.waits <= late:
            return
        events = pending.taken(late=late)
        if pending.open is not None and not pending.open.fits(events):
            self._close(pending)
        if pending.open is None:
            self._make_room()
            self._parts += 1
            path = f"{folder_of(*key)}/{part_name(self.name, self._parts)}"
            file = self._store.create(_manifest.staged(self.name, path))
            hosts = () if key[0] is None else (key[0],)
            pending.open = OpenPart(path, file, events.schema, hosts)
        self._pending[key] = self._pending.pop(key)     # the last one that was used
        pending.open.events.write_group(events)

    def _make_room(self) -> None:
        """Close the file that was not used for the longest time, where many are open."""
        are_open = [each for each in self._pending.values() if each.open is not None]
        if len(are_open) >= _MOST_OPEN:
            self._close(are_open[0])

    def _close(
        self, pending: Pending, stats: Mapping[str, int] | None = None,
        sources: Sequence[str] = (),
    ) -> None:
        """Complete a file."""
        part, pending.open = pending.open, None
        assert part is not None
        path = _manifest.staged(self.name, part.path)
        try:
            part.events.finish(stats or {}, sources)
            self._store.keep(part.file, path)
        except BaseException:
            part.drop()
            raise
        size = self._store.size(path)
        if size is None:
            raise DatasetError(f"{self._store.name}: {path} is gone: who removed it?")
        self._finished.append(part.part(size))

    def _finish(self, stats: Mapping[str, int], sources: Sequence[str]) -> dict[str, int]:
        """Write all that waits, complete all files, and return all that was counted."""
        self._distribute()
        for key in list(self._pending):
            self._flush(key, late=0)
        misfits = {} if self._profiles is None else self._profiles.taken()
        counted = _manifest.summed([stats, misfits])
        rest = counted
        for pending in self._pending.values():
            if pending.open is not None:    # statistics of files are added up: so one has them
                self._close(pending, rest, sources)
                rest = {}
        self._pending.clear()
        return counted

    def commit(
        self, origins: Sequence[Origin] = (), stats: Mapping[str, int] | None = None, *,
        keep: str | None = None,
    ) -> Commit | None:
        """Make all that was written until now a part of the dataset.

        Parameters
        ----------
        origins : sequence of Origin
            What the events are of.
        stats : mapping, optional
            What was lost or mended on the way, as `EventStream.stats` counts it.
        keep : str, optional
            What stays claimed; all else that was claimed may be read by others from now on.

        Returns
        -------
        Commit or None
            None if there was nothing to say.
        """
        if self._closed or self._broken:
            raise ValueError("the writer is closed")
        try:
            counted = self._finish(stats or {}, [origin.name for origin in origins])
            parts, self._finished = tuple(self._finished), []
            if not parts and not origins:
                return None
            self._commits += 1
            made = Commit(
                self.name, self._commits, _manifest.now(), parts, (), tuple(origins), counted)
            _manifest.commit(self._store, made)
            self._let_go(keep)
            return made
        except BaseException:
            self._broken = True
            raise

    def close(self, *, abort: bool = False) -> None:
        """Commit what was written, or forget it; closing twice is allowed."""
        if self._closed:
            return
        abort = abort or self._broken
        try:
            if not abort:
                self.commit()
        except BaseException:
            abort = True
            raise
        finally:
            self._closed = True
            with contextlib.suppress(*((OSError, pa.ArrowException) if abort else ())):
                self._retire()

    def _retire(self) -> None:
        """Remove what is not committed."""
        for pending in self._pending.values():
            if pending.open is not None:
                pending.open.drop()
        self._pending.clear()
        self._let_go()
        _manifest.retire(self._store, self.name, self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(abort=error is not None)


def _batches(events: Any) -> Any:
    """Return record batches of anything that has the Arrow interface."""
    if isinstance(events, pa.RecordBatch):
        return [events]
    if hasattr(events, "__arrow_c_array__"):
        return [pa.record_batch(events)]
    if hasattr(events, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(events)
    raise TypeError(f"{type(events).__name__} has no Arrow interface")
