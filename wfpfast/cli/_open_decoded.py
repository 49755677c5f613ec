"""Opens what a decoder reads: netsh's XML and recordings; must not know what is done with it."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from wfpfast import Decoder, EventBatch, EventStream, netsh
from wfpfast.cli._gather import Gather
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken, Request, Source, told
from wfpfast.errors import SourceError
from wfpfast.recording import Recording

XML_BATCH = 8_192


def xml(path: Path, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open netevents.xml or wfpdiag.xml."""
    file = stack.enter_context(path.open("rb"))
    size = max(1, os.fstat(file.fileno()).st_size)
    stream = stack.enter_context(netsh.read_events(
        file, batch_size=XML_BATCH, columns=request.columns, **request.options))
    return source(path, stream, lambda: file.tell() / size)


def recording(path: Path, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a recording; where it breaks off is said after its events."""
    blocks = stack.enter_context(Recording(path))
    decoder = Decoder(columns=request.columns, **request.options)
    size, seen = max(1, path.stat().st_size), 0

    def batches() -> Iterator[EventBatch]:
        nonlocal seen
        for record in blocks.records():
            seen += record.block.nbytes
            batch = decoder.decode(record.block)
            batch.stats["dropped"] = record.dropped
            yield batch
        if blocks.cut is not None:
            raise SourceError(blocks.cut)

    return source(path, EventStream(batches(), decoder=decoder), lambda: seen / size)


def source(path: Path, stream: EventStream, share: Callable[[], float]) -> Source:
    """Return the source that a stream of events is: all that a new one has to call."""
    return Source(path, pa.schema(stream), _batches(path, stream), lambda: stream.stats, share)


def _batches(path: Path, stream: EventStream) -> Iterator[pa.RecordBatch]:
    """Yield the events of a file; then say what is wrong with it, if something is."""
    gather, fault = Gather(), None
    try:
        for batch in stream:
            yield from gather.add(pa.record_batch(batch))
    except SourceError as error:
        fault = told(path, error)
    except (ValueError, OSError) as error:
        raise Fault(f"{path}: {error}") from None
    yield from gather.rest()
    if fault is not None:
        raise Broken(fault)
