"""`convert --profile lake`: a file for engines of all kinds; must not know what events mean."""

from collections.abc import Sequence
from typing import Any, BinaryIO

import pyarrow as pa

from wfpfast.cli._hosts import HOST
from wfpfast.cli._stages import Change
from wfpfast.cli._stats import Stats
from wfpfast.dataset.files import LakeFile

_KIND = pa.dictionary(pa.int32(), pa.utf8())


class LakeWriter:
    """Writes Parquet in the lake profile.

    Parameters
    ----------
    sources : list of str
        What is read; it may grow while the file is written.
    """

    def __init__(self, file: BinaryIO, schema: pa.Schema, *, sources: list[str]) -> None:
        self._file = LakeFile(file, schema)
        self._sources = sources

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._file.write(batch)

    def finish(self, stats: Stats | None) -> None:
        """Complete the file, with what is known of its events in its metadata."""
        self._file.finish(stats or {}, self._sources)
        if stats is not None:
            stats.update(self._file.stats)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class WithHost:
    """A stage behind which there is a column `host`: null where nobody knows it."""

    needs: Sequence[str] = (HOST,)
    gives: Sequence[str] = (HOST,)

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema with the column, and what adds it."""
        if HOST in schema.names:
            return schema, lambda batch: batch
        with_host = schema.append(pa.field(HOST, _KIND))

        def add(batch: pa.RecordBatch) -> pa.RecordBatch:
            nobody: Any = pa.DictionaryArray.from_arrays(
                pa.nulls(len(batch), pa.int32()), pa.array([], pa.utf8()))
            return pa.record_batch([*batch.columns, nobody], schema=with_host)

        return with_host, add

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def faults(self) -> list[str]:
        """Return nothing."""
        return []
