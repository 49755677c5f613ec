"""Counts equal rows of Arrow columns, batch by batch; must not know what the columns mean."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

COUNT = "events"
FIRST, LAST = "first", "last"
_NOTHING = ""   # the column of rows that nothing tells apart
# So many rows of unmerged counts may wait, or twice as many as there are distinct keys.
MOST_WAITING = 1 << 16


class Tally:
    """How often each combination of some columns occurs.

    Counting is done on the codes of dictionaries; counts of different batches are added by value.

    Parameters
    ----------
    keys : sequence of str
        The names of the columns.
    span : str, optional
        A column whose least and greatest value are kept for each key, as `FIRST` and `LAST`.
    """

    def __init__(self, keys: Sequence[str], span: str | None = None) -> None:
        self._keys = list(keys)
        self._span = span
        self._parts: list[pa.Table] = []
        self._merged = 0
        self.waiting = 0

    def add(self, columns: Mapping[str, pa.Array], counts: pa.Array | None = None) -> None:
        """Count the rows of a batch, each once or as often as `counts` says."""
        arrays = {key: columns[key] for key in self._keys}
        rows = len(next(iter(arrays.values())))
        if not rows:
            return
        # A column without any value tells no rows apart, and costs as much as one that does.
        used = {key: array for key, array in arrays.items() if array.null_count < rows}
        counted = self._grouped(_coded(used, rows), list(used), columns, counts)
        values = {
            key: _values(array, counted[key]) if key in used else pa.nulls(
                len(counted), _plain(array.type))
            for key, array in arrays.items()}
        names = [COUNT] if self._span is None else [COUNT, FIRST, LAST]
        self._parts.append(pa.table({**values, **{name: counted[name] for name in names}}))
        self.waiting += len(counted)
        if self.waiting > max(MOST_WAITING, 2 * self._merged):
            self._merge()

    def _grouped(
        self, coded: dict[str, pa.Array], keys: list[str], columns: Mapping[str, pa.Array],
        counts: pa.Array | None,
    ) -> pa.Table:
        wanted: list[Any] = [([], "count_all")]
        if counts is not None:
            coded, wanted = {**coded, COUNT: counts}, [(COUNT, "sum")]
        names = [COUNT]
        if self._span is not None:
            coded = {**coded, FIRST: columns[self._span]}
            wanted, names = [*wanted, (FIRST, "min"), (FIRST, "max")], [COUNT, FIRST, LAST]
        keys = keys or [_NOTHING]
        table = pa.table(coded).group_by(keys, use_threads=False).aggregate(wanted)
        return table.rename_columns([*keys, *names])

    def table(self) -> pa.Table | None:
        """Return all keys and their counts in no order, None if nothing was counted."""
        return self._merge() if self._parts else None

    def take(self) -> dict[str, pa.Array]:
        """Return what `table` does as columns, and forget it."""
        table = self.table()
        self._parts, self._merged, self.waiting = [], 0, 0
        if table is None:
            return {}
        return {
            name: column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
            for name, column in zip(table.column_names, table.columns, strict=True)}

    def _merge(self) -> pa.Table:
        table = pa.concat_tables(self._parts)
        if len(self._parts) > 1:
            wanted = [(COUNT, "sum")]
            if self._span is not None:
                wanted += [(FIRST, "min"), (LAST, "max")]
            names = table.column_names
            table = table.group_by(self._keys, use_threads=False).aggregate(wanted)
            table = table.rename_columns(names)
        self._parts, self._merged, self.waiting = [table], len(table), 0
        return table

    def top(self, most: int | None = None, **of: str | None) -> dict[str, Any]:
        """Return the most frequent keys, equal counts in the order of the keys.

        Parameters
        ----------
        most : int, optional
            How many; all by default.
        **of
            Only keys with these texts, which are left out of the rows.

        Returns
        -------
        dict
            ``events``: how many were counted; ``distinct``: how many keys there are; ``top``: a
            dict a key, with its count as ``events``.
        """
        if not self._parts:
            return _top(None, [], most)
        table = self._merge()
        for key, text in of.items():
            column = table[key].cast(pa.utf8())
            table = table.filter(pc.is_null(column) if text is None else pc.equal(column, text))
            table = table.drop_columns([key])
        return _top(table, [key for key in self._keys if key not in of], most)

    def split(self, most: int | None, by: str, parts: Mapping[str, str]) -> dict[str, Any]:
        """Return what `top` does of all keys but one, with counts of some of that one's texts.

        Parameters
        ----------
        most : int, optional
            How many; all by default.
        by : str
            The key.
        parts : mapping of str to str
            Its texts, and what their counts are called.
        """
        keys = [key for key in self._keys if key != by]
        if not self._parts:
            return _top(None, keys, most)
        table = self._merge()
        none = pa.scalar(0, table[COUNT].type)
        for text, name in parts.items():
            is_it = pc.fill_null(pc.equal(table[by], text), False)
            table = table.append_column(name, pc.if_else(is_it, table[COUNT], none))
        names = [COUNT, *parts.values()]
        table = table.group_by(keys, use_threads=False).aggregate([(name, "sum") for name in names])
        return _top(table.rename_columns([*keys, *names]), keys, most)


def _top(table: pa.Table | None, keys: list[str], most: int | None) -> dict[str, Any]:
    if table is None:
        return {"events": 0, "distinct": 0, "top": []}
    order = [(COUNT, "descending"), *((key, "ascending") for key in keys)]
    rows = table.sort_by(order).slice(0, most).to_pylist()
    return {"events": pc.sum(table[COUNT]).as_py() or 0, "distinct": len(table), "top": rows}


def _coded(arrays: Mapping[str, pa.Array], rows: int) -> dict[str, pa.Array]:
    """Return columns of which a table of so many rows can be made, with codes for texts."""
    coded = {
        key: array.indices if pa.types.is_dictionary(array.type) else array
        for key, array in arrays.items()}
    return coded or {_NOTHING: pa.repeat(0, rows)}


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _values(array: pa.Array, found: pa.Array) -> pa.Array:
    """Return the values of a column that codes, or values, stand for."""
    return pc.take(array.dictionary, found) if pa.types.is_dictionary(array.type) else found
