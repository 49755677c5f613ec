"""Asks a real filtering engine what it does, and records half a minute of it.

Run it elevated, on a machine whose paths and addresses you may show; see docs/windows.md. With the
argument `simulated` it tries itself out anywhere.
"""

import contextlib
import ctypes
import getpass
import platform
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import wfpfast
from wfpfast import Engine, Recorder, Simulator, Template, diagnose

SECONDS = 30.0
ROUNDS = 500            # enumerations, to see whether they leak
REPORT, RECORDING = Path("wfpfast-confirm.txt"), Path("wfpfast-confirm.wfprec")
NOBODY = "192.0.2.1"    # RFC 5737: for documentation, so that nobody answers


def main() -> None:
    simulator = Simulator(rate=50) if sys.argv[1:] == ["simulated"] else None
    seconds = 1.0 if simulator else SECONDS
    for old in (REPORT, RECORDING):
        old.unlink(missing_ok=True)
    with REPORT.open("w", encoding="utf-8") as file:
        say = teller(file)
        say(f"wfpfast {wfpfast.__version__}, Python {platform.python_version()}")
        say(platform.platform(), platform.machine())
        for finding in diagnose(simulator):
            say(f"{finding.state:8}{finding.check:14}{finding.text}")
        with step(say, "engine"), Engine(simulator) as engine:
            look(say, engine)
            if simulator is None:
                ask_for(say, engine)
            record(say, engine, seconds)
            measure_leak(say, engine)
    print(f"\nwritten: {REPORT} and {RECORDING}; look at both before you send them")


def look(say: Callable[..., None], engine: Engine) -> None:
    """Enumerate the log in every version, and the filters."""
    enumerated, delivered = engine.event_versions
    say(f"versions: enumerates {enumerated}, delivers {delivered}")
    for version in enumerated:
        with step(say, f"enumerate EVENT{version}"):
            with engine.net_events(version=version, batch_size=50) as stream:
                sizes = [len(batch) for batch in stream]
            say(f"EVENT{version}: {sum(sizes)} events in pages of {sizes}, {stream.stats}")
    with step(say, "filters"):
        filters = engine.filters()
        boot = sum("FWPM_FILTER_FLAG_BOOTTIME" in flags for flags in filters["flags"].to_pylist())
        say(f"{len(filters)} filters, {boot} of them for the time of boot")


def ask_for(say: Callable[..., None], engine: Engine) -> None:
    """Ask for events by names that only this Windows knows, and of the kernel itself."""
    for condition in ({"app_path": sys.executable}, {"app_path": "System"},
                      {"user_sid": getpass.getuser()}, {"user_sid": "SYSTEM"}):
        with step(say, f"template {[*condition]}"), engine.net_events(
                Template(**condition)) as stream:
            say(f"template {[*condition]}: {sum(map(len, stream))} events")


def measure_leak(say: Callable[..., None], engine: Engine) -> None:
    """Enumerate often, and see what the process has afterwards: see docs/windows.md."""
    def enumerate_all(rounds: int) -> int:
        for _ in range(rounds):
            with engine.net_events(columns=["timestamp"]) as stream:
                for _ in stream:
                    pass
        return private_bytes()

    with step(say, "leak"):
        before = enumerate_all(ROUNDS // 10)  # what is allocated once is no leak
        grown = enumerate_all(ROUNDS) - before
        say(f"leak: {ROUNDS} enumerations, {grown / ROUNDS:,.0f} bytes more for each")


def private_bytes() -> int:
    """Return how much memory this process has for itself."""
    if sys.platform != "win32":
        import resource

        pages = Path("/proc/self/statm").read_text().split()[5]
        return int(pages) * resource.getpagesize()
    # PROCESS_MEMORY_COUNTERS of psapi.h: two DWORDs and eight SIZE_T, the last but one
    # PagefileUsage, the bytes that are committed for this process.
    words = 8 // ctypes.sizeof(ctypes.c_size_t) + 8
    counters = (ctypes.c_size_t * words)(ctypes.sizeof(ctypes.c_size_t) * words)
    process = ctypes.c_void_p(-1)
    if not ctypes.windll.kernel32.K32GetProcessMemoryInfo(
            process, counters, ctypes.sizeof(counters)):
        raise ctypes.WinError()
    return counters[words - 2]


def record(say: Callable[..., None], engine: Engine, seconds: float) -> None:
    """Subscribe while connections fail, and keep what comes."""
    before = engine.options.keywords
    with step(say, "subscribe"), Recorder(RECORDING) as recorder, engine.collecting(
            ["CLASSIFY_ALLOW"]), engine.follow() as stream:
        events, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            fail_to_connect()
            taken = stream.read_block(0.5)
            if taken is not None:
                recorder.write(taken[0], dropped=taken[1])
                events += taken[0].count
        say(f"followed for {seconds:.0f} s: {events} events, {stream.stats}")
    say(f"keywords before {before}, after {engine.options.keywords}")


def fail_to_connect() -> None:
    """Give the engine something to decide about."""
    with contextlib.suppress(OSError), socket.socket() as knocking:
        knocking.settimeout(0.05)
        knocking.connect((NOBODY, 445))


def teller(file: TextIO) -> Callable[..., None]:
    def say(*words: object) -> None:
        print(*words)
        print(*words, file=file, flush=True)

    return say


@contextlib.contextmanager
def step(say: Callable[..., None], name: str) -> Iterator[None]:
    """Go on after a failure, which is what is to be known."""
    try:
        yield
    except Exception:
        say(f"FAILED: {name}\n{traceback.format_exc()}")


if __name__ == "__main__":
    main()
