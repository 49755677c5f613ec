"""Asks a real filtering engine what it does, and records half a minute of it.

Run it elevated, on a machine whose paths and addresses you may show; see docs/windows.md. With the
argument `simulated` it tries itself out anywhere.
"""

import contextlib
import platform
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import wfpfast
from wfpfast import Engine, Recorder, Simulator, diagnose

SECONDS = 30.0
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
            record(say, engine, seconds)
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
        say(f"{len(engine.filters())} filters")


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
