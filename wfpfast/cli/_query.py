"""`wfpfast query`: an SQL statement over the events of files; must not know kinds of files."""

import contextlib
import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import pyarrow as pa
from rich.table import Table
from rich.text import Text

from wfpfast.cli import _screen
from wfpfast.cli._cells import json_lines
from wfpfast.cli._convert import Joined, Target
from wfpfast.cli._host_from import SOURCE_FILE
from wfpfast.cli._live_options import OutputOptions
from wfpfast.cli._naming import read_own
from wfpfast.cli._output import check, whole
from wfpfast.cli._screen import Fault, printable
from wfpfast.cli._source import Source
from wfpfast.cli._sources import expanded
from wfpfast.cli._sql import Locked, SqlFault, nodes, point, quoted, refused
from wfpfast.cli._stages import Stage
from wfpfast.cli._wanted import known, typed, union
from wfpfast.naming import COLUMNS as NAMES

T = TypeVar("T", bound=Target)
VIEW = "events"
_PARQUET = b"PAR1"
SHOWN = 1_000       # rows of a table for people
_WHAT = "the statement"
_TABLES = {"unnest", "range", "generate_series"}
_LEAST = "event_type"   # which is read if no column is named


def query(
    statement: str, paths: Sequence[Path], form: OutputOptions, *, stages: Sequence[Stage] = (),
    **options: Any,
) -> int:
    """Answer a statement about the events of files; return the exit status."""
    if form.output is not None:
        check(form.output, form.force, drop_nulls=form.drop_nulls)
    files = _parquet(paths) if all(stage.gives == (SOURCE_FILE,) for stage in stages) else []
    sql = Locked("query", min(4, os.cpu_count() or 1), files)
    try:
        columns = _checked(sql, statement)
    except SqlFault as fault:
        point(statement, fault.at)
        raise refused(_WHAT, fault) from None
    stages = read_own(stages, paths, NAMES if columns is None else columns)
    options = {"strict": False, "makes": True, "stages": stages, **options}
    found: pa.Table | None = None
    if files:
        with contextlib.suppress(SqlFault):     # of which the other way says what it is
            joined, found = _linked(sql, statement, _read(paths, columns, options, _Linked()))
    if found is None:
        joined, target = _read(paths, columns, options, _Gathered())
        if joined.faults and not joined.read and not joined.rows:
            return joined.ended("no events")
        events = target.table()
        try:
            sql.kind(statement, events.slice(0, 0))     # which says where a fault is
            found = sql.table(statement, events)
        except SqlFault as fault:
            point(statement, fault.at)
            raise Fault(f"{_WHAT}: {printable(str(fault))}") from None
    _write(_plain(found), form)
    rows = f"{len(found):,} row{'' if len(found) == 1 else 's'}"
    return joined.ended(f"{rows} of {_screen.events(joined.rows)}")


def _parquet(paths: Sequence[Path]) -> list[str]:
    """Return the whole paths of files that duckdb can read itself; none if others are there."""
    files = []
    for path in expanded(paths):
        whole = os.path.realpath(path)
        try:
            with open(whole, "rb") as file:
                head = file.read(len(_PARQUET)) if os.path.isfile(whole) else b""
        except OSError:
            return []
        if head != _PARQUET or glob.has_magic(whole):   # which would be names of others, too
            return []
        files.append(whole)
    return files


def _read(
    paths: Sequence[Path], columns: Sequence[str] | None, options: dict[str, Any], target: T
) -> tuple[Joined, T]:
    with _screen.progress() as screen:
        joined = Joined(target, screen)
        joined.read_all(paths, columns, options)
    return joined, target


def _linked(
    sql: Locked, statement: str, read: "tuple[Joined, _Linked]"
) -> tuple[Joined, pa.Table | None]:
    """Let duckdb read the files itself; None if it reads something else there than we do."""
    joined, target = read
    empty = pa.Table.from_batches([], union(target.schemas))
    if not target.files or not sql.link(target.files, empty):
        return joined, None
    joined.rows = target.rows
    sql.kind(statement, empty)
    return joined, sql.table(statement)


def _checked(sql: Locked, statement: str) -> list[str] | None:
    """Return the columns that a statement may mean, or None for all; raise what it may not be."""
    statements = sql.parsed(statement)
    if len(statements) != 1:
        raise SqlFault("is not one statement")
    parts = list(nodes(statements[0]))
    tables = {VIEW, *(part["key"].lower() for part in parts if "key" in part and "value" in part)}
    functions: frozenset[str] = sql.functions(aggregates=True) | _TABLES
    for part in parts:
        at = part.get("query_location")
        if part.get("type") == "BASE_TABLE" and (
                part["table_name"].lower() not in tables or part["schema_name"]):
            raise SqlFault(f"there is no table {part['table_name']}: the files are {VIEW}", at)
        if part.get("type") == "TABLE_FUNCTION":
            name = part["function"].get("function_name")
            if name not in _TABLES:
                raise SqlFault(f"there is no table {name}: the files are {VIEW}", at)
        if part.get("class") == "FUNCTION" and (
                part["function_name"] not in functions or part["schema"] or part["catalog"]):
            raise SqlFault(f"there is no function {part['function_name']} here", at)
        if part.get("class") == "PARAMETER":
            raise SqlFault("a parameter has no value here", at)
    if any(map(_means_all, parts)):
        return None
    named = {name.lower() for part in parts for name in part.get("column_names", ())}
    there = [name for name in known().names if name.lower() in named]
    others = named - {name.lower() for name in there}
    return list(dict.fromkeys([*there, *sorted(others), _LEAST]))


def _means_all(part: dict[str, Any]) -> bool:
    """Tell whether a part of a statement may mean columns that it does not name."""
    return bool(
        part.get("class") == "STAR" or part.get("type") == "SHOW_REF" or part.get("using_columns")
        or part.get("ref_type") == "NATURAL")


class _Linked:
    """Parquet files that nobody has to read but duckdb."""

    name = _WHAT

    def __init__(self) -> None:
        self.files: list[tuple[str, list[str]]] = []
        self.schemas: list[pa.Schema] = []
        self.rows = 0

    def begin(self, source: Source) -> None:
        """Remember which columns there are, and let nothing be read."""
        if source.table is None:
            raise SqlFault("what is in a folder's name is not in the file")
        path, file = source.table
        columns = {name: quoted(name, '"') for name in source.schema.names}
        if SOURCE_FILE in columns:
            column, text = columns[SOURCE_FILE], quoted(source.name)
            found = f"coalesce({column}, {text})" if SOURCE_FILE in file.schema.names else text
            columns[SOURCE_FILE] = f"{found} AS {column}"
        self.files.append((os.path.realpath(path), list(columns.values())))
        self.schemas.append(_known(source.schema))
        self.rows += file.num_rows
        source.batches = iter(())

    def write(self, batch: pa.RecordBatch) -> None:
        """Get nothing."""


class _Gathered:
    """The events of all inputs, in memory, with the columns that are looked at."""

    name = _WHAT

    def __init__(self) -> None:
        self._batches: list[tuple[str, pa.RecordBatch]] = []
        self._schemas: list[pa.Schema] = []
        self._source = ""

    def begin(self, source: Source) -> None:
        """Remember which columns there are."""
        self._source = source.name
        self._schemas.append(_known(source.schema))

    def write(self, batch: pa.RecordBatch) -> None:
        """Keep events."""
        columns = [typed(batch, field, self._source) for field in _known(batch.schema)]
        self._batches.append((self._source, pa.record_batch(columns, batch.schema.names)))

    def table(self) -> pa.Table:
        """Return them all; a column that one file lacks is null there."""
        schema = union(self._schemas)
        if not schema.names:
            schema = pa.schema([known().field(_LEAST)])
        return pa.Table.from_batches([
            pa.record_batch([typed(batch, field, name) for field in schema], schema=schema)
            for name, batch in self._batches], schema)


def _known(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the types that wfpfast gives columns."""
    there = known()
    return pa.schema([
        there.field(field.name) if field.name in there.names else field for field in schema])


def _plain(table: pa.Table) -> pa.Table:
    """Return a table without types that no writer knows: large sums, times, UUIDs, maps."""
    columns = [_of_a_plain_type(column) for column in table.columns]
    return pa.table(columns, names=_apart(table.column_names))


def _of_a_plain_type(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale == 0:   # which a sum of integers is
        with contextlib.suppress(pa.ArrowInvalid):
            return column.cast(pa.int64())
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return column.cast(pa.utf8())
    return column


def _apart(names: Sequence[str]) -> list[str]:
    """Return names of columns of which no two are the same."""
    found: list[str] = []
    for name in names:
        number, other = 1, name
        while other in found:
            number += 1
            other = f"{name}_{number}"
        found.append(other)
    return found


def _write(found: pa.Table, form: OutputOptions) -> None:
    if form.output is not None:
        with whole(
                form.output, found.schema, force=form.force,
                drop_nulls=form.drop_nulls) as output:
            for batch in found.to_batches():
                output.write(batch)
            output.finish(None)
        _screen.say(f"{len(found):,} rows in {form.output}")
    elif form.as_json:
        for batch in found.to_batches():
            click.echo(json_lines(batch, drop_nulls=form.drop_nulls), nl=False)
    else:
        _show(found)


def _show(found: pa.Table) -> None:
    """Print a table for people."""
    screen = _screen.console()
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for field in found.schema:
        right = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        shown.add_column(Text(printable(field.name)), justify="right" if right else "left",
                         overflow="fold")
    for row in zip(*(_texts(column) for column in found.slice(0, SHOWN).columns), strict=True):
        shown.add_row(*row)
    screen.print(shown)
    if len(found) > SHOWN:
        screen.print(Text(f"… and {len(found) - SHOWN:,} more: --json or --output has all"))


def _texts(column: pa.ChunkedArray) -> Iterator[Text]:
    array = column.combine_chunks()
    lines = json_lines(pa.record_batch([array], ["x"])).split("\n")[:-1]
    cells = [line.removeprefix('{"x":').removesuffix("}") for line in lines]
    for cell, valid in zip(cells, array.is_valid().to_pylist(), strict=True):
        if not valid:
            yield Text("-", style="dim")
        else:
            text = cell[1:-1] if cell.startswith('"') else cell
            yield Text(printable(text.replace("\\\\", "\\")))
