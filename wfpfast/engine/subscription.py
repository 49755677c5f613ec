"""Live events: a stream that can be waited for; must not know how events come to be waiting."""

import math
import time
from collections.abc import AsyncIterator

from wfpfast._blocks.block import Block
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.engine._inbox import Inbox

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
    """

    def __init__(self, inbox: Inbox, *, decoder: Decoder) -> None:
        super().__init__(iter(()), decoder=decoder)
        self._inbox = inbox
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
        """
        return {**super().stats, **self._inbox.stats}

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
        """
        end = _end(timeout)
        while self._inbox.wait(_left(end)):
            batch = self._inbox.take(self._decode)
            if batch is not None:  # else another thread was faster
                return batch
        return None

    def read_block(self, timeout: float | None = None) -> tuple[Block, int] | None:
        """Return what `read` would, undecoded, and how many events are missing before it."""
        end = _end(timeout)
        while self._inbox.wait(_left(end)):
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
            await asyncio.to_thread(self._inbox.wait, _AT_ONCE)

    def close(self) -> None:
        """Unsubscribe. What has been received can still be read; then the stream ends."""
        self._inbox.close()
