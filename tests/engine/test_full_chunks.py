"""Events of every size in the queue of a subscription: also those that fill a chunk to its end."""

import pytest
from example_events import event

from wfpfast import Engine, Simulator

SMALLEST = 1 << 17      # of the queue: eight chunks of 16 KB
CHUNK = 1 << 14


@pytest.mark.parametrize("part", range(4))
def test_an_event_may_fill_a_chunk(part: int) -> None:
    """Its last bytes, those of a path, lie right below the pointers, which are written last."""
    simulator = Simulator(events=0)
    full = set()
    with Engine(simulator) as engine, engine.subscribe(capacity=SMALLEST) as subscription:
        for length in range(part, 480, 4):
            path = "x" * length + "end"
            made = {"header": {"flags": 0x20, "appId": (path + "\0").encode("utf-16-le")},
                    "type": 8, "capabilityAllow": {"filterId": 7}}
            simulator.emit([made] * 90)
            paths, counts = [], []
            while (batch := subscription.read(0)) is not None:
                paths += batch["app_path"].to_pylist()
                counts.append(len(batch))
            assert paths == [path] * 90
            full.add(counts[0])
        assert subscription.stats["dropped"] == 0
    assert len(full) > 20, event
