"""Reads chunks of event logs that were changed at random, many in one file; must not judge rows.

    python -m fuzz.chunks [COUNT] [SEED]

The fuzzers look at one chunk at a time, in many ways; this only looks for crashes, some thousand
chunks a second, with the sanitizers if wfpfast was built with them. Chunks of the event logs in
WFPFAST_SAMPLES are changed, too. It prints what came of the chunks.
"""

import gzip
import io
import os
import random
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
from evtx_file import CHUNK, file_head

from fuzz.event_logs import mutate, seeds
from wfpfast import audit

SLOTS = 256             # chunks of a file
VALIDATED = 64          # one file in so many is looked at by Arrow, cell by cell
TOLD = 1_000_000        # chunks between two lines
HEAD = 4096
MAGIC = b"ElfChnk\0"


def real_chunks() -> list[bytes]:
    """Return the chunks of the event logs at hand, without the zeros at their ends."""
    folder = os.environ.get("WFPFAST_SAMPLES")
    found = []
    for path in sorted(Path(folder).rglob("*.evtx.gz")) if folder else []:
        data = gzip.decompress(path.read_bytes())
        found += [data[at:at + CHUNK].rstrip(b"\0") for at in range(HEAD, len(data), CHUNK)]
    return [chunk for chunk in found if chunk.startswith(MAGIC)]


def rows_of(file: bytearray, total: Counter[str], *, validated: bool) -> int:
    """Read a file of changed chunks, add up what is counted, and return the rows."""
    rows = 0
    with audit.read_events(io.BytesIO(file), errors="null") as stream:
        for batch in stream:
            if validated:
                pa.record_batch(batch).validate(full=True)
            rows += len(batch)
    for name, count in stream.stats.items():
        if ":" not in name:  # of hosts there may be any number
            total[name] += count
    return rows


def search(wanted: int, seed: int) -> None:
    chance, total = random.Random(seed), Counter[str]()
    made, real = list(seeds()), real_chunks()
    file = bytearray(file_head(SLOTS, dirty=True)) + bytearray(SLOTS * CHUNK)
    start = len(file) - SLOTS * CHUNK
    for done in range(0, wanted, SLOTS):
        if done % TOLD < SLOTS <= done:
            print(f"{done:,} chunks", dict(total), flush=True)
        for slot in range(SLOTS):
            changed = mutate(chance.choice(chance.choice((made, real or made))), chance)
            at = start + slot * CHUNK
            file[at:at + CHUNK] = changed.ljust(CHUNK, b"\0")
        rows = rows_of(file, total, validated=done // SLOTS % VALIDATED == 0)
        total["rows"] += rows
    assert total["rows"] == total["events"]
    print(f"{-(-wanted // SLOTS) * SLOTS:,} chunks, from {len(made)} made ones and {len(real)} real"
          " ones:", dict(total))


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    search(*(numbers + [20_000_000, 1][len(numbers):]))
