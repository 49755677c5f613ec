"""`wfpfast enumerate` and `watch`: from an engine to a sink; must not know what either is like."""

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wfpfast import Engine, EngineClosedError, EventBatch, EventStream, Subscription, WfpError
from wfpfast.cli import _screen
from wfpfast.cli._account import account
from wfpfast.cli._engine import CollectionWatch, opened, subscribed
from wfpfast.cli._live_options import EngineOptions, OutputOptions
from wfpfast.cli._people import LineSink, Sink
from wfpfast.cli._screen import Unwritten
from wfpfast.cli._stop import Stop, stoppable

if TYPE_CHECKING:
    from wfpfast.cli._group import Grouping
    from wfpfast.cli._stages import Choice, Chosen

POLL = 0.1                          # seconds until somebody who asks for an end is heard
_LATE = timedelta(seconds=1)        # how long after it happened an event may still come


def enumerate_log(choice: EngineOptions, form: OutputOptions) -> int:
    """Show what the log holds now; return the exit status."""

    def read(engine: Engine, delivery: Delivery) -> None:
        with (
            engine.net_events(choice.template, columns=delivery.columns, errors="null") as stream,
            delivery.counting(stream),
        ):
            for batch in stream:
                delivery.take(batch)
                if delivery.done:
                    break

    return _run(choice, form, read)


def watch(
    choice: EngineOptions, form: OutputOptions, *, count: int | None, log: bool,
    duration: timedelta | None = None, grouping: "Grouping | None" = None,
) -> int:
    """Show what happens, after the log if that is wanted; return the exit status."""
    last = math.inf if duration is None else time.monotonic() + duration.total_seconds()

    def read(engine: Engine, delivery: Delivery) -> None:
        with (
            subscribed(engine, choice, log=log, columns=delivery.columns, errors="null") as stream,
            delivery.counting(stream),
        ):
            collection = CollectionWatch(stream, choice)
            while not delivery.done and time.monotonic() < last:
                batch = stream.read(POLL)
                if batch is not None:
                    delivery.take(batch)
                    continue
                collection.look()
                if choice.until is not None and datetime.now(UTC) > choice.until + _LATE:
                    break
            delivery.take_rest(stream)

    return _run(choice, form, read, count, grouping)


class Delivery:
    """Events on their way to a sink, up to a number of them or until somebody asks for an end."""

    def __init__(
        self, out: Sink, stop: Stop, limit: int | None, choices: "Sequence[Choice]" = ()
    ) -> None:
        self._out = out
        self._stop = stop
        self._limit = sys.maxsize if limit is None else limit
        self._stats = account({}, 0, complete=False)
        self._chosen = chosen(choices, out.columns)
        self.columns = out.columns if self._chosen is None else self._chosen.columns
        self.shown = 0

    @property
    def complete(self) -> bool:
        """Whether there were as many events as were wanted."""
        return self.shown >= self._limit

    @property
    def done(self) -> bool:
        """Whether no more events are wanted."""
        return self._stop.asked or self.complete

    def take(self, batch: EventBatch) -> None:
        """Pass events on, and say how many are missing before them."""
        say_dropped(batch.stats.get("dropped", 0))
        if self._chosen is not None:
            batch = self._chosen.of(batch)
        count = min(len(batch), self._limit - self.shown)
        self.shown += count  # a file has them, even if nobody reads them from stdout
        self._out.write(batch, count)

    def take_rest(self, stream: Subscription) -> None:
        """Receive nothing more; put what has come already in the file, if there is one."""
        stream.close()
        if not self._out.keeps:
            return
        # Closed before the log was read to its end: what came after it would follow a hole.
        with contextlib.suppress(EngineClosedError):
            while not self.complete and (batch := stream.read(0)) is not None:
                self.take(batch)

    @contextlib.contextmanager
    def counting(self, stream: EventStream) -> Iterator[None]:
        """Remember what became of a stream's events, however it ends: nothing comes after that."""
        try:
            yield
        finally:
            try:
                stream.close()
            finally:
                # On a screen nobody misses what comes after the wish to end.
                complete = self.complete or not self._out.keeps
                left_out = 0 if self._chosen is None else self._chosen.left_out
                self._stats = account(
                    stream.stats, self.shown, complete=complete, left_out=left_out)

    @contextlib.contextmanager
    def telling(self) -> Iterator[None]:
        """Say how many events go with a file that cannot be written."""
        try:
            yield
        except Unwritten as error:
            raise Unwritten(
                f"{error}; with it go {_screen.events(self._stats['came'])} that came") from None

    def finish(self) -> None:
        """Complete the sink."""
        self._out.finish(self._stats)


def chosen(choices: "Sequence[Choice]", columns: Sequence[str] | None) -> "Chosen | None":
    """Return what chooses events that Windows cannot choose, if that is wanted."""
    if not choices:
        return None
    from wfpfast.cli._stages import Chosen  # which needs pyarrow

    return Chosen(choices, columns)


def _sink(form: OutputOptions, grouping: "Grouping | None") -> Any:
    """Open what events are to go to; lines for people need no pyarrow, all else does."""
    if grouping is not None:
        from wfpfast.cli._group import grouped

        return grouped(grouping, form)
    if form.for_people:
        return contextlib.nullcontext(LineSink(form.naming, utc=form.utc))
    from wfpfast.cli._sinks import tables

    return tables(form)


def say_dropped(count: int) -> None:
    """Say that events are missing here, if there are."""
    if count:
        _screen.say(f"… {_screen.events(count)} {'was' if count == 1 else 'were'} dropped here")


def _run(
    choice: EngineOptions,
    form: OutputOptions,
    read: Callable[[Engine, Delivery], None],
    limit: int | None = None,
    grouping: "Grouping | None" = None,
) -> int:
    """Deliver events. Whatever ends the delivery, a file has the events until then."""
    fault: OSError | None = None
    if form.naming is not None:
        form.naming.expect_engine(of_this_machine=choice.simulation is None)
    with stoppable() as stop:
        with _sink(form, grouping) as out:
            delivery = Delivery(out, stop, limit, choice.stages)
            with delivery.telling():
                try:
                    with opened(choice) as engine:
                        out.begin(engine)
                        read(engine, delivery)
                except OSError as error:
                    expected = isinstance(error, WfpError) or _screen.reader_left(error)
                    if not (expected and out.keeps and delivery.shown):
                        raise
                    fault = error
                delivery.finish()
        if fault is not None:
            raise fault
        return 0 if delivery.complete else stop.status
