"""Streams records out of one of netsh's XML files; must not know what a record means."""

import os
from collections.abc import Callable, Iterator
from typing import IO, Any

from wfpfast.netsh._text import BrokenText, read_text
from wfpfast.netsh._xml_expat import ExpatReader, NetshError, Record
from wfpfast.netsh._xml_plain import PlainFeeder

Source = str | os.PathLike[str] | IO[bytes]


class RecordReader:
    """Pulls records from a file.

    Parameters
    ----------
    source : path or binary file
        What to read.
    lists : mapping of str to str
        Tags of lists whose items are records, and the kind of record. ``""`` stands for the file
        itself: a record may be a root.
    roots : sequence of str
        What a root element may be.
    convert : callable
        Makes what `read` yields from a kind and a record; raises `BadElement`.
    plain : bool
        Whether `Scanner.record` reads plain records in place of the parser; then `convert` gets
        them as it returns them, and may raise `NotPlain`.
    """

    def __init__(
        self,
        source: Source,
        lists: dict[str, str],
        roots: tuple[str, ...],
        convert: Callable[[str, Record], Any],
        *,
        plain: bool = False,
    ) -> None:
        self._file: Any = source
        self._own = isinstance(source, str | os.PathLike)
        if isinstance(source, str | os.PathLike):
            path = os.fspath(source)
            self._file = open(source, "rb")  # noqa: SIM115 -- until close(), at the end of read()
        elif hasattr(source, "read"):
            path = str(getattr(source, "name", type(source).__name__))
        else:
            raise TypeError(f"expected a path or a binary file, not {type(source).__name__}")
        self._reader = ExpatReader(path, lists, roots, convert)
        self._feeder = PlainFeeder(self._reader, convert) if plain else None

    def read(self) -> Iterator[Any]:
        """Yield what `convert` makes of each record; those before an error come first."""
        reader, feeder = self._reader, self._feeder
        try:
            for text in read_text(self._file):
                (feeder or reader).feed(text.encode())
                yield from reader.take()
            if feeder is not None:
                feeder.flush()
            reader.end()
        except NetshError:
            yield from reader.take()
            raise
        except BrokenText as error:
            if feeder is not None:
                feeder.flush()
            raise reader.error(str(error)) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._own:
            self._file.close()
