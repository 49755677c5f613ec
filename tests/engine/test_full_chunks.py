"""Events of every size at the end of a queue's chunk: also one that fills it to the last byte."""

from typing import Any

from wfpfast import Engine, Simulator

SMALLEST = 1 << 17      # of the queue: eight chunks of 16 KB
USUAL = "y" * 114 + "end"
MANY = 39               # a chunk has room for these, and one or two more


def event(path: str) -> dict[str, Any]:
    """An event without a payload, which would be copied after the path."""
    return {"header": {"flags": 0x20, "appId": path.encode("utf-16-le")}, "type": 8}


def test_an_event_may_fill_a_chunk() -> None:
    """Its last bytes, those of a path, lie right below the pointers, which are written last."""
    simulator = Simulator(events=0)
    first = set()
    with Engine(simulator) as engine, engine.subscribe(capacity=SMALLEST) as subscription:
        for length in range(300):
            paths = [*[USUAL] * MANY, "x" * length + "end", USUAL]
            simulator.emit([event(path) for path in paths])
            found: list[str] = []
            counts = []
            while (batch := subscription.read(0)) is not None:
                found += batch["app_path"].to_pylist()
                counts.append(len(batch))
            assert found == paths
            first.add(counts[0])
        assert subscription.stats["dropped"] == 0
    assert first == {MANY + 1, MANY + 2}    # the last one fits, or it does not
