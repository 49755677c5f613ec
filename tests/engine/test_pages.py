"""Pages of a log that is kept in segments: whatever the sizes, they hold what was put in."""

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wfpfast import Block, Decoder, Engine, Simulator, Template, decode, encode
from wfpfast.engine._session import Enumeration
from wfpfast.simulator.synthetic import Mix

Simulate = Callable[..., Simulator]
SEGMENT = 1 << 16  # bytes


def event(n: int, path: int = 0, ip_protocol: int = 6) -> dict[str, Any]:
    """The nth of distinguishable events, whose path is so many letters long."""
    app = ("x" * path + "\0").encode("utf-16-le")
    return {
        "type": 3,
        "header": {"timeStamp": 1 << 56, "flags": 0x21, "ipProtocol": ip_protocol,
                   "appId": app if path else None},
        "classifyDrop": {"filterId": n, "layerId": 48},
    }


def rows(stream: Any) -> list[dict[str, Any]]:
    return [row for batch in stream for row in batch.to_pylist()]


@pytest.mark.parametrize("size", [1, 7, 128, 1000])
def test_pages_of_any_size_cross_segments(size: int, simulate: Simulate) -> None:
    mappings = list(Mix(3).events(900))
    whole = encode(mappings)
    assert whole.nbytes > 4 * SEGMENT
    with Engine(simulate(events=mappings)) as engine:
        with engine.net_events(batch_size=size) as stream:
            assert rows(stream) == Decoder().decode(whole).to_pylist()
        with engine.blocks(batch_size=size) as blocks:
            pages = list(blocks)
    assert [block.count for block in pages[:-1]] == [size] * (len(pages) - 1)
    assert sum(block.count for block in pages) == 900


@pytest.mark.parametrize("paths", [
    [0, SEGMENT, 0, 0], [SEGMENT // 2 - 300] * 3, [0, 30_000, 0, 3 * SEGMENT, 3], [SEGMENT]])
def test_an_event_may_be_larger_than_a_segment(paths: list[int], simulate: Simulate) -> None:
    mappings = [event(n, path) for n, path in enumerate(paths)]
    with (Engine(simulate(events=mappings, ring_bytes=1 << 22)) as engine,
          engine.net_events(batch_size=3) as stream):
        assert rows(stream) == Decoder().decode(encode(mappings)).to_pylist()


@pytest.mark.parametrize("version", [1, 5])
@pytest.mark.parametrize("size", [1, 50, 4_000_000_000])
def test_what_a_template_wants_is_found_wherever_it_lies(
    version: int, size: int, simulate: Simulate
) -> None:
    wanted = [n for n in range(2_000) if n % 7 == 3 or 600 <= n < 1_400 or n == 1_999]
    mappings = [event(n, path=n % 40, ip_protocol=17 if n in wanted else 6) for n in range(2_000)]
    for n in range(0, 2_000, 100):  # which no old version has
        mappings[n] = {**mappings[n], "type": 6, "classifyAllow": {"filterId": n}}
        del mappings[n]["classifyDrop"]
    with (Engine(simulate(events=mappings, ring_bytes=1 << 22)) as engine,
          engine.net_events(Template(ip_protocol=17), version=version, batch_size=size) as stream):
        batches = list(stream)
    expected = [n for n in wanted if version == 5 or n % 100]
    assert [n for batch in batches for n in batch["filter_id"].to_pylist()] == expected
    assert {len(batch) for batch in batches[:-1]} <= {size}


@pytest.mark.parametrize("kept", [1, 100, 700])
def test_a_log_that_has_forgotten_a_part_of_a_segment(kept: int, simulate: Simulate) -> None:
    mappings = [event(n) for n in range(1_000)]
    size = encode(mappings[:2]).nbytes - encode(mappings[:1]).nbytes - 8  # less its pointer
    with (Engine(simulate(events=mappings, ring_bytes=kept * size)) as engine,
          engine.net_events(batch_size=64) as stream):
        ids = [n for batch in stream for n in batch["filter_id"].to_pylist()]
    assert ids == list(range(1_000 - kept, 1_000))


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="a sanitizer keeps what is freed")
def test_a_snapshot_keeps_what_it_has_and_no_more(simulate: Simulate) -> None:
    resource = pytest.importorskip("resource")
    simulator = simulate(events=[event(n) for n in range(600)])
    with Engine(simulator) as engine, engine.net_events(batch_size=100) as stream:
        first = next(stream)
        simulator.emit(1_000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        simulator.emit(200_000)  # some 80 MB, through a log of a fraction of this
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
        ids = first["filter_id"].to_pylist()
        assert ids + [n for batch in stream for n in batch["filter_id"].to_pylist()] == list(
            range(600))


def test_nothing_can_be_read_of_a_block_whose_memory_was_given_back(simulate: Simulate) -> None:
    """An error's traceback may keep a block alive that was lent for the time of a decode."""
    kept: list[Block] = []

    def keep(block: Block, _: int = 0) -> None:
        kept.append(block)
        assert len(block) == 3

    simulator = simulate(events=[event(n) for n in range(3)])
    with Engine(simulator) as engine:
        enumeration = Enumeration(engine._session, None, 5)
        page = enumeration.fetch(10)
        assert page is not None
        page.decode(cast("Any", SimpleNamespace(decode=keep)))
        enumeration.close()
        with engine.subscribe() as subscription:
            simulator.emit([event(n) for n in range(3)])
            subscription._inbox.take(keep)
    assert [(len(block), block.nbytes, len(decode(block))) for block in kept] == [(0, 0, 0)] * 2
