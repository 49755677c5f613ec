"""Makes larger batches of small ones, as live events come; must not know where they go."""

from collections.abc import Iterator

import pyarrow as pa

# A batch costs kilobytes and some hundred microseconds however few rows it has: so many small ones
# become one before they go on.
ROWS = 8_192
_BATCHES = 256


class Gather:
    """Holds batches of one schema back until together they are worth a write.

    Parameters
    ----------
    rows : int
        How many rows are enough.
    """

    def __init__(self, rows: int = ROWS) -> None:
        self._enough = rows
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Take a batch, and give what is large enough."""
        self._waiting.append(batch)
        self._rows += len(batch)
        if self._rows >= self._enough or len(self._waiting) >= _BATCHES:
            yield from self.rest()

    def rest(self) -> Iterator[pa.RecordBatch]:
        """Give all that waits, as one batch."""
        waiting, self._waiting, self._rows = self._waiting, [], 0
        if len(waiting) == 1:
            yield waiting[0]
        elif waiting:
            # To join dictionaries column by column would take three times as long.
            table = pa.Table.from_batches(waiting).unify_dictionaries()
            yield from table.combine_chunks().to_batches()
