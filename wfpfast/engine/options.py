"""The engine's options, which hold for the whole machine; must not know events."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from wfpfast._tables.enums import NET_EVENT_KEYWORDS
from wfpfast.engine._session import Session

COLLECT_NET_EVENTS = 0
NET_EVENT_MATCH_ANY_KEYWORDS = 1
_PREFIX = "FWPM_NET_EVENT_KEYWORD_"

Keywords = int | str | Iterable[str]


def keyword_bits(keywords: Keywords) -> int:
    """Return the bits of keywords, which are named as `wfpfast.names.keywords` names them."""
    if isinstance(keywords, int):
        if not 0 <= keywords < 1 << 32:
            raise ValueError(f"keywords {keywords} do not fit 32 bits")
        return keywords
    bits = 0
    for name in [keywords] if isinstance(keywords, str) else keywords:
        known = _PREFIX + name.removeprefix(_PREFIX)
        if known not in NET_EVENT_KEYWORDS:
            names = ", ".join(each.removeprefix(_PREFIX) for each in NET_EVENT_KEYWORDS)
            raise ValueError(f"no keyword {name!r}: there are {names}")
        bits |= NET_EVENT_KEYWORDS[known]
    return bits


class Options:
    """What Windows collects. Setting an option changes it for all programs, and for good.

    `Engine.collecting` puts back what was there.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, option: int) -> int:
        """Return the value of an option, by its number in FWPM_ENGINE_OPTION."""
        return self._session.get_option(option)

    def set(self, option: int, value: int) -> None:
        """Set an option, by its number in FWPM_ENGINE_OPTION."""
        self._session.set_option(option, value)

    @property
    def collect_net_events(self) -> bool:
        """Whether events are collected at all; switching it on empties the log."""
        return bool(self.get(COLLECT_NET_EVENTS))

    @collect_net_events.setter
    def collect_net_events(self, on: bool) -> None:
        self.set(COLLECT_NET_EVENTS, int(on))

    @property
    def keywords(self) -> int:
        """Which optional classes of events are collected: FWPM_NET_EVENT_KEYWORD_* bits."""
        return self.get(NET_EVENT_MATCH_ANY_KEYWORDS)

    @keywords.setter
    def keywords(self, keywords: Keywords) -> None:
        self.set(NET_EVENT_MATCH_ANY_KEYWORDS, keyword_bits(keywords))

    @contextmanager
    def guard(self, wanted: dict[int, int]) -> Iterator[None]:
        """Set options by number, and put back what was there on every way out."""
        before: list[tuple[int, int]] = []
        try:
            for option, value in wanted.items():
                old = self.get(option)
                if old != value:
                    before.append((option, old))  # a call may take effect and fail
                    self.set(option, value)
            yield
        finally:
            try:
                self._restore(before)
            finally:
                if before:  # the first attempt ran out of memory
                    self._restore(before)

    def _restore(self, before: list[tuple[int, int]]) -> None:
        """Put all of them back, last first, each with a second attempt; raise the first error."""
        first: BaseException | None = None
        while before:
            option, value = before[-1]
            try:
                self.set(option, value)
            except BaseException as error:  # raised when the rest has been put back
                first = first or error
                with suppress(OSError):
                    self.set(option, value)
            before.pop()
        if first is not None:
            raise first
