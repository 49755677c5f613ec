"""`python -m benchmarks.lake`: recordings into a dataset, and what each stage of it costs.

Must not know structs. Each contestant is a process of its own, whose processor time and greatest
memory the system counts; they take turns. What they wrote is counted by pyarrow.
"""

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import library
from wfpfast import Decoder, Recording

BLOCK = 1_024
ROUNDS = 3
KIND = {"uint8": "int16", "uint16": "int32", "uint32": "int64", "uint64": "int64"}


def make(folder: Path, events: int, hosts: int, size: int) -> None:
    """Record the events of some hosts."""
    from wfpfast import Recorder, encode
    from wfpfast.simulator.synthetic import Mix

    for number in range(hosts):
        path = folder / f"WS{number}.wfprec"
        supply = iter(Mix(number).recent(events // hosts))
        with Recorder(path) as recorder:
            while block := list(itertools.islice(supply, size)):
                recorder.write(encode(block))


def collect(paths: list[Path], out: Path) -> None:
    """Do it with the command."""
    from wfpfast.cli import main

    sys.argv = ["wfpfast", "collect", "--host-from", "{host}.wfprec", *map(str, paths), str(out)]
    main()


def by_hand(paths: list[Path], out: Path) -> None:
    """Do it as people do: a table of each recording, cast and written, without the lists."""
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    for path in paths:
        with Recording(path) as recording:
            table = pa.table(recording.read_events(errors="null"))
        names = [field.name for field in table.schema if field.name != "terminating_filters"]
        table = table.select(names).unify_dictionaries()
        kinds = [
            field.type.value_type if pa.types.is_dictionary(field.type)
            else pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type)
            else pa.binary() if pa.types.is_fixed_size_binary(field.type)
            else pa.type_for_alias(KIND.get(str(field.type), "null"))
            if str(field.type) in KIND else field.type
            for field in table.schema]
        schema = pa.schema(list(zip(names, kinds, strict=True)))
        folder = out / f"host={path.stem}"
        folder.mkdir(parents=True)
        pq.write_table(
            table.cast(schema, safe=False), folder / "part.parquet", compression="zstd")


WAYS: dict[str, Callable[[list[Path], Path], None]] = {
    "wfpfast collect": collect, "a script with pyarrow": by_hand}


def stages(path: Path) -> None:
    """Print what each stage takes for an event of one recording.

    All that a stage makes is kept here for the next one, in fresh memory; in the command, memory
    is used again, and less is spent.
    """
    pa = library("pyarrow")
    from wfpfast.dataset import lake
    from wfpfast.dataset.files import ROW_GROUP, LakeFile, joined

    decoder = Decoder(errors="null")
    with Recording(path) as recording:
        blocks, read = timed(lambda: list(recording))
    count = sum(block.count for block in blocks)
    for block in blocks:
        decoder.decode(block)
    _, decoded = timed(lambda: [decoder.decode(block) for block in blocks])
    batches, imported = timed(lambda: [pa.record_batch(decoder.decode(block)) for block in blocks])
    step = max(1, ROW_GROUP // blocks[0].count)
    groups, joining = timed(lambda: [
        joined(batches[at:at + step]) for at in range(0, len(batches), step)])
    profile = lake.LakeProfile(groups[0].schema, host="A", columns=lake.coded())
    tables, fitting = timed(lambda: [pa.Table.from_batches([profile.of(each)]) for each in groups])

    def write() -> None:
        with tempfile.TemporaryFile() as file:
            out = LakeFile(file, tables[0].schema, columns=tables[0].schema)
            for table in tables:
                out.write_group(table)
            out.finish({}, [])

    _, written = timed(write)
    for name, spent in (
            ("read, with checksums", read), ("decode", decoded),
            ("hand to Arrow", imported - decoded), ("join small batches", joining),
            ("fit to the profile", fitting), ("write Parquet", written)):
        print(f"{name:<24} {spent / count * 1e9:7.0f} ns an event")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what something returns, and the processor time that it took."""
    started = time.process_time()
    found = work()
    return found, time.process_time() - started


def raced(paths: list[Path], out: Path) -> list[tuple[str, float, int, int, int]]:
    """Return of each contestant its least processor time, memory, rows and bytes."""
    best: dict[str, tuple[float, int, int, int]] = {}
    for turn in range(ROUNDS):
        for name in WAYS:
            place = out / f"{name.replace(' ', '-')}-{turn}"
            used = run("--way", name, str(place), *map(str, paths))
            files = list(place.glob("**/*.parquet"))
            size = sum(file.stat().st_size for file in files)
            spent = used.ru_utime + used.ru_stime
            if name not in best or spent < best[name][0]:
                best[name] = (spent, used.ru_maxrss, counted(files), size)
            shutil.rmtree(place)
    return [(name, *found) for name, found in best.items()]


def run(*arguments: str) -> Any:
    """Run this module as a process, which this one is small for: and return what it used."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lake", *arguments], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments} failed")
    return used


def counted(files: list[Path]) -> int:
    """Return how many rows files have, as pyarrow tells another process."""
    code = ("import sys, pyarrow.parquet as pq;"
            "print(sum(pq.read_metadata(path).num_rows for path in sys.argv[1:]))")
    return int(subprocess.check_output([sys.executable, "-c", code, *map(str, files)]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lake")
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--hosts", type=int, default=2)
    parser.add_argument("--block", type=int, default=BLOCK, help="events of a recorded block")
    parser.add_argument("--way", choices=[*WAYS, "make", "stages"], help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", type=Path)
    options = parser.parse_args()
    if options.way == "make":
        make(options.paths[0], options.events, options.hosts, options.block)
    elif options.way == "stages":
        stages(options.paths[0])
    elif options.way:
        WAYS[options.way](options.paths[1:], options.paths[0])
    else:
        measure(options.events, options.hosts, options.block)


def measure(events: int, hosts: int, block: int) -> None:
    """Make recordings, measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        run("--way", "make", "--events", str(events), "--hosts", str(hosts),
            "--block", str(block), folder)
        paths = sorted(Path(folder).glob("*.wfprec"))
        run("--way", "stages", str(paths[0]))
        for name, spent, memory, rows, size in raced(paths, Path(folder)):
            if rows != events:
                raise SystemExit(f"{name}: {rows} rows, and not {events}")
            print(f"{name:<24} {rows / spent:12,.0f} events a CPU second,"
                  f" {memory / 1000:.0f} MB, {size / rows:.1f} bytes an event")


if __name__ == "__main__":
    main()
