"""Every call of the engine fails in turn: the right error, and nothing is left behind."""

from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Engine, Simulator, WfpError
from wfpfast.simulator._simulation import FUNCTIONS

ACCESS_DENIED, DISABLED, NO_SERVER = 5, 0x80320013, 1722
EVENTS = 250
Work = Callable[[Simulator], None]


def enumerate_all(simulator: Simulator) -> None:
    with Engine(simulator) as engine, engine.net_events(batch_size=100) as stream:
        assert sum(len(batch) for batch in stream) == EVENTS


def copy_blocks(simulator: Simulator) -> None:
    with Engine(simulator) as engine, engine.blocks(batch_size=100) as stream:
        assert sum(len(block) for block in stream) == EVENTS


def subscribe(simulator: Simulator) -> None:
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        simulator.emit(10)
        batch = subscription.read(0)
        assert batch is not None
        assert len(batch) == 10


def follow(simulator: Simulator) -> None:
    with Engine(simulator) as engine, engine.follow(batch_size=100) as subscription:
        read = 0
        while read < EVENTS:
            batch = subscription.read(0)
            assert batch is not None
            read += len(batch)
        assert read == EVENTS


def guard_options(simulator: Simulator) -> None:
    with Engine(simulator) as engine:
        engine.options.collect_net_events = False
        with engine.collecting(keywords=["CLASSIFY_ALLOW", "CAPABILITY_DROP"]):
            assert engine.options.collect_net_events
        engine.options.collect_net_events = True


def read_filters(simulator: Simulator) -> None:
    with Engine(simulator) as engine:
        assert len(engine.filters()) == 335


def read_security(simulator: Simulator) -> None:
    with Engine(simulator) as engine:
        assert engine.read_security()


WORKS: list[Work] = [
    enumerate_all, copy_blocks, subscribe, follow, guard_options, read_filters, read_security]


def calls_of(work: Work) -> dict[str, int]:
    """How often each function is called when nothing fails."""
    simulator = Simulator(events=EVENTS)
    work(simulator)
    return {name: count for name, count in simulator.calls.items() if count}


def cases() -> list[Any]:
    found = []
    for work in WORKS:
        for name, count in calls_of(work).items():
            if name == "FwpmFreeMemory0":
                continue  # it returns nothing that could say so
            found += [pytest.param(work, name, nth, id=f"{work.__name__}-{name}-{nth}")
                      for nth in range(1, count + 1)]
    return found


CASES = cases()


def test_the_works_call_every_function() -> None:
    called = {name for work in WORKS for name in calls_of(work)}
    older = {name for name in FUNCTIONS if name.startswith(("FwpmNetEventEnum", "FwpmNetEventSub"))}
    layers = {f"FwpmLayer{call}0" for call in ("CreateEnumHandle", "Enum", "DestroyEnumHandle")}
    assert called >= set(FUNCTIONS) - older - layers
    assert len(CASES) > 40


@pytest.mark.parametrize("code", [ACCESS_DENIED, DISABLED, NO_SERVER])
@pytest.mark.parametrize(("work", "name", "nth"), CASES)
def test_one_call_fails(
    work: Work, name: str, nth: int, code: int, simulate: Callable[..., Simulator]
) -> None:
    simulator = simulate(events=EVENTS)
    simulator.faults = {name: {nth: code}}
    with pytest.raises(WfpError) as caught:
        work(simulator)
    assert (caught.value.call, caught.value.code) == (name, code)
    assert isinstance(caught.value, PermissionError) == (code == ACCESS_DENIED)
    assert name in str(caught.value)


@pytest.mark.parametrize("nth", [1, 2])
def test_options_are_put_back_although_setting_them_fails(
    nth: int, simulate: Callable[..., Simulator]
) -> None:
    simulator = simulate()
    with Engine(simulator) as engine:
        engine.options.collect_net_events = False
        engine.options.keywords = 3
        simulator.faults = {"FwpmEngineSetOption0": {nth: ACCESS_DENIED}}
        with pytest.raises(PermissionError), engine.collecting(keywords=0x3F):
            pass
        simulator.faults = {}
        assert (engine.options.collect_net_events, engine.options.keywords) == (False, 3)


@pytest.mark.parametrize("nth", [3, 4])
def test_an_option_that_cannot_be_put_back_at_once_is_at_the_second_attempt(
    nth: int, simulate: Callable[..., Simulator]
) -> None:
    simulator = simulate()
    with Engine(simulator) as engine:
        engine.options.collect_net_events = False
        engine.options.keywords = 3
        simulator.faults = {"FwpmEngineSetOption0": {nth: NO_SERVER}}
        with pytest.raises(WfpError, match="FwpmEngineSetOption0"), engine.collecting(0x3F):
            pass
        simulator.faults = {}
        assert (engine.options.collect_net_events, engine.options.keywords) == (False, 3)


def test_an_exception_inside_puts_options_back(simulate: Callable[..., Simulator]) -> None:
    def fail(engine: Engine) -> None:
        with engine.collecting(keywords="CLASSIFY_ALLOW"):
            assert engine.options.keywords == 0x10
            raise ZeroDivisionError

    with Engine(simulate()) as engine:
        with pytest.raises(ZeroDivisionError):
            fail(engine)
        assert engine.options.keywords == 0


@pytest.mark.parametrize("missing", ["FwpmNetEventEnum5", "FwpmNetEventEnum4"])
def test_an_old_windows_gives_what_it_has(
    missing: str, simulate: Callable[..., Simulator]
) -> None:
    newest = int(missing[-1]) - 1
    faults = {f"FwpmNetEventEnum{n}": None for n in range(newest + 1, 6)}
    with Engine(simulate(events=10, faults=faults)) as engine:
        assert engine.event_versions[0] == list(range(newest + 1))
        with engine.net_events() as stream:
            assert [(len(batch), batch.version) for batch in stream] == [(10, newest)]
        with pytest.raises(ValueError, match="version 5: this Windows enumerates"):
            engine.net_events(version=5)


def test_a_windows_without_events(simulate: Callable[..., Simulator]) -> None:
    faults = {name: None for name in FUNCTIONS
              if name.startswith("FwpmNetEventEnum") or ("Subscribe" in name and "Un" not in name)}
    with Engine(simulate(faults=faults)) as engine:
        with pytest.raises(ValueError, match="no call to enumerate"):
            engine.net_events()
        with pytest.raises(ValueError, match="no call to subscribe"):
            engine.subscribe()
