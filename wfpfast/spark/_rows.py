"""Turns pieces of files into the batches that Spark takes; must not know Spark's classes."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import audit
from wfpfast._decode.decoder import Decoder
from wfpfast.dataset.lake import BEYOND, HOST, TICKS, TIMESTAMP, LakeProfile, schema
from wfpfast.errors import SourceError
from wfpfast.spark import _conditions
from wfpfast.spark._options import Options
from wfpfast.spark._pieces import AUDITS, Piece, opened

ROWS = 16_384       # a batch, or what a block of a file has: each costs Spark a fixed time
LEAST = "event_type"    # which is read if a file has no column that is asked for
STATS = pa.schema([("path", pa.utf8()), ("statistic", pa.utf8()), ("count", pa.int64())])
# What a user of events has lost: the log of an executor says it, and the table "stats".
LOST = (
    "malformed", "dropped", "damaged_records", "lost_events", "cut_recordings", "bad_chunks",
    "truncated_files", "unreadable_files", BEYOND)
_LOG = logging.getLogger("wfpfast.spark")
_DDL = {
    pa.bool_(): "boolean", pa.int16(): "smallint", pa.int32(): "int", pa.int64(): "bigint",
    pa.utf8(): "string", pa.binary(): "binary", pa.timestamp("us", "UTC"): "timestamp"}


def columns_of(options: Options) -> pa.Schema:
    """Return the columns of what is read."""
    if options.table == "stats":
        return STATS
    return pa.schema([schema().field(name) for name in options.columns])


def ddl(kind: pa.DataType) -> str:
    """Return what Spark calls a type."""
    if pa.types.is_list(kind):
        return f"array<{ddl(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{each.name}:{ddl(each.type)}' for each in kind)}>"
    return _DDL[kind]


def declared(columns: pa.Schema) -> str:
    """Return columns as Spark declares them."""
    return ", ".join(f"`{each.name}` {ddl(each.type)}" for each in columns)


@cache
def _there(audits: bool) -> frozenset[str]:
    """Return the columns that a kind of source decodes."""
    source = audit.read_events([]) if audits else Decoder()
    return frozenset(source.column_names)


def _decoded(piece: Piece, wanted: Sequence[str]) -> list[str]:
    """Return the columns to decode so that the wanted ones can be made."""
    needed = set(wanted)
    if TICKS in needed:
        needed.add(TIMESTAMP)
    if audit.EVENT_ID in needed:
        needed |= set(audit.EVENT_ID_NEEDS)
    names = [name for name in schema().names if name in needed & _there(piece.kind in AUDITS)]
    return names or [LEAST]


class Rows:
    """The rows of pieces.

    Parameters
    ----------
    options : Options
        How to read.
    columns : pyarrow.Schema
        What to make, in the lake's types.
    conditions : sequence
        Filters of Spark that `_conditions.understood`; only rows that all are true of are made.
    """

    def __init__(
        self, options: Options, columns: pa.Schema, conditions: Sequence[Any] = ()
    ) -> None:
        self._options = options
        self._columns = columns
        self._conditions = [*options.conditions, *conditions]

    def may_have(self, piece: Piece) -> bool:
        """Tell whether a piece may have rows, as far as its host says it."""
        host = self._host(piece)
        if host is None or piece.kind in AUDITS:
            return True
        known = pa.array([host])
        return all(
            _conditions.mask(each, known)[0].as_py() for each in self._conditions
            if _conditions.column_of(each) == HOST)

    def _host(self, piece: Piece) -> str | None:
        return piece.host or self._options.host

    def of(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece."""
        if self._options.table == "stats":
            yield self._stats(piece)
            return
        waiting: list[pa.RecordBatch] = []
        count = 0
        counted: Counter[str] = Counter()
        for batch in self._batches(piece, counted):
            waiting.append(batch)
            count += len(batch)
            if count >= ROWS:
                yield _joined(waiting)
                waiting, count = [], 0
        if count:
            yield _joined(waiting)
        if lost := {name: counted[name] for name in LOST if counted[name]}:
            _LOG.warning("%r, from byte %d: %s", piece.path, piece.begin, lost)

    def _batches(self, piece: Piece, stats: Counter[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece as its source has batches; what is counted is added."""
        looked = pa.schema([
            schema().field(name) for name in dict.fromkeys(
                map(_conditions.column_of, self._conditions))])
        wanted = _decoded(piece, [*self._columns.names, *looked.names])
        host = self._host(piece)
        try:
            with opened(piece, columns=wanted, errors=self._options.errors) as stream:
                given = pa.schema(stream)
                made = LakeProfile(given, host=host, columns=self._columns)
                first = LakeProfile(given, host=host, columns=looked)
                try:
                    for batch in stream:
                        rows = self._with_ids(pa.record_batch(batch))
                        yield made.of(self._chosen(rows, first))
                finally:
                    stats.update(stream.stats)
                    stats.update(made.stats)
        except SourceError as error:
            if self._options.errors == "raise":
                raise _named(error, piece) from error
            stats["unreadable_files"] += 1
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"{piece.path}: is not there on this executor: files have to be in a folder that"
                " the driver and all executors share, under the same path") from error

    def _with_ids(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Add the ids that net events would have in the Security log."""
        if audit.EVENT_ID in rows.schema.names or not self._asks(audit.EVENT_ID):
            return rows
        return rows.append_column(audit.EVENT_ID, audit.event_ids(rows))

    def _asks(self, name: str) -> bool:
        return name in self._columns.names or any(
            _conditions.column_of(each) == name for each in self._conditions)

    def _chosen(self, rows: pa.RecordBatch, first: LakeProfile) -> pa.RecordBatch:
        if not self._conditions or not len(rows):
            return rows
        looked = first.of(rows)
        keep = None
        for condition in self._conditions:
            found = pc.fill_null(_conditions.mask(
                condition, looked.column(_conditions.column_of(condition))), False)
            keep = found if keep is None else pc.and_(keep, found)
        return rows if pc.all(keep).as_py() else rows.filter(keep)

    def _stats(self, piece: Piece) -> pa.RecordBatch:
        """Return what is counted while a piece is read."""
        counted: Counter[str] = Counter()
        reading = Rows(self._options, pa.schema([
            schema().field(name) for name in self._options.columns]))
        for _ in reading._batches(piece, counted):
            pass
        names = [name for name, count in sorted(counted.items()) if count or name == "events"]
        return pa.record_batch(
            [[piece.path] * len(names), names, [counted[name] for name in names]], schema=STATS)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.Table.from_batches(
        batches).combine_chunks().to_batches()[0]


def _named(error: SourceError, piece: Piece) -> SourceError:
    """Return an error whose text names the file."""
    if piece.path in str(error):
        return error
    return SourceError(f"{piece.path}: {error}")
