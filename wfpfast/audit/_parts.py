"""Reads the parts of a file, by one thread or several; must not know what is in a part."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from wfpfast._decode.decoder import EventBatch
from wfpfast.audit._files import Part
from wfpfast.audit._packing import Listed
from wfpfast.audit._reader import AuditReader

if TYPE_CHECKING:
    from concurrent.futures import Future


AnyPart = Part | Listed

AHEAD = 2   # parts for each thread: one that it reads, and one that waits for it


class Done(NamedTuple):
    """What a part became: batches, and then an error if there was one."""

    batches: deque[EventBatch]
    error: Exception | None


def drained(waiting: deque[AnyPart]) -> Iterator[AnyPart]:
    """Yield what waits, and forget it."""
    while waiting:
        yield waiting.popleft()


def read_parts(
    parts: Iterator[AnyPart], readers: Sequence[AuditReader], lenient: bool
) -> Iterator[EventBatch]:
    """Yield the batches of parts, in their order."""
    if len(readers) > 1:
        yield from _by_threads(parts, readers, lenient)
        return
    for part in parts:
        yield from _batches(part, readers[0], lenient)


def _batches(part: AnyPart, reader: AuditReader, lenient: bool) -> Iterator[EventBatch]:
    part.give(reader)
    reader.tell(part.stats)
    if lenient:
        reader.tell(part.lost)
    while (batch := reader.read()) is not None:
        yield batch
    part.release()
    if part.fault is not None and not lenient:
        raise part.fault


def _done(part: AnyPart, reader: AuditReader, lenient: bool) -> Done:
    done: deque[EventBatch] = deque()
    try:
        done.extend(_batches(part, reader, lenient))
    except Exception as error:  # it is raised behind the batches before it
        return Done(done, error)
    return Done(done, None)


def _by_threads(
    parts: Iterator[AnyPart], readers: Sequence[AuditReader], lenient: bool
) -> Iterator[EventBatch]:
    from concurrent.futures import ThreadPoolExecutor  # slow to load

    idle = deque(readers)   # as many as there are threads

    def done(part: AnyPart) -> Done:
        reader = idle.popleft()
        try:
            return _done(part, reader, lenient)
        finally:
            idle.append(reader)

    fault: Exception | None = None
    running: deque[Future[Done]] = deque()
    pool = ThreadPoolExecutor(len(readers))
    try:
        while fault is None:
            try:
                part = next(parts, None)
            except Exception as error:  # the file may raise any kind
                part, fault = None, error
            if part is None:
                break
            running.append(pool.submit(done, part))
            # No thread waits while this one reads, or its reader looks at batches.
            if len(running) > AHEAD * len(readers):
                yield from _first(running)
        while running:
            yield from _first(running)
    finally:
        pool.shutdown(cancel_futures=True)
    if fault is not None:
        raise fault


def _first(running: "deque[Future[Done]]") -> Iterator[EventBatch]:
    """Yield the batches of the part that comes next, and raise what ended it."""
    batches, error = running.popleft().result()
    while batches:
        yield batches.popleft()
    if error is not None:
        raise error
