"""What every test of the engine ends with: nothing of a simulator's is left in anyone's hands."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wfpfast import Simulator

NOTHING = {"engines": 0, "enum_handles": 0, "subscriptions": 0, "blocks": 0}
NO_MISTAKES = {"bad_frees": 0, "bad_handles": 0, "deadlocks": 0}


@pytest.fixture
def simulate() -> Iterator[Callable[..., Simulator]]:
    """Make simulators, which must get back all that they hand out before the test is over."""
    made: list[Simulator] = []

    def make(**options: Any) -> Simulator:
        made.append(Simulator(**options))
        return made[-1]

    yield make
    gc.collect()
    for simulator in made:
        simulator.stop()
        assert simulator.live == NOTHING
        assert {name: simulator.stats[name] for name in NO_MISTAKES} == NO_MISTAKES
