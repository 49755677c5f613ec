"""`convert --profile lake`: a file for engines of all kinds; must not know what events mean."""

from typing import BinaryIO

import pyarrow as pa

from wfpfast.cli._host_from import Filled
from wfpfast.cli._hosts import HOST
from wfpfast.cli._stats import Stats
from wfpfast.dataset.files import LakeFile


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


def with_host() -> Filled:
    """Return the stage behind which there is a column `host`: null where nobody knows it."""
    return Filled(HOST, lambda _: None)
