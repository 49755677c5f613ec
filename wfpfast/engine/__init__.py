"""The filtering engine: sessions, enumerations, subscriptions; must not know what events hold."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wfpfast._base.closing import Closing
from wfpfast._base.ranges import check_range
from wfpfast._columns.table import Table
from wfpfast._decode.decoder import Decoder, EventBatch
from wfpfast._decode.stream import EventStream
from wfpfast.engine import heartbeat as pulse
from wfpfast.engine import objects
from wfpfast.engine._api import Api, EventVersions
from wfpfast.engine._inbox import Inbox
from wfpfast.engine._session import Enumeration, NativeTemplate, Page, Session
from wfpfast.engine.enumeration import BlockStream, read_pages
from wfpfast.engine.follow import Following
from wfpfast.engine.options import (
    COLLECT_NET_EVENTS,
    NET_EVENT_MATCH_ANY_KEYWORDS,
    Keywords,
    Options,
    keyword_bits,
)
from wfpfast.engine.subscription import Subscription
from wfpfast.engine.template import Template
from wfpfast.errors import WfpError

CAPACITY = 64 << 20
_NOT_SUPPORTED = 50


def _windows() -> Api:
    """Return the calls of fwpuclnt.dll."""
    if sys.platform != "win32":
        raise WfpError(
            _NOT_SUPPORTED, "FwpmEngineOpen0",
            f"{sys.platform} has no filtering engine: Engine(wfpfast.Simulator()) is a simulated"
            " one, and wfpfast.open(path) reads files that other machines wrote")
    from wfpfast.engine._win32 import load

    return load()


class Engine(Closing):
    """A session with the filtering engine of this machine, or with a simulated one.

    May be used from several threads; close it from any of them, or use it in a ``with`` statement.

    Parameters
    ----------
    api : Api, optional
        `wfpfast.Simulator`; by default Windows' fwpuclnt.dll.

    Raises
    ------
    WfpError
        If the engine cannot be reached; on other systems than Windows without `api`.
    """

    def __init__(self, api: Api | None = None) -> None:
        self._session = Session(_windows() if api is None else api)
        self.options = Options(self._session)

    @property
    def closed(self) -> bool:
        """Whether `close` has been called."""
        return self._session.closed

    @property
    def event_versions(self) -> EventVersions:
        """Which ``FWPM_NET_EVENTn`` this Windows has, oldest first.

        A named tuple of two lists: ``enumerated`` and ``delivered``.
        """
        return self._session.event_versions

    def read_security(self) -> bool:
        """Read who may do what with net events; return whether this engine can be asked.

        Raises
        ------
        WfpError
            If this process may not know.
        """
        return self._session.read_security()

    def close(self) -> None:
        """Close streams and subscriptions, then the session; closing twice is allowed.

        Raises
        ------
        WfpError
            The first error, after everything has been tried.
        """
        self._session.close()

    def _version(self, version: int | None, *, live: bool) -> int:
        versions = self.event_versions
        known = versions.delivered if live else versions.enumerated
        if version is None:
            if not known:
                what = "subscribe to" if live else "enumerate"
                raise ValueError(f"this Windows has no call to {what} net events")
            return known[-1]
        if version not in known:
            raise ValueError(
                f"version {version}: this Windows {'delivers' if live else 'enumerates'}"
                f" FWPM_NET_EVENT versions {', '.join(map(str, known))}")
        return version

    def _enumeration(self, template: Template | None, version: int) -> Enumeration:
        return Enumeration(self._session, _native(template), version)

    def net_events(
        self,
        template: Template | None = None,
        *,
        batch_size: int = 1024,
        version: int | None = None,
        **decoder_options: Any,
    ) -> EventStream:
        """Enumerate the events that the log holds now, to the last page.

        Parameters
        ----------
        template : Template, optional
            Which events; all by default.
        batch_size : int
            How many events a batch has at most.
        version : int, optional
            Which ``FWPM_NET_EVENTn``; by default the newest that this Windows has.
        **decoder_options
            Those of `Decoder`.

        Returns
        -------
        EventStream
            Close it, or read it to its end, to give back Windows' handle.

        Raises
        ------
        WfpError
            If a call fails, here or while the stream is read.
        """
        _check_batch_size(batch_size)
        decoder = Decoder(**decoder_options)
        enumeration = self._enumeration(template, self._version(version, live=False))

        def decoded(page: Page) -> EventBatch:
            return page.decode(decoder)

        return EventStream(
            read_pages(enumeration, batch_size, decoded), decoder=decoder, close=enumeration.close)

    def blocks(
        self,
        template: Template | None = None,
        *,
        batch_size: int = 1024,
        version: int | None = None,
    ) -> BlockStream:
        """Enumerate like `net_events`, without decoding: for a recorder."""
        _check_batch_size(batch_size)
        return BlockStream(
            self._enumeration(template, self._version(version, live=False)), batch_size)

    def _inbox(self, template: Template | None, version: int, capacity: int) -> Inbox:
        check_range("capacity", capacity, 1)
        return Inbox(self._session, _native(template), version, capacity)

    def subscribe(
        self,
        template: Template | None = None,
        *,
        capacity: int = CAPACITY,
        version: int | None = None,
        heartbeat: float = pulse.SECONDS,
        keep_collecting: bool = False,
        **decoder_options: Any,
    ) -> Subscription:
        """Receive events as they happen.

        Parameters
        ----------
        template : Template, optional
            Which events; all by default.
        capacity : int
            How many bytes of events may wait to be read: 64 MiB by default, 128 KiB at least.
        version : int, optional
            Which ``FWPM_NET_EVENTn``; by default the newest that this Windows delivers.
        heartbeat : float
            After how many seconds without an event a reader that waits asks the engine whether it
            is there and collects. An engine that is gone ends the stream with the error; collection
            that somebody switched off is counted in ``stats["collection_off"]``.
        keep_collecting : bool
            Switch collection on again if somebody has switched it off.
        **decoder_options
            Those of `Decoder`.

        Raises
        ------
        WfpError
            If Windows refuses.
        """
        decoder = Decoder(**decoder_options)
        beats = pulse.Heartbeat(self.options, heartbeat, keep_collecting=keep_collecting)
        inbox = self._inbox(template, self._version(version, live=True), capacity)
        return Subscription(inbox, beats, decoder=decoder)

    def follow(
        self,
        template: Template | None = None,
        *,
        capacity: int = CAPACITY,
        batch_size: int = 1024,
        version: int | None = None,
        heartbeat: float = pulse.SECONDS,
        keep_collecting: bool = False,
        **decoder_options: Any,
    ) -> Subscription:
        """Enumerate the log, then go on with what happens: every event once, none left out.

        Parameters are those of `net_events` and `subscribe`. Live events wait in the queue while
        the log is read.
        """
        _check_batch_size(batch_size)
        decoder = Decoder(**decoder_options)
        enumerated, delivered = self.event_versions
        both = sorted({*enumerated} & {*delivered})
        if version is None and both:
            version = both[-1]
        version = self._version(version, live=True)
        beats = pulse.Heartbeat(self.options, heartbeat, keep_collecting=keep_collecting)
        began = time.time_ns()
        inbox = self._inbox(template, version, capacity)
        try:
            enumeration = self._enumeration(template, self._version(version, live=False))
        except BaseException:
            inbox.close()
            raise
        return Following(inbox, beats, enumeration, batch_size, began, decoder=decoder)

    def filters(self) -> Table:
        """Return the filters that there are now, to join with ``filter_id`` of events.

        Ids change with the rules and at every start of Windows: ask while events are collected.
        The columns are those of `netsh.read_filters`, without ``conditions``; docs/rules.md says
        what they are.
        """
        return objects.filters(self._session)

    @contextmanager
    def collecting(self, keywords: Keywords | None = None) -> Iterator[None]:
        """Let Windows collect events for as long as a ``with`` statement lasts.

        The options are read, set where they differ, and put back on every way out. They hold for
        the whole machine; events that are collected meanwhile go to everyone who listens. Nobody
        counts who needs them: if collection was off and two programs switch it on, the first one
        to end switches it off for both.

        Parameters
        ----------
        keywords : int, str or iterable of str, optional
            Optional classes of events to collect beside those that are collected already: names as
            of `names.keywords`, such as ``"CLASSIFY_ALLOW"``, or FWPM_NET_EVENT_KEYWORD_* bits.
        """
        wanted = {COLLECT_NET_EVENTS: 1}
        if keywords is not None:
            wanted[NET_EVENT_MATCH_ANY_KEYWORDS] = self.options.keywords | keyword_bits(keywords)
        with self.options.guard(wanted):
            yield


def _native(template: Template | None) -> NativeTemplate | None:
    return None if template is None else template.native()


def _check_batch_size(size: int) -> None:
    check_range("batch_size", size, 1, (1 << 32) - 1)
