"""How near the decoder comes to what the machine can do: plain C and memcpy on the same blocks.

Must not know how blocks are decoded.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from math import inf
from time import perf_counter
from typing import Any

from benchmarks.data import pieces, sample
from benchmarks.floor import Floor
from benchmarks.mixes import MIXES, REALISTIC
from benchmarks.rivals import check, image
from benchmarks.timing import Contestant, race
from wfpfast import Block, Decoder

EIGHT = ("timestamp", "event_type", "remote_address", "remote_port", "app_path", "filter_id",
         "layer_id", "direction")
SIZES = (128, 1_024, 10_000, 65_536, 1_000_000, 4_000_000)
OTHER_SIZES = (128, 1_024, 65_536, 1_000_000)   # of the other mixes
QUICK_SIZES = (128, 1_024)
SMALL, LARGE = 1_024, 65_536
N_BLOCKS = 64           # different small blocks in turn: no branch predictor learns these by heart
EVENTS_A_THREAD = 1_000_000
EVENTS_KEPT, FEWEST_KEPT, MOST_KEPT = 4_000_000, 4, 1_000    # in batches that nobody releases
Call = Callable[[], object]


@dataclass(frozen=True)
class Timed:
    """A call that took its own time."""

    seconds: float


def measure_limits(*, quick: bool) -> tuple[str, list[dict[str, Any]]]:
    """Return the table of all mixes and sizes, and its figures in nanoseconds an event."""
    turns = {"rounds": 2, "seconds": 0.01} if quick else {"rounds": 5, "seconds": 0.2}
    floor, rows = Floor(), []
    for mix in MIXES:
        for size in QUICK_SIZES if quick else SIZES if mix == REALISTIC else OTHER_SIZES:
            times = keep(floor, sample(size, mix=mix).block)
            with _everyone(floor, mix, size) as contestants:
                results = race(contestants, **turns)
            times |= {result.contestant.name: result.per_event * 1e9 for result in results}
            rows.append({"mix": mix, "events": size, "ns": times})
    return table(rows), rows


@contextmanager
def _everyone(floor: Floor, mix: str, size: int) -> Iterator[list[Contestant]]:
    """Yield who is timed on the blocks of a mix and a size, checked to read the same."""
    given = sample(size, mix=mix)
    block = given.block
    check(floor, given.prefix)
    calls: dict[str, tuple[Call, int]] = {
        "wfpfast": (decoding([block]), 1),
        "floor": (running(floor, [block]), 1),
        "memcpy": (copying(floor, block), 1),
        "eight": (decoding([block], columns=EIGHT), 1),
    }
    if size <= SMALL:
        blocks = pieces(N_BLOCKS * size, size, mix)
        calls["many blocks"] = (decoding(blocks), 1)
        calls["floor, many blocks"] = (running(floor, blocks), 1)
    with ThreadPoolExecutor(2) as pool:
        if size >= LARGE:
            turns = max(1, EVENTS_A_THREAD // size)
            one, other = (repeating(decoding([block]), turns) for _ in range(2))
            calls["one thread"] = (one, turns)
            calls["two threads"] = (both(pool, one, other), 2 * turns)
        yield [Contestant(name, (), times * size, call) for name, (call, times) in calls.items()]


def decoding(blocks: Sequence[Block], **options: Any) -> Call:
    """Decode and export blocks in turn, with the dictionaries of a program that goes on reading."""
    decoder, supply = Decoder(**options), cycle(blocks)
    for block in blocks:
        decoder.decode(block)

    def call() -> object:
        batch = decoder.decode(next(supply))
        return batch, batch.__arrow_c_array__()

    return call


def keep(floor: Floor, block: Block) -> dict[str, float]:
    """Return nanoseconds an event, of wfpfast and of plain C, while nobody releases a batch.

    With no other decoder alive the pool is empty: each batch gets fresh memory.
    """
    decoder = Decoder()
    kept: list[object] = [decoder.decode(block)]    # fills the dictionaries
    best = [inf, inf]
    for _ in range(max(FEWEST_KEPT, min(MOST_KEPT, EVENTS_KEPT // block.count))):
        start = perf_counter()
        batch = decoder.decode(block)
        exported = batch.__arrow_c_array__()
        best[0] = min(best[0], perf_counter() - start)
        kept.append((batch, exported))
        best[1] = min(best[1], floor.run(block).seconds)
    ours, plain = (seconds / block.count * 1e9 for seconds in best)
    return {"kept": ours, "floor, kept": plain}


def running(floor: Floor, blocks: Sequence[Block]) -> Call:
    supply = cycle(blocks)
    return lambda: floor.run(next(supply))


def copying(floor: Floor, block: Block) -> Call:
    source, size = image(block), block.nbytes
    target = ctypes.create_string_buffer(size)
    ctypes.memset(target, 1, size)  # else the first copy would also fetch the pages
    return lambda: Timed(floor.library.floor_copy(target, source, size))


def repeating(call: Call, times: int) -> Call:
    """Also release each batch; to wake a thread takes as long as to decode some thousand events."""
    def calls() -> None:
        for _ in range(times):
            call()

    return calls


def both(pool: ThreadPoolExecutor, one: Call, other: Call) -> Call:
    """Let two threads call at the same time."""
    return lambda: [future.result() for future in (pool.submit(one), pool.submit(other))]


COLUMNS = (
    # heading, nanoseconds of whom, of whom else over it
    ("ns/event", "wfpfast", None), ("x floor", "wfpfast", "floor"),
    ("/ memcpy", "wfpfast", "memcpy"), ("eight/mc", "eight", "memcpy"),
    ("kept x fl", "kept", "floor, kept"), ("many x fl", "many blocks", "floor, many blocks"),
    ("2 threads", "two threads", "one thread"),
)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return ratios: larger than 1 is faster than plain C, than memcpy, than one thread."""
    lines = [f"{'Against the limits':17}{'events':>10}"
             + "".join(f"{heading:>10}" for heading, _, _ in COLUMNS)]
    for row in rows:
        cells = [_cell(row["ns"], name, rival) for _, name, rival in COLUMNS]
        lines.append(f"{row['mix']:17}{row['events']:>10,}" + "".join(f"{c:>10}" for c in cells))
    return "\n".join(lines)


def _cell(ns: dict[str, float], name: str, rival: str | None) -> str:
    if name not in ns:
        return "-"
    if rival is None:
        return f"{ns[name]:.1f}"
    return f"{ns[rival] / ns[name]:.2f}"
