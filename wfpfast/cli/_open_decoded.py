"""Opens what a decoder reads: XML, event logs, recordings; must not know what is done with it."""

import contextlib
from collections.abc import Callable, Iterator

import pyarrow as pa

from wfpfast import Decoder, EventBatch, EventStream, audit, netsh
from wfpfast.cli import _screen
from wfpfast.cli._gather import ROWS, Gather
from wfpfast.cli._input import Input
from wfpfast.cli._screen import Fault
from wfpfast.cli._source import Broken, Request, Source, told
from wfpfast.errors import SourceError
from wfpfast.recording import Damage, Record, Recording, RecordingError

XML_BATCH = 8_192
_NAMED = 20     # damaged records, of what may be millions


def xml(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open netevents.xml or wfpdiag.xml."""
    stream = stack.enter_context(netsh.read_events(
        given.file, batch_size=XML_BATCH, columns=request.columns, **request.options))
    return source(given, stream, rows=request.wish.rows)


def evtx(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open an event log (.evtx)."""
    stream = stack.enter_context(audit.read_events(
        given.file, columns=request.columns, **request.options))
    return source(given, stream, rows=request.wish.rows)


def recording(given: Input, request: Request, stack: contextlib.ExitStack) -> Source:
    """Open a recording; where it breaks off is said after its events."""
    options = dict(request.options)
    salvage = options.pop("salvage", False)
    path = given.on_disk(stack)
    blocks = stack.enter_context(Recording(path, salvage=salvage))
    decoder = Decoder(columns=request.columns, **options)
    size, seen = max(1, path.stat().st_size), 0

    def batches() -> Iterator[EventBatch]:
        nonlocal seen
        for part in _named(given.name, blocks):
            seen += part.block.nbytes
            batch = decoder.decode(part.block)
            batch.stats.update(part.stats)
            yield batch
        if blocks.cut is not None:
            raise SourceError(blocks.cut)

    stream = EventStream(batches(), decoder=decoder)
    found = source(given, stream, lambda: seen / size, request.wish.rows)
    if blocks.system == "Windows":  # events that are recorded elsewhere are of other machines
        found.host = blocks.host
    return found


def _named(name: str, blocks: Recording) -> Iterator[Record | Damage]:
    """Yield the parts of a recording, and say which of them are damaged."""
    damaged = 0
    try:
        for part in blocks.parts():
            if isinstance(part, Damage):
                damaged += 1
                if damaged <= _NAMED:
                    _screen.say(f"{name}: {part}")
            yield part
    except RecordingError as error:
        raise SourceError(f"{error}; --salvage leaves it out, and reads on") from None
    if damaged > _NAMED:
        _screen.say(f"{name}: {damaged - _NAMED:,} more damaged records were left out")


def source(
    given: Input, stream: EventStream, share: Callable[[], float | None] | None = None,
    rows: int = ROWS,
) -> Source:
    """Return the source that a stream of events is: all that a new one has to call."""
    batches = _batches(given.name, stream, rows)
    return Source(
        given.name, pa.schema(stream), batches, lambda: stream.stats, share or given.share)


def _batches(name: str, stream: EventStream, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the events of a source; then say what is wrong with it, if something is."""
    gather, fault = Gather(rows), None
    try:
        for batch in stream:
            yield from gather.add(pa.record_batch(batch))
    except SourceError as error:
        fault = told(name, error)
    except (ValueError, OverflowError, OSError) as error:
        raise Fault(f"{name}: {error}") from None
    except MemoryError:
        raise Fault(f"{name}: there is not enough memory for its events") from None
    yield from gather.rest()
    if fault is not None:
        raise Broken(fault)
