"""Live events: a stream that can be waited for; must not know how events come to be waiting."""

import math
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from wfpfast._blocks.block import Block
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.engine._inbox import Inbox
from wfpfast.engine.heartbeat import Heartbeat
from wfpfast.errors import EngineClosedError, WfpError

_AT_ONCE = 0.25  # seconds that a helper thread of asyncio waits before it looks for cancellation
_FOR_EVER = 3e9   # seconds: a century is for ever, and a number of milliseconds that fits


def _end(timeout: float | None) -> float | None:
    """Return when a wait is over by time.monotonic(); None if never."""
    if timeout is None or timeout > _FOR_EVER:
        return None
    if math.isnan(timeout):
        raise ValueError(f"timeout={timeout}: expected seconds, or None for ever")
    return time.monotonic() + timeout


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())


class Subscription(EventStream):
    """Events as they happen, from `Engine.subscribe`.

    Iterate over it with ``for``, which waits, or with ``async for``, which does not block the event
    loop; or call `read` with a time-out. Several threads may read: each event goes to one of them.

    What is not read in time waits in a queue of bounded size. An event for which there is no room
    is dropped: it is counted in `stats`, and the batch behind the gap says in
    ``batch.stats["dropped"]`` how many events are missing before it.

    While no events come, a reader asks the engine now and then whether it is still there: see
    `Engine.subscribe`.
    """

    def __init__(self, inbox: Inbox, heartbeat: Heartbeat, *, decoder: Decoder) -> None:
        super().__init__(iter(()), decoder=decoder)
        self._inbox = inbox
        self._heartbeat = heartbeat
        self._decode_block = decoder.decode

    @property
    def version(self) -> int:
        """Which ``FWPM_NET_EVENTn`` is delivered."""
        return self._inbox.version

    @property
    def closed(self) -> bool:
        """Whether nothing new is received any more."""
        return self._inbox.closed

    @property
    def stats(self) -> dict[str, int]:
        """What became of the events so far.

        ``received`` = ``delivered`` + ``dropped`` (no room) + ``unreadable`` (could not be
        followed, or NULL) + ``waiting``; and the sums of the statistics of the batches read.
        ``collection_off`` is how often it was found that somebody had switched off collection;
        ``last_event_ns`` and ``last_heartbeat_ns`` are when events were last read and when the
        engine last answered, in nanoseconds since 1970, 0 for never.
        """
        return {**super().stats, **self._inbox.stats, **self._heartbeat.stats}

    def _wait(self, end: float | None) -> bool:
        """Wait for events until `end`, and see meanwhile that the engine is there."""
        while not self._inbox.wait(self._heartbeat.within(_left(end))):
            if self._inbox.closed:
                return self._inbox.wait(0)  # what came just before
            if self._heartbeat.due:
                self._beat()
            if end is not None and time.monotonic() >= end:
                return False
        self._heartbeat.event()
        return True

    def _beat(self) -> None:
        """Ask the engine whether it is there; if it is not, this ends."""
        try:
            self._heartbeat.beat()
        except EngineClosedError:  # by another thread, which closes this too
            return
        except WfpError:
            if self._inbox.closed:
                return
            with suppress(WfpError):  # an engine that is gone does not unsubscribe either
                self._inbox.close()
            raise

    def _decode(self, block: Block, dropped: int) -> EventBatch:
        batch = self._decode_block(block)
        batch.stats["dropped"] = dropped
        self._add(batch)
        return batch

    def read(self, timeout: float | None = None) -> EventBatch | None:
        """Return the events that are waiting, oldest first, at most one batch of them.

        Parameters
        ----------
        timeout : float, optional
            How many seconds to wait for an event; for ever by default, and with ``math.inf``; 0
            does not wait.

        Returns
        -------
        EventBatch or None
            None if no event came in time, or none will come: see `closed`.

        Raises
        ------
        ValueError
            If `timeout` is NaN.
        WfpError
            If the engine was found to be gone: the stream has ended.
        """
        end = _end(timeout)
        while self._wait(end):
            batch = self._inbox.take(self._decode)
            if batch is not None:  # else another thread was faster
                return batch
        return None

    def read_block(self, timeout: float | None = None) -> tuple[Block, int] | None:
        """Return what `read` would, undecoded, and how many events are missing before it."""
        end = _end(timeout)
        while self._wait(end):
            taken = self._inbox.take_copy()
            if taken is not None:
                return taken
        return None

    def __next__(self) -> EventBatch:
        batch = self.read()
        if batch is None:
            raise StopIteration
        return batch

    def __aiter__(self) -> AsyncIterator[EventBatch]:
        return self

    async def __anext__(self) -> EventBatch:
        import asyncio  # here, so that other programs do not pay for its import

        while True:
            closed = self.closed
            batch = self.read(0)
            if batch is not None:
                return batch
            if closed:
                raise StopAsyncIteration
            # The thread only waits. If it took events, a cancelled task would lose them.
            await asyncio.to_thread(self._wait, _end(_AT_ONCE))

    def close(self) -> None:
        """Unsubscribe. What has been received can still be read; then the stream ends."""
        self._inbox.close()
