"""How fast the Security log is read, beside what one would use instead; must not know formats.

Everyone makes the same columns of the same records, and is checked to do so before anything is
timed; each call also says how many rows it made, and one without them ends the run. A prototype
was once very fast because it found nothing.
"""

import gzip
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from audit_records import FIELDS, Audit, records
from audit_shapes import mordor
from evtx_file import CHUNK, evtx, file_head

from benchmarks import library
from benchmarks import security_log_rivals as rivals
from benchmarks.limits import Timed
from benchmarks.rivals import MismatchError
from benchmarks.timing import Contestant, Result, race
from wfpfast import audit

SIZE, QUICK_SIZE = 64 << 20, 2 << 20
HEAD = 4096                 # bytes before the chunks of a log
SLOW = 2                    # chunks that python-evtx reads
ROUNDS, QUICK_ROUNDS = 5, 1
MESSAGE = "The Windows Filtering Platform has permitted a connection.\r\n\r\n\tDirection:\t\t" * 10
Reader = Callable[[Path], Any]


def samples(kind: str, pattern: str) -> Iterator[bytes]:
    """Yield the files of real records that the user has."""
    folder = os.environ.get("WFPFAST_SAMPLES")
    for path in sorted(Path(folder, kind).glob(pattern)) if folder else ():
        yield gzip.decompress(path.read_bytes())


def made() -> list[Audit]:
    """Return records like real ones, for those who have none."""
    packet = FIELDS["packet"]
    return [Audit(5156, {
        **packet, "ProcessId": 400 + k % 30, "Application": rf"\device\volume{k % 9}\app{k % 40}",
        "SourceAddress": f"10.0.{k % 9}.{k % 250}", "SourcePort": str(49152 + k),
        "DestAddress": f"192.0.2.{k % 200}", "DestPort": ("443", "53", "80")[k % 3],
        "FilterRTID": 60_000 + k % 50}, k + 1, time=132_500_000_000_000_000 + 10 * k)
        for k in range(200)]


def log_of(size: int) -> tuple[bytes, str]:
    """Return a log of about `size` bytes, and what is in it."""
    chunks, what = [], "real records"
    for data in samples("evtx", "*.evtx.gz"):
        for at in range(HEAD, len(data), CHUNK):
            one = data[at:at + CHUNK]
            if len(one) == CHUNK and len(ours_of(file_head(1, dirty=True) + one)):
                chunks.append(one)
    if not chunks:
        whole, what = evtx(records(made())), "made-up records"
        chunks = [whole[at:at + CHUNK] for at in range(HEAD, len(whole), CHUNK)]
    times = max(1, size // (CHUNK * len(chunks)))
    count = times * len(chunks)
    return file_head(count) + b"".join(chunks) * times, f"{what}, chunks: {len(chunks)}"


def lines_of(size: int) -> tuple[bytes, str]:
    """Return lines of JSON, about `size` bytes, and what is in them."""
    lines = [
        line for data in samples("audit", "*.jsonl.gz") for line in data.splitlines(keepends=True)
        if b'"ProcessID":"' not in line]  # which duckdb takes for ProcessId
    what = f"{len(lines)} real records"
    if not lines:
        lines = [
            json.dumps({**mordor(one), "RecordNumber": one.record_id, "Message": MESSAGE}).encode()
            + b"\n" for one in made()]
        what = f"{len(lines)} made-up records"
    whole = b"".join(lines)
    return whole * max(1, size // len(whole)), what


def ours_of(source: Any, threads: int = 1) -> Any:
    """Return a pyarrow table of the columns that all make."""
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with audit.read_events(
        file, columns=list(rivals.COLUMNS), errors="null", threads=threads,
    ) as stream:
        return library("pyarrow").table(stream)


def with_two_threads(path: Path) -> Any:
    return ours_of(path, 2)


def check(name: str, theirs: Any, expected: Any) -> None:
    """Compare every cell; times may be 16 microseconds off, which is how exact python-evtx is."""
    for column in rivals.COLUMNS:
        cells, others = plain(theirs[column]), plain(expected[column])
        if not others or len(cells) != len(others):
            raise MismatchError(f"{name}, {column}: {len(cells)} rows of {len(others)}")
        for row, (cell, other) in enumerate(zip(cells, others, strict=True)):
            if cell != other and (column != "timestamp" or abs(cell - other) > 16):
                raise MismatchError(f"{name}, {column}, row {row}: {cell!r}, not {other!r}")


def plain(cells: Any) -> list[Any]:
    """Return cells as Python's; times in microseconds."""
    pa = library("pyarrow")
    if pa.types.is_timestamp(cells.type):
        cells = cells.cast(pa.timestamp("us"), safe=False).cast("int64")
    return cells.to_pylist()  # type: ignore[no-any-return]


def timed(
    name: str, read: Reader, path: Path, rows: int, *, clock: Callable[[], float] = process_time,
    counted: int | None = None,
) -> Contestant:
    """Return somebody who reads `rows` rows, and has to find so many, or `counted` records."""
    def call() -> Timed:
        start = clock()
        found = read(path)
        seconds = clock() - start
        count = found if isinstance(found, int) else len(found)
        if not count or count != (rows if counted is None else counted):
            raise MismatchError(f"{name}: {count} of {rows if counted is None else counted}")
        return Timed(seconds)

    return Contestant(name, rivals.COLUMNS, rows, call)


def report(title: str, results: list[Result]) -> tuple[str, list[dict[str, Any]]]:
    rows = [{
        "name": each.contestant.name, "rows": each.contestant.events, "seconds": each.seconds,
        "rows_per_second": 1 / each.per_event, "ratio": each.per_event / results[0].per_event}
        for each in results]
    lines = [title, f"{'':42}{'rows':>10}{'rows/CPU s':>14}{'wfpfast as fast':>18}"]
    lines += [f"{row['name']:42}{row['rows']:>10,}{row['rows_per_second']:>14,.0f}"
              f"{row['ratio']:>16.1f} x" for row in rows]
    return "\n".join(lines), rows


def logs(folder: Path, size: int, rounds: int) -> tuple[str, dict[str, Any]]:
    """Measure .evtx: time of the processor, all threads together."""
    path, piece = folder / "log.evtx", folder / "piece.evtx"
    data, what = log_of(size)
    path.write_bytes(data)
    piece.write_bytes(file_head(SLOW) + data[HEAD:HEAD + SLOW * CHUNK])
    expected, few = ours_of(path), ours_of(piece)
    for name, theirs, right in (
        ("evtx + json", rivals.with_evtx(path), expected),
        ("evtx + orjson", rivals.with_orjson(path), expected),
        ("python-evtx", rivals.with_python_evtx(piece), few),
        ("two threads", with_two_threads(path), expected),
    ):
        check(name, theirs, right)
    rows = len(expected)
    results = race([
        timed("wfpfast", ours_of, path, rows),
        timed("evtx, JSON texts only", rivals.count_texts, path, rows,
              counted=rivals.count_texts(path)),
        timed("evtx + json", rivals.with_evtx, path, rows),
        timed("evtx + orjson", rivals.with_orjson, path, rows),
        timed(f"python-evtx + ElementTree, {SLOW} chunks", rivals.with_python_evtx, piece,
              len(few))], rounds=rounds, seconds=0)
    title = (f"Security log, {len(data) >> 20} MB of .evtx ({what}, repeated),"
             f" {len(rivals.COLUMNS)} columns into a table")
    text, figures = report(title, results)
    more, threads = two_threads(path, rows, rounds)
    return f"{text}\n{more}", {
        "bytes": len(data), "what": what, "results": figures, "threads": threads}


def two_threads(path: Path, rows: int, rounds: int) -> tuple[str, dict[str, float]]:
    """Measure by the clock on the wall, which needs two cores that nobody else uses.

    Two processes that read the file at the same time, and share nothing, say what two cores of
    this machine are worth: they may share more of the hardware than they seem to.
    """
    turns: list[tuple[float, float]] = []

    def both(path: Path) -> Any:
        cpu, wall = process_time(), perf_counter()
        table = with_two_threads(path)
        wall = perf_counter() - wall
        turns.append((wall, (process_time() - cpu) / wall))
        return table

    with ProcessPoolExecutor(2) as pool:
        def apart(path: Path) -> int:
            return sum(pool.map(rows_of, [path, path]))

        apart(path)     # the processes have started
        one, two, processes = race([
            timed("one thread", ours_of, path, rows, clock=perf_counter),
            timed("two threads", both, path, rows, clock=perf_counter),
            timed("two processes", apart, path, 2 * rows, clock=perf_counter)],
            rounds=2 * rounds, seconds=0)
    ratio, used = one.seconds / two.seconds, min(turns)[1]
    most = 2 * one.seconds / processes.seconds
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else -1.0
    return (
        f"two threads: {ratio:.2f} times one by the wall, {1 / two.per_event:,.0f} rows/s;"
        f" they had {used:.2f} cores, load {load:.1f}\n"
        f"two processes, a file each: {most:.2f} times one: what two cores are worth here", {
            "ratio": ratio, "rows_per_second": 1 / two.per_event, "cores": used, "load": load,
            "processes": most})


def rows_of(path: Path) -> int:
    """Return how many rows a file has, once all were read."""
    return len(ours_of(path))


def lines(folder: Path, size: int, rounds: int) -> tuple[str, dict[str, Any]]:
    """Measure lines of JSON against duckdb."""
    path = folder / "records.jsonl"
    data, what = lines_of(size)
    path.write_bytes(data)
    expected = ours_of(path)
    check("duckdb", rivals.with_duckdb(path), expected)
    results = race([
        timed("wfpfast", ours_of, path, len(expected)),
        timed("duckdb, read_json", rivals.with_duckdb, path, len(expected))],
        rounds=rounds, seconds=0)
    title = (f"Security log, {len(data) >> 20} MB of JSON lines ({what}, repeated),"
             f" {len(rivals.COLUMNS)} columns into a table")
    text, figures = report(title, results)
    return text, {"bytes": len(data), "what": what, "results": figures}


def measure_security_log(*, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return the tables of both formats, and their figures."""
    size, rounds = (QUICK_SIZE, QUICK_ROUNDS) if quick else (SIZE, ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        text, evtx_figures = logs(Path(folder), size, rounds)
        more, json_figures = lines(Path(folder), size, rounds)
    return f"{text}\n\n{more}", {"evtx": evtx_figures, "json": json_figures}
