"""What `with` does of everything that must be closed: it gives the object, and closes it once."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Decoder, Engine, EventStream, Recorder, Recording, Simulator, Subscription
from wfpfast._base.closing import Closing
from wfpfast.engine.enumeration import BlockStream


class Counted(Closing):
    """Counts how often it is closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_it_is_closed_whether_or_not_the_body_fails() -> None:
    with Counted() as good:
        assert good.closed == 0
    assert good.closed == 1
    bad = Counted()
    with pytest.raises(KeyError), bad:
        raise KeyError
    assert bad.closed == 1


def test_everything_that_must_be_closed_is_closed_the_same_way() -> None:
    kinds = (BlockStream, Engine, EventStream, Recorder, Recording, Simulator, Subscription)
    for kind in kinds:
        assert kind.__exit__ is Closing.__exit__, kind
        assert kind.close is not Closing.close, kind
    with EventStream(iter(()), decoder=Decoder()) as stream:
        assert isinstance(stream, EventStream)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_there_is_one_owner(duplicate: Callable[[Any], Any]) -> None:
    with Simulator() as simulator, Engine(simulator) as engine, engine.subscribe() as subscription:
        for owner in (engine, subscription, engine.net_events(), engine.follow()):
            name = type(owner).__name__
            with pytest.raises(TypeError, match=f"^{name} cannot be copied or pickled: "):
                duplicate(owner)
        with pytest.raises(TypeError):
            duplicate(simulator)
        assert simulator.live["engines"] == 1
