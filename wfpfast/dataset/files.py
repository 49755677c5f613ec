"""Writes one Parquet file in the lake profile; must not know where its events come from."""

import contextlib
import functools
import inspect
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wfpfast import __version__
from wfpfast.dataset import lake
from wfpfast.dataset.lake import HOST, PREFIX, TICKS, TIMESTAMP, LakeProfile

ROW_GROUP = 32_768
COMPRESSION = "zstd"
STATS = f"{PREFIX}stats"
_SORTED = (TIMESTAMP, TICKS)
# Who skips row groups does so by the time, or by what grows with it; of the others the least and
# the greatest value of 65,536 rows say next to nothing, and cost a fifth of the time.
_WITH_STATISTICS = (TIMESTAMP, TICKS, "record_id", "filter_id")
# Of these one value is looked for among many.
_LOOKED_FOR = ("remote_address", "local_address", "app_path", "user_sid", "process_id")
_DISTINCT = 8_192       # values that a filter of a row group is made for
_FALSE_HITS = 0.02


def options(schema: pa.Schema, *, blooms: bool = False) -> dict[str, Any]:
    """Return how pyarrow is to write a lake's columns.

    Parameters
    ----------
    blooms : bool
        Whether the columns of which single values are looked for get bloom filters, where this
        pyarrow can write them.
    """
    flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
    there = [name for name in _WITH_STATISTICS if name in schema.names]
    found: dict[str, Any] = {
        "compression": COMPRESSION,
        "store_schema": False,      # with it, dictionaries would come back as such
        "use_dictionary": [name for name in flat if name not in _SORTED],
        "column_encoding": {
            name: "DELTA_BINARY_PACKED" for name in _SORTED if name in schema.names},
        "write_statistics": there,
        "write_batch_size": ROW_GROUP,
        "write_page_checksum": True,
    }
    if blooms:
        found["bloom_filter_options"] = {
            name: {"ndv": _DISTINCT, "fpp": _FALSE_HITS}
            for name in _LOOKED_FOR if name in schema.names}
    return {name: value for name, value in found.items() if name in _parameters()}


@functools.cache
def _parameters() -> frozenset[str]:
    return frozenset(inspect.signature(pq.ParquetWriter.__init__).parameters)


class LakeFile:
    """A Parquet file of a lake that is being written.

    Parameters
    ----------
    file : binary file
        Open, at its beginning. It is not closed.
    given : pyarrow.Schema
        Of the batches that are written.
    columns : pyarrow.Schema, optional
        The columns of the file, as `lake.lake_schema` returns them with ``coded=True``; those
        of `given` by default.
    blooms : bool
        See `options`.

    Attributes
    ----------
    rows : int
        How many are written.
    hosts : set of str
        Whose they are.
    first, last : int or None
        The first and the last time, as FILETIMEs.
    stats : Counter
        What did not fit the profile.
    """

    def __init__(
        self, file: Any, given: pa.Schema, *, columns: pa.Schema | None = None,
        blooms: bool = False, sorted_by_time: bool = False,
    ) -> None:
        self._profile = LakeProfile(given, coded=True, columns=columns)
        self.schema = self._profile.schema
        how = options(self.schema, blooms=blooms)
        if sorted_by_time and "sorting_columns" in _parameters():
            place = self.schema.get_field_index(TIMESTAMP)
            how["sorting_columns"] = [pq.SortingColumn(place)]
        self._writer = pq.ParquetWriter(file, self.schema, **how)
        self._waiting: list[pa.RecordBatch] = []
        self._waits = 0
        self.rows = 0
        self.hosts: set[str] = set()
        self.first: int | None = None
        self.last: int | None = None

    @property
    def stats(self) -> Counter[str]:
        """What did not fit the profile."""
        return self._profile.stats

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows, which become row groups of their own."""
        self._waiting.append(batch)
        self._waits += len(batch)
        if self._waits >= ROW_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        waiting, self._waiting, self._waits = self._waiting, [], 0
        if waiting:
            batch = self._profile.of(joined(waiting))
            self.write_group(pa.Table.from_batches([batch]))

    def write_group(self, rows: pa.Table) -> None:
        """Add rows that are in the profile already, as one row group."""
        self.rows += len(rows)
        self._remember(rows)
        self._writer.write_table(rows, row_group_size=max(1, len(rows)))

    def _remember(self, rows: pa.Table) -> None:
        if TICKS in rows.schema.names:
            ends = pc.min_max(rows.column(TICKS)).as_py()
            if ends["min"] is not None:
                self.first = min(ends["min"], self.first if self.first is not None else ends["min"])
                self.last = max(ends["max"], self.last if self.last is not None else ends["max"])
        if HOST in rows.schema.names:
            self.hosts |= set(rows.column(HOST).unique().drop_null().to_pylist())

    def finish(self, stats: Mapping[str, int], sources: Sequence[str]) -> None:
        """Complete the file, and say in its metadata what it is.

        Parameters
        ----------
        stats : mapping
            What sources counted; what did not fit the profile is added.
        sources : sequence of str
            What the events were read of.
        """
        self._write_group()
        counted = Counter(stats)
        counted.update(self.stats)
        about = lake.metadata(
            version=__version__, stats=counted, events=self.rows, window=(self.first, self.last),
            hosts=_listed(sorted(self.hosts)), sources=_listed(sources))
        about[STATS] = json.dumps(counted)
        self._writer.add_key_value_metadata(about)
        self._writer.close()

    def close(self) -> None:
        """Let go of the file, complete or not."""
        self._waiting = []
        self._writer.close()


def _listed(names: Sequence[str]) -> str:
    """Return the one name, or several as a list of JSON."""
    return names[0] if len(names) == 1 else json.dumps(list(names)) if names else ""


def listed(text: str) -> list[str]:
    """Return the names that a file's metadata have as one, as a list, or not at all."""
    if text.startswith("["):
        with contextlib.suppress(ValueError):
            return [str(name) for name in json.loads(text)]
    return [text] if text else []


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return batches of one schema as one, with one dictionary a column."""
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    return table.to_batches()[0] if len(table) else batches[0]
