"""A subscription that is dead says so, and one whose events somebody switched off counts it."""

import asyncio
from collections.abc import Callable

import pytest

from wfpfast import Engine, Simulator, WfpError

Simulate = Callable[..., Simulator]
NOT_REGISTERED = 1753   # EPT_S_NOT_REGISTERED, of an engine whose service has stopped
GONE = {"FwpmEngineGetOption0": NOT_REGISTERED, "FwpmNetEventUnsubscribe0": {1: NOT_REGISTERED}}


@pytest.mark.parametrize("follow", [False, True])
def test_an_engine_that_is_gone_ends_the_stream(follow: bool, simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine:
        stream = (engine.follow if follow else engine.subscribe)(heartbeat=0)
        simulator.emit(3)
        batch = stream.read()
        assert batch is not None
        assert len(batch) == 3
        simulator.faults = GONE
        with pytest.raises(WfpError, match="FwpmEngineGetOption0: EPT_S_NOT_REGISTERED") as caught:
            stream.read(10)
        assert caught.value.code == NOT_REGISTERED
        assert stream.closed
        assert stream.read() is None


def test_what_came_before_the_end_is_read_first(simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine:
        stream = engine.subscribe(heartbeat=0)
        simulator.emit(2)
        simulator.faults = GONE
        batch = stream.read()
        assert batch is not None
        assert len(batch) == 2
        with pytest.raises(WfpError):
            stream.read(10)


def test_a_loop_of_asyncio_hears_of_it(simulate: Simulate) -> None:
    simulator = simulate(events=0)

    async def read() -> None:
        async for _ in stream:
            raise AssertionError("there are no events")

    with Engine(simulator) as engine:
        stream = engine.subscribe(heartbeat=0)
        simulator.faults = GONE
        with pytest.raises(WfpError, match="FwpmEngineGetOption0"):
            asyncio.run(read())


def test_collection_that_another_switched_off_is_counted(simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine, Engine(simulator) as other:
        stream = engine.subscribe(heartbeat=0)
        for switched in (True, False, False, True, False):
            other.options.collect_net_events = switched
            assert stream.read(0) is None
        assert stream.stats["collection_off"] == 2
        assert not engine.options.collect_net_events


def test_collection_is_switched_on_again_if_wanted(simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine, Engine(simulator) as other:
        stream = engine.subscribe(heartbeat=0, keep_collecting=True)
        for _ in range(3):
            other.options.collect_net_events = False
            assert stream.read(0) is None
            assert engine.options.collect_net_events
        assert stream.stats["collection_off"] == 3


def test_who_may_not_read_options_is_no_dead_engine(simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine:
        stream = engine.subscribe(heartbeat=0)
        simulator.faults = {"FwpmEngineGetOption0": 5}
        assert stream.read(0) is None
        simulator.emit(1)
        assert len(stream.read() or ()) == 1
        assert stream.stats["last_heartbeat_ns"] > 0
        assert stream.stats["last_event_ns"] > 0


def test_a_reader_that_never_waits_for_long_asks_no_more_often(simulate: Simulate) -> None:
    simulator = simulate(events=0)
    with Engine(simulator) as engine:
        stream = engine.subscribe(heartbeat=3600)
        before = simulator.calls["FwpmEngineGetOption0"]
        for _ in range(50):
            assert stream.read(0) is None
        assert simulator.calls["FwpmEngineGetOption0"] == before
        assert stream.stats["last_heartbeat_ns"] == 0


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_impossible_spans_are_refused(seconds: float, simulate: Simulate) -> None:
    with Engine(simulate(events=0)) as engine, pytest.raises(ValueError, match="heartbeat"):
        engine.subscribe(heartbeat=seconds)
