"""The parts of a dataset that are being written; must not know of commits.

Events are gathered by host and day until they are worth a row group, and sorted by time then. The
last ones of a group wait for the next: those that come late still find their place.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.dataset import lake
from wfpfast.dataset._manifest import Part
from wfpfast.dataset.files import LakeFile, joined
from wfpfast.dataset.lake import HOST, TICKS, LakeProfile

DAY = 864_000_000_000           # in units of 100 ns
LATE = 1_024                    # rows that wait for what comes late
NOBODY = "__HIVE_DEFAULT_PARTITION__"   # as every engine calls a null
MANY = 64                       # hosts and days at a time
_LONGEST = 80                   # characters of a host in a path: Windows allows 260 for it all


def folder_of(host: str | None, day: int | None) -> str:
    """Return the folder of a host's day; its name says neither dots nor slashes."""
    return f"host={_spelled(host)}/date={_date(day)}"


def _spelled(host: str | None) -> str:
    """Return a host as engines have it in paths, with %XX for what may mean something there."""
    if not host:
        return NOBODY
    text = quote(host, safe="", errors="surrogatepass")
    if text.strip(".") == "" or text.endswith("."):
        text = text[:-1] + "%2E"
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST].rpartition('%')[0] or text[:_LONGEST]}~{_digest(host)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _date(day: int | None) -> str:
    return NOBODY if day is None else lake.moment(day * DAY)[:10]


Key = tuple[str | None, int | None]


def split(batch: pa.RecordBatch) -> Iterator[tuple[Key, pa.RecordBatch]]:
    """Yield the events of each host and day of a batch in the profile.

    The column of the host is left out: its folder says it, and engines do not take both.
    """
    hosts, ticks = batch.column(HOST), batch.column(TICKS)
    batch = batch.select([name for name in batch.schema.names if name != HOST])
    if not pa.types.is_dictionary(hosts.type):
        hosts = hosts.dictionary_encode()
    days = pc.divide(ticks, DAY)
    ends = pc.min_max(days).as_py()
    codes = pc.min_max(hosts.indices).as_py()
    if ends["min"] == ends["max"] and codes["min"] == codes["max"] and not (
            0 < days.null_count < len(days) or 0 < hosts.null_count < len(hosts)):
        yield (hosts[0].as_py(), ends["min"]), batch
        return
    keys = pa.table({"host": hosts.indices, "day": days})
    order = pc.sort_indices(keys, [("host", "ascending"), ("day", "ascending")])
    keys = keys.take(order).combine_chunks()
    ends = [*_changes(keys), len(batch)]
    many = batch.take(order) if len(ends) > MANY else None
    first = 0
    for last in ends:
        code, day = keys.column("host")[first].as_py(), keys.column("day")[first].as_py()
        host = None if code is None else hosts.dictionary[code].as_py()
        rows = last - first
        # A slice keeps the memory of all the others for as long as it waits.
        part = batch.take(order.slice(first, rows)) if many is None else many.slice(first, rows)
        yield (host, day), part
        first = last


def _changes(keys: pa.Table) -> list[int]:
    """Return at which rows another pair of values begins than in the row before."""
    places: set[int] = set()
    for column in keys.columns:
        values = pc.fill_null(column.combine_chunks(), -1)
        differs = pc.not_equal(values.slice(1), values.slice(0, len(values) - 1))
        places |= {place + 1 for place in pc.indices_nonzero(differs).to_pylist()}
    return sorted(places)


class Pending:
    """Events of one host and day that wait to be written, and the file that they go to.

    Attributes
    ----------
    waits : int
        How many wait.
    """

    def __init__(self) -> None:
        self.waits = 0
        self.open: OpenPart | None = None
        self._batches: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Add events, in the profile."""
        self._batches.append(batch)
        self.waits += len(batch)

    def taken(self, *, late: int) -> pa.Table:
        """Return what waits, sorted by time, but for the last ones; there has to be something."""
        table = by_time(pa.Table.from_batches(self._batches).unify_dictionaries())
        ready = max(0, len(table) - late)
        self._batches, self.waits = [], 0
        if ready < len(table):
            rest = table.take(pa.array(range(ready, len(table))))   # a slice would keep it all
            for batch in rest.combine_chunks().to_batches():
                self.add(batch)
        return table.slice(0, ready)


def by_time(table: pa.Table) -> pa.Table:
    """Return events in the order of their time; those without one come last."""
    ticks = table.column(TICKS).combine_chunks()
    before = ticks.slice(0, max(0, len(ticks) - 1))
    if ticks.null_count in (0, len(ticks)) and not pc.any(
            pc.less(ticks.slice(1), before)).as_py():
        return table
    return table.take(pc.sort_indices(ticks))


class OpenPart:
    """A part whose file is open."""

    def __init__(
        self, path: str, file: Any, columns: pa.Schema, hosts: Iterable[str], *,
        blooms: bool = False,
    ) -> None:
        self.path = path
        self.file = file
        try:
            self.events = LakeFile(
                file, columns, columns=columns, blooms=blooms, sorted_by_time=True)
            self.events.hosts |= set(hosts)
        except BaseException:
            _closed(file)
            raise

    def drop(self) -> None:
        """Let go of the file, which is not wanted any more."""
        with contextlib.suppress(OSError, pa.ArrowException):
            self.events.close()
        _closed(self.file)

    def fits(self, events: pa.Table) -> bool:
        """Tell whether events are later than those in the file, so that it stays sorted."""
        first = events.column(TICKS)[0].as_py()
        return self.events.last is None or (first is not None and first >= self.events.last)

    def part(self, nbytes: int) -> Part:
        """Return what a commit says of it."""
        return Part(self.path, self.events.rows, nbytes, self.events.first, self.events.last)


def _closed(file: Any) -> None:
    """Close a file; what a full disk has no room for is not wanted."""
    with contextlib.suppress(OSError):
        file.close()


def part_name(writer: str, number: int) -> str:
    """Return the name of a part, which no other writer gives."""
    return f"part-{writer}-{number:05d}.parquet"


def new_writer() -> str:
    """Return a name that no other writer has."""
    return secrets.token_hex(8)


class Profiles:
    """Turns batches of sources of several kinds into those of one lake."""

    def __init__(self, columns: pa.Schema) -> None:
        self.columns = columns
        self._made: dict[tuple[pa.Schema, str | None], LakeProfile] = {}

    def of(self, batches: Sequence[pa.RecordBatch], host: str | None) -> pa.RecordBatch:
        """Return batches of one schema as one batch of the lake."""
        batch = joined(batches)
        key = (batch.schema, host)
        if key not in self._made:
            self._made[key] = LakeProfile(batch.schema, host=host, columns=self.columns)
        return self._made[key].of(batch)

    def taken(self) -> dict[str, int]:
        """Return what did not fit since the last time."""
        found: dict[str, int] = {}
        for profile in self._made.values():
            for name, count in profile.stats.items():
                found[name] = found.get(name, 0) + count
            profile.stats.clear()
        return found
