"""Reads a snapshot of the log page by page, ahead of its reader; must not know what events hold."""

import os
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from wfpfast._base.closing import Closing
from wfpfast._blocks.block import Block
from wfpfast.engine._session import Enumeration, Page
from wfpfast.errors import EngineClosedError

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

# Handing a page over between threads costs some 50 microseconds: below this there is no gain.
WORTH_A_THREAD_NS = 200_000

T = TypeVar("T")


class Pages:
    """The pages of an enumeration, the next one fetched while its reader has the last one.

    Fetching ahead takes a thread, which pays only where both sides take their time: Windows may
    need milliseconds for a page, a simulator needs microseconds.
    """

    def __init__(self, enumeration: Enumeration, size: int) -> None:
        self._enumeration = enumeration
        self._size = size
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: Future[Page | None] | None = None
        self._process = os.getpid()
        self._returned = 0  # when the reader got its last page

    def next(self) -> Page | None:
        """Return the next page, which the caller then owns; None after the last one."""
        if self._ahead is not None and self._forked:
            raise EngineClosedError("a thread of the parent process has the next events")
        reader_ns = time.perf_counter_ns() - self._returned if self._returned else 0
        ahead, self._ahead = self._ahead, None
        page = self._enumeration.fetch(self._size) if ahead is None else ahead.result()
        if page is None:
            return None
        # Windows gives a full page as long as there is more.
        if len(page) == self._size and min(page.fetch_ns, reader_ns) > WORTH_A_THREAD_NS:
            if self._pool is None:
                from concurrent.futures import ThreadPoolExecutor  # imported only if needed

                self._pool = ThreadPoolExecutor(1, thread_name_prefix="wfpfast-fetch")
            self._ahead = self._pool.submit(self._enumeration.fetch, self._size)
        self._returned = time.perf_counter_ns()
        return page

    @property
    def _forked(self) -> bool:
        """Whether this is a child of the process that began, which has the thread."""
        return os.getpid() != self._process

    def close(self) -> None:
        """Wait for a page that is being fetched, and release it."""
        ahead, self._ahead = self._ahead, None
        if self._forked:
            return
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        if ahead is not None and ahead.exception() is None:
            page = ahead.result()
            if page is not None:
                page.release()


def read_pages(
    enumeration: Enumeration, size: int, convert: Callable[[Page], T]
) -> Iterator[T]:
    """Yield what `convert` makes of each page, which has to release it."""
    pages = Pages(enumeration, size)
    try:
        while (page := pages.next()) is not None:
            yield convert(page)
    finally:
        pages.close()


class BlockStream(Closing):
    """Undecoded blocks of an enumeration, from `Engine.blocks`, in memory of their own."""

    def __init__(self, enumeration: Enumeration, size: int) -> None:
        self._enumeration = enumeration
        self._blocks = read_pages(enumeration, size, Page.copy)

    def __iter__(self) -> Iterator[Block]:
        return self

    def __next__(self) -> Block:
        try:
            return next(self._blocks)
        except BaseException:  # the end, or an error: either way nothing more will come
            self.close()
            raise

    def close(self) -> None:
        """Destroy the enumeration's handle; reading then ends. Closing twice is allowed."""
        self._blocks = iter(())
        self._enumeration.close()
