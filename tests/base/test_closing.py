"""What `with` does of everything that must be closed: it gives the object, and closes it once."""

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
