"""Counts equal rows of Arrow columns, batch by batch; must not know what the columns mean."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

COUNT = "events"
# So many rows of unmerged counts may wait, or twice as many as there are distinct keys.
MOST_WAITING = 1 << 16


class Tally:
    """How often each combination of some columns occurs.

    Counting is done on the codes of dictionaries; counts of different batches are added by value.

    Parameters
    ----------
    keys : sequence of str
        The names of the columns.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        self._parts: list[pa.Table] = []
        self._merged = 0
        self._waiting = 0

    def add(self, columns: Mapping[str, pa.Array]) -> None:
        """Count the rows of a batch."""
        arrays = {key: columns[key] for key in self._keys}
        coded = pa.table({
            key: array.indices if pa.types.is_dictionary(array.type) else array
            for key, array in arrays.items()
        })
        if not len(coded):
            return
        counted = coded.group_by(self._keys, use_threads=False).aggregate([([], "count_all")])
        values = {
            key: pc.take(array.dictionary, counted[key])
            if pa.types.is_dictionary(array.type) else counted[key]
            for key, array in arrays.items()
        }
        self._parts.append(pa.table({**values, COUNT: counted["count_all"]}))
        self._waiting += len(counted)
        if self._waiting > max(MOST_WAITING, 2 * self._merged):
            self._merge()

    def table(self) -> pa.Table | None:
        """Return all keys and their counts in no order, None if nothing was counted."""
        return self._merge() if self._parts else None

    def _merge(self) -> pa.Table:
        table = pa.concat_tables(self._parts)
        if len(self._parts) > 1:
            table = table.group_by(self._keys, use_threads=False).aggregate([(COUNT, "sum")])
            table = table.rename_columns([*self._keys, COUNT])
        self._parts, self._merged, self._waiting = [table], len(table), 0
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
            return {"events": 0, "distinct": 0, "top": []}
        table = self._merge()
        for key, text in of.items():
            column = table[key].cast(pa.utf8())
            table = table.filter(pc.is_null(column) if text is None else pc.equal(column, text))
            table = table.drop_columns([key])
        keys = [key for key in self._keys if key not in of]
        order = [(COUNT, "descending"), *((key, "ascending") for key in keys)]
        rows = table.sort_by(order).slice(0, most).to_pylist()
        return {"events": pc.sum(table[COUNT]).as_py() or 0, "distinct": len(table), "top": rows}
