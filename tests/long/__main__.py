"""Long runs, one after the other, each with a line of figures.

    python -m long [TIME] [--events N] [--run NAME ...]

TIME is that of each run which lasts a time, such as 90s, 10m or 1h; N is how many events the others
take. `nox -s long` makes the build. Needs Linux, which says how much memory a process has.
"""

import argparse
import sys
from datetime import datetime

from fuzz.__main__ import seconds

from long import clocks, different, items, stalling

RUNS = {"stalling": (stalling.run, "time"), "different": (different.run, "events"),
        "items": (items.run, "events"), "clocks": (clocks.run, "time")}


def say(line: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {line}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m long", description=__doc__.splitlines()[0])
    parser.add_argument("time", nargs="?", type=seconds, default="1m", help="such as 90s or 1h")
    parser.add_argument("--events", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--run", action="append", choices=RUNS, help="all of them by default")
    arguments = parser.parse_args()
    for name in arguments.run or RUNS:
        run, unit = RUNS[name]
        say(f"{name}: {run(getattr(arguments, unit), say)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
