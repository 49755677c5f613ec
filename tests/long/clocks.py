"""A log and live events while the clock of the day jumps; must not know who looks at the clock.

To be run as a program, with jumping_clock.c in place of the C library's clock:

    LD_PRELOAD=jumping_clock.so python -P -m long.clocks SECONDS
"""

import ctypes
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import wfpfast
from long.measure import MEBIBYTE, Watch
from wfpfast import Decoder, Engine, Simulator, Subscription, encode
from wfpfast.recording import Recorder, Recording

SOURCE = Path(__file__).with_name("jumping_clock.c")
PLACES = [str(Path(wfpfast.__file__).parents[1]), str(SOURCE.parents[1])]
GROWTH = 32 * MEBIBYTE
EVENTS = 300    # of a round: a third before somebody listens, before the log is read, later
HOUR = 3600
JUMPS = (0, 1, -1, 90, -90, 2 * HOUR, -2 * HOUR, 9_000 * HOUR, -9_000 * HOUR, 500_000 * HOUR)
WAIT = 0.05
EPOCH = 116_444_736_000_000_000     # of Unix, as a FILETIME


class Happening:
    """Lets numbered events happen, each at the clock's time, which often jumps meanwhile."""

    def __init__(self, simulator: Simulator, clock: ctypes.CDLL, chance: random.Random) -> None:
        self._simulator = simulator
        self._clock = clock
        self._chance = chance
        self._number = 0

    def go_on(self, jumps: int) -> None:
        """Let a third of the events of a round happen, and set the clock so many times."""
        numbers = range(self._number, self._number + EVENTS // 3)
        late = self._chance.sample(numbers, jumps)
        for number in numbers:
            if number in late:
                self._clock.jump(ctypes.c_int64(self._chance.choice(JUMPS)))
            self._simulator.emit(encode([{
                "header": {"timeStamp": time.time_ns() // 100 + EPOCH}, "type": 3,
                "classifyDrop": {"filterId": number}}]))
        self._number += EVENTS // 3


class Busy(Engine):
    """An engine where events happen after the subscription has begun, before the log is read."""

    happening: Happening

    def _enumeration(self, *given: Any) -> Any:
        self.happening.go_on(1)     # more than once within milliseconds would be too much
        return super()._enumeration(*given)


def round_of(chance: random.Random, clock: ctypes.CDLL, path: Path) -> int:
    """Follow a log while events happen: each comes once. Return how many came twice."""
    with Simulator(events=[], ring_bytes=16 * MEBIBYTE) as simulator, Busy(simulator) as engine:
        engine.happening = Happening(simulator, clock, chance)
        engine.happening.go_on(10)
        with engine.follow() as stream, Recorder(path) as recorder:
            thread = threading.Thread(target=engine.happening.go_on, args=(10,))
            thread.start()
            numbers = followed(stream, recorder, thread)
            thread.join()
            stats = stream.stats
    with Recording(path) as recording:
        assert sum(each.block.count for each in recording.records()) == len(numbers)
        assert recording.cut is None
    path.unlink()
    assert sorted(numbers) == list(range(EVENTS))
    assert (stats["dropped"], stats["waiting"]) == (0, 0)
    assert stats["log"] + stats["received"] - stats["doubles"] == EVENTS
    return stats["doubles"]


def followed(stream: Subscription, recorder: Recorder, thread: threading.Thread) -> list[int]:
    """Return the numbers of a round's events, which are recorded, too."""
    numbers: list[int] = []
    decoder = Decoder(columns=["filter_id"])
    while len(numbers) < EVENTS:
        started, over = time.monotonic(), not thread.is_alive()
        taken = stream.read_block(WAIT)
        if taken is None:
            assert 0.9 * WAIT < time.monotonic() - started < 100 * WAIT
            assert not over, f"{EVENTS - len(numbers)} events are missing"
            continue
        recorder.write(taken[0], dropped=taken[1])
        numbers += decoder.decode(taken[0])["filter_id"].to_pylist()
    return numbers


def jumping(seconds: float, clock: ctypes.CDLL) -> str:
    """Go round after round for so many seconds; return figures."""
    watch = Watch("clocks", every=min(1.0, seconds / 50), say=print)
    chance, rounds, doubles = random.Random(0), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        while watch.seconds < seconds or watch.is_short:  # on a busy machine rounds are long
            doubles += round_of(chance, clock, Path(folder) / "a.wfprec")
            rounds += 1
            watch.look(f"{rounds:,} rounds")
    watch.check_flat(GROWTH)
    return (f"{watch.seconds:,.0f} s; {rounds * EVENTS:,} came = {rounds * EVENTS:,} delivered,"
            f" each once, {doubles:,} of them in the log and live; {watch.memory()}")


def run(seconds: float, say: Callable[[str], None]) -> str:
    """Run this module under the other clock; return figures."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "jumping_clock.so"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", SOURCE, "-o", library], check=True)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "long.clocks", str(seconds)], check=False, text=True,
            capture_output=True, env=os.environ | {
                "LD_PRELOAD": str(library), "PYTHONPATH": os.pathsep.join(PLACES)})
    assert done.returncode == 0, done.stderr
    *lines, last = done.stdout.splitlines()
    for line in lines:
        say(line)
    return last


if __name__ == "__main__":
    print(jumping(float(sys.argv[1]), ctypes.CDLL(None)))
