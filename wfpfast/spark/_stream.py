"""Reads recordings as they grow, for Spark's streaming queries; must not know their columns.

The offset of a stream is how far each file was read, in bytes: where a record ends.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import DataSourceStreamReader, InputPartition

from wfpfast.errors import SourceError
from wfpfast.spark import _recordings
from wfpfast.spark._options import Options
from wfpfast.spark._pieces import RECORDING, Piece
from wfpfast.spark._rows import Rows


class Stream(DataSourceStreamReader):
    """Reads whole records, each once, also of recordings that come later into a folder."""

    def __init__(self, options: Options, columns: pa.Schema) -> None:
        self._options = options
        self._columns = columns
        self._known: dict[str, int] = {}

    def initialOffset(self) -> dict[str, int]:
        """Return where a new query begins: before the first record."""
        return {}

    def latestOffset(
        self, start: dict[str, int] | None = None, limit: Any = None
    ) -> dict[str, int]:
        """Return how far each recording is whole now. Older Sparks do not say where it began."""
        self._known.update(start or {})
        for path in self._options.files():
            size = os.path.getsize(path)
            begin = self._known.get(path, 0)
            if size < begin:
                raise SourceError(f"{path}: has become shorter: {begin} bytes of it were read")
            if not begin:
                begin = _begin(path)
            if begin:
                end = max(_recordings.whole(path, begin, size), default=begin)
                self._known[path] = end
                _recordings.check(path, end)    # or the stream would wait there for ever
        return dict(self._known)

    def partitions(
        self, start: dict[str, int], end: dict[str, int]
    ) -> Sequence[InputPartition]:
        """Return the pieces between two offsets."""
        found = []
        for path, behind in end.items():
            host, first = _recordings.begun(path)
            begin = start.get(path, first)
            if begin < behind:
                found += [
                    InputPartition(Piece(path, RECORDING, *piece, host))
                    for piece in _recordings.ranges(path, begin, behind, self._options.split)]
        return found

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece."""
        yield from Rows(self._options, self._columns).of(partition.value)


def _begin(path: str) -> int:
    """Return where the records of a recording begin; 0 while it does not say it."""
    with open(path, "rb") as file:
        head = file.read(len(_recordings.MAGIC))
    if head != _recordings.MAGIC[:len(head)]:
        raise SourceError(f"{path}: is no recording; only recordings grow by whole records")
    return _recordings.begun(path)[1]
