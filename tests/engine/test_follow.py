"""The log and what happens afterwards, joined: no hole and no double at the seam."""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Engine, Simulator

Simulate = Callable[..., Simulator]
UNIX_EPOCH = 116_444_736_000_000_000  # as FILETIME


def now() -> int:
    return time.time_ns() // 100 + UNIX_EPOCH


def event(n: int, at: int | None = None) -> dict[str, Any]:
    return {
        "type": 3,
        "header": {"timeStamp": now() if at is None else at, "flags": 1, "ipProtocol": 6},
        "classifyDrop": {"filterId": n, "layerId": 48},
    }


def read_all(subscription: Any, wait: float = 0.05) -> list[int]:
    found: list[int] = []
    while (batch := subscription.read(wait)) is not None:
        found += batch["filter_id"].to_pylist()
    return found


def test_the_log_comes_first(simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(250)])
    with Engine(simulator) as engine, engine.follow(batch_size=100) as subscription:
        assert read_all(subscription) == list(range(250))
        simulator.emit([event(n) for n in range(250, 260)])
        assert read_all(subscription) == list(range(250, 260))
        assert simulator.live["enum_handles"] == 0


@pytest.mark.parametrize("hours", [-30, 30])
@pytest.mark.parametrize("is_set", ["before", "after"])
def test_a_clock_that_is_set_at_the_seam_makes_no_doubles(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch, hours: int, is_set: str
) -> None:
    """Events that come twice happened before the clock was set, or after it."""
    simulator = simulate(events=[])
    offset = 0
    clock = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: clock() + offset)
    with Engine(simulator) as engine:
        create = engine._enumeration

        def late(*given: Any) -> Any:
            nonlocal offset
            for step in ("before", "after"):
                if step == is_set:
                    offset = hours * 3_600_000_000_000
                else:
                    simulator.emit([event(n) for n in range(4)])
            return create(*given)

        engine._enumeration = late  # type: ignore[method-assign]
        with engine.follow() as subscription:
            simulator.emit([event(4)])
            assert read_all(subscription) == list(range(5))
            assert subscription.stats["doubles"] == 4


def test_what_happens_between_subscribing_and_the_snapshot_comes_once(simulate: Simulate) -> None:
    """The simulator is made to log and deliver an event while the snapshot is being taken."""
    simulator = simulate(events=[event(n) for n in range(5)])
    with Engine(simulator) as engine:
        create = engine._enumeration

        def late(*given: Any) -> Any:
            simulator.emit([event(n) for n in range(5, 9)])
            return create(*given)

        engine._enumeration = late  # type: ignore[method-assign]
        with engine.follow() as subscription:
            simulator.emit([event(9)])
            assert read_all(subscription) == list(range(10))
            stats = subscription.stats
            assert (stats["received"], stats["log"], stats["doubles"]) == (5, 9, 4)


def test_events_that_say_the_same_are_counted_and_not_merged(simulate: Simulate) -> None:
    """Three in the snapshot, of which two are delivered live, too; and then one more."""
    same = event(7, at=now())
    simulator = simulate(events=[same])
    with Engine(simulator) as engine:
        create = engine._enumeration

        def late(*given: Any) -> Any:
            simulator.emit([same, same])
            return create(*given)

        engine._enumeration = late  # type: ignore[method-assign]
        with engine.follow() as subscription:
            simulator.emit([event(8)])
            assert read_all(subscription) == [7, 7, 7, 8]


def test_old_events_of_the_log_take_nothing_away(simulate: Simulate) -> None:
    day = 864_000_000_000
    simulator = simulate(events=[event(1, at=now() - day)])
    with Engine(simulator) as engine, engine.follow() as subscription:
        simulator.emit([event(1), event(2)])
        assert read_all(subscription) == [1, 1, 2]


def test_every_event_once_while_thousands_happen(simulate: Simulate) -> None:
    simulator = simulate(events=0, ring_bytes=1 << 26)
    with Engine(simulator) as engine:
        simulator.start(math.inf, total=20_000)
        with engine.follow(batch_size=64, columns=["timestamp", "event_type"]) as subscription:
            read = Counter()
            while (batch := subscription.read(0.5)) is not None:
                read["events"] += len(batch)
                read["dropped"] += batch.stats["dropped"]
            simulator.wait()
            stats = subscription.stats
            assert read["dropped"] == stats["dropped"] == stats["waiting"] == 0
            assert stats["received"] == stats["delivered"] == simulator.stats["delivered"]
            assert read["events"] == stats["log"] + stats["received"] - stats["doubles"]
        assert read["events"] == simulator.stats["logged"] == 20_000


def test_the_gap_before_a_double_is_not_forgotten(simulate: Simulate) -> None:
    simulator = simulate(events=[], ring_bytes=1 << 20)
    with Engine(simulator) as engine:
        create = engine._enumeration

        def late(*given: Any) -> Any:
            simulator.emit([event(n) for n in range(2_000)])  # more than the queue holds
            return create(*given)

        engine._enumeration = late  # type: ignore[method-assign]
        with engine.follow(capacity=1) as subscription:
            assert read_all(subscription) == list(range(2_000))  # all of them from the log
            simulator.emit([event(2_000)])
            batch = subscription.read(1)
            assert batch is not None
            assert batch["filter_id"].to_pylist() == [2_000]
            assert batch.stats["dropped"] == subscription.stats["dropped"] > 0


def test_blocks(simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(3)])
    with Engine(simulator) as engine, engine.follow() as subscription:
        simulator.emit([event(3)])
        found = []
        while (taken := subscription.read_block(0.05)) is not None:
            found.append((len(taken[0]), taken[1]))
    assert found == [(3, 0), (1, 0)]


@pytest.mark.parametrize("read", [False, True])
def test_closing_before_the_log_has_been_read(read: bool, simulate: Simulate) -> None:
    simulator = simulate(events=[event(n) for n in range(30)])
    with Engine(simulator) as engine:
        subscription = engine.follow(batch_size=10)
        if read:
            subscription.read(0)
        subscription.close()
        assert simulator.live["enum_handles"] == simulator.live["subscriptions"] == 0


def test_a_follower_that_waits_is_ended_by_its_engine(simulate: Simulate) -> None:
    with Engine(simulate(events=[event(1)])) as engine:
        subscription = engine.follow()
        assert subscription.read(0) is not None
        threading.Timer(0.1, engine.close).start()
        assert subscription.read(30) is None


@pytest.mark.parametrize("undecoded", [False, True])
def test_a_gap_before_nothing_but_doubles_is_told_with_the_next_event(
    simulate: Simulate, undecoded: bool
) -> None:
    """No event of the block behind the gap is left, and the reader has waited in vain meanwhile."""
    simulator = simulate(events=[], ring_bytes=1 << 20)
    with Engine(simulator) as engine:
        create, subscribe = engine._enumeration, engine._inbox
        inboxes = []

        def listen(*given: Any) -> Any:
            inboxes.append(subscribe(*given))
            return inboxes[0]

        def late(*given: Any) -> Any:
            simulator.emit([event(n) for n in range(2_000)])  # more than the queue holds
            while inboxes[0].take_copy():
                pass
            simulator.emit([event(2_000)])  # behind a gap
            return create(*given)

        engine._inbox, engine._enumeration = listen, late  # type: ignore[method-assign]
        with engine.follow(capacity=1) as subscription:
            assert read_all(subscription) == list(range(2_001))
            simulator.emit([event(2_001)])
            if undecoded:
                taken = subscription.read_block(1)
                assert taken is not None
                dropped = taken[1]
            else:
                batch = subscription.read(1)
                assert batch is not None
                dropped = batch.stats["dropped"]
            assert dropped == subscription.stats["dropped"] > 0
