"""Recordings as those of several Windows computers, whose events are known."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from example_events import header

from wfpfast import Recorder, encode
from wfpfast.recording._format import pack_file_header

START = 133_700_000_000_000_000     # date -u -d @$((START / 10**7 - 11644473600))
START_TEXT = "2024-09-05T08:53:20"
PORTS = (443, 80, 53)


def event(number: int) -> dict[str, Any]:
    """Return an event of a second of its own, a drop or, every third, an allow."""
    allowed = number % 3 == 2
    return {
        "header": header(
            timeStamp=START + number * 10_000_000 + 7, remotePort=PORTS[number % 3],
            remoteAddrV4=0xC0000200 + number % 5),
        "type": 6 if allowed else 3,
        ("classifyAllow" if allowed else "classifyDrop"): {
            "filterId": 70_000 + number % 4, "layerId": 48, "msFwpDirection": 0x3901},
    }


def recording(
    path: Path, blocks: Sequence[int], *, host: str = "PC-1", first: int = 0,
    system: str = "Windows",
) -> Path:
    """Write a recording of blocks of so many events, numbered from `first` on."""
    path.write_bytes(pack_file_header(0, [host, system, "11", "0.1.0"]))
    numbers = itertools.count(first)
    with Recorder(path) as recorder:
        for count in blocks:
            recorder.write(encode([event(n) for n in itertools.islice(numbers, count)]))
    return path
