"""Reads the records of one of netsh's files, one after another; must not know what they mean."""

import os
from collections.abc import Iterator
from typing import IO, Any

from wfpfast.netsh._document import Document
from wfpfast.netsh._errors import NetshError
from wfpfast.netsh._text import BrokenText, TextReader
from wfpfast.netsh._wrong import what_is_wrong

Source = str | os.PathLike[str] | IO[bytes]


class Records:
    """A file, fed piece by piece to a `Document`.

    Parameters
    ----------
    source : path or binary file
        What to read.
    lists, heads : mapping
        As for `Document`.
    wanted : str
        "event" or "filter": what the file should have.
    errors : str
        "raise" or "null".
    encoding : str, optional
        The file's encoding, if it is known.
    """

    def __init__(
        self,
        source: Source,
        lists: dict[str, str],
        heads: dict[str, str],
        *,
        wanted: str,
        errors: str,
        encoding: str | None,
    ) -> None:
        if errors not in ("raise", "null"):
            raise ValueError(f"errors {errors!r}: expected 'raise' or 'null'")
        self._file: Any = source
        self._own = isinstance(source, str | os.PathLike)
        if isinstance(source, str | os.PathLike):
            path = os.fspath(source)
            self._file = open(source, "rb")  # noqa: SIM115 -- until close()
        elif hasattr(source, "read"):
            path = str(getattr(source, "name", type(source).__name__))
        else:
            raise TypeError(f"expected a path or a binary file, not {type(source).__name__}")
        try:
            self._text = TextReader(self._file, encoding)
        except BaseException:
            self.close()
            raise
        self._wanted = wanted
        self.document = Document(path, lists, heads, errors == "null")
        self.found = False      # a record

    def fed(self) -> Iterator[None]:
        """Feed the document, piece by piece; the caller takes the records after each.

        Raises
        ------
        NetshError
            If the file breaks off, or is something else.
        """
        document = self.document
        try:
            for piece in self._text:
                document.feed(piece)
                yield
        except BrokenText as error:
            raise document.error_at_end(str(error)) from None
        document.end()
        yield
        if not self.found:
            wrong = what_is_wrong(self._wanted, document.names, document.text_outside)
            if wrong is not None:
                raise NetshError(document.path, 1, "file", wrong)
        document.finish()

    def stats(self) -> dict[str, int]:
        """Return what is to be said of the text itself, once it has been read."""
        found = {}
        if self._text.replaced:
            found["mended_text"] = self._text.replaced
        if self._text.guessed:
            found[f"guessed_encoding:{self._text.encoding}"] = 1
        return found

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._own:
            self._file.close()


__all__ = ["NetshError", "Records", "Source"]
