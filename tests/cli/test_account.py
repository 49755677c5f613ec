"""Events that came = written + dropped + left, to the event, whatever ends a command.

How many came is what the simulator says that it delivered.
"""

import errno
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cli.counted import Counted
from cli.running import Run

from wfpfast import Block, Subscription
from wfpfast.cli import _live, _record
from wfpfast.cli._account import account, missing, told
from wfpfast.cli._output import Output, Unwritten
from wfpfast.recording import Recorder, Recording

STREAM = {
    "events": 60, "malformed": 1, "received": 100, "log": 7, "doubles": 2, "delivered": 62,
    "dropped": 30, "unreadable": 3, "waiting": 5,
}


@pytest.mark.parametrize(("complete", "left", "unwritten"), [(True, 17, 0), (False, 0, 17)])
def test_the_sum(complete: bool, left: int, unwritten: int) -> None:
    """100 received and 7 of the log are 105 events, two of which came twice; 55 were written."""
    found = account(STREAM, 55, complete=complete)
    assert found == {
        "events": 55, "malformed": 1, "doubles": 2, "dropped": 30, "unreadable": 3, "came": 105,
        "not_wanted": left, "unwritten": unwritten}
    assert missing(found) == 33 + unwritten
    lost = [
        "1 value that could not be read, now null",
        "30 events for which there was no room as they came",
        "3 events that could not be followed as they came",
    ]
    if complete:
        assert told(found) == ["105 came", "17 came after the last one wanted", *lost]
    else:
        assert told(found) == ["105 came", *lost, "17 events that came and were not written"]


def test_an_enumeration_has_what_it_read() -> None:
    found = account({"events": 9, "malformed": 0}, 9, complete=False)
    assert (found["came"], found["unwritten"], told(found)) == (9, 0, [])
    assert account({"events": 9}, 8, complete=False)["unwritten"] == 1


Subscribed = Callable[[], Subscription]


@pytest.fixture
def small_queue(monkeypatch: pytest.MonkeyPatch) -> Subscribed:
    """Give commands a queue that runs over soon, and the test the subscription."""
    made: list[Subscription] = []
    subscribed = _record.subscribed

    def small(*given: Any, **options: Any) -> Subscription:
        made.append(subscribed(*given, capacity=1, **options))
        return made[-1]

    for module in (_record, _live):
        monkeypatch.setattr(module, "subscribed", small)
    return made.pop


def number(pattern: str, line: str) -> int:
    """Return the number of a last line, 0 where it does not say one."""
    found = re.search(pattern, line)
    return int(found[1].replace(",", "")) if found else 0


def assert_account(
    line: str, counted: type[Counted], stream: Subscription, written: int, lost: int
) -> None:
    """Check the last line and what a file has against each other and against the simulator."""
    stats = stream.stats
    assert stats["received"] == counted.made[0].stats["delivered"]
    said = number(r"^([\d,]+) events? in ", line)
    came = number(r"; ([\d,]+) came(;|$)", line) or said
    left = number(r"; ([\d,]+) came after the last one wanted", line)
    dropped = number(r"; ([\d,]+) events? for which there was no room as they came", line)
    unwritten = number(r"; ([\d,]+) events? that came and were not written", line)
    # What the log holds may be all that was wanted, before anything is delivered.
    assert came == stats["received"] + stats.get("log", 0) - stats.get("doubles", 0) > 0
    assert (said, dropped, dropped + unwritten) == (written, stats["dropped"], lost)
    assert came == written + lost + left


def in_file(path: Path) -> tuple[int, int]:
    with Recording(path) as recording:
        records = list(recording.records())
        assert recording.cut is None
    return sum(each.block.count for each in records), sum(each.dropped for each in records)


def after(seconds: float, number: signal.Signals) -> None:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()


ENDS: dict[str, Any] = {
    "duration": (["--duration", "0.7s"], None, 0),
    "count": (["--count", 150], None, 0),
    "interrupt": ([], signal.SIGINT, 130),
    "terminate": ([], signal.SIGTERM, 143),
}
BY_SIGNAL = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no signals for another process")
EACH_END = [pytest.param(end, marks=[BY_SIGNAL] if asked else [])
            for end, (_, asked, _) in ENDS.items()]


@pytest.mark.parametrize("end", EACH_END)
@pytest.mark.parametrize("rate", [2_000, 20_000, 1e9])
def test_record(
    run: Run, counted: type[Counted], small_queue: Subscribed, end: str, rate: float
) -> None:
    options, asked, status = ENDS[end]
    if asked:
        after(1, asked)
    result = run("record", "--engine", "simulated", "--rate", rate, *options, "a.wfprec")
    assert result.status == status
    written, lost = in_file(Path("a.wfprec"))
    assert_account(result.err.splitlines()[-1], counted, small_queue(), written, lost)
    assert lost > 0 or rate < 1e9 or end == "count"
    assert written == 150 or end != "count"
    assert " not written" not in result.err  # what waited was written


def test_what_would_follow_a_hole_is_not_written(
    run: Run, counted: type[Counted], small_queue: Subscribed
) -> None:
    """The time is over before the log has been read: each of its ten pages takes a while."""
    counted.more = {"delay": 0.4}
    result = run("record", "--engine", "simulated", "--events", 10_000, "--rate", 2_000,
                 "--duration", "0.6s", "a.wfprec")
    assert result.status == 0
    written, lost = in_file(Path("a.wfprec"))
    assert written in range(1024, 10_000, 1024)  # as fast as the machine is
    assert " were not written" in result.err
    assert_account(result.err.splitlines()[-1], counted, small_queue(), written, lost)


@pytest.mark.parametrize("room", ["a little", "none"])
def test_record_on_a_full_disk(
    run: Run, counted: type[Counted], small_queue: Subscribed, monkeypatch: pytest.MonkeyPatch,
    room: str,
) -> None:
    """What a disk is too full for is counted in the file, if that has room; the line says both."""
    write, blocks = Recorder.write, 0

    def full(self: Recorder, block: Block, *given: Any, **options: Any) -> None:
        nonlocal blocks
        blocks += 1
        if blocks > 3 and (block.count or room == "none"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if block.count:
            time.sleep(0.2)  # so that the queue runs over
        write(self, block, *given, **options)

    monkeypatch.setattr(Recorder, "write", full)
    result = run("record", "--engine", "simulated", "--rate", 1e9, "a.wfprec")
    assert result.status == 1
    *_, line, fault = result.err.splitlines()
    assert fault == "wfpfast: a.wfprec: No space left on device"
    written, lost = in_file(Path("a.wfprec"))
    assert written > 0
    untold = number(r"; of these the file does not count ([\d,]+)$", line)
    assert (untold > 0) is (room == "none")
    assert " were not written" in line
    assert_account(line, counted, small_queue(), written, lost + untold)


def test_record_from_an_engine_that_goes(
    run: Run, counted: type[Counted], small_queue: Subscribed
) -> None:
    counted.more = {"faults": {"FwpmNetEventUnsubscribe0": {1: 1722, 2: 1722}}}
    result = run("record", "--engine", "simulated", "--rate", 20_000, "--duration", "1s",
                 "a.wfprec")
    assert result.status == 1
    line, fault = result.err.splitlines()[-2:]
    assert fault.startswith("wfpfast: FwpmNetEventUnsubscribe0: RPC_S_SERVER_UNAVAILABLE (1722)")
    stream = small_queue()
    # What comes after the call failed is refused, and nobody's.
    written, lost = in_file(Path("a.wfprec"))
    stats = stream.stats
    assert stats["waiting"] == 0
    assert written + lost == stats["received"] + stats["log"] - stats["doubles"]
    assert number(r"^([\d,]+) events? in ", line) == written > 1000


@pytest.mark.parametrize("end", EACH_END[1:])
@pytest.mark.parametrize("more", [["--rate", 2_000], ["--rate", 2_000, "--log"],
                                  ["--rate", 1e9], ["--rate", 1e9, "--log"]])
def test_watch_with_a_file(
    run: Run, counted: type[Counted], small_queue: Subscribed, end: str, more: list[Any]
) -> None:
    options, asked, status = ENDS[end]
    if asked:
        after(1, asked)
    result = run("watch", "--engine", "simulated", *more, *options, "-o", "a.parquet")
    assert result.status == status
    metadata = pq.read_metadata("a.parquet")
    line = result.err.splitlines()[-1]
    stats = json.loads(metadata.metadata[b"wfpfast.stats"])
    assert_account(line, counted, small_queue(), metadata.num_rows, missing(stats))
    assert stats["came"] == stats["events"] + missing(stats) + stats["not_wanted"]
    assert stats["events"] == metadata.num_rows
    assert missing(stats) > 0 or 1e9 not in more or end == "count"


def test_watch_on_a_full_disk(
    run: Run, counted: type[Counted], small_queue: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, batches = Output.write, 0

    def full(self: Output, batch: pa.RecordBatch) -> None:
        nonlocal batches
        batches += 1
        if batches > 2:
            raise Unwritten("a.parquet: No space left on device")
        write(self, batch)

    close = Subscription.close
    monkeypatch.setattr(Output, "write", full)
    monkeypatch.setattr(  # the sum is made when nothing comes any more
        Subscription, "close", lambda self: (time.sleep(0.1), close(self)))
    result = run("watch", "--engine", "simulated", "--rate", 1e9, "-o", "a.parquet")
    assert result.status == 1
    found = re.fullmatch(
        r"wfpfast: a\.parquet: No space left on device; with it go ([\d,]+) events that came",
        result.err.splitlines()[-1])
    assert found
    received = counted.made[0].stats["delivered"]
    assert int(found[1].replace(",", "")) == received == small_queue().stats["received"] > 0
    assert os.listdir() == []


def test_gaps_of_a_recording_are_told_by_those_who_read_it(run: Run) -> None:
    with Recorder("a.wfprec") as recorder:
        recorder.write(Block(b"", base=0, count=0, version=5), dropped=1234)
    result = run("convert", "a.wfprec", "a.parquet")
    assert result.status == 0
    assert result.err.splitlines()[0].endswith(
        "; 1,234 events for which there was no room as they came")
