"""Finds ranges of whole records in a recording, and reads one; must not know Spark."""

from collections.abc import Iterator
from io import FileIO
from typing import Any, Literal

from wfpfast._blocks.block import Block
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.errors import SourceError
from wfpfast.recording import Damage, Recording, RecordingError
from wfpfast.recording._format import (
    END_MARK,
    MAGIC,
    RECORD_BYTES,
    TRAILER,
    RecordHeader,
    parse_record,
)
from wfpfast.recording._scan import Cut, Scan

__all__ = ["MAGIC", "begun", "check", "events", "ranges", "whole"]

_NOTHING = Block(b"", base=0, count=0, version=0)


def begun(path: str) -> tuple[str | None, int]:
    """Return whose events a recording has, None if that is not known, and where they begin.

    They begin at 0 if the header does not say it: whoever reads it finds out why.
    """
    with FileIO(path) as file:
        try:
            header = Scan(file).header()
        except (Cut, RecordingError):
            return None, 0
    # Events that are recorded elsewhere than on Windows are of another machine.
    return (header.host or None if header.system == "Windows" else None), header.nbytes


def ranges(path: str, begin: int, end: int, split: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of whole records of about so many bytes; the last one ends at `end`.

    Only headers are read. Behind a damaged one nothing can be split.
    """
    at = begin
    if begin:
        for behind in whole(path, begin, end):
            if behind - at >= split and behind < end:
                yield at, behind
                at = behind
    yield at, end


def whole(path: str, begin: int, end: int) -> Iterator[int]:
    """Yield where the records end that begin at `begin`, as far as they are whole."""
    with FileIO(path) as file:
        while begin + RECORD_BYTES <= end:
            file.seek(begin)
            try:
                header = parse_record(file.read(RECORD_BYTES), begin)
            except RecordingError:
                return
            begin += _size(header)
            if begin > end:
                return
            file.seek(begin - len(END_MARK))
            if file.read(len(END_MARK)) != END_MARK:    # space for what is not written yet
                return
            yield begin


def check(path: str, at: int) -> None:
    """Raise SourceError if a record is damaged; one that is not complete may be being written."""
    with FileIO(path) as file:
        try:
            next(Scan(file).records(at), None)
        except Cut:
            return
        except RecordingError as error:
            raise SourceError(f"{path}: {error}") from error


def _size(header: RecordHeader) -> int:
    return RECORD_BYTES + header.nbytes + TRAILER.size


def events(
    path: str, begin: int, end: int, *, errors: Literal["raise", "null"] = "raise", **options: Any
) -> EventStream:
    """Return the events of the records in a range; what is damaged is left out if errors are null.

    A recording that breaks off ends there, which ``stats["cut_recordings"]`` counts.
    """
    decoder = Decoder(errors=errors, **options)
    if not begin:
        return _headless(path, errors, decoder)
    file = FileIO(path)
    batches = _batches(file, path, begin, end, decoder, salvage=errors == "null")
    return EventStream(batches, decoder=decoder, close=file.close)


def _headless(path: str, errors: str, decoder: Decoder) -> EventStream:
    """Return the events of a file whose header is damaged or not complete, as a `Recording`."""
    recording = Recording(path, salvage=errors == "null")

    def batches() -> Iterator[EventBatch]:
        for part in recording.parts():
            yield _decoded(decoder, part.block, part.stats)
        if recording.cut is not None:
            yield _decoded(decoder, _NOTHING, {"cut_recordings": 1})

    return EventStream(batches(), decoder=decoder, close=recording.close)


def _batches(
    file: FileIO, path: str, begin: int, end: int, decoder: Decoder, *, salvage: bool
) -> Iterator[EventBatch]:
    try:
        for part in Scan(file).records(begin, salvage=salvage):
            if isinstance(part, Damage):
                begin = part.offset + part.nbytes
                yield _decoded(decoder, part.block, part.stats)
            else:
                header, block = part
                begin += _size(header)
                yield _decoded(decoder, block, {"dropped": header.dropped})
            if begin >= end:
                return
    except Cut:
        yield _decoded(decoder, _NOTHING, {"cut_recordings": 1})
    except RecordingError as error:
        raise SourceError(f"{path}: {error}") from error


def _decoded(decoder: Decoder, block: Any, stats: dict[str, int]) -> EventBatch:
    batch = decoder.decode(block)
    batch.stats.update(stats)
    return batch
