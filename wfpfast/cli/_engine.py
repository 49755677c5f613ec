"""Opens the engine that a command was told to use; must not know what it is asked."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from wfpfast import Engine, Subscription, names
from wfpfast.cli._live_options import EngineOptions, Simulation
from wfpfast.cli._screen import Fault, say
from wfpfast.explain import EVENT_KINDS

if TYPE_CHECKING:
    from wfpfast import Simulator

# Bytes of log for each made-up event. An event takes some 400, so this is room for all of them.
_ROOM_FOR_ONE = 1_024


@contextmanager
def opened(choice: EngineOptions) -> Iterator[Engine]:
    """Open the engine that was chosen, and let it collect what was asked for."""
    with ExitStack() as stack:
        api = None
        if choice.simulation is not None:
            api = stack.enter_context(simulator(choice.simulation))
        else:
            only_on_windows()
        engine = stack.enter_context(Engine(api))
        if choice.keywords is not None:
            try:
                guard = engine.collecting(choice.keywords)
                stack.enter_context(guard)
            except ValueError as error:
                raise Fault(str(error)) from None
        _say_if_not_collected(engine, choice)
        yield engine


def _say_if_not_collected(engine: Engine, choice: EngineOptions) -> None:
    """Say so if the wanted type needs a keyword that is not set: no new event would come."""
    wanted = choice.template.event_type if choice.template else None
    kind = None if wanted is None else EVENT_KINDS.get(names.event_type(wanted))
    if kind is not None and kind.keyword_bit & ~engine.options.keywords:
        say(f"wfpfast: {kind.name} events are not collected now:"
            f" --keywords {kind.keyword} collects them")


def only_on_windows() -> None:
    """Raise a fault that names the simulated engine, unless this is Windows."""
    if sys.platform != "win32":
        raise Fault(
            f"{sys.platform} has no filtering engine: --engine simulated shows made-up events")


def simulator(how: Simulation) -> "Simulator":
    """Make an engine whose log ends now."""
    from wfpfast.simulator import RING_BYTES, Simulator
    from wfpfast.simulator.synthetic import Mix

    count = 1_000 if how.events is None else how.events  # the usual ring holds fewer
    room = RING_BYTES if how.events is None else max(RING_BYTES, how.events * _ROOM_FOR_ONE)
    return Simulator(
        events=Mix(how.seed).recent(count), ring_bytes=room, seed=how.seed, rate=how.rate)


def subscribed(engine: Engine, choice: EngineOptions, *, log: bool, **options: Any) -> Subscription:
    """Subscribe to what was chosen, and begin with the log if that is wanted."""
    options["keep_collecting"] = choice.keep_collecting
    try:
        if log:
            return engine.follow(choice.template, **options)
        return engine.subscribe(choice.template, **options)
    except ValueError as error:  # this Windows has no such call
        raise Fault(str(error)) from None


class CollectionWatch:
    """Says so each time that a stream finds collection switched off by another program."""

    def __init__(self, stream: Subscription, choice: EngineOptions) -> None:
        self._stream = stream
        self._cure = ("it is on again" if choice.keep_collecting
                      else "--keep-collecting switches it on again")
        self._said = 0

    def look(self) -> None:
        """Say what is new; for whenever no event came."""
        times = self._stream.stats["collection_off"]
        if times > self._said:
            self._said = times
            say("\u2026 another program switched off the collection of events here:"
                f" {self._cure}")
