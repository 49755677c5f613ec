"""What is wrong with an event log; must not know how it is read."""

from wfpfast.errors import SourceError


class EvtxError(SourceError):
    """An event log is damaged, breaks off, or has a value that cannot be read.

    Attributes
    ----------
    chunk : int or None
        Which chunk of the file it is in, from 0.
    record : int, str or None
        The number of the record in the file, or where it begins in its chunk.
    field : str or None
        The name of the field.
    """

    def __init__(
        self, reason: str, chunk: int | None = None, record: int | str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(reason, chunk, record, field)
        self.reason = reason
        self.chunk = chunk
        self.record = record
        self.field = field

    def __str__(self) -> str:
        where = "" if self.path is None else f"{self.path}: "
        for word, place in (("chunk", self.chunk), ("record", self.record), ("field", self.field)):
            if place is not None:
                where += f"{word} {place}: "
        return f"{where}{self.reason}"
