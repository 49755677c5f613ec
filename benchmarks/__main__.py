"""`python -m benchmarks`: arguments, who takes part, and the table; must not know structs."""

import argparse
import ctypes
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import MissingLibraryError, library
from benchmarks.data import PIECE, Sample, TilingError, sample
from benchmarks.limits import EIGHT, measure_limits
from benchmarks.live import measure_live
from benchmarks.netsh import measure_netsh
from benchmarks.rivals import MismatchError, Rival, StructRival, Twin, check, image
from benchmarks.rivals_libraries import CffiRival, ConstructRival, DissectRival
from benchmarks.security_log import measure_security_log
from benchmarks.security_log_rivals import NEEDED
from benchmarks.text_lines import NEEDED as NEEDED_FOR_TEXT
from benchmarks.text_lines import measure_text_lines
from benchmarks.timing import Contestant, Result, race
from wfpfast import Block, Decoder, __version__

SIZES = (128, 1024, 65_536, 1_000_000)
QUICK_SIZES = (128, 1024)
LIBRARIES = (
    "cffi", "construct", "dissect.cstruct", "duckdb", "evtx", "orjson", "polars", "python-evtx",
    "pyarrow")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="wfpfast's speed")
    parser.add_argument("--sizes", type=_sizes, metavar="N,N,...", help="events a block")
    parser.add_argument("--quick", action="store_true", help="small blocks, few rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    options = parser.parse_args(argv)
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    return options


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(each) for each in text.split(","))
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("a block has at least one event")
    return sizes


def rivals() -> list[Rival]:
    return [Twin(), StructRival(), CffiRival(), ConstructRival(), DissectRival()]


def contestants(given: Sample, others: Sequence[Rival]) -> list[Contestant]:
    """Return all who take part, warm, after the check of what the rivals read."""
    block = given.block
    found = [
        ours("wfpfast, all columns", block),
        ours("wfpfast, eight columns", block, columns=EIGHT),
        ours("wfpfast, binary addresses", block, addresses="binary"),
    ]
    for rival in others:
        own = given.prefix if rival.slow else block
        check(rival, own)
        found.append(Contestant(rival.name, rival.columns, own.count, reader(rival, own)))
    return [*found, Contestant("memcpy of the block", (), block.count, copier(block))]


def ours(name: str, block: Block, **options: Any) -> Contestant:
    decoder = Decoder(**options)

    def call() -> object:
        batch = decoder.decode(block)
        return batch, batch.__arrow_c_array__()

    call()
    return Contestant(name, tuple(decoder.column_names), block.count, call)


def reader(rival: Rival, block: Block) -> Callable[[], object]:
    return lambda: rival.decode(block)


def copier(block: Block) -> Callable[[], object]:
    source, size = image(block), block.nbytes
    target = ctypes.create_string_buffer(size)
    ctypes.memset(target, 1, size)  # else the first copy would also fetch the pages
    return lambda: ctypes.memmove(target, source, size)


def machine() -> dict[str, Any]:
    cpu = platform.processor() or platform.machine()
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        models = [line.partition(":")[2].strip() for line in listing.read_text().splitlines()
                  if line.startswith("model name")]
        cpu = models[0] if models else cpu
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "load": load,
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {
            "Python": platform.python_version(),
            "wfpfast": __version__,
            **{name: version(name) for name in LIBRARIES},
        },
    }


def describe(about: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (f"{about['cpu']}, {about['cores']} cores, load {about['load']}, {about['system']}\n"
            f"{versions}")


def figures(result: Result, reference: Result) -> dict[str, Any]:
    return {
        "name": result.contestant.name,
        "columns": list(result.contestant.columns),
        "events": result.contestant.events,
        "events_per_second": 1 / result.per_event,
        "microseconds_per_call": result.seconds * 1e6,
        "times_as_long": result.per_event / reference.per_event,
    }


def table(block: Block, rows: Sequence[dict[str, Any]]) -> str:
    lines = [
        f"{block.count:,} events, {block.nbytes:,} bytes",
        f"{'':31}{'columns':>7}{'events/s':>15}{'us/call':>15}{'time/event':>13}",
    ]
    for row in rows:
        mark = "*" if row["events"] < block.count else " "
        lines.append(
            f"{row['name']:31}{len(row['columns']) or '-':>7}{row['events_per_second']:>15,.0f}"
            f"{row['microseconds_per_call']:>15,.1f}{mark}{row['times_as_long']:>10.2f} x")
    if any(row["events"] < block.count for row in rows):
        lines.append(f"* on the first {PIECE:,} events only")
    return "\n".join(lines)


def measure(size: int, *, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return the table of one size, and its figures."""
    given = sample(size)
    rounds, seconds = (3, 0.01) if quick else (5, 0.2)
    results = race(contestants(given, rivals()), rounds=rounds, seconds=seconds)
    rows = [figures(result, results[0]) for result in results]
    return table(given.block, rows), {
        "events": size, "bytes": given.block.nbytes, "rounds": rounds, "results": rows}


def main(argv: Sequence[str] | None = None) -> None:
    options = arguments(argv)
    try:
        rivals()  # before the work: what is missing is missing
        for name in (*NEEDED, *NEEDED_FOR_TEXT):
            library(name)
        about = machine()
        print(describe(about), flush=True)
        sizes = []
        for size in options.sizes:
            text, figures_of_size = measure(size, quick=options.quick)
            sizes.append(figures_of_size)
            print(f"\n{text}", flush=True)
        text, limits = measure_limits(quick=options.quick)
        print(f"\n{text}", flush=True)
        text, live = measure_live(quick=options.quick)
        print(f"\n{text}", flush=True)
        text, xml = measure_netsh(quick=options.quick)
        print(f"\n{text}", flush=True)
        text, log = measure_security_log(quick=options.quick)
        print(f"\n{text}", flush=True)
        text, lines = measure_text_lines(quick=options.quick)
        print(f"\n{text}", flush=True)
    except (MissingLibraryError, MismatchError, TilingError) as error:
        sys.exit(f"benchmarks: {error}")
    if options.json:
        everything = {**about, "sizes": sizes, "limits": limits, "live": live, "netsh": xml,
                      "security_log": log, "text_lines": lines}
        options.json.write_text(json.dumps(everything, indent=2) + "\n")


if __name__ == "__main__":
    main()
