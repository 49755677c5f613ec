"""The format "wfpfast" of Spark's Python data source API; must not know what is in files.

Its objects go to workers, which have to find this module: wfpfast is installed on every executor.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import StructType

from wfpfast.spark import _conditions
from wfpfast.spark._options import Options, check_columns, parsed
from wfpfast.spark._pieces import Piece, pieces
from wfpfast.spark._rows import Rows, columns_of, ddl, declared
from wfpfast.spark._stream import Stream

NAME = "wfpfast"


class Wfpfast(DataSource):
    """Recordings, netsh's XML and Security logs as tables of Spark."""

    @classmethod
    def name(cls) -> str:
        """Return what users give to `format`."""
        return NAME

    def schema(self) -> str:
        """Return the columns that were asked for, or all."""
        return declared(columns_of(parsed(self.options)))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return what reads what there is now."""
        options = parsed(self.options)
        made = PushedReader if options.push and options.table == "events" else Reader
        return made(options, fitting(schema, options))

    def streamReader(self, schema: StructType) -> Stream:
        """Return what reads recordings as they grow."""
        options = parsed(self.options)
        return Stream(options, fitting(schema, options))


def fitting(given: StructType, options: Options) -> pa.Schema:
    """Return the columns of a schema of Spark, which may be the user's own choice of them.

    Raises
    ------
    ValueError
        If one is unknown, or of another type.
    """
    if options.table == "events":
        check_columns(given.fieldNames())
    known = columns_of(Options(**{**vars(options), "columns": tuple(given.fieldNames())}))
    for field in given:
        expected = ddl(known.field(field.name).type)
        if field.dataType.simpleString() != expected:
            raise ValueError(
                f"column {field.name} is of type {expected}, not {field.dataType.simpleString()}")
    return pa.schema([known.field(name) for name in given.fieldNames()])


class Part(InputPartition):
    """A piece of a file, for a task; None if there is nothing to read."""

    def __init__(self, piece: Piece | None) -> None:
        super().__init__(piece)


class Reader(DataSourceReader):
    """Reads the files that there are when the query is planned."""

    def __init__(self, options: Options, columns: pa.Schema) -> None:
        self._options = options
        self._columns = columns
        self._conditions: list[Any] = []

    def _rows(self) -> Rows:
        return Rows(self._options, self._columns, self._conditions)

    def partitions(self) -> Sequence[InputPartition]:
        """Return the pieces of files that may have rows."""
        rows = self._rows()
        return [
            Part(piece) for path in self._options.files()
            for piece in pieces(path, self._options.split) if rows.may_have(piece)] or [Part(None)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a piece."""
        if partition.value is not None:
            yield from self._rows().of(partition.value)


class PushedReader(Reader):
    """A reader that takes filters of a query, which then hold for its data frame from then on.

    Spark (seen in 4.3, whose PythonScanBuilder keeps what it read last with the data frame) gives
    the same reader to later queries of a data frame, and to other parts of one query. So this is
    right for one filter a data frame only, and has to be asked for.
    """

    def pushFilters(self, filters: list[Any]) -> Iterator[Any]:
        """Take the filters that can be decided here; yield those that Spark has to decide."""
        for each in filters:
            if _conditions.understood(each, self._columns):
                self._conditions.append(each)
            else:
                yield each
