"""Opens a file of events of any kind by its content; must not know what is in the formats."""

from __future__ import annotations

import builtins
import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wfpfast import audit, netsh
from wfpfast.errors import SourceError
from wfpfast.recording import Recording
from wfpfast.recording._format import MAGIC

if TYPE_CHECKING:
    from collections.abc import Callable

    from wfpfast._decode.stream import EventStream

HEAD = 1 << 16      # bytes that say what a file is
# What is a table already, and who reads it.
TABLES = {
    b"PAR1": "a Parquet file: polars.read_parquet or pyarrow.parquet reads it",
    b"ARROW1": "an Arrow file: polars.read_ipc or pyarrow.ipc reads it",
}


class Closed(Protocol):
    """What has to be closed."""

    def close(self) -> None:
        """Close it."""
        ...


def open(source: str | os.PathLike[str], **options: Any) -> EventStream:
    """Read the events of a file, whatever it is: its content says that, not its name.

    Parameters
    ----------
    source : path
        What netsh writes, a recording, or a Security log in one of its forms; also packed by gzip,
        but for recordings.
    **options
        As for `netsh.read_events`, `Recording.read_events` or `audit.read_events`; all take those
        of `Decoder`.

    Returns
    -------
    EventStream
        Closes the file in the end.

    Raises
    ------
    SourceError
        If the file is a table, or a recording that is packed; while the stream is read, as the
        reader of its kind does.
    OSError
        If the file cannot be opened.
    """
    path = Path(source)
    head, packed = _begun(path)
    for mark, what in TABLES.items():
        if head.startswith(mark):
            raise SourceError(f"{path}: is {what}")
    if head.startswith(MAGIC):
        if packed:
            raise SourceError(f"{path}: is a recording that is packed by gzip: unpack it")
        recording = Recording(path)
        return _closing(recording, recording.read_events, **options)
    read = audit.read_events if audit.recognises(head) else netsh.read_events
    if not packed:
        return read(path, **options)
    file = gzip.open(path)  # noqa: SIM115
    return _closing(file, read, file, **options)


def _begun(path: Path) -> tuple[bytes, bool]:
    """Return the first bytes of a file, unpacked, and whether it is packed."""
    with builtins.open(path, "rb") as file:
        head = file.read(HEAD)
    if not head.startswith(b"\x1f\x8b"):
        return head, False
    with gzip.open(path) as unpacked:
        return unpacked.read(HEAD), True


def _closing(
    owned: Closed, read: Callable[..., EventStream], *given: Any, **options: Any
) -> EventStream:
    """Return a stream at whose end what it is read from is closed."""
    try:
        return read(*given, **options).closing(owned)
    except BaseException:
        owned.close()
        raise
