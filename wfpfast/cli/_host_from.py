"""Says for files which host and which file their events are of; must not know formats."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast.cli._hosts import HOST
from wfpfast.cli._input import STDIN_NAME
from wfpfast.cli._screen import Fault
from wfpfast.cli._stages import Change

SOURCE_FILE = "source_file"
FOLDER = "path"
PLACE = "{host}"
_PACKED = (".zip", ".cab")
_KIND = pa.dictionary(pa.int32(), pa.utf8())


class Filled:
    """A stage that gives a column the same text in all events of a source that have none.

    Parameters
    ----------
    column : str
        Its name.
    text_of : callable
        Returns the text for the name of a source; None where nobody knows it.
    """

    def __init__(self, column: str, text_of: Callable[[str], str | None]) -> None:
        self.needs: Sequence[str] = (column,)
        self.gives: Sequence[str] = (column,)
        self._field = pa.field(column, _KIND)
        self._text_of = text_of

    def on(self, name: str, schema: pa.Schema) -> tuple[pa.Schema, Change]:
        """Return the schema with the column, and what fills it."""
        text, column = self._text_of(name), self._field.name
        place = schema.get_field_index(column)
        if text is None and place >= 0 and schema.field(place).type == _KIND:
            return schema, lambda batch: batch
        filled = schema.append(self._field) if place < 0 else schema.set(place, self._field)

        def fill(batch: pa.RecordBatch) -> pa.RecordBatch:
            if place < 0:
                code = pa.scalar(None if text is None else 0, pa.int32())
                array = pa.DictionaryArray.from_arrays(
                    pa.repeat(code, len(batch)), pa.array([text or ""]))
                return batch.append_column(self._field, array)
            array = pc.fill_null(batch.column(place).cast(pa.utf8()), text).dictionary_encode()
            columns = [*batch.columns[:place], array, *batch.columns[place + 1:]]
            return pa.record_batch(columns, schema=filled)

        return filled, fill

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def faults(self) -> list[str]:
        """Return nothing: each source has said what does not fit."""
        return []


def source_file() -> Filled:
    """Return the stage that says which file events are of."""
    return Filled(SOURCE_FILE, lambda name: name)


def host_from(pattern: str) -> Filled:
    """Return the stage that says which host events are of that do not say it themselves.

    Parameters
    ----------
    pattern : str
        ``path``, the folder that a file is in; or the end of a path with ``{host}`` in it.
    """
    if pattern == FOLDER:
        return Filled(HOST, _folder)
    before, _, after = pattern.partition(PLACE)
    fits = re.compile(rf"(?:.*/)?{_globbed(before)}(?P<host>[^/]+?){_globbed(after)}", re.DOTALL)

    def found(name: str) -> str:
        match = fits.fullmatch(_slashed(name))
        if match is None:
            raise Fault(f"{name}: --host-from: its path does not end as {pattern}")
        return match["host"]

    return Filled(HOST, found)


def _slashed(name: str) -> str:
    return name.replace(os.sep, "/")


def _globbed(text: str) -> str:
    """Return a pattern of a path as a regular expression: * and ? are of one part of it."""
    return re.escape(_slashed(text)).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")


def _folder(name: str) -> str:
    if name == STDIN_NAME:
        raise Fault(f"{name}: --host-from {FOLDER}: it is in no folder")
    folder = PurePath(os.path.abspath(name)).parent
    text = folder.stem if folder.suffix.lower() in _PACKED else folder.name
    if not text:
        raise Fault(f"{name}: --host-from {FOLDER}: it is in no folder that has a name")
    return text
