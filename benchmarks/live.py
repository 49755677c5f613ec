"""What the engine's side costs, on the simulator: pages beside their decoding, and callbacks.

Must not know how blocks are decoded.
"""

import gc
import math
from time import perf_counter
from typing import Any

from benchmarks.timing import Contestant, race
from wfpfast import Decoder, Engine, Simulator

PAGE = 128
PAGES = 100
CALLBACKS = 400_000
QUICK_CALLBACKS = 20_000


def pages(rounds: int, seconds: float) -> dict[str, Any]:
    """Time enumeration to the last page beside decoding the same blocks, both with export."""
    with Engine(Simulator(events=PAGE * PAGES)) as engine:
        blocks = list(engine.blocks(batch_size=PAGE))

        def decode() -> object:
            decoder = Decoder()  # an enumeration has one of its own, too
            return [decoder.decode(block).__arrow_c_array__() and None for block in blocks]

        def enumerate_all() -> object:
            with engine.net_events(batch_size=PAGE) as stream:
                return [batch.__arrow_c_array__() and None for batch in stream]

        events = PAGE * PAGES
        alone, whole = race(
            [Contestant("decode", (), events, decode),
             Contestant("enumerate", (), events, enumerate_all)],
            rounds=rounds, seconds=seconds)
    return {
        "decode_us": alone.seconds / PAGES * 1e6,
        "enumerate_us": whole.seconds / PAGES * 1e6,
        "ratio": whole.seconds / alone.seconds,
    }


def callbacks(threads: int, total: int, *, reading: bool) -> dict[str, Any]:
    """Let threads deliver events as fast as they can; with a reader, until it has them all."""
    simulator = Simulator(events=[])
    with Engine(simulator) as engine, engine.subscribe(capacity=1 << 28) as subscription:
        gc.collect()
        start = perf_counter()
        simulator.start(math.inf, threads=threads, total=total)
        read = 0
        while reading and read < threads * total:
            batch = subscription.read(10)
            if batch is None:
                break
            read += len(batch)
        simulator.wait()
        spent = perf_counter() - start
        stats = subscription.stats
    return {
        "threads": threads,
        "reading": reading,
        "per_second": threads * total / spent,
        "ns_per_callback": spent / (threads * total) * 1e9 * min(threads, 2),
        "dropped": stats["dropped"],
    }


def measure_live(*, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return the table of the engine's side, and its figures."""
    total = QUICK_CALLBACKS if quick else CALLBACKS
    page = pages(2, 0.01) if quick else pages(7, 0.2)
    runs = [callbacks(threads, total, reading=reading)
            for reading in (False, True) for threads in (1, 2)]
    lines = [
        f"Simulated engine, pages of {PAGE}: decode {page['decode_us']:.1f} us,"
        f" create + enumerate + decode + free + destroy {page['enumerate_us']:.1f} us"
        f" = {page['ratio']:.2f} x",
        f"{'callbacks':31}{'a second':>15}{'ns each':>11}{'dropped':>11}",
    ]
    for run in runs:
        who = f"{run['threads']} thread{'s' * (run['threads'] > 1)}, "
        who += "a reader that decodes" if run["reading"] else "nobody reads"
        lines.append(f"{who:31}{run['per_second']:>15,.0f}{run['ns_per_callback']:>11.0f}"
                     f"{run['dropped']:>11,}")
    return "\n".join(lines), {"pages": page, "callbacks": runs}
