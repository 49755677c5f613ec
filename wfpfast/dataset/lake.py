"""The lake profile: events in types that every engine reads; must not know files or sources.

Spark refuses nanoseconds, Delta and Spark have no unsigned integers, and most engines know no
dictionaries as a type. What each column becomes, docs/dataset.md has in a table.
"""

import functools
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import audit

HOST, TIMESTAMP, TICKS = "host", "timestamp", "timestamp_100ns"
BEYOND = "beyond_int64"         # statistic: values above 2**63 - 1, now null
PREFIX = "wfpfast."             # of the keys in a file's metadata
_CODED = pa.dictionary(pa.int32(), pa.utf8())
_MICROSECONDS = pa.timestamp("us", "UTC")
_EPOCH_TICKS = 116_444_736_000_000_000     # 1970 as a FILETIME: 100 ns since 1601
_WIDER = {
    pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(),
    pa.uint64(): pa.int64()}
_FIRST = (HOST, TIMESTAMP, TICKS)
# What is not lost, of what sources count.
_LOST = ("dropped", "unreadable", "unwritten", "lost_events")


@functools.cache
def schema() -> pa.Schema:
    """Return all columns of a lake: those of net events, and those of the Security log."""
    return lake_schema(_known())


@functools.cache
def coded() -> pa.Schema:
    """Return the same, with dictionaries where texts are few."""
    return lake_schema(_known(), coded=True)


@functools.cache
def _known() -> pa.Schema:
    return pa.schema(audit.read_events([]))


def lake_schema(given: pa.Schema, *, coded: bool = False) -> pa.Schema:
    """Return what columns become: the host first, and the exact time behind the time.

    Parameters
    ----------
    given : pyarrow.Schema
        Of a source. Columns that wfpfast does not know keep their names, and get such types, too.
    coded : bool
        Whether texts of few values stay dictionaries, from which Parquet is written fast.
    """
    fields = {field.name: pa.field(field.name, _type(field, coded)) for field in given}
    fields.setdefault(HOST, pa.field(HOST, _CODED if coded else pa.utf8()))
    if TIMESTAMP in fields:
        fields[TICKS] = pa.field(TICKS, pa.int64())
    names = dict.fromkeys(name for name in (*_FIRST, *fields) if name in fields)
    return pa.schema([fields[name] for name in names])


def _type(field: pa.Field, coded: bool) -> pa.DataType:
    known = _known()
    if coded and field.name in known.names and _is_coded(known.field(field.name).type):
        return _CODED
    return lake_type(field.type, coded=coded)


def lake_type(given: pa.DataType, *, coded: bool = False) -> pa.DataType:
    """Return what a type becomes."""
    if pa.types.is_dictionary(given):
        return _CODED if coded and _is_text(given.value_type) else lake_type(given.value_type)
    if pa.types.is_timestamp(given):
        return pa.timestamp("us", given.tz)
    if pa.types.is_fixed_size_binary(given):
        return pa.binary()
    if pa.types.is_struct(given):
        return pa.struct([pa.field(each.name, lake_type(each.type)) for each in given])
    if pa.types.is_list(given):
        return pa.list_(lake_type(given.value_type))
    return _WIDER.get(given, given)


def _is_text(given: pa.DataType) -> bool:
    return bool(pa.types.is_string(given) or pa.types.is_large_string(given))


def _is_coded(given: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(given))


class LakeProfile:
    """Turns the batches of a source into those of a lake.

    Parameters
    ----------
    given : pyarrow.Schema
        Of the source.
    host : str, optional
        The host of all events, where they do not say it themselves.
    coded : bool
        See `lake_schema`.
    columns : pyarrow.Schema, optional
        What to make, as `lake_schema` returns it; columns that the source lacks are null.

    Attributes
    ----------
    schema : pyarrow.Schema
        Of what it makes.
    stats : Counter
        ``beyond_int64``: unsigned values for which a signed column has no room, now null.
    """

    def __init__(
        self, given: pa.Schema, *, host: str | None = None, coded: bool = False,
        columns: pa.Schema | None = None,
    ) -> None:
        self.schema = lake_schema(given, coded=coded) if columns is None else columns
        self.stats: Counter[str] = Counter()
        self._host = host

    def of(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch in the lake's columns and types."""
        there = batch.schema.names
        ticks = None
        if TIMESTAMP in there and TICKS not in there and TICKS in self.schema.names:
            ticks = filetimes(batch.column(TIMESTAMP))
        arrays = []
        for field in self.schema:
            if field.name == TICKS and ticks is not None:
                arrays.append(ticks)
            elif field.name == TIMESTAMP and ticks is not None:
                arrays.append(_microseconds(ticks))
            elif field.name == HOST and self._host is not None:
                arrays.append(self._hosts(batch, field.type))
            elif field.name in there:
                arrays.append(self._fitted(batch.column(field.name), field.type))
            else:
                arrays.append(_nulls(len(batch), field.type))
        return pa.record_batch(arrays, schema=self.schema)

    def _hosts(self, batch: pa.RecordBatch, kind: pa.DataType) -> pa.Array:
        """Return the host of each event; the given one where it says none."""
        if HOST in batch.schema.names:
            known = batch.column(HOST)
            if known.null_count < len(known):
                filled = pc.fill_null(known.cast(pa.utf8()), self._host)
                return self._fitted(filled, kind)
        return self._fitted(pa.DictionaryArray.from_arrays(
            pa.repeat(pa.scalar(0, pa.int32()), len(batch)), pa.array([self._host])), kind)

    def _fitted(self, array: pa.Array, kind: pa.DataType) -> pa.Array:
        """Return an array in another type, whose values stay what they are."""
        given = array.type
        if given == kind:
            return array
        if given == pa.uint64() and kind == pa.int64():
            return self._signed(array)
        if pa.types.is_nested(kind):
            return (self._list if pa.types.is_list(kind) else self._struct)(array, kind)
        if _is_coded(kind) and not _is_coded(given):
            array = array.dictionary_encode()
        if pa.types.is_timestamp(kind) and given.unit == "ns":
            array = _microseconds(filetimes(array))
        return array.cast(kind)

    def _struct(self, array: pa.Array, kind: pa.DataType) -> pa.Array:
        fields = [
            self._fitted(array.field(i), kind.field(i).type) for i in range(kind.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(kind), mask=array.is_null())

    def _signed(self, array: pa.Array) -> pa.Array:
        """Return unsigned numbers as signed ones: null, and counted, where there is no room."""
        signed = array.view(pa.int64())
        least = pc.min(signed).as_py()
        if least is None or least >= 0:
            return signed
        fits = pc.greater_equal(signed, 0)
        self.stats[BEYOND] += pc.sum(pc.invert(fits)).as_py()
        return pc.if_else(fits, signed, pa.scalar(None, pa.int64()))

    def _list(self, array: pa.Array, kind: pa.DataType) -> pa.Array:
        if array.null_count == len(array):
            return pa.nulls(len(array), kind)
        values = self._fitted(array.flatten(), kind.value_type)
        lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int32())
        ends = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths)])
        return pa.ListArray.from_arrays(ends, values, kind, mask=array.is_null())


@functools.lru_cache(maxsize=32)     # the row groups of a file are of one size
def _nulls(count: int, kind: pa.DataType) -> pa.Array:
    """Return nulls; a dictionary of them has no values, which pyarrow's own has one of."""
    if _is_coded(kind):
        return pa.DictionaryArray.from_arrays(
            pa.nulls(count, pa.int32()), pa.array([], kind.value_type))
    return pa.nulls(count, kind)


def filetimes(times: pa.Array) -> pa.Array:
    """Return times as Windows counts them: 100 ns since 1601, exact."""
    units = times.view(pa.int64())
    return pc.add(pc.divide(units, 100) if times.type.unit == "ns" else pc.multiply(
        units, {"us": 10, "ms": 10_000, "s": 10_000_000}[times.type.unit]), _EPOCH_TICKS)


def _microseconds(ticks: pa.Array) -> pa.Array:
    """Return the microsecond that a time is in, also before 1970: ticks are not negative."""
    return pc.subtract(pc.divide(ticks, 10), _EPOCH_TICKS // 10).view(_MICROSECONDS)


def lost(stats: Mapping[str, int]) -> int:
    """Return how many events are missing, as the statistics of a source count them."""
    return sum(count for name, count in stats.items() if name.partition(":")[0] in _LOST)


def metadata(
    *, version: str, stats: Mapping[str, int], events: int, window: tuple[Any, Any],
    hosts: str = "", sources: str = "",
) -> dict[str, str]:
    """Return what a file of a lake says of itself, as keys and values of its metadata.

    Parameters
    ----------
    version : str
        Of wfpfast.
    stats : mapping
        What sources counted.
    events : int
        How many are in the file.
    window : tuple
        The first and the last time, as FILETIMEs; None where no event has a time.
    hosts, sources : str
        Whose events they are, and where they come from; lists as JSON.
    """
    found: dict[str, Any] = {
        "version": version, "profile": "lake", "host": hosts, "source": sources,
        "first": moment(window[0]), "last": moment(window[1]), "events": events,
        "lost": lost(stats), "malformed": stats.get("malformed", 0)}
    return {PREFIX + name: str(value) for name, value in found.items()}


def moment(ticks: int | None) -> str:
    """Return a FILETIME in ISO 8601 with all its digits; nothing where there is none."""
    if ticks is None:
        return ""
    seconds, part = divmod(ticks - _EPOCH_TICKS, 10_000_000)
    whole = pa.scalar(seconds, pa.timestamp("s")).as_py().isoformat()
    return f"{whole}.{part:07d}Z"
