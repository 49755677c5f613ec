"""The simulator's table of functions, called as a C program would: sessions, options, blocks."""

import ctypes as c
from collections.abc import Iterator
from typing import Any

import pytest
from c_program import (
    INVALID_FLAGS,
    INVALID_HANDLE,
    INVALID_PARAMETER,
    KINDS,
    NET_EVENTS_DISABLED,
    NOT_REGISTERED,
    PARAMETERS,
    SERVER_UNAVAILABLE,
    STILL_ON,
    SUCCESS,
    TYPE_MISMATCH,
    Callback,
    Dll,
    Event,
    Subscription,
    Value,
    read_classify,
    text,
)
from example_events import one_of_each
from oracle.structs import DROP_SIZE

from wfpfast import Block, Decoder, Simulator, encode

NOTHING = {"engines": 0, "enum_handles": 0, "subscriptions": 0, "blocks": 0}
WITH_ENGINE = sorted(
    {*PARAMETERS} - {"FwpmEngineOpen0", "FwpmFreeMemory0", "block_size"})


def event(filter_id: int, **header: Any) -> dict[str, Any]:
    return {
        "header": {"timeStamp": 1000 + filter_id, **header}, "type": 3,
        "classifyDrop": {"filterId": filter_id, "layerId": 48},
    }


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(events=[event(n) for n in range(10)]) as made:
        yield made
        assert made.live == NOTHING


@pytest.fixture
def dll(simulator: Simulator) -> Dll:
    return Dll(simulator)


@pytest.fixture
def engine(dll: Dll) -> Iterator[Any]:
    opened = dll.open()
    yield opened
    assert dll.FwpmEngineClose0(opened) == SUCCESS


@Callback
def nothing(context: int | None, event: int | None) -> None:
    """A callback that does nothing."""


def call(dll: Dll, name: str, engine: Any, handle: Any) -> int:
    """Call a function that an engine handle is given to, and another handle if it takes one."""
    value, out, number = Value(3, 1), c.c_void_p(), c.c_uint32()
    given = {
        "FwpmEngineClose0": (), "FwpmEngineGetOption0": (0, c.byref(out)),
        "FwpmEngineSetOption0": (0, c.byref(value)), "FwpmNetEventUnsubscribe0": (handle,),
        "FwpmNetEventsGetSecurityInfo0": (7, None, None, None, None, c.byref(out)),
    }.get(name)
    if given is None and "Create" in name:
        given = (None, c.byref(out))
    elif given is None and "Destroy" in name:
        given = (handle,)
    elif given is None and "Subscribe" in name:
        given = (c.byref(Subscription()), nothing, None, c.byref(out))
    elif given is None:
        given = (handle, 1, c.byref(out), c.byref(number))
    return getattr(dll, name)(engine, *given)


# --- Sessions and handles


def test_an_engine_is_found_by_its_name_only(simulator: Simulator, dll: Dll) -> None:
    handle = c.c_void_p()
    for name in (None, c.cast(c.create_string_buffer("nobody\0".encode("utf-16-le")), c.c_void_p)):
        assert dll.FwpmEngineOpen0(name, 10, None, None, c.byref(handle)) == SERVER_UNAVAILABLE
    assert text(dll.server).startswith("wfpfast-simulator-")
    with Simulator(events=0) as other:
        assert text(Dll(other).server) != text(dll.server)


@pytest.mark.parametrize("name", WITH_ENGINE)
def test_what_is_no_engine_is_an_error(name: str, dll: Dll) -> None:
    closed = dll.open()
    assert dll.FwpmEngineClose0(closed) == SUCCESS
    for handle in (closed, c.c_void_p(0), c.c_void_p(12345), c.c_void_p(2**64 - 1)):
        assert call(dll, name, handle, None) == INVALID_HANDLE


TAKE_A_HANDLE = [
    name for name in WITH_ENGINE
    if ("Enum" in name and "Create" not in name) or name == "FwpmNetEventUnsubscribe0"]


@pytest.mark.parametrize("name", TAKE_A_HANDLE)
def test_another_kind_of_handle_is_an_error(
    name: str, simulator: Simulator, dll: Dll, engine: Any
) -> None:
    """A stale one, one of another session's, and every kind that the function is not for."""
    stranger = dll.open()
    handles = {kind: dll.create(engine, kind=kind) for kind in ("NetEvent", *KINDS)}
    subscription = dll.subscribe(engine, nothing)
    foreign = dll.create(stranger)
    stale = dll.create(engine)
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, stale) == SUCCESS
    wrong = [each for kind, each in handles.items()
             if kind not in {name.split("Enum", maxsplit=1)[0].removeprefix("Fwpm"),
                             name.split("Destroy", maxsplit=1)[0].removeprefix("Fwpm")}]
    wrong += [engine, foreign, stale, c.c_void_p(0x7FFF12345678)]
    if name != "FwpmNetEventUnsubscribe0":
        wrong.append(subscription)
    assert len(wrong) >= 8
    for handle in wrong:
        assert call(dll, name, engine, handle) == INVALID_HANDLE
    assert simulator.live["enum_handles"] == 8
    for kind, handle in handles.items():
        assert getattr(dll, f"Fwpm{kind}DestroyEnumHandle0")(engine, handle) == SUCCESS
    assert dll.FwpmNetEventDestroyEnumHandle0(stranger, foreign) == SUCCESS
    assert dll.FwpmNetEventUnsubscribe0(engine, subscription) == SUCCESS
    assert dll.FwpmEngineClose0(stranger) == SUCCESS


def test_a_handle_of_another_simulator_is_an_error(dll: Dll, engine: Any) -> None:
    with Simulator(events=3) as other:
        there = Dll(other)
        session = there.open()
        handle = there.create(session)
        assert call(dll, "FwpmNetEventEnum5", engine, handle) == INVALID_HANDLE
        assert there.FwpmNetEventDestroyEnumHandle0(session, handle) == SUCCESS
        assert there.FwpmEngineClose0(session) == SUCCESS
        assert other.live == NOTHING


def test_handles_are_not_used_again(dll: Dll) -> None:
    seen = set()
    for _ in range(50):
        engine = dll.open()
        handle = dll.create(engine)
        seen |= {engine.value, handle.value}
        assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
        assert dll.FwpmEngineClose0(engine) == SUCCESS
    assert len(seen) == 100


def test_an_enumeration_that_outlives_its_engine_is_a_leak() -> None:
    with Simulator(events=1) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        handle = dll.create(engine)
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert simulator.live == {**NOTHING, "enum_handles": 1}
        assert call(dll, "FwpmNetEventEnum5", engine, handle) == INVALID_HANDLE


def test_a_closed_simulator_answers_nobody_and_frees_what_is_left() -> None:
    simulator = Simulator(events=1)
    dll = Dll(simulator)
    engine = dll.open()
    block, _ = dll.page(engine, dll.create(engine))
    simulator.close()
    for name in WITH_ENGINE:
        assert call(dll, name, engine, None) == NOT_REGISTERED
    dll.free(block)
    assert not block
    assert simulator.live["blocks"] == 0


# --- Options


def test_options_begin_as_documented(dll: Dll, engine: Any) -> None:
    # FWP_UINT32 is 3. Collecting is on, optional classes are off.
    assert dll.get_option(engine, 0) == (3, 1)
    assert [dll.get_option(engine, option) for option in range(1, 6)] == [(3, 0)] * 5


def test_options_belong_to_the_machine(dll: Dll, engine: Any) -> None:
    other = dll.open()
    assert dll.set_option(other, 1, 0x14) == SUCCESS
    assert dll.FwpmEngineClose0(other) == SUCCESS
    assert dll.get_option(engine, 1) == (3, 0x14)


def test_what_options_may_not_be(simulator: Simulator, dll: Dll, engine: Any) -> None:
    out = c.c_void_p()
    assert dll.set_option(engine, 6, 1) == INVALID_PARAMETER
    assert dll.FwpmEngineGetOption0(engine, 6, c.byref(out)) == INVALID_PARAMETER
    assert dll.FwpmEngineSetOption0(engine, 0, None) == INVALID_PARAMETER
    assert dll.set_option(engine, 0, 0, type=2) == TYPE_MISMATCH
    assert not out
    assert dll.get_option(engine, 0) == (3, 1)


@pytest.mark.parametrize(("option", "number", "code"), [
    (0, 7, INVALID_PARAMETER), (0, 2, INVALID_PARAMETER), (0, 0, SUCCESS), (0, 1, SUCCESS),
    (1, 0x3F, SUCCESS), (1, 0x40, INVALID_FLAGS), (1, 0xFFFFFFC0, INVALID_FLAGS),
    (1, 0x80000001, INVALID_FLAGS), (3, 0, SUCCESS), (3, 1, SUCCESS),
])
def test_numbers_that_options_have(
    option: int, number: int, code: int, dll: Dll, engine: Any
) -> None:
    before = dll.get_option(engine, option)
    assert dll.set_option(engine, option, number) == code
    assert dll.get_option(engine, option) == ((3, number) if code == SUCCESS else before)


def test_monitoring_of_ipsec_connections_cannot_be_switched_off(dll: Dll, engine: Any) -> None:
    assert dll.set_option(engine, 3, 1) == SUCCESS
    assert dll.set_option(engine, 3, 0) == STILL_ON
    assert dll.get_option(engine, 3) == (3, 1)


def test_while_collection_is_off_the_log_cannot_be_read_and_then_is_empty(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    handle = dll.create(engine)
    assert dll.set_option(engine, 0, 0) == SUCCESS
    assert call(dll, "FwpmNetEventEnum5", engine, handle) == NET_EVENTS_DISABLED
    simulator.emit([event(99)])
    assert dll.set_option(engine, 0, 1) == SUCCESS
    after = dll.create(engine)
    assert dll.page(engine, after)[1] == []
    for each in (handle, after):
        assert dll.FwpmNetEventDestroyEnumHandle0(engine, each) == SUCCESS


# --- Enumerations


def test_pages_follow_each_other_and_a_short_one_is_the_last(dll: Dll, engine: Any) -> None:
    handle = dll.create(engine)
    seen, lengths = [], []
    for _ in range(4):
        block, entries = dll.page(engine, handle, 4)
        lengths.append(len(entries))
        seen += [read_classify(each) for each in entries]
        dll.free(block)
    assert lengths == [4, 4, 2, 0]
    assert seen == [(3, n) for n in range(10)]
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS


def test_everything_lies_in_the_one_block(simulator: Simulator, dll: Dll, engine: Any) -> None:
    simulator.emit(200)
    handle = dll.create(engine)
    block, entries = dll.page(engine, handle)
    end = block.value + dll.block_size(block)
    assert len(entries) == 210
    within = range(block.value + 8 * len(entries), end)
    followed = 0
    for entry in entries:
        found = Event.from_address(entry)
        header = found.header
        for pointer in (header.app.data, header.user, header.package, found.payload):
            if pointer:
                followed += 1
                assert pointer in within
        if header.app.size:
            last = header.app.data + header.app.size
            assert last <= end
            assert c.c_uint16.from_address(last - 2).value == 0
    assert followed > 600
    assert dll.block_size(c.c_void_p(block.value + 8)) == 0
    address = block.value
    dll.free(block)
    assert block.value is None
    assert dll.block_size(address) == 0
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS


def test_a_block_has_the_size_of_what_is_in_it(dll: Dll, engine: Any) -> None:
    # A pointer, an event and its CLASSIFY_DROP for each of three events.
    handle = dll.create(engine)
    block, entries = dll.page(engine, handle, 3)
    assert dll.block_size(block) == 3 * (8 + DROP_SIZE)
    assert entries[1] - entries[0] == DROP_SIZE
    dll.free(block)
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS


def test_what_version_1_reserves_is_zero() -> None:
    """Where FWPM_NET_EVENT_HEADER1 has reserved members, later headers have an address family."""
    header = {"flags": 0x400, "addressFamily": 23, "packageSid": "S-1-15-2-1"}
    with Simulator(events=[event(1, **header)]) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        handle = dll.create(engine)
        block, (entry,) = dll.page(engine, handle, function="FwpmNetEventEnum1")
        assert c.string_at(entry + 88, 144 - 88) == bytes(144 - 88)
        dll.free(block)
        assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert simulator.live == NOTHING


def test_what_is_no_block_is_counted_and_not_freed(
    simulator: Simulator, dll: Dll, engine: Any
) -> None:
    handle = dll.create(engine)
    block, _ = dll.page(engine, handle)
    twice = c.c_void_p(block.value)
    dll.free(block)
    dll.free(block)  # is NULL by now, which is no mistake
    assert simulator.stats["bad_frees"] == 0
    for wrong in (twice, c.c_void_p(handle.value), c.c_void_p(1)):
        dll.free(wrong)
    dll.FwpmFreeMemory0(None)
    assert simulator.stats["bad_frees"] == 3
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS


def test_a_snapshot_is_what_was_there(simulator: Simulator, dll: Dll, engine: Any) -> None:
    handle = dll.create(engine)
    simulator.emit([event(77)])
    block, entries = dll.page(engine, handle)
    assert [read_classify(each)[1] for each in entries] == list(range(10))
    dll.free(block)
    assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS


def test_the_ring_forgets_the_oldest_which_a_snapshot_keeps() -> None:
    with Simulator(events=[event(n) for n in range(1000)], ring_bytes=4096) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        old = dll.create(engine)
        simulator.emit([event(n) for n in range(1000, 1100)])
        new = dll.create(engine)
        for handle, last in ((old, 1000), (new, 1100)):
            block, entries = dll.page(engine, handle)
            ids = [read_classify(each)[1] for each in entries]
            assert 10 < len(ids) < 4096 // Event.type.offset
            assert ids == list(range(last - len(ids), last))
            dll.free(block)
            assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert simulator.live == NOTHING


@pytest.mark.parametrize("version", range(6))
def test_every_version_is_the_same_log(version: int) -> None:
    """Decoded, the block is what `encode` writes of the same events in that version."""
    events = one_of_each()
    known = [each for each in events if each["type"] < (6, 6, 10, 10, 10, 11)[version]]
    with Simulator(events=events) as simulator:
        dll = Dll(simulator)
        engine = dll.open()
        handle = dll.create(engine)
        block, entries = dll.page(engine, handle, function=f"FwpmNetEventEnum{version}")
        image = c.string_at(block.value, dll.block_size(block))
        live = Block(image, base=block.value, count=len(entries), version=version)
        rows = Decoder().decode(live).to_pylist()
        dll.free(block)
        assert dll.FwpmNetEventDestroyEnumHandle0(engine, handle) == SUCCESS
        assert dll.FwpmEngineClose0(engine) == SUCCESS
        assert simulator.live == NOTHING
    assert rows == Decoder().decode(encode(known, version=version)).to_pylist()
