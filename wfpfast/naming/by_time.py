"""Finds the filters of events by host, id and time; must not know records.

Needs pyarrow.
"""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.naming._interval_search import find_intervals

NAMES = {
    "name": "filter_name", "filter_key": "filter_key", "layer_key": "filter_layer_key",
    "action": "filter_action", "from": "filter_from", "until": "filter_until",
    "provider_key": "provider_key", "provider_name": "provider_name",
    "callout_key": "callout_key", "callout_name": "callout_name",
}
"""The columns of filters that events get, and what they are called there."""
KNOWN = ("then", "last known", "not known then", "not known")
_THEN, _LAST, _NOT_THEN, _NOT = range(4)
_MOST = (1 << 63) - 1
_TIME = pa.timestamp("ns", "UTC")


class FiltersByTime:
    """Filters, to be found by host, id and time.

    Parameters
    ----------
    filters : Arrow table
        As `read_filters` and a recording return it.
    """

    def __init__(self, filters: Any) -> None:
        table = pa.table(filters).combine_chunks()
        self.hosts = pc.unique(table["host"])
        # Filters that do not say their host are those of events whose host has none here.
        self._anybodys = pa.scalar(self.hosts.to_pylist().index(None) if self.hosts.null_count
                                   else -1, pa.int32())
        groups = pc.index_in(table["host"], value_set=self.hosts)
        # A filter without a beginning was there before all others of its id.
        begins = pc.fill_null(table["from"].cast(_TIME).cast(pa.int64()), 0)
        table = table.append_column("group", groups).append_column("begin", begins).sort_by(
            [(name, "ascending") for name in ("group", "filter_id", "begin", "until")])
        self.table = table.drop_columns(["group", "begin"])
        self._intervals = [
            _plain(table["group"], pa.int32(), -1), _plain(table["filter_id"], pa.uint64(), 0),
            _plain(table["begin"], pa.int64(), 0), _plain(table["until"], pa.int64(), _MOST)]
        self._read_until = table["read_until"]

    def rows(self, events: pa.RecordBatch | pa.Table, host: str | None = None) -> pa.Array:
        """Return for each event the row of its filter, or -1 (not known), or -2 (not known then).

        Null if the event has no filter; `host` is that of events that name none.
        """
        count = len(events)
        ids = _column(events, "filter_id", pa.uint64())
        moments = [
            _plain(self._groups(events, host), pa.int32(), -1), _plain(ids, pa.uint64(), 0),
            _plain(_column(events, "timestamp", _TIME), pa.int64(), -_MOST - 1)]
        answers = bytearray(8 * count)
        find_intervals(self._intervals, moments, answers, len(self.table), count)
        rows = pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(answers)])
        return pc.if_else(pc.is_valid(ids), rows, pa.scalar(None, pa.int64()))

    def _groups(self, events: pa.RecordBatch | pa.Table, host: str | None) -> pa.Array:
        """Return the number of each event's host; -1 for hosts without filters."""
        group = pc.index_in(pa.scalar(host, pa.utf8()), value_set=self.hosts)
        group = self._anybodys if group.as_py() is None else group
        if "host" not in events.schema.names:
            return pa.repeat(group, len(events))
        hosts = _joined(events["host"])
        if not pa.types.is_dictionary(hosts.type):
            hosts = hosts.dictionary_encode()
        numbers = pc.index_in(hosts.dictionary.cast(pa.utf8()), value_set=self.hosts)
        return pc.fill_null(numbers, self._anybodys).take(hosts.indices).fill_null(group)

    def known(self, events: pa.RecordBatch | pa.Table, rows: pa.Array) -> pa.Array:
        """Return in words whether a filter is known, by what rows() says."""
        until = self._read_until.take(_taken(rows))
        late = pc.greater(_column(events, "timestamp", _TIME), _joined(until))
        found = pc.if_else(pc.fill_null(late, False), _LAST, _THEN)
        codes = pc.case_when(
            pc.make_struct(pc.is_null(rows), pc.equal(rows, -1), pc.equal(rows, -2)),
            pa.scalar(None, pa.int64()), _NOT, _NOT_THEN, found)
        return pa.DictionaryArray.from_arrays(codes.cast(pa.int8()), pa.array(KNOWN))

    def named(self, events: pa.RecordBatch, host: str | None = None) -> pa.RecordBatch:
        """Return a batch with the columns of filters behind its own."""
        rows = self.rows(events, host)
        taken = _taken(rows)
        columns = {
            name: column for name, column in zip(events.schema.names, events.columns, strict=True)
            if name not in (*NAMES.values(), "filter_known")}
        columns["filter_known"] = self.known(events, rows)
        for source, name in NAMES.items():
            columns[name] = _joined(self.table[source].take(taken))
        return pa.record_batch(columns)


def named(events: Any, filters: Any, host: str | None) -> pa.Table:
    """Return events with the columns of filters behind their own."""
    table, found = pa.table(events), FiltersByTime(filters)
    batches = [found.named(batch, host) for batch in table.to_batches()]
    return pa.Table.from_batches(batches or [found.named(_empty(table.schema), host)])


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([pa.nulls(0, field.type) for field in schema], schema=schema)


def _taken(rows: pa.Array) -> pa.Array:
    """Return the rows to take: null where none was found."""
    return pc.if_else(pc.greater_equal(rows, 0), rows, pa.scalar(None, pa.int64()))


def _joined(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _column(events: pa.RecordBatch | pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    if name not in events.schema.names:
        raise ValueError(f"events without the column {name} cannot be joined with filters")
    return _joined(events[name]).cast(kind)


def _plain(column: Any, kind: pa.DataType, null: int) -> memoryview:
    """Return the values of a column as plain memory, with a number in place of null."""
    array = pc.fill_null(_joined(column).cast(kind), pa.scalar(null, kind))
    width = kind.bit_width // 8
    data = array.buffers()[1]
    start = array.offset * width
    return memoryview(b"" if data is None else data)[start:start + len(array) * width]
