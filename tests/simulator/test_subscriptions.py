"""The simulator's subscriptions, as a C program has them: who is called, when, with what."""

import ctypes as c
import math
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from c_program import (
    INVALID_HANDLE,
    INVALID_PARAMETER,
    POSSIBLE_DEADLOCK,
    SUCCESS,
    Callback,
    Dll,
    Event,
    Subscription,
    read_classify,
)

from wfpfast import Simulator

CAPABILITY_DROP, CAPABILITY_ALLOW, CLASSIFY_ALLOW = 0x4, 0x8, 0x10
# Where `type` lies in FWPM_NET_EVENT1 to 5 of a 64-bit Windows.
TYPE_OFFSET = {1: 144, 2: 104, 3: 136, 4: 136, 5: 136}


def event(filter_id: int, **header: Any) -> dict[str, Any]:
    return {"header": header, "type": 3, "classifyDrop": {"filterId": filter_id}}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(events=0) as made:
        yield made
        made.stop()
        assert set(made.live.values()) == {0}


@pytest.fixture
def dll(simulator: Simulator) -> Dll:
    return Dll(simulator)


@pytest.fixture
def engine(dll: Dll) -> Iterator[Any]:
    opened = dll.open()
    yield opened
    assert dll.FwpmEngineClose0(opened) in (SUCCESS, INVALID_HANDLE)


class Listener:
    """Notes what it is called with; `wait`, if given, is called during the callback."""

    def __init__(self, wait: Any = None) -> None:
        self.calls: list[tuple[int | None, int, int]] = []
        self.inside = threading.Event()
        self.pointers: list[int] = []

        @Callback
        def called(context: int | None, event: int) -> None:
            self.pointers.append(event)
            self.calls.append((context, *read_classify(event)))
            self.inside.set()
            if wait:
                wait()

        self.callback = called

    @property
    def ids(self) -> list[int]:
        return [filter_id for _, _, filter_id in self.calls]


def test_events_come_from_another_thread_with_the_context(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    threads = set()
    listener = Listener(lambda: threads.add(threading.get_ident()))
    handle = dll.subscribe(engine, listener.callback, context=0x1234)
    simulator.emit([event(1), event(2)])
    assert listener.calls == [(0x1234, 3, 1), (0x1234, 3, 2)]
    assert threads
    assert threading.get_ident() not in threads
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS
    simulator.emit([event(3)])
    assert len(listener.calls) == 2
    assert simulator.stats["delivered"] == 2


@pytest.mark.parametrize("number", range(5))
def test_the_version_is_one_above_the_number(
    number: int, simulator: Simulator, dll: Dll, engine: Any
) -> None:
    seen = []

    @Callback
    def note(context: int | None, event: int) -> None:
        offset = TYPE_OFFSET[number + 1]
        payload = c.c_uint64.from_address(event + offset + 8).value
        seen.append((
            c.c_uint32.from_address(event + offset).value, c.c_uint64.from_address(payload).value))

    handle = dll.subscribe(engine, note, number=number)
    # Of capability events FWPM_NET_EVENT1 knows nothing.
    simulator.emit([
        event(7), {"type": 7, "capabilityDrop": {"networkCapabilityId": 2, "filterId": 8}}])
    assert seen == [(3, 7)] + [(7, 2)] * (number > 0)
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_an_event_is_gone_when_the_callback_has_returned(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    listener = Listener()
    handle = dll.subscribe(engine, listener.callback)
    simulator.emit([event(5)])
    assert listener.ids == [5]
    # With its payload, which lies behind it.
    assert c.string_at(listener.pointers[0], 152 + 16) == b"\xdd" * 168
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_unsubscribing_waits_for_the_callback(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    leave, returned = threading.Event(), threading.Event()
    listener = Listener(lambda: leave.wait(30))
    handle = dll.subscribe(engine, listener.callback)
    emitting = threading.Thread(target=simulator.emit, args=([event(1), event(2)],))
    emitting.start()
    assert listener.inside.wait(30)

    def unsubscribe() -> None:
        assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS
        returned.set()

    ending = threading.Thread(target=unsubscribe)
    ending.start()
    assert not returned.wait(0.1)
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == INVALID_HANDLE  # it is ending
    leave.set()
    assert returned.wait(30)
    ending.join()
    emitting.join()
    assert listener.ids == [1]


@pytest.mark.parametrize("name", ["FwpmNetEventUnsubscribe0", "FwpmEngineClose0"])
def test_from_the_callback_it_would_wait_for_ever(
    name: str, simulator: Simulator, dll: Dll, engine: Any
) -> None:
    codes = []

    def end() -> None:
        given = (engine, handle) if "Unsubscribe" in name else (engine,)
        codes.append(getattr(dll, name)(*given))

    handle = dll.subscribe(engine, Listener(end).callback)
    simulator.emit([event(1), event(2)])
    assert codes == [POSSIBLE_DEADLOCK] * 2
    assert simulator.stats["deadlocks"] == 2
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_a_callback_is_known_among_several_that_run(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    """The first callback unsubscribes while a later one, of the same subscription, still runs."""
    codes, first = [], threading.Lock()
    both = threading.Barrier(2, timeout=30)

    def end() -> None:
        mine = first.acquire(blocking=False)
        both.wait()
        if mine:
            codes.append(dll.FwpmNetEventUnsubscribe0(engine, handle))
        both.wait()

    listener = Listener(end)
    handle = dll.subscribe(engine, listener.callback)
    emitting = [threading.Thread(target=simulator.emit, args=([event(n)],)) for n in range(2)]
    emitting[0].start()
    assert listener.inside.wait(30)
    emitting[1].start()
    for thread in emitting:
        thread.join()
    assert codes == [POSSIBLE_DEADLOCK]
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_another_subscription_may_be_ended_from_a_callback(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    codes = []
    other = Listener()
    ending = Listener(lambda: codes.append(dll.FwpmNetEventUnsubscribe0(engine, second)))
    first = dll.subscribe(engine, ending.callback)
    second = dll.subscribe(engine, other.callback)
    simulator.emit([event(1), event(2)])
    assert codes == [SUCCESS, INVALID_HANDLE]
    assert other.ids == []
    assert dll.FwpmNetEventUnsubscribe0(engine, first) == SUCCESS


def test_closing_the_engine_ends_its_subscriptions(simulator: Simulator, dll: Dll) -> None:
    leave = threading.Event()
    engine, other = dll.open(), dll.open()
    listener, stays = Listener(lambda: leave.wait(30)), Listener()
    kept = dll.subscribe(other, stays.callback)
    dll.subscribe(engine, listener.callback)
    emitting = threading.Thread(target=simulator.emit, args=([event(1), event(2)],))
    emitting.start()
    assert listener.inside.wait(30)
    # Two threads close at once: one does, the other finds nothing to close.
    codes: list[int] = []
    closing = [
        threading.Thread(target=lambda: codes.append(dll.FwpmEngineClose0(engine)))
        for _ in range(2)]
    for thread in closing:
        thread.start()
    time.sleep(0.05)
    leave.set()
    for thread in [*closing, emitting]:
        thread.join(30)
    assert sorted(codes) == [SUCCESS, INVALID_HANDLE]
    assert listener.ids == [1]
    assert stays.ids == [1, 2]
    assert simulator.live["subscriptions"] == 1
    assert dll.FwpmNetEventUnsubscribe0(other, kept) == SUCCESS
    assert dll.FwpmEngineClose0(other) == SUCCESS


def test_what_cannot_be_subscribed(dll: Dll, engine: Any) -> None:
    handle, given = c.c_void_p(), Subscription()
    subscribe = dll.FwpmNetEventSubscribe4
    assert subscribe(engine, None, Listener().callback, None, c.byref(handle)) == INVALID_PARAMETER
    assert subscribe(
        engine, c.byref(given), Callback(), None, c.byref(handle)) == INVALID_PARAMETER
    assert dll.FwpmNetEventUnsubscribe0(engine, None) == SUCCESS  # NULL has no effect


def test_nothing_comes_while_collection_is_off(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    listener = Listener()
    handle = dll.subscribe(engine, listener.callback)
    for collecting, one in ((0, 1), (1, 2)):
        assert dll.set_option(engine, 0, collecting) == SUCCESS
        simulator.emit([event(one)])
    assert listener.ids == [2]
    assert simulator.stats["logged"] == 1
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


# --- Made-up events


class Types:
    """Counts the types of the events that it is called with, and notes their times."""

    def __init__(self) -> None:
        self.types: list[int] = []
        self.times: list[int] = []

        @Callback
        def called(context: int | None, event: int) -> None:
            found = Event.from_address(event)
            self.types.append(found.type)
            self.times.append(found.header.time.high << 32 | found.header.time.low)

        self.callback = called


@pytest.mark.parametrize(("keywords", "optional"), [
    (0, set()), (CLASSIFY_ALLOW, {6}), (CAPABILITY_DROP, {7}), (CAPABILITY_ALLOW, {8}),
    (0x1C, {6, 7, 8}),
])
def test_optional_classes_need_their_keyword(
    keywords: int, optional: set[int], simulator: Simulator, dll: Dll, engine: Any
) -> None:
    listener = Types()
    handle = dll.subscribe(engine, listener.callback)
    assert dll.set_option(engine, 1, keywords) == SUCCESS
    simulator.emit(1000)
    assert len(listener.types) == 1000
    assert {*listener.types} & {6, 7, 8} == optional
    assert 3 in listener.types
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_new_events_bear_the_time_which_does_not_run_backwards(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    listener = Types()
    handle = dll.subscribe(engine, listener.callback)
    before = time.time_ns()
    simulator.emit(500)
    after = time.time_ns()
    # A FILETIME counts 100 ns from 1601, 11,644,473,600 s before 1970.
    times = [(each - 11_644_473_600 * 10**7) * 100 for each in listener.times]
    assert before - 10**8 <= times[0] <= times[-1] <= after + 10**8
    assert times == sorted(times)
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_a_rate_is_kept(simulator: Simulator, dll: Dll, engine: Any) -> None:
    listener = Types()
    handle = dll.subscribe(engine, listener.callback)
    started = time.perf_counter()
    simulator.start(200, total=20)
    simulator.wait()
    assert 0.09 <= time.perf_counter() - started < 10  # the first comes at once
    assert len(listener.types) == 20
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_stopping_ends_whoever_waits(simulator: Simulator, dll: Dll, engine: Any) -> None:
    listener = Types()
    handle = dll.subscribe(engine, listener.callback)
    simulator.start(math.inf, threads=2)
    waiting = [threading.Thread(target=simulator.wait) for _ in range(2)]
    for thread in waiting:
        thread.start()
    while not listener.types:
        time.sleep(0.001)
    simulator.stop()
    made = simulator.stats["delivered"]
    for thread in waiting:
        thread.join(30)
        assert not thread.is_alive()
    time.sleep(0.02)
    assert simulator.stats["delivered"] == made == len(listener.types)
    assert dll.FwpmNetEventUnsubscribe0(engine, handle) == SUCCESS


def test_a_simulator_that_goes_takes_its_threads_along() -> None:
    for _ in range(5):
        Simulator(events=0, rate=math.inf, threads=2)
