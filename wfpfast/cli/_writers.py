"""Writes record batches to files of several kinds; must not know where the batches come from.

A writer gets a binary file that is open, writes it from its beginning to its end, and does not
close it. Only `ArrowWriter` needs one that can be read again.
"""

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet

from wfpfast.cli._cells import csv_text, guarded, json_text, quoted
from wfpfast.cli._source import STATS_KEY
from wfpfast.cli._stats import Stats

ROW_GROUP = 131_072
VIEW_KEY = b"wfpfast.view"  # in the metadata of a schema: what is null is left out of JSON
COMPRESSION = "zstd"       # of Parquet, where every reader knows it
IPC_COMPRESSION = "lz4"    # of Arrow files, as Feather has it


class Writer(Protocol):
    """Takes batches, then the end."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""

    def finish(self, stats: Stats | None) -> None:
        """Complete the file; `stats` is kept where the format has a place for it."""

    def close(self) -> None:
        """Let go of the file, complete or not."""


class ParquetWriter:
    """Gathers batches to row groups, whose dictionaries must be one for a column to stay coded."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._schema = schema.remove_metadata()
        self._writer = pa.parquet.ParquetWriter(
            file, self._schema, compression=COMPRESSION, use_dictionary=_repeating(self._schema))
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._waiting.append(batch)
        self._rows += len(batch)
        if self._rows >= ROW_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        table = pa.Table.from_batches(self._waiting, self._schema).unify_dictionaries()
        self._waiting, self._rows = [], 0
        self._writer.write_table(table, row_group_size=max(1, len(table)))

    def finish(self, stats: Stats | None) -> None:
        """Complete the file."""
        if self._waiting:
            self._write_group()
        if stats is not None:
            self._writer.add_key_value_metadata({STATS_KEY.decode(): json.dumps(stats)})
        self._writer.close()

    def close(self) -> None:
        """Let go of the file."""
        self._waiting = []
        with contextlib.suppress(OSError, pa.ArrowException):
            self._writer.close()


def _repeating(schema: pa.Schema) -> list[str]:
    """Return the columns to write as dictionaries: all but times, of which hardly two are equal.

    A dictionary of these takes nearly twice the room of the times alone.
    """
    empty = pa.BufferOutputStream()
    pa.parquet.ParquetWriter(empty, schema).close()
    leaves = pa.parquet.ParquetFile(empty.getvalue()).schema
    paths = [leaves.column(k).path for k in range(len(leaves))]
    return [path for path in paths if path not in schema.names or not pa.types.is_timestamp(
        schema.field(path).type)]


class _Codes:
    """One dictionary column of all batches: every value once, and batches coded by it."""

    def __init__(self, kind: pa.DataType) -> None:
        self._values = pa.array([], kind.value_type)

    def code(self, column: pa.DictionaryArray) -> pa.Array:
        """Return int32 codes of this dictionary."""
        values = column.dictionary
        new = pc.filter(values, pc.invert(pc.is_in(values, self._values)))
        if len(new):
            self._values = pa.concat_arrays([self._values, new.unique().drop_null()])
        places = pc.index_in(values, self._values, skip_nulls=True)
        return places.take(column.indices)

    def column(self, codes: pa.Array) -> pa.DictionaryArray:
        """Return a column of codes with the dictionary of all batches."""
        return pa.DictionaryArray.from_arrays(codes, self._values)


class ArrowWriter:
    """Writes an Arrow file, which has one dictionary a column for all its batches.

    That dictionary is known only at the end, and not every reader takes it in pieces. So batches
    wait beside the file with bare codes, and are copied when all values have been seen.
    """

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file = file
        self._codes = {
            field.name: _Codes(field.type)
            for field in schema if pa.types.is_dictionary(field.type)
        }
        self._schema = pa.schema([
            pa.field(field.name, pa.dictionary(pa.int32(), field.type.value_type))
            if field.name in self._codes else field
            for field in schema
        ])
        self._plain = pa.schema([
            pa.field(field.name, pa.int32()) if field.name in self._codes else field
            for field in schema
        ])
        self._waiting = tempfile.TemporaryFile(dir=Path(file.name).parent)  # noqa: SIM115
        self._stream = pa.ipc.new_stream(self._waiting, self._plain, options=_ipc_options())

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        columns = [
            self._codes[name].code(column) if name in self._codes else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        self._stream.write_batch(pa.record_batch(columns, schema=self._plain))

    def finish(self, stats: Stats | None) -> None:
        """Complete the file."""
        self._stream.close()
        self._waiting.seek(0)
        schema = self._schema.remove_metadata()
        if stats is not None:
            schema = schema.with_metadata({STATS_KEY: json.dumps(stats).encode()})
        with pa.ipc.new_file(self._file, schema, options=_ipc_options()) as writer:
            for batch in pa.ipc.open_stream(self._waiting):
                writer.write_batch(self._decoded(batch, schema))

    def _decoded(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        columns = [
            self._codes[name].column(column) if name in self._codes else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        ]
        return pa.record_batch(columns, schema=schema)

    def close(self) -> None:
        """Let go of the file beside it."""
        for open_yet in (self._stream, self._waiting):
            with contextlib.suppress(OSError, pa.ArrowException):
                open_yet.close()


class ArrowStreamWriter:
    """Writes an Arrow stream, whose dictionaries may change from batch to batch."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        schema = schema.remove_metadata()
        self._stream = pa.ipc.new_stream(file, schema, options=_ipc_options())

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._stream.write_batch(batch)

    def finish(self, stats: Stats | None) -> None:
        """Complete the stream; what comes after the batches has no place for statistics."""
        self._stream.close()

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(OSError, pa.ArrowException):
            self._stream.close()


def arrow(file: BinaryIO, schema: pa.Schema) -> Writer:
    """Return the writer of an Arrow file, or of a stream where one cannot go back."""
    return ArrowWriter(file, schema) if file.seekable() else ArrowStreamWriter(file, schema)


def _ipc_options() -> Any:
    return pa.ipc.IpcWriteOptions(compression=IPC_COMPRESSION)


class CsvWriter:
    """Writes a header and rows; text is quoted, so that an empty text is not a null.

    No text is a formula for a spreadsheet, nor is the name of a column.
    """

    separator = ","

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._file = file
        header = self.separator.join(quoted(guarded(name)) for name in schema.names)
        file.write(f"{header}\n".encode())

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        for text in csv_text(batch, self.separator):
            self._file.write(text)

    def finish(self, stats: Stats | None) -> None:
        """Complete the file; CSV has no place for statistics."""

    def close(self) -> None:
        """Let go of the file, which nothing is held of."""


class JsonWriter:
    """Writes one JSON object a line.

    Every line has every column, so that readers see them all, unless nulls are not wanted. Those
    who take the documents of a view do not want them.
    """

    def __init__(
        self, file: BinaryIO, schema: pa.Schema, *, drop_nulls: bool = False
    ) -> None:
        self._file = file
        self._drop_nulls = drop_nulls or VIEW_KEY in (schema.metadata or {})

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        for text in json_text(batch, drop_nulls=self._drop_nulls):
            self._file.write(text)

    def finish(self, stats: Stats | None) -> None:
        """Complete the file; lines of events have no place for statistics."""

    def close(self) -> None:
        """Let go of the file, which nothing is held of."""
