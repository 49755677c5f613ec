"""Reads the parts of a file, by one thread or several; must not know what is in a part."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from threading import Lock
from typing import NoReturn, TypeVar

from wfpfast._decode.decoder import EventBatch
from wfpfast.audit._files import Part
from wfpfast.audit._packing import Listed
from wfpfast.audit._reader import AuditReader, Survey

AnyPart = Part | Listed
Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[AnyPart, AuditReader], Result]

AHEAD = 2               # parts for each thread: one that it reads, and one that waits for it
SURVEYED = 1 << 23      # bytes at the beginning of a file
LEAST = 1 << 10         # bytes that a part counts for, if nothing in it could be read


def drained(waiting: deque[Item]) -> Iterator[Item]:
    """Yield what waits, and forget it."""
    while waiting:
        yield waiting.popleft()


def read_parts(
    parts: Iterator[AnyPart], readers: Sequence[AuditReader], lenient: bool, *,
    surveyed: bool = False,
) -> Iterator[EventBatch]:
    """Yield the batches of parts, in their order; `surveyed` says that survey() came before."""
    with closing(_Team(readers) if len(readers) > 1 else _Alone(readers[0])) as team:
        beginning = _Beginning(parts)
        if not surveyed:
            _survey(team, beginning, readers[0])
        for batches in team.read(beginning.again(), lenient):
            yield from batches


def survey(parts: Iterator[AnyPart], reader: AuditReader) -> None:
    """Find out by the beginning of a file which end its hosts call local; a fault ends it."""
    _survey(_Alone(reader), _Beginning(parts), reader)


def _survey(team: "_Alone | _Team", beginning: "_Beginning", leader: AuditReader) -> None:
    with closing(team.run(_surveyed, iter(beginning))) as found:
        size = 0
        for survey, part_size in found:
            size += part_size
            if leader.learn(survey) or size >= SURVEYED:
                break


def _surveyed(part: AnyPart, reader: AuditReader) -> tuple[Survey, int]:
    part.give(reader)
    return reader.survey(), max(len(part.memory), LEAST)


class _Beginning:
    """Parts of which the first are looked at twice."""

    def __init__(self, parts: Iterator[AnyPart]) -> None:
        self._parts = parts
        self._seen: deque[AnyPart] = deque()
        self._fault: Exception | None = None

    def __iter__(self) -> Iterator[AnyPart]:
        try:
            for part in self._parts:
                self._seen.append(part)
                yield part
        except Exception as error:  # the file may raise any kind
            self._fault = error

    def again(self) -> Iterator[AnyPart]:
        """Yield all parts from the first, and raise what ended them."""
        yield from drained(self._seen)
        if self._fault is not None:
            raise self._fault
        yield from self._parts


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


class _Alone:
    """One reader, which does its work when the result is asked for."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    def run(self, work: Work[Result], parts: Iterator[AnyPart]) -> Generator[Result]:
        """Yield what becomes of each part, in their order."""
        for part in parts:
            yield work(part, self._reader)

    def read(self, parts: Iterator[AnyPart], lenient: bool) -> Iterator[Iterator[EventBatch]]:
        """Yield the batches of each part."""
        return self.run(lambda part, reader: _batches(part, reader, lenient), parts)

    def close(self) -> None:
        """Do nothing: there are no threads."""


class _Team:
    """Readers with a thread each."""

    def __init__(self, readers: Sequence[AuditReader]) -> None:
        from concurrent.futures import ThreadPoolExecutor  # slow to load

        self._idle = deque(readers)     # as many as there are threads
        self._pool = ThreadPoolExecutor(len(readers))

    def run(
        self, work: Work[Result], parts: Iterator[AnyPart], ahead: int = 1
    ) -> Generator[Result]:
        """Yield what becomes of each part, in their order, till they end or a fault is raised.

        Whoever looks at a part has read it from the file: it is in that processor's cache.
        """
        numbers, reading = count(), Lock()

        def turn() -> tuple[int, Callable[[], Result] | None]:
            with reading:
                number = next(numbers)
                try:
                    part = next(parts, None)
                except Exception as error:  # the file may raise any kind
                    return number, partial(_raise, error)
            return number, None if part is None else self._outcome(work, part)

        outcomes: dict[int, Callable[[], Result] | None] = {}
        running = deque(self._pool.submit(turn) for _ in range(ahead * len(self._idle)))
        try:
            for wanted in count():
                while wanted not in outcomes:  # turns may overtake each other
                    outcomes.update([running.popleft().result()])
                if (outcome := outcomes.pop(wanted)) is None:
                    return
                running.append(self._pool.submit(turn))
                yield outcome()
        finally:
            for each in running:  # nobody looks at parts any more whose memory is used again
                if not each.cancel():
                    each.exception()

    def _outcome(self, work: Work[Result], part: AnyPart) -> Callable[[], Result]:
        reader = self._idle.popleft()
        try:
            result = work(part, reader)
        except Exception as error:
            return partial(_raise, error)
        finally:
            self._idle.append(reader)
        return lambda: result

    def read(self, parts: Iterator[AnyPart], lenient: bool) -> Iterator[Iterator[EventBatch]]:
        """Yield the batches of each part."""
        def work(part: AnyPart, reader: AuditReader) -> Iterator[EventBatch]:
            batches: deque[EventBatch] = deque()
            try:
                batches.extend(_batches(part, reader, lenient))
            except Exception as error:
                return _behind(batches, error)
            return drained(batches)

        return self.run(work, parts, AHEAD)

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(cancel_futures=True)


def _raise(error: Exception) -> NoReturn:
    raise error


def _behind(batches: deque[EventBatch], error: Exception) -> Iterator[EventBatch]:
    yield from drained(batches)
    raise error
