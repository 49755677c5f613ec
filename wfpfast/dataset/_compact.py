"""Makes few files of many, of days that are over; must not know where events come from."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wfpfast.dataset import _manifest, lake
from wfpfast.dataset._manifest import LOCKS, Commit, Manifest, Part
from wfpfast.dataset._parts import OpenPart, by_time, new_writer, part_name
from wfpfast.dataset._store import DatasetError, Store, store_of
from wfpfast.dataset.files import ROW_GROUP, STATS, listed
from wfpfast.dataset.lake import TICKS, LakeProfile

_READ = 65_536          # rows that are read of all files at a time
_MOST = 64              # files that are merged at a time
_NAMED = 1_000          # sources in the metadata of a file
_NEVER = (1 << 63) - 1  # the time of what has none


@dataclass(frozen=True)
class Compacted:
    """What was done.

    Attributes
    ----------
    days : int
        Of how many hosts and days the files were merged.
    before, after : int
        How many files these were, and are.
    events : int
        How many are in them.
    """

    days: int
    before: int
    after: int
    events: int


def compact(path: str | os.PathLike[str], *, filesystem: Any = None,
            before: str | None = None) -> Compacted:
    """Merge the files of each host's day to one, sorted by time, with bloom filters.

    Parameters
    ----------
    path, filesystem
        As for `Writer`.
    before : str, optional
        Only days before this one, as ``2026-12-01``; before today, in UTC, by default.

    Raises
    ------
    BlockingIOError
        If another process compacts the dataset.
    """
    store = store_of(path, filesystem)
    _manifest.recover(store)
    lock = store.lock(f"{LOCKS}/compact.lock")
    try:
        return _compacted(store, before or datetime.now(UTC).date().isoformat())
    finally:
        if lock is not None:
            lock.release()


def _compacted(store: Store, before: str) -> Compacted:
    manifest = Manifest(store)
    folders: dict[str, list[Part]] = {}
    for part in manifest.parts.values():
        folder = part.path.rpartition("/")[0]
        if folder.rpartition("date=")[2] < before:
            folders.setdefault(folder, []).append(part)
    writer, days, files, events = new_writer(), 0, 0, 0
    mark = _manifest.enter(store, writer)
    try:
        for folder, parts in sorted(folders.items()):
            left = parts
            while len(left) > 1:
                some = left[:_MOST]
                days += len(left) <= _MOST
                files += len(some)
                number = files      # which only grows
                merged = _merged(store, writer, f"{folder}/{part_name(writer, number)}", some)
                _manifest.commit(store, Commit(
                    writer, number, _manifest.now(), (merged,),
                    tuple(part.path for part in some)))
                left = [merged, *left[_MOST:]]
                events += merged.events
    finally:
        with contextlib.suppress(OSError):
            _manifest.retire(store, writer, mark)
    return Compacted(days, files, days, events)


def _merged(store: Store, writer: str, path: str, parts: list[Part]) -> Part:
    """Write the events of several files into one, and return it."""
    with contextlib.ExitStack() as stack:
        files = [_opened(stack.enter_context(store.open(part.path))) for part in parts]
        columns = _columns(files)
        staged = _manifest.staged(writer, path)
        told = [_told(file) for file in files]
        made = OpenPart(
            path, store.create(staged), columns, {host for each in told for host in each.hosts},
            blooms=True)
        stack.callback(made.drop)
        waiting: list[pa.Table] = []
        for table in _in_order([_Run(file, columns, _READ // len(files)) for file in files]):
            waiting.append(table)
            if sum(map(len, waiting)) >= ROW_GROUP:
                made.events.write_group(pa.concat_tables(waiting).unify_dictionaries())
                waiting = []
        if waiting:
            made.events.write_group(pa.concat_tables(waiting).unify_dictionaries())
        stats = _manifest.summed([each.stats for each in told])
        sources = dict.fromkeys(name for each in told for name in each.sources)
        made.events.finish(stats, list(sources)[:_NAMED])
        store.keep(made.file, staged)
    size = store.size(staged)
    rows = sum(part.events for part in parts)
    if made.events.rows != rows or size is None:
        raise DatasetError(f"{path}: would have {made.events.rows:,} events, and not {rows:,}")
    return made.part(size)


def _opened(file: Any) -> pq.ParquetFile:
    """Open a file of the dataset, with texts of few values as dictionaries."""
    metadata = pq.read_metadata(file)
    there = metadata.schema.to_arrow_schema().names
    coded = [field.name for field in lake.coded()
             if pa.types.is_dictionary(field.type) and field.name in there]
    return pq.ParquetFile(file, metadata=metadata, read_dictionary=coded)


def _columns(files: list[pq.ParquetFile]) -> pa.Schema:
    """Return the columns of all files, in the types that they are written from."""
    fields: dict[str, pa.Field] = {}
    for file in files:
        for field in lake.lake_schema(file.schema_arrow, coded=True):
            fields.setdefault(field.name, field)
    del fields[lake.HOST]   # which the folder says
    return pa.schema(list(fields.values()))


class _Told(NamedTuple):
    """What the metadata of a file say."""

    stats: dict[str, int]
    sources: list[str]
    hosts: list[str]


def _told(file: pq.ParquetFile) -> _Told:
    """Return what the metadata of a file say."""
    about = file.metadata.metadata or {}
    source, host = (
        about.get(f"{lake.PREFIX}{name}".encode(), b"").decode() for name in ("source", "host"))
    return _Told(json.loads(about.get(STATS.encode(), b"{}")), listed(source), listed(host))


class _Run:
    """The rows of one sorted file, of which some are in memory.

    Attributes
    ----------
    last : int or None
        The last time in memory, after which there may be more; None if all is in memory.
    """

    def __init__(self, file: pq.ParquetFile, columns: pa.Schema, rows: int) -> None:
        self._batches = file.iter_batches(max(1, rows), use_threads=False)
        self._profile = LakeProfile(file.schema_arrow, columns=columns)
        self._rows: pa.RecordBatch | None = None
        self.last: int | None = None
        self._pull()

    def _pull(self) -> None:
        batch = next(self._batches, None)
        self._rows = None if batch is None else self._profile.of(batch)
        self.last = None if self._rows is None else _last(self._rows)

    def until(self, time: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows up to a time, and hold the next ones in memory."""
        while self._rows is not None:
            ticks = self._rows.column(TICKS).fill_null(_NEVER)
            count = pc.sum(pc.less_equal(ticks, time)).as_py()
            if count:
                yield self._rows.slice(0, count)
            if count < len(self._rows):
                self._rows = self._rows.slice(count)
                return
            self._pull()


def _last(rows: pa.RecordBatch) -> int:
    last = rows.column(TICKS)[len(rows) - 1].as_py()
    return _NEVER if last is None else last


def _in_order(runs: list[_Run]) -> Iterator[pa.Table]:
    """Yield the rows of all runs in the order of their time, some at a time."""
    while ends := [run.last for run in runs if run.last is not None]:
        batches = [batch for run in runs for batch in run.until(min(ends))]
        yield by_time(pa.Table.from_batches(batches).unify_dictionaries())
