"""Subscriptions: what is received is delivered or counted, whoever reads and however slowly."""

import asyncio
import gc
import math
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from oracle.structs import DROP_SIZE, NEWEST

from wfpfast import Decoder, Engine, EngineClosedError, Simulator, Template, encode
from wfpfast.simulator.synthetic import Mix

Simulate = Callable[..., Simulator]
START = 133_800_000_000_000_000


def event(n: int, **header: Any) -> dict[str, Any]:
    return {
        "type": 3,
        "header": {"timeStamp": START + n, "flags": 0x1, "ipProtocol": 6, **header},
        "classifyDrop": {"filterId": n, "layerId": 48},
    }


def ids(batches: Any) -> list[int]:
    return [n for batch in batches for n in batch["filter_id"].to_pylist()]


def drain(subscription: Any) -> list[Any]:
    found = []
    while (batch := subscription.read(0)) is not None:
        found.append(batch)
    return found


def balance(stats: dict[str, int]) -> int:
    """What is received less what became of it."""
    return stats["received"] - (
        stats["delivered"] + stats["dropped"] + stats["unreadable"] + stats["waiting"])


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_what_is_delivered_is_what_happened(version: int, simulate: Simulate) -> None:
    mappings = [each for each in Mix(3).events(500) if version >= 2 or each["type"] < 6]
    simulator = simulate(events=mappings, ring_bytes=1 << 21)
    with Engine(simulator) as engine, engine.subscribe(version=version) as subscription:
        simulator.emit(mappings)
        rows = [row for batch in drain(subscription) for row in batch.to_pylist()]
        enumerated = [row for batch in engine.net_events(version=version)
                      for row in batch.to_pylist()]
    # The log has them twice: those that it began with, and those that were emitted.
    assert rows == enumerated[:len(mappings)]
    assert rows == enumerated[len(mappings):]
    if version == NEWEST:
        assert rows == Decoder().decode(encode(mappings)).to_pylist()


def test_version_0_cannot_be_delivered(simulate: Simulate) -> None:
    message = r"version 0: this Windows delivers.*1, 2, 3, 4, 5"
    with Engine(simulate()) as engine, pytest.raises(ValueError, match=message):
        engine.subscribe(version=0)


def test_reading_waits(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        started = time.perf_counter()  # whose ticks are short everywhere
        assert subscription.read(0.15) is None
        assert 0.14 < time.perf_counter() - started < 5
        threading.Timer(0.1, simulator.emit, [[event(7)]]).start()
        batch = subscription.read(30)
        assert batch is not None
        assert ids([batch]) == [7]


def test_closing_ends_the_loop_and_loses_nothing(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine:
        subscription = engine.subscribe()
        simulator.emit([event(n) for n in range(5)])
        subscription.close()
        subscription.close()
        simulator.emit([event(99)])
        assert subscription.closed
        assert ids(subscription) == [0, 1, 2, 3, 4]
        assert subscription.read() is None
        assert subscription.stats["received"] == 5


def test_closing_wakes_a_reader_that_waits(simulate: Simulate) -> None:
    with Engine(simulate(events=[])) as engine:
        subscription = engine.subscribe()
        threading.Timer(0.1, engine.close).start()
        started = time.monotonic()
        assert list(subscription) == []
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("timeout", [math.inf, 1e300, 10**30, 1e10, None])
def test_for_ever_has_many_names(timeout: float | None, simulate: Simulate) -> None:
    simulator = simulate()
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        for read in (subscription.read, subscription.read_block):
            threading.Timer(0.2, simulator.emit, [1]).start()
            assert read(timeout) is not None


def test_a_time_that_is_none_is_named(simulate: Simulate) -> None:
    with Engine(simulate()) as engine, engine.subscribe() as subscription:
        for read in (subscription.read, subscription.read_block):
            assert read(-math.inf) is None
            with pytest.raises(ValueError, match=r"^timeout=nan: expected seconds"):
                read(math.nan)


def test_a_subscription_that_is_dropped_unsubscribes(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine:
        subscription = engine.subscribe()
        simulator.emit([event(1)])
        assert simulator.live["subscriptions"] == 1
        del subscription
        gc.collect()
        assert simulator.live["subscriptions"] == 0
        simulator.emit([event(2)])


def test_the_engine_closes_its_subscriptions_first(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    engine = Engine(simulator)
    subscription = engine.subscribe()
    simulator.emit([event(1)])
    engine.close()
    assert subscription.closed
    assert ids(subscription) == [1]
    with pytest.raises(EngineClosedError):
        engine.subscribe()


def test_templates(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    udp = Template(ip_protocol=17)
    with Engine(simulator) as engine, engine.subscribe(udp) as subscription:
        simulator.emit([event(n, ipProtocol=17 if n % 2 else 6) for n in range(6)])
        assert ids(drain(subscription)) == [1, 3, 5]


def test_a_slow_reader_loses_the_newest_and_knows_how_many(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe(capacity=1) as subscription:
        simulator.emit([event(n) for n in range(2_000)])
        lost = subscription.stats["dropped"]
        assert 0 < lost < 2_000
        first = drain(subscription)
        assert ids(first) == list(range(2_000 - lost))
        assert [batch.stats["dropped"] for batch in first] == [0] * len(first)
        simulator.emit([event(9_999)])
        after = subscription.read(0)
        assert after is not None
        assert (ids([after]), after.stats["dropped"]) == ([9_999], lost)
        assert balance(subscription.stats) == 0
        assert subscription.stats["dropped"] == lost


def test_an_event_larger_than_a_chunk_is_a_gap_where_it_was(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe(capacity=1) as subscription:
        simulator.emit([event(1), event(2, flags=0x20, appId=b"\1\0" * 40_000), event(3)])
        batches = drain(subscription)
        assert [(ids([each]), each.stats["dropped"]) for each in batches] == [([1], 0), ([3], 1)]


@pytest.mark.parametrize("header", [
    {"flags": 0x40, "userId": b"\1" + bytes([16]) + bytes(6 + 4 * 16)},
    {"flags": 0x800, "enterpriseId": "x" * 40_000},
    {"flags": 0x20, "appId": bytes(2 << 20)},
])
def test_an_event_that_cannot_be_believed_is_counted(
    header: dict[str, Any], simulate: Simulate
) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine, engine.subscribe() as subscription:
        simulator.emit([event(1), event(2, **header), event(3)])
        assert ids(drain(subscription)) == [1, 3]
        assert subscription.stats["unreadable"] == 1
        assert balance(subscription.stats) == 0


def test_overload(simulate: Simulate) -> None:
    """Two producers as fast as they can, a reader that rests: every event is accounted for."""
    simulator = simulate(events=[])
    total = 150_000
    with Engine(simulator) as engine, engine.subscribe(capacity=1 << 20) as subscription:
        simulator.start(math.inf, threads=2, total=total)
        while subscription.stats["dropped"] == 0 and subscription.stats["received"] < 2 * total:
            time.sleep(0.001)  # until it overflows, however slow the machine is
        read = gaps = 0
        for batch in iter(lambda: subscription.read(1), None):
            read += len(batch)
            gaps += batch.stats["dropped"]
            if read % 7 == 0:
                time.sleep(0.002)
            if subscription.stats["received"] == 2 * total and not subscription.stats["waiting"]:
                break
        simulator.wait()
        stats = subscription.stats
        assert stats["received"] == 2 * total == simulator.stats["delivered"]
        assert stats["dropped"] > 0
        assert read == stats["delivered"]
        assert gaps <= stats["dropped"]
        simulator.emit([event(1)])  # the batch behind the last gap, if the stream ended in one
        last = subscription.read(0)
        assert last is not None
        assert gaps + last.stats["dropped"] == stats["dropped"]
        assert balance(subscription.stats) == 0


def test_nothing_is_torn(simulate: Simulate) -> None:
    """What arrives under load is, event by event, one of those that were sent."""
    simulator = simulate(events=[])
    known = {repr({**row, "timestamp": None})
             for row in Decoder().decode(encode(list(Mix(0).events(4_096)))).to_pylist()}
    with Engine(simulator) as engine, engine.subscribe(capacity=1 << 20) as subscription:
        simulator.start(math.inf, threads=2, total=3_000)
        seen = 0
        while (batch := subscription.read(0.3)) is not None:
            for row in batch.to_pylist():
                assert repr({**row, "timestamp": None}) in known
                seen += 1
        assert seen == subscription.stats["delivered"] > 1_000


def test_a_reader_that_keeps_up_gets_all(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    total = 200_000
    with Engine(simulator) as engine, engine.subscribe(columns=["filter_id"]) as subscription:
        simulator.start(200_000, total=total)
        read = 0
        while read < total and (batch := subscription.read(5)) is not None:
            read += len(batch)
        assert (read, subscription.stats["dropped"]) == (total, 0)


def test_several_threads_read(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    seen: list[list[int]] = [[], [], []]

    def read(place: int) -> None:
        for batch in subscription:
            seen[place] += batch["filter_id"].to_pylist()

    with Engine(simulator) as engine:
        subscription = engine.subscribe()
        threads = [threading.Thread(target=read, args=(place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        for n in range(50):
            simulator.emit([event(10 * n + k) for k in range(10)])
        subscription.close()
        for thread in threads:
            thread.join(30)
    assert sorted(n for part in seen for n in part) == list(range(500))


def test_asyncio_is_not_blocked(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    async def run(engine: Engine) -> list[int]:
        ticking = asyncio.create_task(tick())
        found: list[int] = []
        subscription = engine.subscribe()
        threading.Timer(0.3, simulator.emit, [[event(1), event(2)]]).start()
        async for batch in subscription:
            found += batch["filter_id"].to_pylist()
            if len(found) == 2:
                subscription.close()
        ticking.cancel()
        return found

    with Engine(simulator) as engine:
        assert asyncio.run(run(engine)) == [1, 2]
    assert ticks > 10


def test_a_cancelled_task_loses_no_event(simulate: Simulate) -> None:
    simulator = simulate(events=[])

    async def run(engine: Engine) -> list[int]:
        subscription = engine.subscribe()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await anext(aiter(subscription))
        simulator.emit([event(1)])
        return ids([await anext(aiter(subscription))])

    with Engine(simulator) as engine:
        assert asyncio.run(run(engine)) == [1]


def test_the_log_stays_as_large_as_it_was_made(simulate: Simulate) -> None:
    """Of FWPM_NET_EVENT5, 152 bytes, with a CLASSIFY_DROP2, 56, these are 630 in 128 KB."""
    simulator = simulate(events=[event(1)])
    for _ in range(4):
        simulator.emit([event(n) for n in range(500)])
    assert simulator.stats["in_log"] == 128 * 1024 // DROP_SIZE
    large = simulate(events=[event(n) for n in range(1_000)])
    large.emit([event(n) for n in range(500)])
    assert large.stats["in_log"] == 1_000


@pytest.mark.parametrize("capacity", [0, -5])
def test_impossible_capacities(capacity: int, simulate: Simulate) -> None:
    with Engine(simulate()) as engine, pytest.raises(ValueError, match=f"capacity {capacity}"):
        engine.subscribe(capacity=capacity)


def test_a_hundred_subscriptions(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as engine:
        for n in range(100):
            with engine.subscribe(capacity=1) as subscription:
                simulator.emit([event(n)])
                assert ids(drain(subscription)) == [n]
        assert simulator.live["subscriptions"] == 0
