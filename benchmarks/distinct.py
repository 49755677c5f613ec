"""What many different paths cost, in one thread, in two, and while batches are kept.

    python -m benchmarks.distinct                 # some minutes; --quick: to see that it runs

Must not know how blocks are decoded. Everybody takes turns within a round, and times are those of
the processor, so that other programs on the machine cost little; two threads are also measured by
the clock.
"""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter, thread_time
from typing import Any

from benchmarks import MissingLibraryError
from benchmarks.data import sample
from benchmarks.floor import Floor
from benchmarks.limits import decoding
from benchmarks.mixes import N_PATHS, REALISTIC
from benchmarks.rivals import check
from wfpfast import Block, Decoder

MANY = f"{N_PATHS:,} paths"
EVENTS, KEPT_EVENTS, KEPT = 1_000_000, 4_000_000, 3
TURNS = 3       # calls of a thread: to wake it takes as long as to decode some thousand events
Call = Callable[[], object]


def timed(call: Call, clock: Callable[[], float] = thread_time) -> float:
    """Return how long a call took; what it returns is released off the clock."""
    gc.collect()
    start = clock()
    result = call()
    took = clock() - start
    del result
    return took


def report(mix: str, what: str, ours: Sequence[float], rival: Sequence[float], unit: float) -> str:
    """Return a line: nanoseconds an event of both, and how many times as fast we are."""
    least, middle = min(rival) / min(ours), median(rival) / median(ours)
    return (f"{mix:14}{what:42}{min(ours) / unit * 1e9:9.1f}{min(rival) / unit * 1e9:9.1f}"
            f"{least:9.2f}{middle:9.2f}")


def against_plain_c(floor: Floor, mix: str, block: Block, rounds: int) -> str:
    """Compare one thread with plain C."""
    ours, call = [], decoding([block])
    plain = []
    for _ in range(rounds):
        ours.append(timed(call))
        plain.append(timed(lambda: floor.run(block)))
    return report(mix, "one thread, of plain C", ours, plain, block.count)


def two_threads(mix: str, block: Block, rounds: int) -> list[str]:
    """Compare two threads that have a decoder each with one of them."""
    calls = [decoding([block]) for _ in range(2)]

    def turn(call: Call) -> float:
        start = thread_time()
        for _ in range(TURNS):
            call()
        return thread_time() - start

    alone, together, own = [], [], []
    wall: list[float] = []
    with ThreadPoolExecutor(2) as pool:
        for _ in range(rounds):
            start = perf_counter()
            own.append(pool.submit(turn, calls[0]).result())
            alone.append(perf_counter() - start)
            start = perf_counter()
            together.append(max(pool.map(turn, calls)))
            wall.append(perf_counter() - start)
    events = TURNS * block.count
    # Two threads decode twice as much: by the processor's time each has a core of its own.
    return [report(mix, "two threads, of one, processor", [t / 2 for t in together], own, events),
            report(mix, "two threads, of one, clock", [t / 2 for t in wall], alone, events)]


def kept(floor: Floor, mix: str, block: Block, rounds: int) -> list[str]:
    """Compare batches that nobody releases with plain C that frees its columns, and that does not.

    With no other decoder alive the pool is empty: each batch gets fresh memory.
    """
    decoder = Decoder()
    alive: list[object] = [decoder.decode(block)]    # fills the dictionaries
    ours: list[float] = []
    frees: list[float] = []
    keeps: list[float] = []

    def ours_kept() -> None:
        batch = decoder.decode(block)
        alive.append((batch, batch.__arrow_c_array__()))

    for _ in range(rounds):
        ours.append(timed(ours_kept))
        keeps.append(timed(lambda: alive.append(floor.run(block))))
        frees.append(timed(lambda: floor.run(block)))
    return [report(mix, "kept, of plain C that frees", ours, frees, block.count),
            report(mix, "kept, of plain C that keeps", ours, keeps, block.count)]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distinct")
    parser.add_argument("--quick", action="store_true", help="small blocks, few rounds")
    parser.add_argument("--rounds", type=int, metavar="N", help="turns of everybody")
    parser.add_argument("--kept", action="store_true", help="only batches that are kept")
    options = parser.parse_args(argv)
    events, more = (4_096, 8_192) if options.quick else (EVENTS, KEPT_EVENTS)
    rounds = options.rounds or (2 if options.quick else 9)
    try:
        floor = Floor()
    except MissingLibraryError as error:
        sys.exit(f"benchmarks: {error}")
    print(f"{'':56}{'ns':>9}{'rival':>9}{'least':>9}{'median':>9}")
    for mix in (REALISTIC, MANY):
        if not options.kept:
            given: Any = sample(events, mix=mix)
            check(floor, given.prefix)
            print(against_plain_c(floor, mix, given.block, rounds), flush=True)
            print(*two_threads(mix, given.block, rounds), sep="\n", flush=True)
        given = sample(more, mix=mix)
        print(*kept(floor, mix, given.block, min(KEPT, rounds)), sep="\n", flush=True)


if __name__ == "__main__":
    main()
