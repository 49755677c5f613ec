"""Counts the inputs that were tried, and how many of them are distinct; must not know doors."""

import json
import time
import zlib
from pathlib import Path

# So many inputs stand for one whose checksum is remembered; 0 is the checksum of nothing.
SAMPLE, REST = 1 << 10, 1
EVERY = 500     # inputs between two writes


class Tally:
    """The counts of one process, which are written to a file now and then.

    All inputs are counted. Whether one was there before is asked for those with one checksum of
    1,024 only: what share of those is distinct is true of the others, too.
    """

    def __init__(self, path: str | None) -> None:
        self.path = Path(path) if path else None
        self.units = self.inputs = self.sampled = 0
        self.distinct: set[int] = set()

    def add(self, data: bytes) -> None:
        self.inputs += 1
        checksum = zlib.crc32(data)
        if checksum % SAMPLE == REST:
            self.sampled += 1
            self.distinct.add(checksum)
        if self.path and not self.inputs % EVERY:
            self.write(self.path)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({
            "units": self.units, "inputs": self.inputs, "sampled": self.sampled,
            "distinct": len(self.distinct), "seconds": round(time.process_time())}))
