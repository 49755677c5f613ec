"""Numbers that cannot be meant are refused by the names of their arguments."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Engine, Simulator

ODD = (-1, math.inf, math.nan, 1e300, 1 << 70)
Call = Callable[[Simulator, Engine, Any], Any]
CALLS: dict[str, Call] = {
    "capacity": lambda simulator, engine, odd: engine.subscribe(capacity=odd),
    "capacity of follow": lambda simulator, engine, odd: engine.follow(capacity=odd),
    "batch_size": lambda simulator, engine, odd: engine.net_events(batch_size=odd),
    "batch_size of blocks": lambda simulator, engine, odd: engine.blocks(batch_size=odd),
    "batch_size of follow": lambda simulator, engine, odd: engine.follow(batch_size=odd),
    "delay": lambda simulator, engine, odd: Simulator(events=[], delay=odd),
    "ring_bytes": lambda simulator, engine, odd: Simulator(events=[], ring_bytes=odd),
    "threads": lambda simulator, engine, odd: simulator.start(1, threads=odd),
    "total": lambda simulator, engine, odd: simulator.start(1, total=odd),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("argument", CALLS)
def test_an_odd_number_is_named(argument: str, odd: Any) -> None:
    name = argument.partition(" ")[0]
    simulator = Simulator(events=[])
    with Engine(simulator) as engine:
        with pytest.raises(ValueError, match=f"^{name} .*: expected a number"):
            CALLS[argument](simulator, engine, odd)
        assert simulator.live["subscriptions"] == 0


@pytest.mark.parametrize("odd", [-1, 1 << 70])
def test_an_odd_number_of_events(odd: int) -> None:
    """Less than none was for ever."""
    with pytest.raises(ValueError, match=f"^events {odd}: expected a number"):
        Simulator(events=odd)
    with pytest.raises(ValueError, match=f"^events {odd}: expected a number"):
        Simulator(events=[]).emit(odd)
