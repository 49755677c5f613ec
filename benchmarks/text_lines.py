"""How fast rows become lines of NDJSON and CSV, beside other writers; must not know structs.

All write the same rows with all columns into a file, and processor time counts, on all cores. Each
call has to leave a line a row. The others get plain columns: what they could not write or would
write in another way, such as lists and codes of texts, is text already.
"""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import library
from benchmarks.data import sample
from benchmarks.limits import Timed
from benchmarks.rivals import MismatchError
from benchmarks.timing import Contestant, Result, race
from wfpfast import Decoder

SIZE, QUICK_SIZE = 200_000, 2_000
ROUNDS, QUICK_ROUNDS = 5, 1
NEEDED = ("polars",)
BUFFER = 1 << 20
Writer = Callable[[Path], object]


def events(size: int) -> Any:
    """Return a record batch as a decoder makes it."""
    return library("pyarrow").record_batch(Decoder().decode(sample(size).block))


def plain(batch: Any) -> Any:
    """Return a table of numbers, truth values, texts and times."""
    pa = library("pyarrow")
    columns = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            columns[name] = column.dictionary_decode()
        elif pa.types.is_list(column.type) or pa.types.is_fixed_size_binary(column.type):
            columns[name] = pa.array(
                [None if cell is None else str(cell) for cell in column.to_pylist()], pa.utf8())
        else:
            columns[name] = column
    return pa.table(columns)


def writers(batch: Any) -> dict[str, Writer]:
    """Return who takes part, by name and format."""
    csv, polars, duckdb = map(library, ("pyarrow.csv", "polars", "duckdb"))
    writing = library("wfpfast.cli._writers")
    table = plain(batch)
    frame = polars.from_arrow(table)
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET enable_progress_bar = false")
    connection.register("events", table)

    def ours(kind: Any, **options: bool) -> Writer:
        def write(path: Path) -> None:
            with path.open("wb") as file:
                writer = kind(file, batch.schema, **options)
                writer.write(batch)
                writer.finish(None)
        return write

    def copy(how: str) -> Writer:
        return lambda path: connection.execute(f"COPY events TO '{path}' ({how})").fetchall()

    return {
        "wfpfast, .ndjson": ours(writing.JsonWriter),
        "wfpfast, .ndjson, --drop-nulls": ours(writing.JsonWriter, drop_nulls=True),
        "polars.write_ndjson, .ndjson": frame.write_ndjson,
        "duckdb COPY, .ndjson": copy("FORMAT json"),
        "wfpfast, .csv": ours(writing.CsvWriter),
        "pyarrow.csv, .csv": lambda path: csv.write_csv(table, path),
        "polars.write_csv, .csv": frame.write_csv,
        "duckdb COPY, .csv": copy("FORMAT csv, HEADER"),
    }


def lines_of(path: Path) -> int:
    """Count the lines of a file."""
    count = 0
    with path.open("rb") as file:
        while data := file.read(BUFFER):
            count += data.count(b"\n")
    return count


def timed(name: str, write: Writer, path: Path, batch: Any) -> Contestant:
    """Return somebody who has to write a line a row, and a header in CSV."""
    wanted = len(batch) + name.endswith(".csv")

    def call() -> Timed:
        start = process_time()
        write(path)
        seconds = process_time() - start
        if (count := lines_of(path)) != wanted:
            raise MismatchError(f"{name}: {count} lines of {wanted}")
        return Timed(seconds)

    check_columns(name, call, path, batch.num_columns)
    return Contestant(name, tuple(batch.schema.names), len(batch), call)


def check_columns(name: str, call: Callable[[], object], path: Path, columns: int) -> None:
    """Let a writer write once, and see that the first line has all columns."""
    call()
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    found = first.count(",") + 1 if name.endswith(".csv") else len(json.loads(first))
    if found != columns and "--drop-nulls" not in name:
        raise MismatchError(f"{name}: {found} columns of {columns}")


def described(results: list[Result], count: int) -> str:
    lines = [f"{count:,} events as text, all columns",
             f"{'':33}{'rows/s of the processor':>25}{'wfpfast is':>13}"]
    for result in results:
        ours = next(each for each in results if each.contestant.name == "wfpfast, " + form(result))
        ratio = result.per_event / ours.per_event
        lines.append(
            f"{result.contestant.name:33}{1 / result.per_event:>25,.0f}{ratio:>11.2f} x")
    return "\n".join(lines)


def form(result: Result) -> str:
    return result.contestant.name.split(", ")[1]


def measure_text_lines(*, quick: bool) -> tuple[str, dict[str, Any]]:
    """Return the table, and its figures."""
    batch = events(QUICK_SIZE if quick else SIZE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "events.txt")
        taking_part = [timed(*each, path, batch) for each in writers(batch).items()]
        results = race(taking_part, rounds=QUICK_ROUNDS if quick else ROUNDS, seconds=0)
    return described(results, len(batch)), {
        "events": len(batch),
        "rows_per_second": {each.contestant.name: 1 / each.per_event for each in results}}
