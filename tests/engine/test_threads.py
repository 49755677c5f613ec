"""One engine in many threads: an error or an end, never a crash, and nothing left behind."""

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from wfpfast import Decoder, Engine, EngineClosedError, Simulator, WfpError

Simulate = Callable[..., Simulator]


@pytest.mark.parametrize("attempt", range(12))
def test_closing_an_engine_that_is_in_use(attempt: int, simulate: Simulate) -> None:
    simulator = simulate(events=2_000)
    engine = Engine(simulator)
    simulator.start(math.inf)
    failures: list[BaseException] = []
    started = threading.Barrier(5)

    def enumerate_on() -> int:
        seen = 0
        while True:
            for batch in engine.net_events(batch_size=100):
                seen += len(batch)

    def subscribe_on() -> int:
        return sum(len(batch) for batch in engine.subscribe(capacity=1 << 20))

    def set_options() -> None:
        while True:
            with engine.collecting(keywords="CLASSIFY_ALLOW"):
                pass

    def run(work: Callable[[], Any]) -> None:
        started.wait()
        try:
            work()
        except (EngineClosedError, WfpError):
            pass
        except BaseException as error:
            failures.append(error)

    works = (enumerate_on, enumerate_on, subscribe_on, set_options)
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    started.wait()
    time.sleep(0.005 * attempt)
    engine.close()
    for thread in threads:
        thread.join(30)
    assert (failures, [thread for thread in threads if thread.is_alive()]) == ([], [])


def test_one_stream_in_several_threads_gives_each_page_once(simulate: Simulate) -> None:
    simulator = simulate(events=3_000)
    seen: list[int] = []

    def read() -> None:
        while True:
            with lock:
                batch = next(stream, None)
            if batch is None:
                return
            seen.append(len(batch))

    lock = threading.Lock()
    with Engine(simulator) as engine, engine.net_events(batch_size=10) as stream:
        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sum(seen) == 3_000


def test_a_decoder_shared_by_streams(simulate: Simulate) -> None:
    simulator = simulate(events=2_000)
    decoder = Decoder()
    expected = Decoder()
    results: list[bool] = []

    def read(engine: Engine) -> None:
        for block in engine.blocks(batch_size=50):
            results.append(
                decoder.decode(block).to_pylist() == expected.decode(block).to_pylist())

    with Engine(simulator) as engine:
        threads = [threading.Thread(target=read, args=(engine,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(results) == 3 * 40
    assert all(results)


def test_two_engines_on_one_simulator(simulate: Simulate) -> None:
    simulator = simulate(events=[])
    with Engine(simulator) as one, Engine(simulator) as two:
        first, second = one.subscribe(), two.subscribe()
        simulator.emit(10)
        one.close()
        simulator.emit(5)
        assert [first.stats["received"], second.stats["received"]] == [10, 15]
