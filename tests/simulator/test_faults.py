"""Calls of the simulator that are told to fail, to be missing, or to take their time."""

import ctypes as c
import time
from typing import Any

import pytest
from c_program import KINDS, SUCCESS, Callback, Dll, Subscription, Value
from oracle.structs import NEWEST

from wfpfast import Simulator

NEED_AN_ENGINE = [
    "FwpmEngineClose0", "FwpmEngineGetOption0", "FwpmEngineSetOption0",
    "FwpmNetEventCreateEnumHandle0", *(f"FwpmNetEventEnum{n}" for n in range(NEWEST + 1)),
    "FwpmNetEventDestroyEnumHandle0", *(f"FwpmNetEventSubscribe{n}" for n in range(NEWEST)),
    "FwpmNetEventUnsubscribe0", "FwpmNetEventsGetSecurityInfo0",
    *(f"Fwpm{kind}{call}" for kind in KINDS
      for call in ("CreateEnumHandle0", "Enum0", "DestroyEnumHandle0")),
]


@Callback
def nothing(context: int | None, event: int | None) -> None:
    """A callback that does nothing."""


def work(dll: Dll) -> dict[str, list[int]]:
    """Call every function, and once more what fails; return what each returned."""
    codes: dict[str, list[int]] = {}

    def tried(name: str, *given: Any) -> None:
        for _ in range(2):
            codes.setdefault(name, []).append(getattr(dll, name)(*given))
            if codes[name][-1] == SUCCESS:
                break

    engine, handle, out, number = c.c_void_p(), c.c_void_p(), c.c_void_p(), c.c_uint32()
    tried("FwpmEngineOpen0", dll.server, 10, None, None, c.byref(engine))
    tried("FwpmEngineGetOption0", engine, 0, c.byref(out))
    dll.free(out)
    tried("FwpmEngineSetOption0", engine, 0, c.byref(Value(3, 1)))
    tried("FwpmNetEventsGetSecurityInfo0", engine, 7, None, None, None, None, c.byref(out))
    dll.free(out)
    for n in range(NEWEST):
        tried(f"FwpmNetEventSubscribe{n}", engine, c.byref(Subscription()), nothing, None,
              c.byref(handle))
        tried("FwpmNetEventUnsubscribe0", engine, handle)
    for kind in ("NetEvent", *KINDS):
        tried(f"Fwpm{kind}CreateEnumHandle0", engine, None, c.byref(handle))
        for suffix in range(NEWEST + 1) if kind == "NetEvent" else ["0"]:
            tried(f"Fwpm{kind}Enum{suffix}", engine, handle, 1, c.byref(out), c.byref(number))
            dll.free(out)
        tried(f"Fwpm{kind}DestroyEnumHandle0", engine, handle)
    tried("FwpmEngineClose0", engine)
    return codes


def test_nothing_fails_that_is_not_told_to() -> None:
    with Simulator(events=[{"type": 3}] * 10) as simulator:
        codes = work(Dll(simulator))
        assert set(codes) == {"FwpmEngineOpen0", *NEED_AN_ENGINE}
        assert {code for each in codes.values() for code in each} == {SUCCESS}
        calls = simulator.calls
        assert {name: calls[name] for name in codes} == {
            name: len(each) for name, each in codes.items()}
        assert calls["FwpmFreeMemory0"] == 2 + (NEWEST + 1) + 6
        assert set(simulator.live.values()) == {0}


@pytest.mark.parametrize("name", ["FwpmEngineOpen0", *NEED_AN_ENGINE])
def test_each_call_fails_the_first_time_and_leaves_nothing(name: str) -> None:
    with Simulator(events=10, faults={name: {1: 1450}}) as simulator:
        codes = work(Dll(simulator))
        assert codes.pop(name)[:2] == [1450, SUCCESS]
        assert {code for each in codes.values() for code in each} == {SUCCESS}
        assert set(simulator.live.values()) == {0}


def test_the_nth_call_from_when_it_is_said() -> None:
    with Simulator(events=10) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        simulator.faults = {"FwpmEngineGetOption0": {2: 5, 3: 14}}
        out = c.c_void_p()
        codes = []
        for _ in range(5):
            codes.append(dll.FwpmEngineGetOption0(engine, 0, c.byref(out)))
            dll.free(out)
        assert codes == [SUCCESS, 5, 14, SUCCESS, SUCCESS]
        simulator.faults = {"FwpmEngineGetOption0": 5}
        assert [dll.FwpmEngineGetOption0(engine, 0, c.byref(out)) for _ in range(3)] == [5] * 3
        simulator.faults = {}
        assert dll.get_option(engine, 0) == (3, 1)
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert set(simulator.live.values()) == {0}


def test_a_call_may_be_missing_and_come_back() -> None:
    enums, subscribes = list(range(NEWEST + 1)), list(range(1, NEWEST + 1))
    last = f"FwpmNetEventEnum{NEWEST}"
    with Simulator(events=0, faults={last: None}) as simulator:
        assert simulator.event_versions == (enums[:-1], subscribes)
        assert simulator._address(last) == 0
        simulator.faults = {
            f"FwpmNetEventSubscribe{NEWEST - 1}": None, "FwpmNetEventsGetSecurityInfo0": None}
        assert simulator.event_versions == (enums, subscribes[:-1])
        assert simulator._address("FwpmNetEventsGetSecurityInfo0") == 0
        simulator.faults = {}
        assert simulator.event_versions == (enums, subscribes)


@pytest.mark.parametrize(("faults", "message"), [
    ({"FwpmNetEventEnum99": 5}, "no function 'FwpmNetEventEnum99'"),
    ({"FwpmFreeMemory0": 5}, "cannot fail"),
    ({"FwpmEngineOpen0": None}, "every Windows has FwpmEngineOpen0"),
])
def test_what_cannot_be_a_fault(faults: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Simulator(events=0, faults=faults)


def test_pages_take_their_time_and_others_call_meanwhile() -> None:
    with Simulator(events=5, delay=0.05) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        handle = dll.create(engine)
        started = time.perf_counter()  # whose ticks are shorter than the delay everywhere
        block, entries = dll.page(engine, handle, 2)
        assert time.perf_counter() - started >= 0.05
        assert len(entries) == 2
        dll.free(block)
        assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
        assert dll.FwpmEngineClose0(engine) == SUCCESS


def test_a_simulator_is_made_once() -> None:
    with Simulator(events=0) as simulator, pytest.raises(RuntimeError, match="made once"):
        simulator.__init__(events=0)  # type: ignore[misc]
