"""`wfpfast enumerate` and `watch`: from an engine to a sink; must not know what either is like."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from wfpfast import Engine, EngineClosedError, EventBatch, EventStream, Subscription, WfpError
from wfpfast.cli import _screen
from wfpfast.cli._engine import opened, subscribed
from wfpfast.cli._live_options import Choice, Form
from wfpfast.cli._sinks import Sink, sink
from wfpfast.cli._stop import Stop, stoppable

POLL = 0.1                          # seconds until somebody who asks for an end is heard
_LATE = timedelta(seconds=1)        # how long after it happened an event may still come
# What a subscription counts that is no loss.
_NO_LOSS = ("received", "delivered", "waiting")


def enumerate_log(choice: Choice, form: Form) -> int:
    """Show what the log holds now; return the exit status."""

    def read(engine: Engine, flow: Flow) -> None:
        with (
            engine.net_events(choice.template, columns=flow.columns, errors="null") as stream,
            flow.counting(stream),
        ):
            for batch in stream:
                flow.take(batch)
                if flow.done:
                    break

    return _run(choice, form, read)


def watch(choice: Choice, form: Form, *, count: int | None, log: bool) -> int:
    """Show what happens, after the log if that is wanted; return the exit status."""

    def read(engine: Engine, flow: Flow) -> None:
        with (
            subscribed(engine, choice, log=log, columns=flow.columns, errors="null") as stream,
            flow.counting(stream),
        ):
            while not flow.done:
                batch = stream.read(POLL)
                if batch is not None:
                    flow.take(batch)
                elif choice.until is not None and datetime.now(UTC) > choice.until + _LATE:
                    break
            flow.take_rest(stream)

    return _run(choice, form, read, count)


class Flow:
    """Events on their way to a sink, up to a number of them or until somebody asks for an end."""

    def __init__(self, out: Sink, stop: Stop, most: int | None) -> None:
        self._out = out
        self._stop = stop
        self._most = sys.maxsize if most is None else most
        self._stats: dict[str, int] = {}
        self.columns = out.columns
        self.shown = 0

    @property
    def complete(self) -> bool:
        """Whether there were as many events as were wanted."""
        return self.shown >= self._most

    @property
    def done(self) -> bool:
        """Whether no more events are wanted."""
        return self._stop.asked or self.complete

    def take(self, batch: EventBatch) -> None:
        """Pass events on, and say how many are missing before them."""
        say_dropped(batch.stats.get("dropped", 0))
        count = min(len(batch), self._most - self.shown)
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
        """Remember what a stream says of its losses, however it ends."""
        try:
            yield
        finally:
            self._stats = {
                name: count for name, count in stream.stats.items() if name not in _NO_LOSS}

    def finish(self) -> None:
        """Complete the sink."""
        self._out.finish({**self._stats, "events": self.shown})


def say_dropped(count: int) -> None:
    """Say that events are missing here, if there are."""
    if count:
        _screen.say(f"… {_screen.events(count)} {'was' if count == 1 else 'were'} dropped here")


def _run(
    choice: Choice, form: Form, read: Callable[[Engine, Flow], None], most: int | None = None
) -> int:
    """Let events flow; whatever ends it, a file has what came before."""
    fault: OSError | None = None
    with stoppable() as stop:
        with sink(form) as out:
            flow = Flow(out, stop, most)
            try:
                with opened(choice) as engine:
                    out.begin(engine)
                    read(engine, flow)
            except OSError as error:
                expected = isinstance(error, WfpError) or _screen.reader_left(error)
                if not (expected and out.keeps and flow.shown):
                    raise
                fault = error
            flow.finish()
        if fault is not None:
            raise fault
        return 0 if flow.complete else stop.status
